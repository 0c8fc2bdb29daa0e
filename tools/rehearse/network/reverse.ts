// The reverse of the walk: routes, rules, rows, endpoints, names and load balancers of the templates that no declared
// flow needs, and those that admit more than flows need.
import { calls, type Flow } from '../../../lib/config/flows/flow';
import { namesWithoutFlow } from '../../../lib/config/flows/reserved';
import { listOf, valueAt } from '../../../lib/tom/template/assembly';
import { endOf } from './ends';
import { nameCheck } from './layers';
import { domainCheck } from './leave';
import type { NetworkModel } from './model';
import { type Named, referencesIn } from './references';
import { wideRules } from './reverse-groups';
import { wideTiers } from './reverse-tiers';
import type { UndeclaredWay } from './rows';

/** Every undeclared way. `used` has the names of the rows that flows have passed. */
export function undeclaredWays(model: NetworkModel, flows: readonly Flow[], used: ReadonlySet<string>): readonly UndeclaredWay[] {
  return [
    ...unused('route', model.routes, used, ({ destination, kind, target }) => `${destination} to the ${kind} ${target}`),
    ...unusedRows(model, used),
    ...unusedOf('endpoint', 'AWS::EC2::VPCEndpoint', model, used),
    ...unusedOf('internet gateway', 'AWS::EC2::EIP', model, used),
    ...unusedOf('internet gateway', 'AWS::EC2::InternetGateway', model, used),
    ...unusedOf('VPN gateway', 'AWS::EC2::VPNGateway', model, used),
    ...unusedOf('VPN gateway', 'AWS::EC2::VPNConnection', model, used),
    ...unusedOf('VPN gateway', 'AWS::EC2::VPNConnectionRoute', model, used),
    ...unusedOf('VPN gateway', 'AWS::EC2::CustomerGateway', model, used),
    ...unusedOf('listener', 'AWS::ElasticLoadBalancingV2::Listener', model, used),
    ...unusedOf('public access block', 'AWS::EC2::VPCBlockPublicAccessExclusion', model, used),
    ...unusedDomains(model, used),
    ...strangers(model),
    ...withoutFlow(model, flows),
    ...wideRules(model, flows),
    ...wideTiers(model, flows),
    ...otherGateways(model),
  ];
}

function unused<Row extends { readonly name: string }>(
  layer: string,
  rows: readonly Row[],
  used: ReadonlySet<string>,
  text: (row: Row) => string,
): readonly UndeclaredWay[] {
  return rows.filter(({ name }) => !used.has(name)).map((row) => ({ layer, where: row.name, open: text(row) }));
}

const unusedOf = (layer: string, type: string, { resources }: NetworkModel, used: ReadonlySet<string>): readonly UndeclaredWay[] =>
  unused(
    layer,
    resources.filter((resource) => resource.type === type),
    used,
    ({ properties }) => String(properties.ServiceName ?? properties.Port ?? type),
  );

/** Rules of groups. Rows of network ACLs are judged by what they admit between tiers. */
function unusedRows(model: NetworkModel, used: ReadonlySet<string>): readonly UndeclaredWay[] {
  const rules = model.groupRows.filter(({ ranges }) => !ranges.includes(noAddress));
  return unused('security group', rules, used, ({ group, outbound, ports, protocol, ranges, peerGroup }) => {
    const peer = [...ranges, ...(peerGroup ? [peerGroup] : [])].join(', ');
    return `${protocol} ${ports.from}-${ports.to} ${outbound ? 'from' : 'to'} ${group} ${outbound ? 'to' : 'from'} ${peer}`;
  });
}

/** The destination of groups without egress, in the notation of the CDK. */
const noAddress = '255.255.255.255/32';

/** Domains of the firewalls that no flow resolves or reaches. */
function unusedDomains(model: NetworkModel, used: ReadonlySet<string>): readonly UndeclaredWay[] {
  const { region } = model.assembly.facts;
  const names = new Set(namesWithoutFlow(region).flatMap((host) => nameCheck(host, model)().uses));
  const reverse = /^\*\.\d+\.\d+\.in-addr\.arpa$/;
  const lists: readonly { readonly list: Named; readonly layer: string; readonly domains: readonly string[] }[] = [
    ...ofType(model, 'AWS::Route53Resolver::FirewallDomainList').map((list) => ({
      list,
      layer: 'DNS firewall',
      domains: listOf(list.properties.Domains).map(String),
    })),
    ...ofType(model, 'AWS::NetworkFirewall::RuleGroup').map((list) => ({
      list,
      layer: 'network firewall',
      domains: listOf(valueAt(list.properties.RuleGroup, 'RulesSource.RulesSourceList.Targets')).map(String),
    })),
  ];
  return lists.flatMap(({ list, layer, domains }) =>
    domains
      .filter((domain) => domain !== '*' && !reverse.test(domain))
      .filter((domain) => !used.has(`${list.name} ${domain}`) && !names.has(`${list.name} ${domain}`))
      .filter((domain) => layer === 'DNS firewall' || !hasEndpoint(domain, model))
      .map((domain) => ({ layer, where: list.name, open: domain })),
  );
}

/** Residents of the network of which no flow is declared: endpoints are judged by their services. */
function withoutFlow(model: NetworkModel, flows: readonly Flow[]): readonly UndeclaredWay[] {
  const ends = new Set(flows.flatMap(({ from, to }) => ('resource' in to ? [from, to.resource] : [from])));
  return model.resources
    .filter(({ name, type }) => type !== 'AWS::EC2::VPCEndpoint' && !ends.has(name))
    .filter(({ name }) => (endOf(name, model)?.subnets ?? []).length > 0)
    .map(({ name, type }) => ({ layer: 'placement', where: name, open: `${type} in the network` }));
}

/** Names of others, which no firewall may resolve or pass. */
function strangers(model: NetworkModel): readonly UndeclaredWay[] {
  const { region } = model.assembly.facts;
  const hosts = ['stranger.example', 'stranger.org', `stranger.execute-api.${region}.amazonaws.com`, `stranger.${region}.amazonaws.com`];
  const firewalls = ofType(model, 'AWS::NetworkFirewall::Firewall').map(({ name }) => name);
  return hosts.flatMap((host) =>
    [nameCheck(host, model), ...firewalls.map((firewall) => domainCheck(firewall, host, model))]
      .map((check) => check())
      .filter(({ passed }) => passed)
      .map(({ layer, where, found }) => ({ layer, where, open: `${host}: ${found}` })),
  );
}

/**
 * Names of services with an endpoint: their connections never reach the network firewall, and may while it is down.
 */
const hasEndpoint = (domain: string, model: NetworkModel): boolean =>
  ofType(model, 'AWS::EC2::VPCEndpoint').some(({ properties }) => {
    const service = String(properties.ServiceName).split('.').at(-1) ?? '';
    const { environment, region } = model.assembly.facts;
    const settings = { environment, region, allowedDomains: [], clientVpn: false, managementVpn: false, instanceConnect: false };
    const { to } = calls('', service, settings, '');
    return 'hosts' in to && to.hosts.includes(domain);
  });

const ofType = ({ resources }: NetworkModel, type: string): readonly Named[] => resources.filter((resource) => resource.type === type);

/** Gateways and connections that no flow can declare. */
const otherTypes = [
  'AWS::EC2::EgressOnlyInternetGateway',
  'AWS::EC2::VPCPeeringConnection',
  'AWS::EC2::TransitGatewayAttachment',
  'AWS::EC2::TransitGatewayVpcAttachment',
  'AWS::EC2::VPNGatewayRoutePropagation',
  'AWS::EC2::CarrierGateway',
  'AWS::EC2::VPCEndpointService',
  'AWS::EC2::EIPAssociation',
  'AWS::NetworkManager::VpcAttachment',
  'AWS::VpcLattice::ServiceNetworkVpcAssociation',
];

const otherGateways = (model: NetworkModel): readonly UndeclaredWay[] =>
  model.resources
    .filter(({ type }) => otherTypes.includes(type))
    .map(({ name, type, properties }) => ({ layer: 'gateway', where: name, open: [type, ...referencesIn(properties.VpcId)].join(' of ') }));

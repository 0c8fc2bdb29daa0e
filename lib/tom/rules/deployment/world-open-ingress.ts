// DSS-5.6.3: only proxies are reachable from the internet, on 80 and 443.

import { append, type Finding, finding, guard, guardWhere, type Rule, remove, replace, set } from '../../rule';
import { type AclEntry, entriesOf, ingressOf } from '../../template/access-lists';
import { includesPort, type Ports } from '../../template/addresses';
import { type Assembly, type JsonObject, listOf, type Resource } from '../../template/assembly';
import { databasePort } from '../../template/databases';
import { isPublic } from '../../template/load-balancers';
import {
  aclAssociationType,
  aclEntryType,
  aclType,
  balancerType,
  functionType,
  ingressType,
  prefixListType,
  securityGroupType,
  subnetType,
} from '../../template/resource-types';
import { visitReferences } from '../../template/subnet-residents';
import { isolatedTier, proxyTier, type Subnet, subnetsOf } from '../../template/topology';
import { openDoors } from './world-open-ingress-bypasses';

const proxyPorts = [80, 443];

/** Types that may refer to a security group of proxies: its rules, and load balancers. */
const allowedReferences = [securityGroupType, ingressType, 'AWS::EC2::SecurityGroupEgress', balancerType];

/**
 * First port of responses, by tier. A network ACL is stateless, so these ports must be open in tiers that open
 * connections to the internet. Servers run Linux, which uses ephemeral ports from 32768 ("Custom network ACLs",
 * ephemeral ports); their service ports are lower. A tier that is not listed opens no connections to the internet.
 */
const responsePorts: Readonly<Record<string, number>> = { private: 32_768, functions: 1024, egress: 1024, firewall: 1024 };

interface PublicEndpoint {
  readonly path: string;
  readonly required: string;
  readonly isPrivate: (resource: Resource) => boolean;
}

/** Types that AWS serves to the internet without a proxy, with the property that makes each private. */
const publicEndpoints: Readonly<Record<string, PublicEndpoint>> = {
  'AWS::Lambda::Url': { path: 'AuthType', required: 'AWS_IAM', isPrivate: (url) => url.at('AuthType') === 'AWS_IAM' },
  'AWS::ApiGateway::RestApi': {
    path: 'EndpointConfiguration.Types',
    required: 'PRIVATE',
    isPrivate: (api) => JSON.stringify(api.at('EndpointConfiguration.Types')) === '["PRIVATE"]',
  },
  'AWS::ApiGatewayV2::Api': { path: '', required: 'no HTTP or WebSocket API, which has no private endpoint', isPrivate: () => false },
};

export const worldOpenIngress: Rule = {
  name: 'world-open-ingress',
  requires: 'only internet-facing load balancers admit the internet, on TCP ports 80 and 443 only',
  types: [securityGroupType, ingressType, aclType, balancerType, ...Object.keys(publicEndpoints)],
  check(resource, assembly) {
    const endpoint = publicEndpoints[resource.type];
    if (endpoint) return endpoint.isPrivate(resource) ? [] : [endpointFinding(resource, endpoint)];
    if (resource.type === balancerType) return isPublic(resource) ? balancerFindings(resource, assembly) : 'not-applicable';
    return resource.type === aclType ? aclFindings(resource, assembly) : securityGroupFindings(resource, assembly);
  },
  guards: [
    guard(
      securityGroupType,
      'Properties.SecurityGroupIngress',
      append({ CidrIp: '0.0.0.0/0', IpProtocol: 'tcp', FromPort: 8080, ToPort: 8080 }),
      append({ CidrIp: '128.0.0.0/1', IpProtocol: 'tcp', FromPort: databasePort, ToPort: databasePort }),
      append({ CidrIpv6: '::/0', IpProtocol: '-1' }),
      append({ SourcePrefixListId: 'pl-list', IpProtocol: 'udp', FromPort: 53, ToPort: 53 }),
      append({ CidrIp: { Ref: 'Range' }, IpProtocol: 'tcp', FromPort: 444, ToPort: 444 }),
    ),
    guard(
      securityGroupType,
      'Properties.SecurityGroupIngress',
      append({ CidrIp: '0.0.0.0/0', IpProtocol: 'udp', FromPort: 443, ToPort: 443 }),
    ),
    guard(ingressType, 'Properties.CidrIp', set('0.0.0.0/0')),
    guardWhere(balancerType, isPublic, 'Properties.SecurityGroups', remove, append('sg-elsewhere')),
    guardWhere(aclEntryType, isUntrustedEntry, 'Properties.PortRange.From', replace(79)),
    guardWhere(aclEntryType, isUntrustedEntry, 'Properties.Protocol', replace(-1)),
    guardWhere(aclEntryType, admitsPrivateSources, 'Properties.CidrBlock', replace('0.0.0.0/0'), replace('0.0.0.0/1')),
    guardWhere(aclEntryType, isOfDatabases, 'Properties.CidrBlock', replace('0.0.0.0/0'), replace('203.0.113.0/24')),
    guard('AWS::Lambda::Url', 'Properties.AuthType', remove, replace('NONE')),
    guard('AWS::ApiGateway::RestApi', 'Properties.EndpointConfiguration.Types', remove, replace(['REGIONAL'])),
  ],
  bypasses: [
    ...openDoors,
    {
      name: 'a function with the security group of the proxies',
      beside: balancerType,
      resources: (beside) => ({
        Function: {
          Type: functionType,
          Properties: { VpcConfig: { SecurityGroupIds: beside.at('SecurityGroups') ?? 'Missing' } },
        },
      }),
    },
  ],
  reads: [
    { type: '*', path: '*' },
    ...['NetworkAclId', 'RuleAction', 'RuleNumber', 'Egress', 'Ipv6CidrBlock', 'PortRange'].map((name) => ({
      type: aclEntryType,
      path: `Properties.${name}`,
    })),
    { type: subnetType, path: 'Properties.Tags' },
    ...['SubnetId', 'NetworkAclId'].map((name) => ({ type: aclAssociationType, path: `Properties.${name}` })),
    { type: ingressType, path: 'Properties' },
    { type: prefixListType, path: 'Properties.Entries' },
    ...['Scheme', 'SecurityGroups'].map((name) => ({ type: balancerType, path: `Properties.${name}` })),
  ],
};

function endpointFinding(resource: Resource, { path, required }: PublicEndpoint): Finding {
  const fix = 'Serve the endpoint behind the load balancer.';
  return finding(resource, 'door', path === '' ? '' : `Properties.${path}`, required, fix);
}

function securityGroupFindings(resource: Resource, assembly: Assembly): readonly Finding[] {
  const group = resource.type === securityGroupType ? resource : assembly.target(resource.at('GroupId'), resource.stack);
  const ofProxy = group !== undefined && isProxyGroup(group, assembly);
  const shared = ofProxy && group === resource ? sharedGroupFindings(group, assembly) : [];
  const admitted = ingressOf(resource, assembly).flatMap(({ path, ports, reach, json }) => {
    if (reach !== 'world' || (ofProxy && isProxyPort(ports) && isTcp(json))) return [];
    const required = ofProxy ? 'TCP ports 80 and 443 only' : 'no address range wider than one network';
    return [
      finding(
        resource,
        `world::${showPorts(ports)}`,
        path,
        required,
        'Admit a security group or the range of one network; only proxies admit all addresses.',
      ),
    ];
  });
  return [...admitted, ...shared];
}

/** A security group that admits the world exposes every resource that uses it. */
function sharedGroupFindings(group: Resource, assembly: Assembly): readonly Finding[] {
  const others = assembly.resources.filter((other) => !allowedReferences.includes(other.type) && namesGroup(other, group, assembly));
  const fix = 'Create a separate security group for the resource.';
  return others.map((other) => ({
    ...finding(group, `shared::${other.logicalId}`, '', 'a security group that only load balancers use', fix),
    found: other.type,
  }));
}

/** A variable of a function is text: it puts no interface into the group. */
function namesGroup(resource: Resource, group: Resource, assembly: Assembly): boolean {
  const { Environment: _, ...used } = resource.properties;
  let found = false;
  visitReferences(resource.type === functionType ? used : resource.properties, (reference) => {
    found ||= assembly.refersTo(reference, resource, group);
  });
  return found;
}

/** The rules of a security group outside the deployment are not in the templates. */
function balancerFindings(balancer: Resource, assembly: Assembly): readonly Finding[] {
  const named = listOf(balancer.at('SecurityGroups'));
  const known = named.filter((value) => assembly.target(value, balancer.stack)?.type === securityGroupType);
  if (named.length > 0 && known.length === named.length) return [];
  const fix = 'Set the security group of the proxies on the load balancer.';
  return [finding(balancer, 'group', 'Properties.SecurityGroups', 'security groups of the deployment', fix)];
}

const isTcp = ({ IpProtocol }: JsonObject): boolean => ['tcp', '6', 6].some((protocol) => protocol === IpProtocol);

function isProxyGroup(group: Resource, assembly: Assembly): boolean {
  return assembly
    .ofType(balancerType)
    .filter((balancer) => balancer.at('Scheme') === 'internet-facing')
    .some((balancer) => listOf(balancer.at('SecurityGroups')).some((value) => assembly.refersTo(value, balancer, group)));
}

const isProxyPort = (ports: Ports | 'none'): boolean =>
  proxyPorts.some((port) => includesPort(ports, port)) && ports !== 'none' && ports.from === ports.to;

const showPorts = (ports: Ports | 'none'): string =>
  ports === 'none' ? 'icmp' : ports.from === ports.to ? `${ports.from}` : `${ports.from}-${ports.to}`;

function aclFindings(acl: Resource, assembly: Assembly): readonly Finding[] {
  const tiers = tiersOf(acl, assembly);
  return entriesOf(acl, assembly)
    .filter((entry) => admitsUntrustedSources(entry) && !tiers.every((tier) => mayAdmit(tier, entry)))
    .map((entry) => ({
      id: `world::${entry.resource.logicalId}`,
      path: entry.resource.logicalId,
      found: entry.resource.properties,
      required: `for untrusted sources, ${tiers.map((tier) => `in ${tier || 'subnets without a tier'} ${admittedPorts(tier)}`).join('; ')}`,
      fix: 'Limit the entry of the tier in lib/network/acl-tables.ts.',
    }));
}

function tiersOf(acl: Resource, assembly: Assembly): readonly string[] {
  const subnets: readonly Subnet[] = subnetsOf(assembly).filter((subnet) => subnet.acl === acl);
  return [...new Set(subnets.map(({ tier }) => tier))];
}

const admitsUntrustedSources = (entry: AclEntry): boolean =>
  entry.inbound && entry.allows && entry.reach !== 'private' && entry.ports !== 'none';

function mayAdmit(tier: string, { ports }: AclEntry): boolean {
  if (tier === proxyTier) return isProxyPort(ports);
  const first = responsePorts[tier];
  return first !== undefined && ports !== 'none' && ports.from >= first;
}

function admittedPorts(tier: string): string {
  if (tier === proxyTier) return 'ports 80 and 443';
  return responsePorts[tier] === undefined ? 'no port' : `ports from ${responsePorts[tier]}`;
}

function isUntrustedEntry(resource: Resource, assembly: Assembly): boolean {
  return entriesOfList(resource, assembly).some(({ entry }) => admitsUntrustedSources(entry));
}

/** Entries for private sources on ports that untrusted sources must not reach. */
function admitsPrivateSources(resource: Resource, assembly: Assembly): boolean {
  return entriesOfList(resource, assembly).some(
    ({ entry, tiers }) =>
      entry.inbound && entry.allows && entry.reach === 'private' && entry.ports !== 'none' && !tiers.every((tier) => mayAdmit(tier, entry)),
  );
}

function isOfDatabases(resource: Resource, assembly: Assembly): boolean {
  return entriesOfList(resource, assembly).some(({ entry, tiers }) => entry.inbound && entry.allows && tiers.includes(isolatedTier));
}

function entriesOfList(resource: Resource, assembly: Assembly): readonly { entry: AclEntry; tiers: readonly string[] }[] {
  const acl = assembly.target(resource.at('NetworkAclId'), resource.stack);
  const entry = acl && entriesOf(acl, assembly).find((candidate) => candidate.resource === resource);
  return acl && entry ? [{ entry, tiers: tiersOf(acl, assembly) }] : [];
}

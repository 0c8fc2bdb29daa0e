// DSS-5.6.3: only proxies are reachable from the internet, on 80 and 443.

import { append, type Finding, finding, guard, guardWhere, type Rule, remove, replace, set } from '../../rule';
import { type AclEntry, entriesOf, ingressOf } from '../../template/access-lists';
import { includesPort, type Ports } from '../../template/addresses';
import { type Assembly, type JsonObject, listOf, type Resource } from '../../template/assembly';
import { balancerType, isPublic } from '../../template/load-balancers';
import { visitReferences } from '../../template/subnet-residents';
import { proxyTier, type Subnet, subnetsOf } from '../../template/topology';
import { openDoors } from './world-open-ingress-bypasses';

const proxyPorts = [80, 443];

/** What may name a group without having it, and what may have one that admits the world. */
const mayName = ['AWS::EC2::SecurityGroup', 'AWS::EC2::SecurityGroupIngress', 'AWS::EC2::SecurityGroupEgress', balancerType];

/**
 * First port of those that answers go to, by tier. An ACL does not know an answer from a request, so where connections are opened
 * to the internet these must be open. Servers are Linux, which opens connections from 32768 ("Custom network ACLs", ephemeral
 * ports); their own ports lie below. A tier that is not listed opens no connection to the internet.
 */
const answerPorts: Readonly<Record<string, number>> = { private: 32_768, functions: 1024, egress: 1024, firewall: 1024 };

interface Door {
  readonly path: string;
  readonly required: string;
  readonly isPrivate: (resource: Resource) => boolean;
}

/** What AWS serves to the internet by itself, past every proxy, and how each is kept from it. */
const doors: Readonly<Record<string, Door>> = {
  'AWS::Lambda::Url': { path: 'AuthType', required: 'AWS_IAM', isPrivate: (url) => url.at('AuthType') === 'AWS_IAM' },
  'AWS::ApiGateway::RestApi': {
    path: 'EndpointConfiguration.Types',
    required: 'PRIVATE',
    isPrivate: (api) => JSON.stringify(api.at('EndpointConfiguration.Types')) === '["PRIVATE"]',
  },
  'AWS::ApiGatewayV2::Api': { path: '', required: 'none: an HTTP or WebSocket API has no private endpoint', isPrivate: () => false },
};

export const worldOpenIngress: Rule = {
  name: 'world-open-ingress',
  requires:
    'nothing but the security groups of internet-facing load balancers admits the internet, and those on TCP 80 and 443 alone; nothing else has such a group, nor has a load balancer one that the templates do not tell',
  types: ['AWS::EC2::SecurityGroup', 'AWS::EC2::SecurityGroupIngress', 'AWS::EC2::NetworkAcl', balancerType, ...Object.keys(doors)],
  check(resource, assembly) {
    const door = doors[resource.type];
    if (door) return door.isPrivate(resource) ? [] : [entryFinding(resource, door)];
    if (resource.type === balancerType) return isPublic(resource) ? balancerFindings(resource, assembly) : 'not-applicable';
    return resource.type === 'AWS::EC2::NetworkAcl' ? accessList(resource, assembly) : securityGroup(resource, assembly);
  },
  guards: [
    guard(
      'AWS::EC2::SecurityGroup',
      'Properties.SecurityGroupIngress',
      append({ CidrIp: '0.0.0.0/0', IpProtocol: 'tcp', FromPort: 8080, ToPort: 8080 }),
      append({ CidrIp: '128.0.0.0/1', IpProtocol: 'tcp', FromPort: 5432, ToPort: 5432 }),
      append({ CidrIpv6: '::/0', IpProtocol: '-1' }),
      append({ SourcePrefixListId: 'pl-list', IpProtocol: 'udp', FromPort: 53, ToPort: 53 }),
      append({ CidrIp: { Ref: 'Range' }, IpProtocol: 'tcp', FromPort: 444, ToPort: 444 }),
    ),
    guard(
      'AWS::EC2::SecurityGroup',
      'Properties.SecurityGroupIngress',
      append({ CidrIp: '0.0.0.0/0', IpProtocol: 'udp', FromPort: 443, ToPort: 443 }),
    ),
    guard('AWS::EC2::SecurityGroupIngress', 'Properties.CidrIp', set('0.0.0.0/0')),
    guardWhere(balancerType, isPublic, 'Properties.SecurityGroups', remove, append('sg-elsewhere')),
    guardWhere('AWS::EC2::NetworkAclEntry', isUntrustedEntry, 'Properties.PortRange.From', replace(79)),
    guardWhere('AWS::EC2::NetworkAclEntry', isUntrustedEntry, 'Properties.Protocol', replace(-1)),
    guardWhere('AWS::EC2::NetworkAclEntry', admitsInside, 'Properties.CidrBlock', replace('0.0.0.0/0'), replace('0.0.0.0/1')),
    guardWhere('AWS::EC2::NetworkAclEntry', ofDatabases, 'Properties.CidrBlock', replace('0.0.0.0/0'), replace('203.0.113.0/24')),
    guard('AWS::Lambda::Url', 'Properties.AuthType', remove, replace('NONE')),
    guard('AWS::ApiGateway::RestApi', 'Properties.EndpointConfiguration.Types', remove, replace(['REGIONAL'])),
  ],
  bypasses: [
    ...openDoors,
    {
      name: 'a function in the security group of proxies',
      beside: balancerType,
      resources: (beside) => ({
        Function: {
          Type: 'AWS::Lambda::Function',
          Properties: { VpcConfig: { SecurityGroupIds: beside.at('SecurityGroups') ?? 'Missing' } },
        },
      }),
    },
  ],
  reads: [
    { type: '*', path: '*' },
    ...['NetworkAclId', 'RuleAction', 'RuleNumber', 'Egress', 'Ipv6CidrBlock', 'PortRange'].map((name) => ({
      type: 'AWS::EC2::NetworkAclEntry',
      path: `Properties.${name}`,
    })),
    { type: 'AWS::EC2::Subnet', path: 'Properties.Tags' },
    ...['SubnetId', 'NetworkAclId'].map((name) => ({ type: 'AWS::EC2::SubnetNetworkAclAssociation', path: `Properties.${name}` })),
    { type: 'AWS::EC2::SecurityGroupIngress', path: 'Properties' },
    { type: 'AWS::EC2::PrefixList', path: 'Properties.Entries' },
    ...['Scheme', 'SecurityGroups'].map((name) => ({ type: balancerType, path: `Properties.${name}` })),
  ],
};

function entryFinding(resource: Resource, { path, required }: Door): Finding {
  const fix = 'Serve it behind the load balancer.';
  return finding(resource, 'door', path === '' ? '' : `Properties.${path}`, required, fix);
}

function securityGroup(resource: Resource, assembly: Assembly): readonly Finding[] {
  const group = resource.type === 'AWS::EC2::SecurityGroup' ? resource : assembly.target(resource.at('GroupId'), resource.stack);
  const ofProxy = group !== undefined && isProxyGroup(group, assembly);
  const shared = ofProxy && group === resource ? sharedWith(group, assembly) : [];
  const admitted = ingressOf(resource, assembly).flatMap(({ path, ports, reach, json }) => {
    if (reach !== 'world' || (ofProxy && isProxyPort(ports) && isTcp(json))) return [];
    const required = ofProxy ? 'ports 80 and 443 alone' : 'no range wider than a named network';
    return [
      finding(
        resource,
        `world::${showPorts(ports)}`,
        path,
        required,
        'Admit a security group or a named network; only proxies admit the world.',
      ),
    ];
  });
  return [...admitted, ...shared];
}

/** A group that admits the world opens whatever has it. */
function sharedWith(group: Resource, assembly: Assembly): readonly Finding[] {
  const others = assembly.resources.filter((other) => !mayName.includes(other.type) && namesGroup(other, group, assembly));
  const fix = 'Give it a security group of its own.';
  return others.map((other) => ({
    ...finding(group, `shared::${other.logicalId}`, '', 'a group of proxies alone', fix),
    found: other.type,
  }));
}

function namesGroup(resource: Resource, group: Resource, assembly: Assembly): boolean {
  let found = false;
  visitReferences(resource.properties, (reference) => {
    found ||= assembly.refersTo(reference, resource, group);
  });
  return found;
}

/** Whom a group from elsewhere admits, nobody can tell. */
function balancerFindings(balancer: Resource, assembly: Assembly): readonly Finding[] {
  const named = listOf(balancer.at('SecurityGroups'));
  const known = named.filter((value) => assembly.target(value, balancer.stack)?.type === 'AWS::EC2::SecurityGroup');
  if (named.length > 0 && known.length === named.length) return [];
  const fix = 'Give it the security group of proxies.';
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

function accessList(acl: Resource, assembly: Assembly): readonly Finding[] {
  const tiers = tiersOf(acl, assembly);
  return entriesOf(acl, assembly)
    .filter((entry) => admitsUntrustedSources(entry) && !tiers.every((tier) => mayAdmit(tier, entry)))
    .map((entry) => ({
      id: `world::${entry.resource.logicalId}`,
      path: entry.resource.logicalId,
      found: entry.resource.properties,
      required: `strangers on ${tiers.map((tier) => `${tier || 'subnets without a tier'}: ${admittedPorts(tier)}`).join('; ')}`,
      fix: 'Narrow the entry in the table of the tier.',
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
  const first = answerPorts[tier];
  return first !== undefined && ports !== 'none' && ports.from >= first;
}

function admittedPorts(tier: string): string {
  if (tier === proxyTier) return '80 and 443';
  return answerPorts[tier] === undefined ? 'no port' : `the ports of answers, from ${answerPorts[tier]}`;
}

function isUntrustedEntry(resource: Resource, assembly: Assembly): boolean {
  return entriesOfList(resource, assembly).some(({ entry }) => admitsUntrustedSources(entry));
}

/** Entries for named neighbours, on ports that strangers must not reach. */
function admitsInside(resource: Resource, assembly: Assembly): boolean {
  return entriesOfList(resource, assembly).some(
    ({ entry, tiers }) =>
      entry.inbound && entry.allows && entry.reach === 'private' && entry.ports !== 'none' && !tiers.every((tier) => mayAdmit(tier, entry)),
  );
}

function ofDatabases(resource: Resource, assembly: Assembly): boolean {
  return entriesOfList(resource, assembly).some(({ entry, tiers }) => entry.inbound && entry.allows && tiers.includes('isolated'));
}

function entriesOfList(resource: Resource, assembly: Assembly): readonly { entry: AclEntry; tiers: readonly string[] }[] {
  const acl = assembly.target(resource.at('NetworkAclId'), resource.stack);
  const entry = acl && entriesOf(acl, assembly).find((candidate) => candidate.resource === resource);
  return acl && entry ? [{ entry, tiers: tiersOf(acl, assembly) }] : [];
}

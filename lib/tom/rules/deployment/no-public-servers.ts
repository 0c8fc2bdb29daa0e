// DSS-5.6.2, TOM-3.1: no server has a public address, a route from the internet or a key pair.

import { type Finding, finding, guard, guardWhere, type Rule, remove, replace, set, type Verdict } from '../../rule';
import { type Assembly, type Json, listOf, type Resource } from '../../template/assembly';
import { interfacesOf, serverPath, servers } from '../../template/interfaces';
import { facingTiers, isolatedTier, subnetOf, subnetsOf, tierTag } from '../../template/topology';
import { fromTheInternet, publicServers } from './no-public-servers-bypasses';

/** Resources that are put into subnets, and the property that says into which. Load balancers and NAT gateways alone face the internet. */
const placed: Readonly<Record<string, string>> = {
  'AWS::AutoScaling::AutoScalingGroup': 'VPCZoneIdentifier',
  'AWS::EC2::Instance': 'SubnetId',
  'AWS::EC2::NetworkInterface': 'SubnetId',
  'AWS::ECS::Service': 'NetworkConfiguration.AwsvpcConfiguration.Subnets',
  'AWS::EFS::MountTarget': 'SubnetId',
  'AWS::Lambda::Function': 'VpcConfig.SubnetIds',
  'AWS::RDS::DBProxy': 'VpcSubnetIds',
  'AWS::RDS::DBSubnetGroup': 'SubnetIds',
};

/** Types that are put into a default subnet, which faces the internet, unless they name another. */
const mustSay = ['AWS::AutoScaling::AutoScalingGroup', 'AWS::EC2::Instance'];

const addressTypes = ['AWS::EC2::EIP', 'AWS::EC2::EIPAssociation'];

/** What a route, and the association of a table, must name so that it can be told whom it serves. */
const routed: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'AWS::EC2::Route': { RouteTableId: 'AWS::EC2::RouteTable' },
  'AWS::EC2::SubnetRouteTableAssociation': { RouteTableId: 'AWS::EC2::RouteTable', SubnetId: 'AWS::EC2::Subnet' },
};

export const noPublicServers: Rule = {
  name: 'no-public-servers',
  requires:
    'no server or database has a public address, a key pair or a subnet with a route to the internet; only proxies and NAT gateways face it',
  // Of any type, because databases of every kind ask for a public address by the same property.
  types: ['*'],
  check(resource, assembly) {
    const own = checksOf(resource, assembly);
    const open = openDatabase(resource);
    if (own !== 'not-applicable') return [...own, ...open];
    return open.length > 0 ? open : own;
  },
  guards: [
    guard('AWS::EC2::Subnet', 'Properties.MapPublicIpOnLaunch', set(true)),
    guardWhere('AWS::EC2::Subnet', isFacing, `Properties.Tags.[Key=${tierTag}].Value`, remove, replace('private')),
    guard('AWS::EC2::SubnetRouteTableAssociation', '', remove),
    guard('AWS::EC2::SubnetRouteTableAssociation', 'Properties.RouteTableId', remove, replace('rtb')),
    guard('AWS::EC2::SubnetRouteTableAssociation', 'Properties.SubnetId', remove, replace('subnet')),
    guard('AWS::EC2::Route', 'Properties.RouteTableId', remove, replace({ 'Fn::ImportValue': { 'Fn::Sub': 'Table' } })),
    guardWhere('AWS::EC2::Route', isOfServers, 'Properties.GatewayId', set('igw')),
    guardWhere('AWS::EC2::Route', isOfServers, 'Properties.EgressOnlyInternetGatewayId', set('eigw')),
    ...addressTypes.flatMap((type) =>
      ['InstanceId', 'NetworkInterfaceId'].map((name) => guard(type, `Properties.${name}`, set({ Ref: 'Server' }))),
    ),
    ...servers.flatMap((type) => [
      guard(type, `Properties.${serverPath(type, 'KeyName')}`, set('operator')),
      guard(type, `Properties.${serverPath(type, 'NetworkInterfaces')}.*.AssociatePublicIpAddress`, set(true)),
      guard(type, `Properties.${serverPath(type, 'NetworkInterfaces')}.*.SubnetId`, set('subnet')),
    ]),
    ...['AWS::RDS::DBCluster', 'AWS::RDS::DBInstance'].map((type) => guard(type, 'Properties.PubliclyAccessible', set(true))),
    ...Object.entries(placed).map(([type, path]) =>
      guardWhere(type, (resource) => resource.at(path) !== undefined, `Properties.${path}`, replace(['subnet'])),
    ),
  ],
  bypasses: [...fromTheInternet, ...publicServers],
  reads: [
    { type: '*', path: 'Properties.PubliclyAccessible' },
    ...servers.flatMap((type) => [
      { type, path: 'Properties.AssociatePublicIpAddress' },
      { type, path: `Properties.${serverPath(type, 'NetworkInterfaces')}.*.NetworkInterfaceId` },
    ]),
    ...['Tags', 'CidrBlock'].map((name) => ({ type: 'AWS::EC2::Subnet', path: `Properties.${name}` })),
    ...['NatGatewayId', 'VpcEndpointId'].map((name) => ({ type: 'AWS::EC2::Route', path: `Properties.${name}` })),
  ],
};

function checksOf(resource: Resource, assembly: Assembly): Verdict {
  const { type } = resource;
  if (type === 'AWS::EC2::Subnet') return subnetFindings(resource, assembly);
  if (type === 'AWS::EC2::KeyPair')
    return [finding(resource, 'key-pair', '', 'no key pair', 'Remove it; reach servers through the session service.')];
  if (addressTypes.includes(type)) return addressFindings(resource);
  if (routed[type]) return unresolvedFindings(resource, assembly);
  if (!servers.includes(type) && !placed[type]) return 'not-applicable';
  return [...serverFindings(resource), ...placementFindings(resource, assembly)];
}

function openDatabase(resource: Resource): readonly Finding[] {
  const open = resource.at('PubliclyAccessible');
  if (open === undefined || open === false) return [];
  return [finding(resource, 'public', 'Properties.PubliclyAccessible', 'false', 'Leave out publiclyAccessible.')];
}

/** A route that could stand in any table, or a table that could serve any subnet, may be of servers. */
function unresolvedFindings(resource: Resource, assembly: Assembly): readonly Finding[] {
  return Object.entries(routed[resource.type] ?? {})
    .filter(([name, type]) => assembly.target(resource.at(name), resource.stack)?.type !== type)
    .map(([name, type]) => finding(resource, name, `Properties.${name}`, `an ${type} of the deployment`, 'Refer to it directly.'));
}

function subnetFindings(resource: Resource, assembly: Assembly): readonly Finding[] {
  const findings: Finding[] = [];
  if (![undefined, false].some((allowed) => allowed === resource.at('MapPublicIpOnLaunch'))) {
    findings.push(
      finding(resource, 'address', 'Properties.MapPublicIpOnLaunch', 'false', 'Set mapPublicIpOnLaunch: false on the subnets.'),
    );
  }
  const own = subnetOf(resource, assembly);
  const tier = own?.tier ?? '';
  const routes = own?.routes;
  if (!routes) {
    const fix = 'Associate the subnet with a route table of its own; the main one can change unseen.';
    findings.push(finding(resource, 'route-table', '', 'a route table of the deployment', fix));
  }
  // Databases have no route at all, whatever it leads to.
  const open = (routes ?? []).filter(
    ({ targetType }) => tier === isolatedTier || (!facingTiers.includes(tier) && (targetType === 'internet' || targetType === 'unknown')),
  );
  for (const route of open) {
    const required = `no route to the internet from a subnet of the tier ${tier || '(none)'}`;
    const fix = 'Leave through the firewall and the NAT gateway of the zone, or put proxies into the public tier.';
    findings.push({
      id: `route::${route.resource.logicalId}`,
      path: route.resource.logicalId,
      found: route.resource.properties,
      required,
      fix,
    });
  }
  return findings;
}

function isFacing(resource: Resource, assembly: Assembly): boolean {
  return facingTiers.includes(subnetOf(resource, assembly)?.tier ?? '');
}

function isOfServers(route: Resource, assembly: Assembly): boolean {
  return subnetsOf(assembly).some(
    ({ resource, routes }) => !isFacing(resource, assembly) && routes?.some((candidate) => candidate.resource === route),
  );
}

/** An address of its own may belong to a NAT gateway, which admits answers only, not to a server or its interface. */
function addressFindings(resource: Resource): readonly Finding[] {
  return ['InstanceId', 'NetworkInterfaceId']
    .filter((name) => resource.at(name) !== undefined)
    .map((name) => finding(resource, name, `Properties.${name}`, 'none', 'Reach servers through the load balancer or the VPN.'));
}

function serverFindings(resource: Resource): readonly Finding[] {
  if (!servers.includes(resource.type)) return [];
  const keyPair = serverPath(resource.type, 'KeyName');
  const keyPairs =
    resource.at(keyPair) === undefined
      ? []
      : [finding(resource, 'key-pair', `Properties.${keyPair}`, 'no key pair', 'Remove it; reach servers through the session service.')];
  const asked = [
    { path: 'AssociatePublicIpAddress', value: resource.at('AssociatePublicIpAddress') },
    ...interfacesOf(resource).map(({ path, publicAddress }) => ({ path: `${path}.AssociatePublicIpAddress`, value: publicAddress })),
  ];
  const addresses = asked
    .filter(({ value }) => value !== undefined && value !== false)
    .map(({ path }) => finding(resource, 'address', `Properties.${path}`, 'false', 'Leave out associatePublicIpAddress.'));
  return [...keyPairs, ...addresses];
}

/** Where a resource says that it stands: by its own property, and by that of each interface. */
function placementFindings(resource: Resource, assembly: Assembly): readonly Finding[] {
  const path = placed[resource.type];
  const own = listOf(path === undefined ? undefined : resource.at(path)).map((value) => ({ value, at: `Properties.${path}` }));
  const interfaces = interfacesOf(resource).map(({ existing, subnet: value, path: at }) => ({
    value: existing === undefined ? value : assembly.target(existing, resource.stack)?.at('SubnetId'),
    at: `Properties.${at}`,
  }));
  const told = mustSay.includes(resource.type) ? interfaces : interfaces.filter(({ value }) => value !== undefined);
  const places: readonly { value: Json | undefined; at: string }[] = [...own, ...told];
  if (places.length === 0 && mustSay.includes(resource.type)) return [placementFinding(resource, 0, `Properties.${path}`, undefined)];
  return places.flatMap(({ value, at }, index) => {
    const tier = subnetOf(assembly.target(value, resource.stack), assembly)?.tier;
    return tier !== undefined && !facingTiers.includes(tier) ? [] : [placementFinding(resource, index, at, value)];
  });
}

function placementFinding(resource: Resource, index: number, path: string, found: Json | undefined): Finding {
  const fix = 'Choose the subnets of the tier private, functions or isolated.';
  return { ...finding(resource, `subnet::${index}`, path, 'a subnet of the deployment that does not face the internet', fix), found };
}

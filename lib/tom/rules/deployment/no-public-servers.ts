// DSS-5.6.2, TOM-3.1: no server has a public address, a route to the internet or a key pair.

import { type Finding, finding, guard, guardWhere, type Rule, remove, replace, set, type Verdict } from '../../rule';
import { type Assembly, type Json, listOf, type Resource } from '../../template/assembly';
import { interfacesOf, serverPath, servers } from '../../template/interfaces';
import {
  clusterType,
  databaseInstanceType,
  fleetType,
  routeTableAssociationType,
  routeTableType,
  routeType,
  serverType,
  subnetType,
} from '../../template/resource-types';
import { internetFacingTiers, isolatedTier, subnetOf, subnetsOf, tierTag } from '../../template/topology';
import { fromTheInternet, publicServers } from './no-public-servers-bypasses';

/**
 * Types that are placed in subnets, with the property of the subnets. Only load balancers and NAT gateways may be in
 * public ones.
 */
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

/** Types that are launched in a default subnet, which is public, unless they name another. */
const requiringSubnet = [fleetType, serverType];

const addressTypes = ['AWS::EC2::EIP', 'AWS::EC2::EIPAssociation'];

/**
 * Properties of routes and route table associations that must resolve, so that the affected subnets are identified.
 */
const routed: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'AWS::EC2::Route': { RouteTableId: routeTableType },
  'AWS::EC2::SubnetRouteTableAssociation': { RouteTableId: routeTableType, SubnetId: subnetType },
};

export const noPublicServers: Rule = {
  name: 'no-public-servers',
  requires: 'no server or database has a public address, a key pair or a subnet with a route to the internet',
  // Every type, because databases of all engines have the same property for a public address.
  types: ['*'],
  check(resource, assembly) {
    const ofType = typeVerdict(resource, assembly);
    const open = publicDatabaseFindings(resource);
    if (ofType !== 'not-applicable') return [...ofType, ...open];
    return open.length > 0 ? open : ofType;
  },
  guards: [
    guard(subnetType, 'Properties.MapPublicIpOnLaunch', set(true)),
    guardWhere(subnetType, isInternetFacing, `Properties.Tags.[Key=${tierTag}].Value`, remove, replace('private')),
    guard(routeTableAssociationType, '', remove),
    guard(routeTableAssociationType, 'Properties.RouteTableId', remove, replace('rtb')),
    guard(routeTableAssociationType, 'Properties.SubnetId', remove, replace('subnet')),
    guard(routeType, 'Properties.RouteTableId', remove, replace({ 'Fn::ImportValue': { 'Fn::Sub': 'Table' } })),
    guardWhere(routeType, isOfServers, 'Properties.GatewayId', set('igw')),
    guardWhere(routeType, isOfServers, 'Properties.EgressOnlyInternetGatewayId', set('eigw')),
    ...addressTypes.flatMap((type) =>
      ['InstanceId', 'NetworkInterfaceId'].map((name) => guard(type, `Properties.${name}`, set({ Ref: 'Server' }))),
    ),
    ...servers.flatMap((type) => [
      guard(type, `Properties.${serverPath(type, 'KeyName')}`, set('operator')),
      guard(type, `Properties.${serverPath(type, 'NetworkInterfaces')}.*.AssociatePublicIpAddress`, set(true)),
      guard(type, `Properties.${serverPath(type, 'NetworkInterfaces')}.*.SubnetId`, set('subnet')),
    ]),
    ...[clusterType, databaseInstanceType].map((type) => guard(type, 'Properties.PubliclyAccessible', set(true))),
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
    ...['Tags', 'CidrBlock'].map((name) => ({ type: subnetType, path: `Properties.${name}` })),
    ...['NatGatewayId', 'VpcEndpointId'].map((name) => ({ type: routeType, path: `Properties.${name}` })),
  ],
};

function typeVerdict(resource: Resource, assembly: Assembly): Verdict {
  const { type } = resource;
  if (type === subnetType) return subnetFindings(resource, assembly);
  if (type === 'AWS::EC2::KeyPair')
    return [finding(resource, 'key-pair', '', 'no key pair', 'Remove the key pair and connect through Session Manager.')];
  if (addressTypes.includes(type)) return addressFindings(resource);
  if (routed[type]) return unresolvedFindings(resource, assembly);
  if (!servers.includes(type) && !placed[type]) return 'not-applicable';
  return [...serverFindings(resource), ...placementFindings(resource, assembly)];
}

function publicDatabaseFindings(resource: Resource): readonly Finding[] {
  const open = resource.at('PubliclyAccessible');
  if (open === undefined || open === false) return [];
  return [finding(resource, 'public', 'Properties.PubliclyAccessible', 'false', 'Remove publiclyAccessible.')];
}

/** A route in an unresolvable table, or a table of an unresolvable subnet, may apply to servers. */
function unresolvedFindings(resource: Resource, assembly: Assembly): readonly Finding[] {
  return Object.entries(routed[resource.type] ?? {})
    .filter(([name, type]) => assembly.target(resource.at(name), resource.stack)?.type !== type)
    .map(([name, type]) => finding(resource, name, `Properties.${name}`, `an ${type} of the deployment`, 'Use Ref or Fn::GetAtt.'));
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
    const fix = 'Associate the subnet with its own route table; the main route table can change outside the template.';
    findings.push(finding(resource, 'route-table', '', 'a route table of the deployment', fix));
  }
  // Subnets of databases have no routes to any target.
  const open = (routes ?? []).filter(
    ({ targetType }) =>
      tier === isolatedTier || (!internetFacingTiers.includes(tier) && (targetType === 'internet' || targetType === 'unknown')),
  );
  for (const route of open) {
    const required = `no route to the internet from a subnet of the tier ${tier || '(none)'}`;
    const fix = 'Route through the firewall and the NAT gateway of the zone, or place proxies in the public tier.';
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

function isInternetFacing(resource: Resource, assembly: Assembly): boolean {
  return internetFacingTiers.includes(subnetOf(resource, assembly)?.tier ?? '');
}

function isOfServers(route: Resource, assembly: Assembly): boolean {
  return subnetsOf(assembly).some(
    ({ resource, routes }) => !isInternetFacing(resource, assembly) && routes?.some((candidate) => candidate.resource === route),
  );
}

/**
 * An Elastic IP address may belong to a NAT gateway, which accepts responses only, but not to a server or its
 * interface.
 */
function addressFindings(resource: Resource): readonly Finding[] {
  return ['InstanceId', 'NetworkInterfaceId']
    .filter((name) => resource.at(name) !== undefined)
    .map((name) =>
      finding(resource, name, `Properties.${name}`, 'no server or interface', 'Connect through the load balancer or the VPN.'),
    );
}

function serverFindings(resource: Resource): readonly Finding[] {
  if (!servers.includes(resource.type)) return [];
  const keyPair = serverPath(resource.type, 'KeyName');
  const keyPairs =
    resource.at(keyPair) === undefined
      ? []
      : [finding(resource, 'key-pair', `Properties.${keyPair}`, 'no key pair', 'Remove the key pair and connect through Session Manager.')];
  const requested = [
    { path: 'AssociatePublicIpAddress', value: resource.at('AssociatePublicIpAddress') },
    ...interfacesOf(resource).map(({ path, publicAddress }) => ({ path: `${path}.AssociatePublicIpAddress`, value: publicAddress })),
  ];
  const addresses = requested
    .filter(({ value }) => value !== undefined && value !== false)
    .map(({ path }) => finding(resource, 'address', `Properties.${path}`, 'false', 'Remove associatePublicIpAddress.'));
  return [...keyPairs, ...addresses];
}

/** The subnets of a resource: those of its own property and of each interface. */
function placementFindings(resource: Resource, assembly: Assembly): readonly Finding[] {
  const path = placed[resource.type];
  const own = listOf(path === undefined ? undefined : resource.at(path)).map((value) => ({ value, at: `Properties.${path}` }));
  const interfaces = interfacesOf(resource).map(({ existing, subnet: value, path: at }) => ({
    value: existing === undefined ? value : assembly.target(existing, resource.stack)?.at('SubnetId'),
    at: `Properties.${at}`,
  }));
  const ofInterfaces = requiringSubnet.includes(resource.type) ? interfaces : interfaces.filter(({ value }) => value !== undefined);
  const places: readonly { value: Json | undefined; at: string }[] = [...own, ...ofInterfaces];
  if (places.length === 0 && requiringSubnet.includes(resource.type))
    return [placementFinding(resource, 0, `Properties.${path}`, undefined)];
  return places.flatMap(({ value, at }, index) => {
    const tier = subnetOf(assembly.target(value, resource.stack), assembly)?.tier;
    return tier !== undefined && !internetFacingTiers.includes(tier) ? [] : [placementFinding(resource, index, at, value)];
  });
}

function placementFinding(resource: Resource, index: number, path: string, found: Json | undefined): Finding {
  const fix = 'Use subnets of the tier private, functions or isolated.';
  return { ...finding(resource, `subnet::${index}`, path, 'a subnet of the deployment without a route to the internet', fix), found };
}

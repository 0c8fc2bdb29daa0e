// TOM-6.5: each zone has a way out of its own: subnet, firewall, NAT gateway and their routes are all in one zone.

import { guard, guardWhere, type Rule, remove, replace, set } from '../../rule';
import type { Assembly, Resource } from '../../template/assembly';
import { defaultRoutes, leavingTiers, type Route, type Subnet, subnetOf, subnetOfTarget, subnetsOf } from '../../template/topology';

/** A way out passes at most a firewall and a NAT gateway before it is outside. */
const longestWay = 3;

export const egressPerZone: Rule = {
  name: 'egress-per-zone',
  requires: 'every subnet of servers or functions leaves through a NAT gateway of its own zone, by a way that never leaves the zone',
  types: ['AWS::EC2::Subnet'],
  check(resource, assembly) {
    const subnet = subnetOf(resource, assembly);
    if (!subnet || !leavingTiers.includes(subnet.tier)) return 'not-applicable';
    const problem = wayOut(subnet, assembly);
    if (!problem) return [];
    return [
      {
        id: 'way-out',
        path: problem.at?.logicalId ?? 'its route table',
        found: problem.found,
        required: 'a default route to the firewall or NAT gateway of the same zone, and from there to the internet',
        fix: 'Build a NAT gateway in each zone and route each zone through its own (network.sharedNat: false).',
      },
    ];
  },
  guards: [
    guardWhere('AWS::EC2::Route', isExitRoute, '', remove),
    guardWhere('AWS::EC2::Route', isExitRoute, 'Properties.DestinationCidrBlock', remove, replace('10.0.0.0/8')),
    guardWhere('AWS::EC2::Route', isExitRoute, 'Properties.RouteTableId', remove, replace('rtb')),
    ...['GatewayId', 'NatGatewayId', 'VpcEndpointId'].map((target) =>
      guardWhere('AWS::EC2::Route', isExitRoute, `Properties.${target}`, remove, replace('elsewhere')),
    ),
    guard('AWS::EC2::NatGateway', '', remove),
    guard('AWS::EC2::NatGateway', 'Properties.SubnetId', remove, replace('subnet')),
    guard('AWS::EC2::NatGateway', 'Properties.ConnectivityType', set('private')),
    guard('AWS::EC2::NatGateway', 'Properties.AllocationId', remove),
    guard('AWS::NetworkFirewall::Firewall', '', remove),
    guard('AWS::NetworkFirewall::Firewall', 'Properties.SubnetMappings.0.SubnetId', remove, replace('subnet')),
    guardWhere('AWS::EC2::Subnet', isExitSubnet, 'Properties.AvailabilityZone', remove, replace('eu-west-3z')),
    guard('AWS::EC2::InternetGateway', '', remove),
    guardWhere('AWS::EC2::SubnetRouteTableAssociation', ofTheWay, '', remove),
    guardWhere('AWS::EC2::SubnetRouteTableAssociation', ofTheWay, 'Properties.SubnetId', remove),
    guardWhere('AWS::EC2::SubnetRouteTableAssociation', ofTheWay, 'Properties.RouteTableId', remove),
  ],
  reads: [
    { type: 'AWS::EC2::Subnet', path: 'Properties.Tags' },
    { type: 'AWS::EC2::Route', path: 'Properties.DestinationIpv6CidrBlock' },
    { type: 'AWS::EC2::Route', path: 'Properties.EgressOnlyInternetGatewayId' },
  ],
};

interface Problem {
  readonly at?: Resource;
  readonly found: string;
}

/** Follows the default routes of a subnet to the internet. What leads astray, or out of the zone, is the problem. */
function wayOut(start: Subnet, assembly: Assembly): Problem | undefined {
  let subnet = start;
  let passedNat = false;
  for (let step = 0; step < longestWay; step++) {
    const routes = defaultRoutes(subnet).filter(({ resource }) => resource.at('DestinationCidrBlock') !== undefined);
    const [route] = routes;
    if (!route || routes.length > 1) return { found: `${routes.length} default routes in the route table of ${subnet.resource.logicalId}` };
    if (route.targetType === 'internet')
      return passedNat ? undefined : { at: route.resource, found: 'a route to the internet past every NAT gateway' };
    const next = subnetOfTarget(route.target, assembly);
    if (!next) return { at: route.resource, found: 'a route to something that is neither a NAT gateway nor a firewall of one zone' };
    if (next.zone === undefined || next.zone !== start.zone)
      return { at: route.resource, found: `a route into the zone of ${next.resource.logicalId}` };
    if (route.targetType === 'nat' && route.target) {
      if (!isPublicNat(route.target)) return { at: route.target, found: 'a NAT gateway without a public address' };
      passedNat = true;
    }
    subnet = next;
  }
  return { found: `more than ${longestWay} hops` };
}

function isPublicNat(gateway: Resource): boolean {
  const type = gateway.at('ConnectivityType');
  return (type === undefined || type === 'public') && gateway.at('AllocationId') !== undefined;
}

/** Routes and subnets that some way out passes. */
function exitPaths(assembly: Assembly): { routes: readonly Route[]; subnets: readonly Subnet[] } {
  const subnets = new Set<Subnet>();
  const waiting = subnetsOf(assembly).filter(({ tier }) => leavingTiers.includes(tier));
  for (let subnet = waiting.pop(); subnet; subnet = waiting.pop()) {
    if (subnets.has(subnet)) continue;
    subnets.add(subnet);
    for (const { target } of defaultRoutes(subnet)) {
      const next = subnetOfTarget(target, assembly);
      if (next) waiting.push(next);
    }
  }
  const routes = [...subnets].flatMap((subnet) =>
    defaultRoutes(subnet).filter(({ resource }) => resource.at('DestinationCidrBlock') !== undefined),
  );
  return { routes, subnets: [...subnets] };
}

function isExitRoute(route: Resource, assembly: Assembly): boolean {
  return exitPaths(assembly).routes.some(({ resource }) => resource === route);
}

function isExitSubnet(subnet: Resource, assembly: Assembly): boolean {
  return exitPaths(assembly).subnets.some(({ resource }) => resource === subnet);
}

function ofTheWay(association: Resource, assembly: Assembly): boolean {
  const subnet = assembly.target(association.at('SubnetId'), association.stack);
  return subnet !== undefined && isExitSubnet(subnet, assembly);
}

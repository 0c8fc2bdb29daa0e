// TOM-6.5: each zone has its own path to the internet: subnet, firewall, NAT gateway and their routes are in one zone.

import { guard, guardWhere, type Rule, remove, replace, set } from '../../rule';
import type { Assembly, Resource } from '../../template/assembly';
import {
  firewallType,
  internetGatewayType,
  natGatewayType,
  routeTableAssociationType,
  routeType,
  subnetType,
} from '../../template/resource-types';
import { defaultRoutes, leavingTiers, type Route, type Subnet, subnetOf, subnetOfTarget, subnetsOf } from '../../template/topology';

/** Most routes on a path to the internet: to a firewall, to a NAT gateway and to the internet gateway. */
const longestPath = 3;

export const egressPerZone: Rule = {
  name: 'egress-per-zone',
  requires: 'every subnet of servers or functions reaches the internet through a NAT gateway, within its own availability zone',
  types: [subnetType],
  check(resource, assembly) {
    const subnet = subnetOf(resource, assembly);
    if (!subnet || !leavingTiers.includes(subnet.tier)) return 'not-applicable';
    const problem = pathProblem(subnet, assembly);
    if (!problem) return [];
    return [
      {
        id: 'way-out',
        path: problem.at?.logicalId ?? 'its route table',
        found: problem.found,
        required: 'a default route to the firewall or NAT gateway of the same zone, and from there to the internet',
        fix: 'Create a NAT gateway in each zone and route each zone through it (network.sharedNat: false).',
      },
    ];
  },
  guards: [
    guardWhere(routeType, isExitRoute, '', remove),
    guardWhere(routeType, isExitRoute, 'Properties.DestinationCidrBlock', remove, replace('10.0.0.0/8')),
    guardWhere(routeType, isExitRoute, 'Properties.RouteTableId', remove, replace('rtb')),
    ...['GatewayId', 'NatGatewayId', 'VpcEndpointId'].map((target) =>
      guardWhere(routeType, isExitRoute, `Properties.${target}`, remove, replace('elsewhere')),
    ),
    guard(natGatewayType, '', remove),
    guard(natGatewayType, 'Properties.SubnetId', remove, replace('subnet')),
    guard(natGatewayType, 'Properties.ConnectivityType', set('private')),
    guard(natGatewayType, 'Properties.AllocationId', remove),
    guard(firewallType, '', remove),
    guard(firewallType, 'Properties.SubnetMappings.0.SubnetId', remove, replace('subnet')),
    guardWhere(subnetType, isExitSubnet, 'Properties.AvailabilityZone', remove, replace('eu-west-3z')),
    guard(internetGatewayType, '', remove),
    guardWhere(routeTableAssociationType, isOnExitPath, '', remove),
    guardWhere(routeTableAssociationType, isOnExitPath, 'Properties.SubnetId', remove),
    guardWhere(routeTableAssociationType, isOnExitPath, 'Properties.RouteTableId', remove),
  ],
  reads: [
    { type: subnetType, path: 'Properties.Tags' },
    { type: routeType, path: 'Properties.DestinationIpv6CidrBlock' },
    { type: routeType, path: 'Properties.EgressOnlyInternetGatewayId' },
  ],
};

interface Problem {
  readonly at?: Resource;
  readonly found: string;
}

/**
 * Follows the default routes of a subnet to the internet. Returns the first route with a wrong target or into another
 * zone.
 */
function pathProblem(start: Subnet, assembly: Assembly): Problem | undefined {
  let subnet = start;
  let passedNat = false;
  for (let step = 0; step < longestPath; step++) {
    const routes = defaultRoutes(subnet).filter(({ resource }) => resource.at('DestinationCidrBlock') !== undefined);
    const [route] = routes;
    if (!route || routes.length > 1) return { found: `${routes.length} default routes in the route table of ${subnet.resource.logicalId}` };
    if (route.targetType === 'internet')
      return passedNat ? undefined : { at: route.resource, found: 'a route to the internet without a NAT gateway' };
    const next = subnetOfTarget(route.target, assembly);
    if (!next) return { at: route.resource, found: 'a route to a target other than a NAT gateway or a firewall of one zone' };
    if (next.zone === undefined || next.zone !== start.zone)
      return { at: route.resource, found: `a route into the zone of ${next.resource.logicalId}` };
    if (route.targetType === 'nat' && route.target) {
      if (!isPublicNat(route.target)) return { at: route.target, found: 'a NAT gateway without a public address' };
      passedNat = true;
    }
    subnet = next;
  }
  return { found: `more than ${longestPath} hops` };
}

function isPublicNat(gateway: Resource): boolean {
  const type = gateway.at('ConnectivityType');
  return (type === undefined || type === 'public') && gateway.at('AllocationId') !== undefined;
}

/** Routes and subnets on a path to the internet. */
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

function isOnExitPath(association: Resource, assembly: Assembly): boolean {
  const subnet = assembly.target(association.at('SubnetId'), association.stack);
  return subnet !== undefined && isExitSubnet(subnet, assembly);
}

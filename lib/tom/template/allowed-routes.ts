// Allowed targets of the routes of each tier. Every other route is a stray route.
import type { Assembly } from './assembly';
import { vpnGatewayType } from './resource-types';
import { isolatedTier, type Route, type RouteTarget, type Subnet, subnetOfTarget } from './topology';

type AllowedTarget = Extract<RouteTarget, 'internet' | 'nat' | 'firewall'> | 'nothing';

const targetNames = { internet: 'internet gateway', nat: 'NAT gateway', firewall: 'firewall of the zone' } as const;

/** Target of the routes out of each tier. A tier that is not listed leaves through the firewall of its zone. */
const allowedRoutes: Readonly<Record<string, AllowedTarget>> = {
  public: 'internet',
  egress: 'internet',
  firewall: 'nat',
  [isolatedTier]: 'nothing',
};

export interface Stray {
  readonly route: Route;
  /** Allowed target of the route. */
  readonly required: string;
}

/** The routes of a subnet whose target its tier does not allow, for any destination. */
export function strayRoutes(subnet: Subnet, assembly: Assembly): readonly Stray[] {
  return (subnet.routes ?? []).flatMap((route) => {
    const required = requiredRoute(route, subnet, assembly);
    return required === undefined ? [] : [{ route, required }];
  });
}

/** The tier with the endpoints of AWS services, which the management networks reach by Site-to-Site VPN. (TOM-3.1) */
const managedTier = 'private';

/** Whether a route returns the responses of endpoints to one of the management networks, and no other traffic. */
const isToManagement = ({ resource, target, targetType }: Route, { tier }: Subnet, { facts }: Assembly): boolean =>
  tier === managedTier &&
  targetType === 'other' &&
  target?.type === vpnGatewayType &&
  facts.settings.access.managementNetworks.some(({ cidr }) => cidr === resource.at('DestinationCidrBlock'));

function requiredRoute(route: Route, subnet: Subnet, assembly: Assembly): string | undefined {
  const allowed = allowedRoutes[subnet.tier] ?? 'firewall';
  if (allowed === 'nothing') return `no route from a subnet of the tier ${subnet.tier}`;
  if (isToManagement(route, subnet, assembly)) return undefined;
  // A route within the network returns responses through the firewall that forwarded the request, in any zone.
  if (route.isInside) return route.targetType === 'firewall' ? undefined : 'no route within the network except return routes to a firewall';
  const inZone = allowed !== 'firewall' || isInZone(route, subnet, assembly);
  return route.targetType === allowed && inZone ? undefined : `a route to the ${targetNames[allowed]}`;
}

function isInZone({ target }: Route, { zone }: Subnet, assembly: Assembly): boolean {
  return zone !== undefined && subnetOfTarget(target, assembly)?.zone === zone;
}

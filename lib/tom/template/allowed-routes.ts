// Where the routes of each tier may lead. Whatever a tier is not known to need is a stray route.
import type { Assembly } from './assembly';
import { isolatedTier, type Route, type RouteTarget, type Subnet, subnetOfTarget } from './topology';

type Way = Extract<RouteTarget, 'internet' | 'nat' | 'firewall'> | 'nothing';

const names = { internet: 'internet gateway', nat: 'NAT gateway', firewall: 'firewall of the zone' } as const;

/** What leads out of each tier; a tier that is not listed, known or not, leaves through the firewall of its zone. */
const allowedRoutes: Readonly<Record<string, Way>> = {
  public: 'internet',
  egress: 'internet',
  firewall: 'nat',
  [isolatedTier]: 'nothing',
};

export interface Stray {
  readonly route: Route;
  /** What the route may lead to instead. */
  readonly required: string;
}

/** The routes of a subnet that lead elsewhere than its tier may go, whatever part of the world they are for. */
export function strayRoutes(subnet: Subnet, assembly: Assembly): readonly Stray[] {
  return (subnet.routes ?? []).flatMap((route) => {
    const required = requiredRoute(route, subnet, assembly);
    return required === undefined ? [] : [{ route, required }];
  });
}

function requiredRoute(route: Route, subnet: Subnet, assembly: Assembly): string | undefined {
  const way = allowedRoutes[subnet.tier] ?? 'firewall';
  if (way === 'nothing') return `no route from a subnet of the tier ${subnet.tier}`;
  // Within the network a route is there to lead answers through the firewall that saw the request, in whichever zone it is.
  if (route.isInside) return route.targetType === 'firewall' ? undefined : 'no route within the network but those of answers to a firewall';
  const inZone = way !== 'firewall' || isInZone(route, subnet, assembly);
  return route.targetType === way && inZone ? undefined : `a route to the ${names[way]}`;
}

function isInZone({ target }: Route, { zone }: Subnet, assembly: Assembly): boolean {
  return zone !== undefined && subnetOfTarget(target, assembly)?.zone === zone;
}

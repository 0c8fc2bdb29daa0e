// The exception for a route to the internet gateway, which rule packs object to wherever it is.
import type { IConstruct } from 'constructs';
import { acknowledgeInPacks } from '../labels/exceptions';

/** Acknowledges that a route leads to the internet gateway; `reason` says why that subnet must have it. */
export function acknowledgeInternetRoute(route: IConstruct, reason: string): void {
  acknowledgeInPacks(route, { rule: 'VPCNoUnrestrictedRouteToIGW', reason });
}

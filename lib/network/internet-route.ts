// The exception for a route to the internet gateway, to which rule packs object in every subnet.
import type { IConstruct } from 'constructs';
import { acknowledgeInPacks } from '../labels/exceptions';

/** Acknowledges a route to the internet gateway; `reason` states why that subnet needs it. */
export function acknowledgeInternetRoute(route: IConstruct, reason: string): void {
  acknowledgeInPacks(route, { rule: 'VPCNoUnrestrictedRouteToIGW', reason });
}

// The exception for a route to the internet gateway, to which rule packs object in every subnet.
import type { IConstruct } from 'constructs';
import { acknowledge } from '../labels/exceptions';

/** Acknowledges a route to the internet gateway; `reason` states why that subnet needs it. */
export function acknowledgeInternetRoute(route: IConstruct, reason: string): void {
  for (const pack of ['NIST.800.53.R5', 'HIPAA.Security', 'PCI.DSS.321'] as const) {
    acknowledge(route, { id: `${pack}::${pack}-VPCNoUnrestrictedRouteToIGW`, reason, owner: 'platform', expires: '2027-05-31' });
  }
}

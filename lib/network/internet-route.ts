// The exception for a route to the internet gateway, which rule packs object to wherever it is.
import type { IConstruct } from 'constructs';
import { acknowledge } from '../labels/exceptions';

/** Acknowledges that a route leads to the internet gateway; `reason` says why that subnet must have it. */
export function acknowledgeInternetRoute(route: IConstruct, reason: string): void {
  for (const pack of ['NIST.800.53.R5', 'HIPAA.Security', 'PCI.DSS.321'] as const) {
    acknowledge(route, { id: `${pack}::${pack}-VPCNoUnrestrictedRouteToIGW`, reason, owner: 'platform', expires: '2027-05-31' });
  }
}

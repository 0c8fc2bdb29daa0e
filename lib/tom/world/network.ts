// The network: VPC, routes, network ACLs, firewalls, endpoints, records, and the security groups of all stacks.
import type { Declaration } from './declaration';
import { aclDeclarations } from './network-acls';
import { endpointDeclarations } from './network-endpoints';
import { firewallDeclarations } from './network-firewalls';
import { groupDeclarations } from './network-groups';
import { recordDeclarations } from './network-records';
import { routeDeclarations } from './network-routes';
import { vpcDeclarations } from './network-vpc';

export const networkDeclarations: readonly Declaration[] = [
  ...vpcDeclarations,
  ...routeDeclarations,
  ...aclDeclarations,
  ...endpointDeclarations,
  ...firewallDeclarations,
  ...recordDeclarations,
  ...groupDeclarations,
];

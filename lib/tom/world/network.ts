// The VPC with its subnets, routes, access lists, firewalls, endpoints and records, and every security group.
import type { Declaration } from './declaration';

export const networkDeclarations: readonly Declaration[] = [];

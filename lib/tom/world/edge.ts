// The load balancer, its listeners, the web application firewall, certificates and records.
import type { Declaration } from './declaration';

export const edgeDeclarations: readonly Declaration[] = [];

// Flows of the edge stack.
import { type Flow, visitorPorts } from './flow';

export const loadBalancer = 'edge/LoadBalancer';

export const edgeFlows: readonly Flow[] = [
  {
    name: 'visitors to the load balancer',
    from: 'visitors',
    to: { resource: loadBalancer },
    ports: visitorPorts,
    way: 'internet gateway',
    purpose: 'hits and pages; port 80 redirects',
  },
];

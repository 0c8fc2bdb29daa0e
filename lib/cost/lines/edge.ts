// Costs of the edge: load balancer, web ACL, traffic to the internet.
import { hoursInMonth } from '../prices/prices';
import { listAt } from '../resources';
import { type Coster, charge, ofType } from './charge';

const balancer: Coster = (found, context) => {
  const { traffic, shape } = context;
  // Requests with hits bypass the web ACL only behind Cloudflare, whose client certificate needs a trust store.
  const stores = ofType(context, 'AWS::ElasticLoadBalancingV2::TrustStore').length;
  return [
    charge('load balancers', 'balancerHour', found.length * hoursInMonth),
    charge('capacity units', 'lcuHour', traffic.lcu * hoursInMonth),
    charge('public addresses', 'addressHour', traffic.addresses * hoursInMonth),
    charge('trust stores', 'trustStoreHour', Math.max(stores, shape.wafOnHits ? 0 : 1) * hoursInMonth),
    charge('internet out', 'internetOutGb', traffic.outGb),
  ];
};

const webAcl: Coster = (found, { traffic, shape }) => [
  charge('web ACL', 'webAclMonth', found.length),
  charge('rules', 'webAclRuleMonth', found.flatMap(({ properties }) => listAt(properties, 'Rules')).length),
  charge('requests', 'webAclRequests', shape.wafOnHits ? traffic.requests / 1e6 : 0),
];

export const edgeLines: Readonly<Record<string, Coster>> = {
  'AWS::ElasticLoadBalancingV2::LoadBalancer': balancer,
  'AWS::WAFv2::WebACL': webAcl,
};

// DSS-6.8, TOM-5.7: public listeners ask for TLS 1.3 or restricted TLS 1.2, with post-quantum key exchange.

import { finding, guardWhere, type Rule, remove, replace } from '../../rule';
import type { Assembly, Resource } from '../../template/assembly';
import { isEncrypted, isPublicListener, listenerType } from '../../template/load-balancers';

/**
 * TLS 1.3 with the authenticated, forward-secret ciphers of TLS 1.2 (`Res`) or without TLS 1.2, and hybrid ML-KEM key exchange (`PQ`).
 * Source: "Security policies for your Application Load Balancer".
 */
const strong = /^ELBSecurityPolicy-TLS13-1-(?:2-Res|3)(?:-FIPS)?-PQ-\d{4}-\d{2}$/;

export const tlsPolicy: Rule = {
  name: 'tls-policy',
  requires: 'every public listener with TLS has a policy of TLS 1.3 and restricted TLS 1.2 with post-quantum key exchange',
  types: [listenerType],
  check(listener, assembly) {
    if (!isConcerned(listener, assembly)) return 'not-applicable';
    const policy = listener.at('SslPolicy');
    if (typeof policy === 'string' && strong.test(policy)) return [];
    const required = 'ELBSecurityPolicy-TLS13-1-2-Res-PQ-2025-09 or a stronger one';
    return [finding(listener, 'policy', 'Properties.SslPolicy', required, 'Set sslPolicy: SslPolicy.TLS13_12_RES_PQ on the listener.')];
  },
  guards: [
    guardWhere(
      listenerType,
      isConcerned,
      'Properties.SslPolicy',
      remove,
      replace('ELBSecurityPolicy-TLS13-1-2-Res-2021-06'),
      replace('ELBSecurityPolicy-TLS13-1-2-PQ-2025-09'),
      replace('ELBSecurityPolicy-TLS13-1-2-Ext2-PQ-2025-09'),
      replace('ELBSecurityPolicy-TLS13-1-0-PQ-2025-09'),
    ),
  ],
  reads: [
    ...['Protocol', 'LoadBalancerArn'].map((name) => ({ type: listenerType, path: `Properties.${name}` })),
    { type: 'AWS::ElasticLoadBalancingV2::LoadBalancer', path: 'Properties.Scheme' },
  ],
};

function isConcerned(listener: Resource, assembly: Assembly): boolean {
  return isPublicListener(listener, assembly) && isEncrypted(listener);
}

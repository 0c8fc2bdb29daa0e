import { tlsPolicy } from '../../../../../lib/tom/rules/edge/tls-policy';
import { answers, changed } from '../example';
import { edge } from './example-edge';

const verdict = (SslPolicy: string | undefined) => answers(tlsPolicy, changed(edge, 'Https', { SslPolicy })).Https;

test.each([
  'ELBSecurityPolicy-TLS13-1-2-Res-PQ-2025-09',
  'ELBSecurityPolicy-TLS13-1-3-PQ-2025-09',
  'ELBSecurityPolicy-TLS13-1-2-Res-FIPS-PQ-2025-09',
  'ELBSecurityPolicy-TLS13-1-2-Res-PQ-2028-01',
])('%s complies', (policy) => {
  expect(verdict(policy)).toBe('compliant');
});

test.each([
  ['without post-quantum key exchange', 'ELBSecurityPolicy-TLS13-1-2-Res-2021-06'],
  ['with all ciphers of TLS 1.2', 'ELBSecurityPolicy-TLS13-1-2-PQ-2025-09'],
  ['with more ciphers of TLS 1.2', 'ELBSecurityPolicy-TLS13-1-2-Ext1-PQ-2025-09'],
  ['with TLS 1.0', 'ELBSecurityPolicy-TLS13-1-0-PQ-2025-09'],
  ['of old', 'ELBSecurityPolicy-2016-08'],
  ['with a name that goes on', 'ELBSecurityPolicy-TLS13-1-2-Res-PQ-2025-09-Weak'],
  ['that is none', undefined],
])('a policy %s does not', (_, policy) => {
  expect(verdict(policy)).toEqual(['policy']);
});

test('a plain or internal listener is not its concern', () => {
  expect(answers(tlsPolicy, edge).Http).toBe('not-applicable');
  expect(answers(tlsPolicy, changed(edge, 'Balancer', { Scheme: 'internal' })).Https).toBe('not-applicable');
});

test('a load balancer without a scheme is internet-facing', () => {
  const unsaid = changed(changed(edge, 'Balancer', { Scheme: undefined }), 'Https', { SslPolicy: undefined });
  expect(answers(tlsPolicy, unsaid).Https).toEqual(['policy']);
});

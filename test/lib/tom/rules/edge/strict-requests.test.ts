import { strictRequests } from '../../../../../lib/tom/rules/edge/strict-requests';
import type { Json } from '../../../../../lib/tom/template/assembly';
import { answers, changed } from '../example';
import { attributes, balancerAttributes, edge } from './example-edge';

const verdict = (values: Readonly<Record<string, Json>>, facts = {}) =>
  answers(strictRequests, changed(edge, 'Balancer', { LoadBalancerAttributes: attributes({ ...balancerAttributes, ...values }) }), facts)
    .Balancer;

test('a load balancer with these attributes complies, written as text or not', () => {
  expect(verdict({})).toBe('compliant');
  expect(verdict({ 'routing.http.drop_invalid_header_fields.enabled': true })).toBe('compliant');
});

test.each([
  ['routing.http.drop_invalid_header_fields.enabled', 'false'],
  ['routing.http.desync_mitigation_mode', 'defensive'],
  ['routing.http.desync_mitigation_mode', 'monitor'],
  ['routing.http.xff_header_processing.mode', 'preserve'],
  ['routing.http.xff_header_processing.mode', 'remove'],
  ['routing.http.xff_client_port.enabled', 'true'],
  ['deletion_protection.enabled', 'false'],
])('%s: %s does not', (key, value) => {
  expect(verdict({ [key]: value })).toEqual([key]);
});

test('a missing attribute has its default value', () => {
  expect(answers(strictRequests, changed(edge, 'Balancer', { LoadBalancerAttributes: undefined })).Balancer).toEqual([
    'routing.http.drop_invalid_header_fields.enabled',
    'routing.http.desync_mitigation_mode',
    'deletion_protection.enabled',
  ]);
});

test('outside production it may be deleted', () => {
  expect(verdict({ 'deletion_protection.enabled': 'false' }, { environment: 'staging' })).toBe('compliant');
});

test('an internal load balancer is not its concern', () => {
  expect(answers(strictRequests, changed(edge, 'Balancer', { Scheme: 'internal' })).Balancer).toBe('not-applicable');
});

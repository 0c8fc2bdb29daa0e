import { landedLogs } from '../../../../../lib/tom/rules/edge/landed-logs';
import type { Json } from '../../../../../lib/tom/template/assembly';
import { answers, att, changed, type Resources, ref, resource, without } from '../example';
import { attributes, balancerAttributes, edge, landingStatements } from './example-edge';

const verdict = (resources: Resources, id = 'Balancer') => answers(landedLogs, resources)[id];
const withAttributes = (values: Readonly<Record<string, Json>>) =>
  changed(edge, 'Balancer', { LoadBalancerAttributes: attributes({ ...balancerAttributes, ...values }) });
const both = (id: string) => [`access_logs::${id}`, `connection_logs::${id}`];

test('a load balancer that logs to a landing bucket complies, and an internal one is not its concern', () => {
  expect(verdict(edge)).toBe('compliant');
  expect(verdict(changed(edge, 'Balancer', { Scheme: 'internal' }))).toBe('not-applicable');
});

test.each(['access_logs', 'connection_logs'])('%s go to a landing bucket only', (log) => {
  for (const bucket of ['another-bucket', ref('Logs'), ref('AclLog')]) {
    expect(verdict(withAttributes({ [`${log}.s3.bucket`]: bucket }))).toEqual([`${log}::landing`]);
  }
  // The rule edge-logging requires the log.
  expect(verdict(withAttributes({ [`${log}.s3.enabled`]: 'false', [`${log}.s3.bucket`]: 'another-bucket' }))).toBe('compliant');
});

test.each<[string, Json[]]>([
  ['no statement', []],
  ['a denial without its exception', [{ ...landingStatements.reader, Condition: {} }]],
  ['a second exception', [{ ...landingStatements.reader, Condition: { ArnNotEquals: { 'aws:PrincipalArn': [att('Reader'), 'arn:x'] } } }]],
  [
    'a second condition',
    [
      {
        ...landingStatements.reader,
        Condition: { ArnNotEquals: { 'aws:PrincipalArn': att('Reader') }, Bool: { 'aws:SecureTransport': 'false' } },
      },
    ],
  ],
  ['a role of another deployment', [{ ...landingStatements.reader, Condition: { ArnNotEquals: { 'aws:PrincipalArn': 'arn:x' } } }]],
])('a bucket with %s has no one reader', (_, Statement) => {
  expect(verdict(changed(edge, 'LandingPolicy', { PolicyDocument: { Statement } }))).toEqual(both('landing'));
});

test('the reader writes to another bucket, and not to the landing bucket', () => {
  expect(verdict(without(edge, 'ReaderPolicy'))).toEqual(both('stored'));
  const Statement = [{ Effect: 'Allow', Action: 's3:*', Resource: { 'Fn::Join': ['', [att('Landing'), '/*']] } }];
  expect(verdict(changed(edge, 'ReaderPolicy', { PolicyDocument: { Statement } }))).toEqual(both('stored'));
});

test('no other delivery has the logs of a load balancer', () => {
  const delivery = (ResourceArn: Json) => ({ ...edge, Source: resource('AWS::Logs::DeliverySource', { ResourceArn }) });
  expect(verdict(delivery(ref('Balancer')), 'Source')).toEqual(['delivery']);
  expect(verdict(delivery('arn:aws:s3:::x'), 'Source')).toBe('not-applicable');
});

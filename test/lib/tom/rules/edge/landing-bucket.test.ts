import { landingBucket } from '../../../../../lib/tom/rules/edge/landing-bucket';
import type { Json, JsonObject } from '../../../../../lib/tom/template/assembly';
import { answers, changed, type Resources, without } from '../example';
import { edge, landingStatements } from './example-edge';

const verdict = (resources: Resources, id = 'Landing') => answers(landingBucket, resources)[id];
const withRules = (...Rules: JsonObject[]) => verdict(changed(edge, 'Landing', { LifecycleConfiguration: { Rules } }));
const withStatements = (...Statement: (JsonObject | undefined)[]) =>
  verdict(changed(edge, 'LandingPolicy', { PolicyDocument: { Statement: Statement.filter((one) => one !== undefined) } }));
const { delivery, services, reader } = landingStatements;

test('a landing bucket complies, and other buckets are not its concern', () => {
  expect(verdict(edge)).toBe('compliant');
  expect(verdict(edge, 'Logs')).toBe('not-applicable');
});

test.each<[string, JsonObject[]]>([
  ['no rule', []],
  ['two days', [{ Status: 'Enabled', ExpirationInDays: 2 }]],
  ['a disabled rule', [{ Status: 'Disabled', ExpirationInDays: 1 }]],
  ['a rule for a part', [{ Status: 'Enabled', ExpirationInDays: 1, Prefix: 'access/' }]],
  ['a rule for large objects', [{ Status: 'Enabled', ExpirationInDays: 1, ObjectSizeGreaterThan: 1 }]],
])('%s does not empty it within a day', (_, rules) => {
  expect(withRules(...rules)).toEqual(['days']);
});

test.each<[string, Record<string, Json>, string]>([
  ['versions', { VersioningConfiguration: { Status: 'Enabled' } }, 'versions'],
  ['suspended versions', { VersioningConfiguration: { Status: 'Suspended' } }, 'versions'],
  ['a replica', { ReplicationConfiguration: { Role: 'x', Rules: [] } }, 'replica'],
])('it has no %s', (_, properties, id) => {
  expect(verdict(changed(edge, 'Landing', properties))).toEqual([id]);
});

test.each<[string, JsonObject]>([
  ['of reads alone', { ...reader, Action: 's3:GetObject*' }],
  ['of some objects', { ...reader, Resource: 'arn:aws:s3:::landing/access/*' }],
  ['of one principal', { ...reader, Principal: { AWS: 'arn:aws:iam::111111111111:role/x' } }],
  ['that excepts a pattern', { ...reader, Condition: { ArnNotLike: { 'aws:PrincipalArn': 'arn:aws:iam::*:role/*' } } }],
  ['that is an allowance', { ...reader, Effect: 'Allow' }],
])('a statement %s is no denial to all but one role', (_, statement) => {
  expect(withStatements(delivery, services, statement)).toContain('reader');
});

test('the load balancers are its only writers', () => {
  expect(withStatements(delivery, reader)).toEqual(['others']);
  const other: JsonObject = { ...delivery, Principal: { Service: 's3.amazonaws.com' } };
  expect(withStatements(delivery, services, reader, other)).toEqual(['writers']);
  expect(withStatements({ ...delivery, Action: ['s3:GetObject', 's3:PutObject'] }, services, reader)).toEqual(['writers']);
});

test('a landing bucket without a policy has neither', () => {
  expect(verdict(without(edge, 'LandingPolicy'))).toEqual(['reader', 'others']);
});

import { keyGrants } from '../../../../../lib/tom/rules/encryption/key-grants';
import type { JsonObject } from '../../../../../lib/tom/template/assembly';
import { answers, resource } from '../example';

const root: JsonObject = { Effect: 'Allow', Principal: { AWS: 'arn:aws:iam::111111111111:root' }, Action: 'kms:*', Resource: '*' };
const denial: JsonObject = {
  Effect: 'Deny',
  Principal: { AWS: '*' },
  Action: 'kms:CreateGrant',
  Resource: '*',
  Condition: { Bool: { 'kms:GrantIsForAWSResource': 'false', 'aws:PrincipalIsAWSService': 'false' } },
};
const says = (...statements: JsonObject[]) =>
  answers(keyGrants, { Key: resource('AWS::KMS::Key', { KeyPolicy: { Statement: [root, ...statements] } }) }).Key;

test('a key whose policy denies grants by every principal except AWS services complies', () => {
  expect(says(denial)).toBe('compliant');
  expect(says({ ...denial, Action: ['kms:CreateGrant'] })).toBe('compliant');
});

test('a key without the denial does not comply', () => {
  expect(says()).toEqual(['grants']);
});

const bool = (conditions: JsonObject) => ({ Condition: { Bool: conditions } });

test.each<[string, JsonObject]>([
  ['allows it', { Effect: 'Allow' }],
  ['is about one role', { Principal: { AWS: 'arn:aws:iam::111111111111:role/x' } }],
  ['is written for anonymous callers too', { Principal: '*' }],
  ['leaves out somebody', { Principal: undefined as never, NotPrincipal: { AWS: 'arn:aws:iam::111111111111:role/x' } }],
  ['is about another key', { Resource: 'arn:aws:kms:eu-west-3:111111111111:key/other' }],
  ["refuses what services make in a caller's name", bool({ 'aws:PrincipalIsAWSService': 'false' })],
  ['refuses what services make as themselves', bool({ 'kms:GrantIsForAWSResource': 'false' })],
  ['refuses services too', { Condition: {} }],
  ['holds for services alone', bool({ 'kms:GrantIsForAWSResource': 'true', 'aws:PrincipalIsAWSService': 'false' })],
  ['asks for more', { Condition: { ...(denial.Condition as JsonObject), StringEquals: { 'aws:PrincipalTag/role': 'x' } } }],
])('nor one whose denial %s', (_, statement) => {
  expect(says({ ...denial, ...statement })).toContain('grants');
});

test('a second denial that applies to services does not comply', () => {
  expect(says(denial, { ...denial, Action: 'kms:*', Condition: {} })).toEqual(['denied::KeyPolicy.Statement.2']);
  expect(says(denial, { ...denial, Action: 'kms:ScheduleKeyDeletion', Condition: {} })).toBe('compliant');
});

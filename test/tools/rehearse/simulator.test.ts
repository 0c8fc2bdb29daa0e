// The evaluation of requests: each kind of policy can deny, and the answer names it. Two tests are for what ours
// corrects in the simulator, with the source.
import type { Json } from '../../../lib/tom/template/assembly';
import { evaluateRequest, type PolicyRequest } from '../../../tools/rehearse/simulator';
import { standInAccount } from '../../../tools/rehearse/stand-in';

const document = (...Statement: readonly object[]): Json => ({ Version: '2012-10-17', Statement }) as unknown as Json;
const policy = (...statements: readonly object[]) => ({ name: 'policy', policy: document(...statements) });
const allow = (Action: string, Resource = '*', rest: object = {}) => ({ Effect: 'Allow', Action, Resource, ...rest });
const deny = (Action: string, rest: object = {}) => ({ Effect: 'Deny', Action, Resource: '*', ...rest });

const read: PolicyRequest = {
  principal: `arn:aws:iam::${standInAccount}:role/reader`,
  action: 's3:GetObject',
  resource: 'arn:aws:s3:::hits/1.json',
  context: { 'aws:SecureTransport': 'true' },
  identityPolicies: [policy(allow('s3:GetObject', 'arn:aws:s3:::hits/*'))],
};
const everybody = { Principal: { AWS: '*' } };

test('a request that each policy allows', async () => {
  const request = { ...read, boundary: policy(allow('s3:*')), endpointPolicy: policy(allow('*', '*', everybody)) };
  expect(await evaluateRequest(request)).toEqual({ allowed: true, reason: 'allowed' });
});

test.each<[string, Partial<PolicyRequest>, string]>([
  ['a role that lost the permission', { identityPolicies: [policy(allow('s3:PutObject'))] }, 'not allowed by the permissions of the role'],
  ['a role that denies', { identityPolicies: [policy(allow('*'), deny('s3:Get*'))] }, 'denied by the permissions of the role'],
  ['a boundary that denies', { boundary: policy(allow('*'), deny('s3:*')) }, 'denied by the permissions boundary'],
  ['a boundary that does not list it', { boundary: policy(allow('kms:*')) }, 'not allowed by the permissions boundary'],
  ['a bucket policy that denies', { resourcePolicy: document(deny('s3:*', everybody)) }, 'denied by the resource policy'],
  [
    'an endpoint policy without the bucket',
    { endpointPolicy: policy(allow('s3:*', 'arn:aws:s3:::others/*', everybody)) },
    'not allowed by the endpoint policy',
  ],
  [
    'an endpoint policy without the bucket, beside a bucket policy that only denies',
    {
      endpointPolicy: policy(allow('s3:*', 'arn:aws:s3:::others/*', everybody)),
      resourcePolicy: document(deny('s3:DeleteObject', everybody)),
    },
    'not allowed by the endpoint policy',
  ],
])('%s', async (_, change, reason) => {
  expect(await evaluateRequest({ ...read, ...change })).toEqual({ allowed: false, reason });
});

describe('a key policy', () => {
  const use = (resourcePolicy: Json, context: Readonly<Record<string, string>> = {}) =>
    evaluateRequest({
      ...{ principal: 'logs.eu-west-3.amazonaws.com', action: 'kms:Decrypt', identityPolicies: [] },
      ...{ resource: `arn:aws:kms:eu-west-3:${standInAccount}:key/00000000-0000-0000-0000-000000000001`, context, resourcePolicy },
    });
  const service = { Principal: { Service: 'logs.eu-west-3.amazonaws.com' } };

  test('without the service', async () => {
    const answer = await use(document(allow('kms:*', '*', { Principal: { AWS: `arn:aws:iam::${standInAccount}:root` } })));
    expect(answer).toEqual({ allowed: false, reason: 'not allowed by the resource policy' });
  });

  // The name of the context key follows a colon, and has colons itself ("AWS KMS condition keys for AWS KMS",
  // kms:EncryptionContext:context-key; "Encrypt log data in CloudWatch Logs using AWS KMS").
  test.each([
    ['own', 'arn:aws:logs:eu-west-3:111122223333:log-group:own', true],
    ['another', 'arn:aws:logs:eu-west-3:999988887777:log-group:own', false],
  ])('with the encryption context of a log group: %s', async (_, arn, allowed) => {
    const key = 'kms:EncryptionContext:aws:logs:arn';
    const Condition = { ArnLike: { [key]: 'arn:aws:logs:eu-west-3:111122223333:log-group:*' } };
    expect((await use(document(allow('kms:Decrypt', '*', { ...service, Condition })), { [key]: arn })).allowed).toBe(allowed);
  });
});

// "You can use "*" and {"AWS": "*"}: both are the same" ("AWS JSON policy elements: Principal", All principals).
test.each([['*'], [{ AWS: '*' }]])('an endpoint policy for the principal %j', async (Principal) => {
  const endpointPolicy = policy(allow('s3:GetObject', 'arn:aws:s3:::hits/*', { Principal }));
  expect((await evaluateRequest({ ...read, endpointPolicy })).allowed).toBe(true);
});

// "If the key is not present, negated operators match" ("IAM JSON policy elements: Condition operators").
test.each([
  ['StringNotEquals', {}, false],
  ['StringNotEquals', { 'aws:RequestedRegion': 'eu-west-3' }, true],
  ['StringNotEquals', { 'aws:RequestedRegion': 'us-east-1' }, false],
  ['StringEquals', {}, true],
])('a denial with %s, where the request has %j', async (operator, keys, allowed) => {
  const boundary = policy(allow('*'), deny('*', { Condition: { [operator]: { 'aws:RequestedRegion': 'eu-west-3' } } }));
  expect((await evaluateRequest({ ...read, boundary, context: keys as Record<string, string> })).allowed).toBe(allowed);
});

test('a policy that is none', async () => {
  const answer = await evaluateRequest({ ...read, identityPolicies: [{ name: 'broken', policy: { Statement: 'none' } }] });
  expect(answer).toEqual({ allowed: false, reason: expect.stringMatching(/^not evaluated: /) });
});

import { Assembly, type Json, type JsonObject } from '../../../../lib/tom/assembly';
import { separation } from '../../../../lib/tom/rules/separation';
import { answers, att, facts, join, ref, resource, stack } from './example';

const says = (value: Json, changed = {}) => answers(separation, { A: resource('AWS::SNS::Topic', { Any: value }) }, changed).A;
const trust = (Principal: Json, rest: JsonObject = {}): JsonObject => ({
  Statement: [{ Effect: 'Allow', Principal, Action: 'x:Y', ...rest }],
});

test.each([
  'staging-archive',
  '/rempart/staging/flows',
  'staging/flows',
  'arn:aws:s3:::staging-archive/*',
  'staging',
  'alias/development',
  'arn:aws:sns:x:y:staging-alarms',
])('the name of another deployment may not stand in %s', (text) => {
  expect(says({ Name: text })).toEqual([expect.stringMatching(/^name::(staging|development)$/)]);
});

test.each(['production-archive', 'Used outside of staging, in development only', 'upstaging-x', 'my_staging_x', 'STAGING_KEY'])(
  'it does not in %s',
  (text) => {
    expect(says({ Name: text })).toBe('compliant');
  },
);

test('a deployment whose name begins like another is told from it', () => {
  const names = (text: string, deployment: string, other: string) => says(text, { deployment, otherDeployments: [other] });
  expect(names('production-eu-network', 'production-eu', 'production')).toBe('compliant');
  expect(names('production-network', 'production-eu', 'production')).toEqual(['name::production']);
  expect(names('production-eu-network', 'production', 'production-eu')).toEqual(['name::production-eu']);
});

test.each<[string, Json]>([
  ['services', trust({ Service: 'lambda.amazonaws.com' })],
  ['the own account', trust({ AWS: join('arn:aws:iam::', ref('AWS::AccountId'), ':root') })],
  ['a role of the stack', trust({ AWS: att('Role') })],
  ['anyone of the own account', trust('*', { Condition: { StringEquals: { 'kms:CallerAccount': ref('AWS::AccountId') } } })],
  ['a denial to everyone', { Statement: [{ Effect: 'Deny', Principal: '*' }] }],
])('%s may be admitted', (_, document) => {
  expect(says(document)).toBe('compliant');
});

test.each<[string, Json, string]>([
  ['everyone', trust('*'), '*'],
  ['everyone, in a list', trust({ AWS: ['*'] }), '*'],
  ['everyone but one', { Statement: { Effect: 'Allow', NotPrincipal: { AWS: 'x' } } }, '*'],
  ['another account', trust({ AWS: '111111111111' }), '111111111111'],
  ['a role of another account', trust({ AWS: ['arn:aws:iam::111111111111:role/x'] }), 'arn:aws:iam::111111111111:role/x'],
  ['who cannot be told', trust({ AWS: { 'Fn::If': ['A', 'b', 'c'] } }), '?'],
  ['anyone of another account', trust('*', { Condition: { StringEquals: { 'aws:PrincipalAccount': '111111111111' } } }), '*'],
])('%s may not', (_, document, principal) => {
  expect(says(document)).toEqual([`principal::${principal}`]);
});

test('an account that the configuration names may', () => {
  expect(says(trust({ AWS: '111111111111' }), { namedAccounts: ['111111111111'] })).toBe('compliant');
});

test("an endpoint's policy may speak of everyone: it admits nobody", () => {
  expect(answers(separation, { A: resource('AWS::EC2::VPCEndpoint', { PolicyDocument: trust('*') }) }).A).toBe('compliant');
});

test.each(['AWS::EC2::VPCPeeringConnection', 'AWS::EC2::TransitGatewayAttachment', 'AWS::RAM::ResourceShare'])(
  'nothing is joined by %s',
  (type) => {
    expect(answers(separation, { A: resource(type) }).A).toEqual(['joining']);
  },
);

test('a stack bears the name of its deployment, and its outputs no other', () => {
  const of = (name: string, value: string) =>
    answers(separation, new Assembly(facts, [stack({}, { name, template: { Outputs: { A: { Value: value } } } })])).stack;
  expect(of('production-network', 'x')).toBe('compliant');
  expect(of('network', 'x')).toEqual(['name']);
  expect(of('production-network', 'staging-x')).toEqual(['name::staging']);
});

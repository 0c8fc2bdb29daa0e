import { separation } from '../../../../../lib/tom/rules/deployment/separation';
import { Assembly, type Json, type JsonObject } from '../../../../../lib/tom/template/assembly';
import { answers, att, facts, join, ref, resource, stack } from '../example';

const verdict = (value: Json, changed = {}) => answers(separation, { A: resource('AWS::SNS::Topic', { Any: value }) }, changed).A;
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
  expect(verdict({ Name: text })).toEqual([expect.stringMatching(/^name::(staging|development)$/)]);
});

test.each([
  { Tags: [{ Key: 'rempart:environment', Value: 'staging' }] },
  {
    PolicyDocument: {
      Statement: [{ Effect: 'Deny', Action: 'staging-service:Delete', Resource: 'arn:staging:staging-x:eu-west-3:x:thing' }],
    },
  },
])('a word of AWS or a tag that equals the name of a deployment complies: %j', (properties) => {
  expect(verdict(properties)).toBe('compliant');
});

test.each(['production-archive', 'Used outside of staging, in development only', 'upstaging-x', 'my_staging_x', 'STAGING_KEY'])(
  'it does not in %s',
  (text) => {
    expect(verdict({ Name: text })).toBe('compliant');
  },
);

test('a deployment name that begins like another is distinguished', () => {
  const names = (text: string, deployment: string, other: string) => verdict(text, { deployment, otherDeployments: [other] });
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
  expect(verdict(document)).toBe('compliant');
});

test.each<[string, Json, string]>([
  ['everyone', trust('*'), '*'],
  ['everyone, in a list', trust({ AWS: ['*'] }), '*'],
  ['everyone but one', { Statement: { Effect: 'Allow', NotPrincipal: { AWS: 'x' } } }, '*'],
  ['another account', trust({ AWS: '111111111111' }), '111111111111'],
  ['a role of another account', trust({ AWS: ['arn:aws:iam::111111111111:role/x'] }), 'arn:aws:iam::111111111111:role/x'],
  ['an unresolvable principal', trust({ AWS: { 'Fn::If': ['A', 'b', 'c'] } }), '?'],
  ['anyone of another account', trust('*', { Condition: { StringEquals: { 'aws:PrincipalAccount': '111111111111' } } }), '*'],
])('%s may not', (_, document, principal) => {
  expect(verdict(document)).toEqual([`principal::${principal}`]);
});

test('an account that the configuration names may', () => {
  expect(verdict(trust({ AWS: '111111111111' }), { namedAccounts: ['111111111111'] })).toBe('compliant');
});

test("an endpoint's policy may speak of everyone: it admits nobody", () => {
  expect(answers(separation, { A: resource('AWS::EC2::VPCEndpoint', { PolicyDocument: trust('*') }) }).A).toBe('compliant');
});

test.each([
  'AWS::EC2::VPCPeeringConnection',
  'AWS::EC2::TransitGatewayAttachment',
  'AWS::EC2::TransitGatewayPeeringAttachment',
  'AWS::EC2::TransitGatewayRoute',
  'AWS::EC2::VPCEndpointService',
  'AWS::EC2::VPCEndpointServicePermissions',
  'AWS::NetworkManager::VpcAttachment',
  'AWS::RAM::ResourceShare',
  'AWS::VpcLattice::ServiceNetworkVpcAssociation',
])('nothing is joined by %s', (type) => {
  expect(answers(separation, { A: resource(type) }).A).toEqual(['joining']);
});

const issuer = 'token.actions.githubusercontent.com';
const federated = (Condition: JsonObject, Federated: Json = issuer) =>
  answers(separation, { R: resource('AWS::IAM::Role', { AssumeRolePolicyDocument: trust({ Federated }, { Condition }) }) }).R;
const audience = { [`${issuer}:aud`]: 'sts.amazonaws.com' };

test.each<[string, JsonObject, Json, string | string[]]>([
  ['audience and subject', { StringEquals: { ...audience, [`${issuer}:sub`]: 'repo:owner/name' } }, issuer, 'compliant'],
  ['audience and a family of subjects', { StringEquals: audience, StringLike: { [`${issuer}:sub`]: 'repo:owner/*' } }, issuer, 'compliant'],
  [
    'a SAML audience',
    { StringEquals: { 'SAML:aud': 'https://signin.aws.amazon.com/saml' } },
    'arn:aws:iam::x:saml-provider/y',
    'compliant',
  ],
  ['nothing', {}, issuer, [`principal::${issuer}`]],
  ['the audience alone', { StringEquals: audience }, issuer, [`principal::${issuer}`]],
  ['every subject', { StringEquals: audience, StringLike: { [`${issuer}:sub`]: '*' } }, issuer, [`principal::${issuer}`]],
  ['the subject alone', { StringEquals: { [`${issuer}:sub`]: 'repo:owner/name' } }, issuer, [`principal::${issuer}`]],
  ['a weak operator', { StringEqualsIfExists: { ...audience, [`${issuer}:sub`]: 'x:y' } }, issuer, [`principal::${issuer}`]],
  ['no SAML audience', {}, 'arn:aws:iam::x:saml-provider/y', ['principal::arn:aws:iam::x:saml-provider/y']],
])('an identity provider that is bound by %s', (_, condition, provider, expected) => {
  expect(federated(condition, provider)).toEqual(expected);
});

test('a canonical user, a service that is none and a trust that cannot be read are foreign', () => {
  expect(verdict(trust({ CanonicalUser: '79a59df900b949e5' }))).toEqual(['principal::79a59df900b949e5']);
  expect(verdict(trust({ Service: '*' }))).toEqual(['principal::*']);
  expect(verdict(trust({ Service: 'example.org' }))).toEqual(['principal::example.org']);
  const role = (AssumeRolePolicyDocument: Json) => answers(separation, { R: resource('AWS::IAM::Role', { AssumeRolePolicyDocument }) }).R;
  expect(role(ref('Parameter'))).toEqual(['principal::*']);
  expect(role(JSON.stringify(trust({ Service: 'ec2.amazonaws.com' })))).toBe('compliant');
  expect(role(JSON.stringify(trust({ AWS: '111111111111' })))).toEqual(['principal::111111111111']);
});

test('a policy that is written as text is read', () => {
  const log = (PolicyDocument: Json) => answers(separation, { L: resource('AWS::Logs::ResourcePolicy', { PolicyDocument }) }).L;
  const text = JSON.stringify(trust('*'));
  expect(log(text)).toEqual(['principal::*']);
  expect(log(join(text.slice(0, 20), text.slice(20)))).toEqual(['principal::*']);
  expect(log(text.slice(0, -1))).toEqual(['principal::*']);
  expect(log(JSON.stringify(trust({ Service: 'route53.amazonaws.com' })))).toBe('compliant');
});

test('a function may be called by a service', () => {
  const permission = (Principal: string) => answers(separation, { P: resource('AWS::Lambda::Permission', { Principal }) }).P;
  expect(permission('events.amazonaws.com')).toBe('compliant');
  expect(permission('*')).toEqual(['principal::*']);
  expect(permission('111111111111')).toEqual(['principal::111111111111']);
});

test('a stack bears the name of its deployment, and its outputs no other', () => {
  const of = (name: string, value: string) =>
    answers(separation, new Assembly(facts, [stack({}, { name, template: { Outputs: { A: { Value: value } } } })])).stack;
  expect(of('production-network', 'x')).toBe('compliant');
  expect(of('network', 'x')).toEqual(['name']);
  expect(of('production-network', 'staging-x')).toEqual(['name::staging']);
});

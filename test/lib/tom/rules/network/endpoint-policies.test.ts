import { endpointPolicies } from '../../../../../lib/tom/rules/network/endpoint-policies';
import type { JsonObject } from '../../../../../lib/tom/template/assembly';
import { answers, ref, resource } from '../example';

const own: JsonObject = {
  Effect: 'Allow',
  Principal: '*',
  Action: 's3:*',
  Resource: '*',
  Condition: { StringEquals: { 'aws:PrincipalAccount': ref('AWS::AccountId') } },
};
const verdict = (...Statement: JsonObject[]) =>
  answers(endpointPolicies, { E: resource('AWS::EC2::VPCEndpoint', { PolicyDocument: { Statement } }) }).E;

test('principals of the account, and named resources, may pass', () => {
  expect(verdict(own)).toBe('compliant');
  expect(verdict(own, { Effect: 'Allow', Principal: '*', Action: 's3:GetObject', Resource: ['arn:aws:s3:::al2023-repos/*'] })).toBe(
    'compliant',
  );
  expect(verdict({ Effect: 'Deny', Principal: '*', Action: '*', Resource: '*' })).toBe('compliant');
});

const open = ['open::PolicyDocument.Statement.0'];

test.each<[string, JsonObject]>([
  ['anyone to anything', { ...own, Condition: {} }],
  ['another account', { ...own, Condition: { StringEquals: { 'aws:PrincipalAccount': '999999999999' } } }],
  ['another account too', { ...own, Condition: { StringEquals: { 'aws:PrincipalAccount': [ref('AWS::AccountId'), '999999999999'] } } }],
  ['a condition with exceptions', { ...own, Condition: { StringEqualsIfExists: { 'aws:PrincipalAccount': ref('AWS::AccountId') } } }],
  ['every bucket', { Effect: 'Allow', Principal: '*', Action: 's3:*', Resource: 'arn:aws:s3:::*' }],
  ['all but some', { Effect: 'Allow', Principal: '*', Action: 's3:*', Resource: 'arn:aws:s3:::x', NotResource: 'arn:aws:s3:::y' }],
])('%s may not', (_, statement) => {
  expect(verdict(statement)).toEqual(open);
});

test('an endpoint without a policy serves everyone', () => {
  expect(answers(endpointPolicies, { E: resource('AWS::EC2::VPCEndpoint') }).E).toEqual(['policy']);
  expect(verdict()).toEqual(['policy']);
});

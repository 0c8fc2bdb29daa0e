// Policies that grant more than they show.

import type { Bypass } from '../../rule';
import type { Json, JsonObject } from '../../template/assembly';
import { newResource } from '../bypass';

const everything: JsonObject = { Effect: 'Allow', Action: '*', Resource: '*' };
const eitherValue = (value: Json): JsonObject => ({ 'Fn::If': ['Big', value, { Ref: 'AWS::NoValue' }] });

const policy = (name: string, PolicyDocument: Json): Bypass => ({
  name,
  resources: { Policy: newResource('AWS::IAM::ManagedPolicy', { PolicyDocument }) },
});
const statement = (name: string, ...Statement: Json[]): Bypass => policy(name, { Version: '2012-10-17', Statement });
const grant = (Action: Json, Resource: Json): JsonObject => ({ Effect: 'Allow', Action, Resource });

const wideResources = [
  'arn:*',
  'arn:aws:logs:*:*:*:*',
  'arn:aws:iam::*:*/*',
  'arn:aws:lambda:*:*:function:*',
  'arn:aws:dynamodb:*:*:table/*/index/*',
  'arn:aws:kms:*:*:k*',
  'arn:aws:s3:::*-*',
  'arn:aws:sqs:*:*:*-*',
];

export const wideGrants: readonly Bypass[] = [
  statement('a grant in a condition of the template', eitherValue(everything)),
  statement('a grant in a list of lists', [everything]),
  statement('a grant whose effect is decided later', { ...everything, Effect: { Ref: 'Effect' } }),
  policy('a document in a condition of the template', eitherValue({ Statement: [everything] })),
  policy('a document as text', JSON.stringify({ Statement: [everything] })),
  policy('a document that is no policy', '{{resolve:ssm:/policy}}'),
  ...['iam:*Role*', 's3:Put*', 'kms:*e*', 'IAM:*', 's3:GetObjec?'].map((action) =>
    statement(`the action ${action}`, grant(action, 'arn:aws:s3:::bucket/key')),
  ),
  ...wideResources.map((resource) => statement(`the resource ${resource}`, grant(['lambda:InvokeFunction', 'kms:Decrypt'], resource))),
  statement('the listing of every bucket', grant('s3:ListBucket', '*')),
  {
    name: 'policies of a group in a condition of the template',
    resources: {
      Group: newResource('AWS::IAM::Group', { Policies: eitherValue([{ PolicyName: 'a', PolicyDocument: { Statement: [everything] } }]) }),
    },
  },
  {
    name: 'a group with a policy that the template does not tell',
    resources: { Group: newResource('AWS::IAM::Group', { ManagedPolicyArns: ['{{resolve:ssm:/policy}}'] }) },
  },
  {
    name: 'a permission set of administrators',
    resources: { Set: newResource('AWS::SSO::PermissionSet', { ManagedPolicies: ['arn:aws:iam::aws:policy/AdministratorAccess'] }) },
  },
  {
    name: 'a permission set that grants everything',
    resources: { Set: newResource('AWS::SSO::PermissionSet', { InlinePolicy: { Statement: [everything] } }) },
  },
  { name: 'an access key', resources: { Key: newResource('AWS::IAM::AccessKey', { UserName: 'x' }) } },
];

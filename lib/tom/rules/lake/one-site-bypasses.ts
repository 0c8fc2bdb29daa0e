// Ways to the objects of several sites of the lake that no role of the lake has.
import type { Bypass } from '../../rule';
import type { Json, JsonObject } from '../../template/assembly';
import { bucketPolicyType, managedPolicyType, roleType } from '../../template/resource-types';
import { newResource } from '../bypass';

const archive = 'arn:aws:s3:::production-archive-${AWS::AccountId}-${AWS::Region}';
const allow = (Action: Json, Resource: Json, more: JsonObject = {}): JsonObject => ({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Action, Resource, ...more }],
});
const alone = (name: string, Action: Json, Resource: Json): Bypass => ({
  name,
  beside: bucketPolicyType,
  resources: { Further: newResource(managedPolicyType, { PolicyDocument: allow(Action, Resource) }) },
});

export const lakeBypasses: readonly Bypass[] = [
  alone('a permission on every object', 's3:GetObject', '*'),
  alone('a permission on the objects of every bucket', 's3:Get*', 'arn:aws:s3:::*/*'),
  alone('a permission on the whole lake', 's3:GetObject', { 'Fn::Sub': `${archive}/lake/*` }),
  alone('a permission on one fixed site', 's3:GetObject', { 'Fn::Sub': `${archive}/lake/site=1/*` }),
  alone('a permission on a folder that begins alike', 's3:GetObject', { 'Fn::Sub': `${archive}/l?ke/site=1/*` }),
  alone('a permission on the folder of another tag', 's3:GetObject', { 'Fn::Sub': `${archive}/$\{!aws:PrincipalTag/folder}/*` }),
  alone('a permission to delete in the lake', 's3:DeleteObject*', { 'Fn::Sub': `${archive}/lake/*` }),
  {
    name: 'a role with a permission on the lake within',
    beside: bucketPolicyType,
    resources: {
      Further: newResource(roleType, {
        AssumeRolePolicyDocument: allow('sts:AssumeRole', '*', { Principal: { Service: 'lambda.amazonaws.com' } }),
        Policies: [{ PolicyName: 'lake', PolicyDocument: allow('s3:GetObject', { 'Fn::Sub': `${archive}/lake/*` }) }],
      }),
    },
  },
];

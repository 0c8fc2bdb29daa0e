import { evaluateRule } from '../../../../../lib/tom/evaluate';
import { powers } from '../../../../../lib/tom/rules/identity/powers';
import type { Json, JsonObject } from '../../../../../lib/tom/template/assembly';
import { Assembly } from '../../../../../lib/tom/template/assembly';
import { facts, resource, stack } from '../example';

const siteSecrets = 'arn:aws:secretsmanager:eu-west-3:${AWS::AccountId}:secret:production/sites/*';

/** Finding ids of a policy of the data stack that is attached to a role. */
function findingsOf(role: string, Action: Json, Resource: Json = { 'Fn::Sub': siteSecrets }, more: JsonObject = {}): readonly string[] {
  const resources = {
    [role]: resource('AWS::IAM::Role'),
    Policy: resource('AWS::IAM::ManagedPolicy', {
      Roles: [{ Ref: role }],
      PolicyDocument: { Statement: [{ Effect: 'Allow', Action, Resource, ...more }] },
    }),
  };
  const assembly = new Assembly(facts, [stack(resources, { name: 'production-data' })]);
  return evaluateRule(assembly, powers).flatMap(({ verdict }) => (verdict === 'not-applicable' ? [] : verdict.map(({ id }) => id)));
}

test.each<[string, Json]>([
  ['the power of the role', ['secretsmanager:CreateSecret', 'secretsmanager:PutSecretValue']],
  ['reads', ['ec2:DescribeInstances', 's3:Get*']],
  ['actions on data', ['s3:PutObject', 'kms:Decrypt']],
])('%s complies', (_, action) => {
  expect(findingsOf('SiteAdminFunctionRole', action)).toEqual([]);
});

test.each<[string, string, Json, Json?]>([
  ['a power of another role', 'UpkeepFunctionRole', 'secretsmanager:PutSecretValue'],
  [
    'the power on another resource',
    'SiteAdminFunctionRole',
    'secretsmanager:PutSecretValue',
    'arn:aws:secretsmanager:eu-west-3:1:secret:x',
  ],
  ['the power on every resource', 'SiteAdminFunctionRole', 'secretsmanager:PutSecretValue', '*'],
  ['the power by a pattern', 'SiteAdminFunctionRole', 'secretsmanager:PutSecret*'],
  ['the power in other letters', 'SiteAdminFunctionRole', 'SecretsManager:putsecretvalue'],
  ['a read that reveals a secret, by a pattern', 'UpkeepFunctionRole', 'secretsmanager:Get*'],
  ['a power that no role holds', 'SiteAdminFunctionRole', 'kms:PutKeyPolicy', '*'],
  ['a pattern of every service', 'SiteAdminFunctionRole', '*:Get*'],
  ['an intrinsic', 'SiteAdminFunctionRole', { Ref: 'Action' }],
])('%s does not comply', (_, ...policy) => {
  expect(findingsOf(...policy)).toHaveLength(1);
});

test('a policy that is attached to no role, or to a second role, holds no power', () => {
  const policy = (Roles: Json) => {
    const PolicyDocument = {
      Statement: [{ Effect: 'Allow', Action: 'secretsmanager:PutSecretValue', Resource: { 'Fn::Sub': siteSecrets } }],
    };
    const resources = {
      SiteAdminFunctionRole: resource('AWS::IAM::Role'),
      Other: resource('AWS::IAM::Role'),
      Policy: resource('AWS::IAM::ManagedPolicy', { Roles, PolicyDocument }),
    };
    const assembly = new Assembly(facts, [stack(resources, { name: 'production-data' })]);
    return evaluateRule(assembly, powers).flatMap(({ verdict }) => (verdict === 'not-applicable' ? [] : verdict.map(({ id }) => id)));
  };
  expect(policy([{ Ref: 'SiteAdminFunctionRole' }])).toEqual([]);
  expect(policy([])).toHaveLength(1);
  expect(policy([{ Ref: 'SiteAdminFunctionRole' }, { Ref: 'Other' }])).toHaveLength(1);
});

test('exceptions, attached policies and identity providers do not comply', () => {
  expect(findingsOf('SiteAdminFunctionRole', null, '*', { NotAction: 'iam:*' })).toHaveLength(1);
  const resources = {
    Role: resource('AWS::IAM::Role', { ManagedPolicyArns: ['arn:aws:iam::aws:policy/ReadOnlyAccess'] }),
    Provider: resource('AWS::IAM::OIDCProvider'),
  };
  const outcomes = evaluateRule(new Assembly(facts, [stack(resources)]), powers);
  expect(outcomes.flatMap(({ verdict }) => (verdict === 'not-applicable' ? [] : verdict.map(({ id }) => id)))).toEqual([
    'attached',
    'provider',
  ]);
});

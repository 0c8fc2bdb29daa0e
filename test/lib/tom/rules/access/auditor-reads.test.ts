import { settingsSchema } from '../../../../../lib/config/settings/settings';
import { auditorReads } from '../../../../../lib/tom/rules/access/auditor-reads';
import type { Json, JsonObject } from '../../../../../lib/tom/template/assembly';
import { answers, join, ref, resource } from '../example';

const auditor = { account: '444455556666', externalId: 'audit-2026-0123456789' };
const settings = settingsSchema.parse({ environment: 'production', owner: 'platform-team', access: { auditor } });
const external: JsonObject = { StringEquals: { 'sts:ExternalId': auditor.externalId } };

function verdictOn(principal: Json, condition: Json, Action: Json = ['ec2:DescribeVpcs', 'kms:GetKeyPolicy'], given = settings): unknown {
  const trust = { Effect: 'Allow', Action: 'sts:AssumeRole', Principal: { AWS: principal }, Condition: condition };
  const resources = {
    Role: resource('AWS::IAM::Role', { AssumeRolePolicyDocument: { Statement: [trust] } }),
    Policy: resource('AWS::IAM::ManagedPolicy', {
      Roles: [ref('Role')],
      PolicyDocument: { Statement: [{ Effect: 'Allow', Action, Resource: '*' }] },
    }),
  };
  return answers(auditorReads, resources, { settings: given }).Role;
}

const outside = `arn:aws:iam::${auditor.account}:root`;

test('the configured auditor with its external id reads configuration', () => {
  expect(verdictOn(outside, external)).toBe('compliant');
});

test.each<[string, Json, Json, Json?]>([
  ['another account', 'arn:aws:iam::999999999999:root', external],
  ['one user of the account', `arn:aws:iam::${auditor.account}:user/x`, external],
  ['no external id', outside, {}],
  ['another external id', outside, { StringEquals: { 'sts:ExternalId': 'guessed' } }],
  ['several external ids', outside, { StringEquals: { 'sts:ExternalId': [auditor.externalId, 'other'] } }],
  ['a pattern of ids', outside, { StringLike: { 'sts:ExternalId': '*' } }],
])('%s does not comply', (_, principal, condition) => {
  expect(verdictOn(principal, condition)).toEqual([`trust::${principal}`]);
});

test('an auditor that the configuration does not name does not comply', () => {
  const none = settingsSchema.parse({ environment: 'production', owner: 'platform-team' });
  expect(verdictOn(outside, external, undefined, none)).toEqual([`trust::${outside}`]);
});

test.each(['s3:GetObject', 'secretsmanager:GetSecretValue', 'logs:GetLogEvents', 'ec2:Describe*', 'iam:CreateRole', 'ssm:GetParameter'])(
  '%s is no read of configuration',
  (action) => expect(verdictOn(outside, external, ['ec2:DescribeVpcs', action])).toEqual([`action::${action}`]),
);

test('roles of the account are not concerned', () => {
  expect(verdictOn(join('arn:aws:iam::', ref('AWS::AccountId'), ':root'), {})).toBe('not-applicable');
});

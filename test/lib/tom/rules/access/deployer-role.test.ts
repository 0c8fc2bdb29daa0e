import { settingsSchema } from '../../../../../lib/config/settings/settings';
import { deployerRole } from '../../../../../lib/tom/rules/access/deployer-role';
import type { Json, JsonObject } from '../../../../../lib/tom/template/assembly';
import { answers, join, ref, resource } from '../example';

const deployer = { repository: 'company/hosting' };
const settings = settingsSchema.parse({ environment: 'production', owner: 'platform-team', access: { deployer } });
const host = 'token.actions.githubusercontent.com';
const identity = (sub: Json, aud: Json = 'sts.amazonaws.com'): JsonObject => ({
  StringEquals: { [`${host}:aud`]: aud, [`${host}:sub`]: sub },
});
const exact = identity('repo:company/hosting:environment:production');
const bootstrap = (role: string, region = 'eu-west-3') =>
  join('arn:aws:iam::', ref('AWS::AccountId'), `:role/cdk-hnb659fds-${role}-role-`, ref('AWS::AccountId'), `-${region}`);

function verdictOn(Condition: Json, Resource: Json = bootstrap('deploy'), Action: Json = 'sts:AssumeRole'): unknown {
  const Principal = { Federated: ref('GitHub') };
  const resources = {
    GitHub: resource('AWS::IAM::OIDCProvider', { Url: `https://${host}` }),
    Role: resource('AWS::IAM::Role', {
      AssumeRolePolicyDocument: { Statement: [{ Effect: 'Allow', Action: 'sts:AssumeRoleWithWebIdentity', Principal, Condition }] },
    }),
    Policy: resource('AWS::IAM::ManagedPolicy', {
      Roles: [ref('Role')],
      PolicyDocument: { Statement: [{ Effect: 'Allow', Action, Resource }] },
    }),
  };
  return answers(deployerRole, resources, { settings }).Role;
}

test('the repository in the environment of the deployment complies', () => {
  expect(verdictOn(exact)).toBe('compliant');
  expect(verdictOn(exact, [bootstrap('deploy'), bootstrap('file-publishing'), bootstrap('lookup')])).toBe('compliant');
  // The stack that receives the copies of the backups is in the recovery region.
  expect(verdictOn(exact, [bootstrap('deploy'), bootstrap('deploy', 'eu-central-1')])).toBe('compliant');
});

test.each<[string, Json]>([
  ['any repository', identity('repo:company/*')],
  ['any environment', identity('repo:company/hosting:*')],
  ['another environment', identity('repo:company/hosting:environment:staging')],
  ['a branch', identity('repo:company/hosting:ref:refs/heads/main')],
  ['a pull request beside it', identity(['repo:company/hosting:environment:production', 'repo:company/hosting:pull_request'])],
  ['another audience', identity('repo:company/hosting:environment:production', 'https://github.com/company')],
  ['a pattern', { StringLike: exact.StringEquals as Json }],
  ['no condition', {}],
])('%s does not comply', (_, condition) => {
  expect(verdictOn(condition)).toEqual(['identity::AssumeRolePolicyDocument.Statement.0']);
});

test.each<[string, Json, Json]>([
  ['the execution role, an administrator', bootstrap('cfn-exec'), 'sts:AssumeRole'],
  ['the roles of another region', bootstrap('deploy', 'eu-north-1'), 'sts:AssumeRole'],
  ['every role', '*', 'sts:AssumeRole'],
  ['another action', bootstrap('deploy'), 'iam:PassRole'],
])('permission for %s does not comply', (_, target, action) => {
  expect(verdictOn(exact, target, action)).toEqual(['permission::PolicyDocument.Statement.0']);
});

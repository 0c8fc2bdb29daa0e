// What an operator may do, and what a denial of sessions ends, evaluated by AWS's policy logic.

import { calls, directoryCalls } from '../../../tools/offboard/calls';
import { isRoleOfDeployments, isRoleOfPeople } from '../../../tools/offboard/names';
import { sessionDenial } from '../../../tools/offboard/session-steps';
import { runSteps } from '../../../tools/offboard/step';
import { stepsOf } from '../../../tools/offboard/steps';
import { evaluateRequest } from '../../../tools/rehearse/simulator';
import { standInAccount } from '../../../tools/rehearse/stand-in';
import { alice, everything, start, worldOf } from './leaver';

jest.setTimeout(60_000);

const policy = {
  Version: '2012-10-17',
  Statement: calls.map(({ actions, resources }) => ({
    ...{ Effect: 'Allow', Action: [...actions] },
    Resource: resources.map((resource) =>
      resource.replaceAll('${AWS::AccountId}', standInAccount).replace('<registry>', 'access/vpn.json'),
    ),
  })),
};
const may = async (action: string, resource: string): Promise<boolean> => {
  const identityPolicies = [{ name: 'operator', policy }];
  const principal = `arn:aws:iam::${standInAccount}:role/operators`;
  return (await evaluateRequest({ principal, action, resource, context: {}, identityPolicies })).allowed;
};
const arn = (rest: string) => `arn:aws:iam::${standInAccount}:${rest}`;

test('every call that an off-boarding sends is declared, and every declared call of IAM, shells and directory is sent', async () => {
  const world = await worldOf(everything);
  let at = start;
  const surroundings = { now: () => at, pause: async () => undefined, progress: () => undefined };
  const run = () => runSteps(stepsOf(alice, world.places, surroundings.now), surroundings);
  await run();
  at = new Date(start.getTime() + 14 * 3_600_000);
  await run();
  const names = (prefix: RegExp) =>
    [...calls, ...directoryCalls]
      .flatMap(({ actions }) => actions)
      .filter((action) => prefix.test(action))
      .map((action) => action.split(':')[1]);
  // The mocked endpoint and registry are those of runtime/vpn, whose tests record their calls.
  const declared = names(/^(?:iam|ssm|identitystore|sso):/);
  expect(new Set(world.account.sent)).toEqual(new Set(declared));
});

test.each<[string, string, boolean]>([
  ['iam:DeleteUser', arn('user/alice'), true],
  ['iam:PutRolePolicy', arn('role/production-it-team-eu-west-3'), true],
  ['iam:PutRolePolicy', arn('role/production-deployer-eu-west-3'), false],
  ['iam:PutRolePolicy', arn(`role/cdk-hnb659fds-deploy-role-${standInAccount}-eu-west-3`), true],
  ['iam:PutRolePolicy', arn(`role/cdk-hnb659fds-cfn-exec-role-${standInAccount}-eu-west-3`), false],
  ['iam:PutRolePolicy', arn('role/production-collection-CollectorsRole'), false],
  ['iam:CreateUser', arn('user/alice'), false],
  ['iam:CreateAccessKey', arn('user/alice'), false],
  ['iam:CreateLoginProfile', arn('user/alice'), false],
  ['iam:UpdateAssumeRolePolicy', arn('role/production-it-team-eu-west-3'), false],
  ['iam:AttachUserPolicy', arn('user/alice'), false],
  ['iam:AddUserToGroup', arn('group/administrators'), false],
  ['ssm:StartSession', `arn:aws:ec2:eu-west-3:${standInAccount}:instance/i-1`, false],
  ['ssm:TerminateSession', `arn:aws:ssm:eu-west-3:${standInAccount}:session/alice-1`, true],
])('an operator: %s on %s: %s', async (action, resource, allowed) => {
  expect(await may(action, resource)).toBe(allowed);
});

test.each<[string, string, Date, boolean]>([
  ['the person, before', 'AROAEXAMPLE:alice', new Date(start.getTime() - 60_000), false],
  ['the person, in another role', 'AROAOTHER:alice', new Date(start.getTime() - 60_000), false],
  ['another person', 'AROAEXAMPLE:bob', new Date(start.getTime() - 60_000), true],
  ['a person whose name ends alike', 'AROAEXAMPLE:malice', new Date(start.getTime() - 60_000), true],
  ['a person whose name begins alike', 'AROAEXAMPLE:alice.b', new Date(start.getTime() - 60_000), true],
  ['the person, who joined again', 'AROAEXAMPLE:alice', new Date(start.getTime() + 3_600_000), true],
])('a denial and a session of %s', async (_, userid, issued, allowed) => {
  const denial = JSON.parse(sessionDenial('alice', new Date(start.getTime() + 60_000)));
  const shells = { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: 'ssm:StartSession', Resource: '*' }] };
  const answer = await evaluateRequest({
    ...{ principal: arn('role/production-it-team-eu-west-3'), action: 'ssm:StartSession' },
    resource: `arn:aws:ec2:eu-west-3:${standInAccount}:instance/i-1`,
    identityPolicies: [
      { name: 'shells', policy: shells },
      { name: 'denial', policy: denial },
    ],
    context: { 'aws:userid': userid, 'aws:TokenIssueTime': issued.toISOString() },
  });
  expect(answer.allowed).toBe(allowed);
});

test.each<[string, boolean]>([
  ['cdk-hnb659fds-deploy-role-111122223333-eu-west-3', true],
  ['cdk-hnb659fds-lookup-role-111122223333-eu-central-1', true],
  ['cdk-hnb659fds-cfn-exec-role-111122223333-eu-west-3', false],
  ['cdk-other-deploy-role-111122223333-eu-west-3', false],
])('sessions of the role %s deploy: %s', (name, expected) => {
  expect(isRoleOfDeployments(name)).toBe(expected);
});

test.each<[string, boolean]>([
  ['production-it-team-eu-west-3', true],
  ['load-test-client-data-team-eu-central-1', true],
  ['staging-emergency-eu-west-3', true],
  ['production-auditor-eu-west-3', false],
  ['production-deployer-eu-west-3', false],
  ['it-team', false],
  ['production-it-team-copy', false],
])('the role %s is one of people: %s', (name, expected) => {
  expect(isRoleOfPeople(name)).toBe(expected);
});

// The function as CloudFormation and the schedule call it, in a mocked account: the client's `send` keeps the state of
// IAM and returns outputs with the SDK's types.
import * as iam from '@aws-sdk/client-iam';
import type { handler as Handler } from '../../../../lambda/access/password-policy/handler';
import { customResourceEvent, invocationContext } from '../../custom-resource';
import { declaredActions, recordSends } from '../../declared-calls';
import { loadHandler } from '../../load-handler';
import { restoreAfterEach } from '../../restore';
import { boundary, ClaimedAccount } from '../claimed-account';
import { noSuchEntity } from '../mock-boundaries';

const variables = {
  AWS_REGION: 'eu-west-3',
  DEPLOYMENT: 'production',
  BOUNDARY: boundary,
  MINIMUM_LENGTH: '14',
  MAXIMUM_AGE_DAYS: '90',
  REUSE_PREVENTION: '24',
  METRIC_NAMESPACE: 'Rempart/Probes',
};
const context = invocationContext(60_000);
let policy: iam.PasswordPolicy | undefined;

/** IAM: one password policy of the account. */
function answer(command: object): object {
  if (command instanceof iam.GetAccountPasswordPolicyCommand) {
    if (policy === undefined) throw noSuchEntity();
    return { PasswordPolicy: policy } satisfies Partial<iam.GetAccountPasswordPolicyCommandOutput>;
  }
  if (command instanceof iam.UpdateAccountPasswordPolicyCommand) {
    policy = { ...command.input, ExpirePasswords: command.input.MaxPasswordAge !== undefined };
    return {};
  }
  if (command instanceof iam.DeleteAccountPasswordPolicyCommand) {
    if (policy === undefined) throw noSuchEntity();
    policy = undefined;
    return {};
  }
  throw new Error(`the mock has no ${command.constructor.name}`);
}

const loaded = () => loadHandler<{ handler: typeof Handler }>('access/password-policy', variables, { '@aws-sdk/client-iam': iam }).handler;

const sentActions = recordSends(iam.IAMClient);
restoreAfterEach();

const account = new ClaimedAccount('rempart:password-policy', [iam.IAMClient], answer);
beforeEach(() => {
  policy = undefined;
});

const watched = () => account.watched(() => loaded()({}, context));

test('the creation sets the policy, the watch finds it in order, and the deletion takes it away again', async () => {
  await loaded()(customResourceEvent('Create'), context);
  expect(policy).toMatchObject({
    ...{ MinimumPasswordLength: 14, RequireSymbols: true, RequireNumbers: true, RequireUppercaseCharacters: true },
    ...{ RequireLowercaseCharacters: true, AllowUsersToChangePassword: true, MaxPasswordAge: 90, PasswordReusePrevention: 24 },
    HardExpiry: false,
  });
  expect(await watched()).toMatchObject({ Findings: 0, Completed: 1, Probe: 'password-policy', Deployment: 'production' });
  await loaded()(customResourceEvent('Delete'), context);
  expect(policy).toBeUndefined();
  account.expectNoClaim();
  expect(account.answers.map(({ Status }) => Status)).toEqual(['SUCCESS', 'SUCCESS']);
});

test('the former policy is back after the deletion, also of one that was repeated', async () => {
  policy = { MinimumPasswordLength: 8, RequireNumbers: true, ExpirePasswords: false };
  await loaded()(customResourceEvent('Create'), context);
  await loaded()(customResourceEvent('Create'), context);
  await loaded()(customResourceEvent('Delete'), context);
  await loaded()(customResourceEvent('Delete'), context);
  expect(policy).toMatchObject({ MinimumPasswordLength: 8, RequireNumbers: true, RequireSymbols: false, ExpirePasswords: false });
  expect(policy).not.toHaveProperty('MaxPasswordAge');
});

test('the watch corrects a weaker policy and a deleted one, and reports each figure', async () => {
  await loaded()(customResourceEvent('Create'), context);
  policy = { ...policy, MinimumPasswordLength: 6, ExpirePasswords: false };
  expect((await watched()).findings).toMatchObject([{ id: 'drift::length', found: 'length 6', required: 'length 14' }]);
  policy = undefined;
  const { Findings, findings } = await watched();
  expect([Findings, findings[0].found]).toEqual([8, 'no policy']);
  expect(policy).toMatchObject({ MinimumPasswordLength: 14 });
  expect(await watched()).toMatchObject({ Findings: 0, Completed: 1 });
});

test('a deletion of the deployment without a policy to delete succeeds', async () => {
  await loaded()(customResourceEvent('Create'), context);
  policy = undefined;
  await loaded()(customResourceEvent('Delete'), context);
  expect(account.answers.map(({ Status }) => Status)).toEqual(['SUCCESS', 'SUCCESS']);
});

test.each(['UpdateAccountPasswordPolicyCommand', 'TagPolicyCommand', 'ListPoliciesCommand'])(
  'a creation without %s fails, and its rollback leaves the former policy without a claim',
  async (command) => {
    policy = { MinimumPasswordLength: 9, ExpirePasswords: false };
    const before = policy;
    account.denied = command;
    await loaded()(customResourceEvent('Create'), context);
    expect(account.answers).toMatchObject([{ Status: 'FAILED', Reason: expect.stringContaining('not authorized') }]);
    account.denied = undefined;
    await loaded()(customResourceEvent('Delete'), context);
    expect(policy?.MinimumPasswordLength).toBe(before.MinimumPasswordLength);
    account.expectNoClaim();
  },
);

test('a watch that cannot read the policy is incomplete and fails, so that Lambda repeats it', async () => {
  await loaded()(customResourceEvent('Create'), context);
  account.denied = 'GetAccountPasswordPolicyCommand';
  await expect(watched()).rejects.toThrow('password-policy: expected a complete run for production');
  expect(account.evidence()).toMatchObject({ Completed: 0, unseen: [expect.stringContaining('not authorized')] });
});

test('the handler sends exactly the calls of its contract', () => expect(sentActions()).toEqual(declaredActions('password-policy')));

// The function as CloudFormation and the schedule call it, in a mocked account: the clients' `send` keep the state of
// IAM and return outputs with the SDK's types.
import * as ec2 from '@aws-sdk/client-ec2';
import * as iam from '@aws-sdk/client-iam';
import type { handler as Handler } from '../../../../lambda/access/account-environments/handler';
import { claimOf, markers } from '../../../../lambda/access/account-environments/marker';
import { customResourceEvent, invocationContext } from '../../custom-resource';
import { declaredActions, recordSends } from '../../declared-calls';
import { loadHandler } from '../../load-handler';
import { restoreAfterEach } from '../../restore';
import { boundary, ClaimedAccount } from '../claimed-account';

const variables = {
  AWS_REGION: 'eu-west-3',
  DEPLOYMENT: 'production',
  ENVIRONMENT: 'production',
  BOUNDARY: boundary,
  REGIONS: 'eu-west-3,eu-central-1',
  METRIC_NAMESPACE: 'Rempart/Probes',
};
const context = invocationContext(60_000);
const tag = 'rempart:account-environment';
const [first, second] = ['1', '2'].map((digit) => digit.repeat(16)) as [string, string];

const textOf = (environment: string): string => markers.text(claimOf({ environment, release: first, previous: undefined }));
const staging = 'arn:aws:iam::111111111111:policy/staging-boundary-eu-west-3';
const ownRecovery = 'arn:aws:iam::111111111111:policy/production-boundary-eu-central-1';

let vpcs: ec2.Vpc[] = [];

/** EC2: the VPCs with the tag of an environment, in pages of one, the same ones in each region. */
function answer(command: object): object {
  if (command instanceof ec2.DescribeVpcsCommand) {
    expect(command.input.Filters).toEqual([{ Name: 'tag-key', Values: ['rempart:environment'] }]);
    const at = Number(command.input.NextToken ?? 0);
    const NextToken = at + 1 < vpcs.length ? String(at + 1) : undefined;
    return { Vpcs: vpcs.slice(at, at + 1), NextToken } satisfies Partial<ec2.DescribeVpcsCommandOutput>;
  }
  throw new Error(`the mock has no ${command.constructor.name}`);
}

const loaded = () =>
  loadHandler<{ handler: typeof Handler }>('access/account-environments', variables, {
    '@aws-sdk/client-ec2': ec2,
    '@aws-sdk/client-iam': iam,
  }).handler;

const sentActions = recordSends(ec2.EC2Client, iam.IAMClient);
restoreAfterEach();

const account = new ClaimedAccount(tag, [ec2.EC2Client, iam.IAMClient], answer, { [ownRecovery]: textOf('production') });
const mark = (arn: string, environment: string) => account.tags.set(arn, [{ Key: tag, Value: textOf(environment) }]);
beforeEach(() => {
  vpcs = [vpc('vpc-1', 'production', 'production'), vpc('vpc-2', 'production', 'production')];
});

const vpc = (VpcId: string, environment: string, deployment?: string): ec2.Vpc => ({
  VpcId,
  Tags: [
    { Key: 'Name', Value: 'x' },
    { Key: 'rempart:environment', Value: environment },
    ...(deployment === undefined ? [] : [{ Key: 'rempart:deployment', Value: deployment }]),
  ],
});

const create = () => loaded()(customResourceEvent('Create', undefined, { ResourceProperties: { Release: first } }), context);
const update = (Release: string, before: string) =>
  loaded()(
    customResourceEvent('Update', undefined, { ResourceProperties: { Release }, OldResourceProperties: { Release: before } }),
    context,
  );
const remove = () => loaded()(customResourceEvent('Delete', undefined, { ResourceProperties: { Release: first } }), context);
const statuses = () => account.answers.map(({ Status }) => Status);

test('the creation marks the deployment, the watch finds it alone, and the deletion takes the marker away', async () => {
  await create();
  expect(account.tags.get(boundary)).toContainEqual({ Key: tag, Value: textOf('production') });
  expect(await account.watched(() => loaded()({}, context))).toMatchObject({
    ...{ Findings: 0, Completed: 1, Probe: 'account-environments', Deployment: 'production', clause: 'TOM-7.3' },
    looked: { deployments: 2, vpcs: 4 },
  });
  await update(second, first);
  await remove();
  account.expectNoClaim();
  expect(statuses()).toEqual(['SUCCESS', 'SUCCESS', 'SUCCESS']);
});

test('a creation beside staging fails, raises the alarms of both, and leaves no marker before and after its rollback', async () => {
  mark(staging, 'staging');
  await create();
  expect(account.answers).toMatchObject([
    { Status: 'FAILED', Reason: expect.stringContaining(`got staging at ${staging}; set account in`) },
  ]);
  account.expectNoClaim();
  expect(account.written.map((line) => JSON.parse(line))).toMatchObject([
    { Deployment: 'production', Findings: 1, findings: [{ id: 'beside::staging-boundary-eu-west-3', resource: staging }] },
    { Deployment: 'staging', Findings: 1 },
  ]);
  await remove();
  account.expectNoClaim();
});

test('an update beside a VPC of another environment fails, and its rollback succeeds', async () => {
  await create();
  vpcs = [...vpcs, vpc('vpc-3', 'development')];
  await update(second, first);
  await update(first, second);
  expect(statuses()).toEqual(['SUCCESS', 'FAILED', 'SUCCESS']);
  expect(account.answers[1]?.Reason).toContain('development at vpc-3 in eu-west-3, development at vpc-3 in eu-central-1');
  // No deployment of that name has an alarm.
  expect(account.written).toHaveLength(1);
  expect((await account.watched(() => loaded()({}, context))).findings).toHaveLength(2);
});

test.each(['DescribeVpcsCommand', 'ListPoliciesCommand', 'TagPolicyCommand'])(
  'a creation without %s fails, and its rollback leaves no marker',
  async (command) => {
    account.denied = command;
    await create();
    expect(account.answers).toMatchObject([{ Status: 'FAILED', Reason: expect.stringContaining('not authorized') }]);
    account.denied = undefined;
    await remove();
    account.expectNoClaim();
  },
);

test('a request without a release fails, and says what to do', async () => {
  await loaded()(customResourceEvent('Create'), context);
  expect(account.answers[0]?.Reason).toContain('Release: expected 16 hexadecimal digits, got undefined; deploy the account stack again');
});

test('a watch that cannot read a region is incomplete and fails, so that Lambda repeats it', async () => {
  await create();
  account.denied = 'DescribeVpcsCommand';
  await expect(account.watched(() => loaded()({}, context))).rejects.toThrow(
    'account-environments: expected a complete run for production',
  );
  expect(account.evidence()).toMatchObject({ Completed: 0, unseen: [expect.stringContaining('not authorized'), expect.anything()] });
});

test('the handler sends exactly the calls of its contract', () => expect(sentActions()).toEqual(declaredActions('account-environments')));

// The function as the schedule calls it, in a mocked account: the clients' `send` keeps the state of IAM and returns
// outputs with the SDK's types.
import * as iam from '@aws-sdk/client-iam';
import * as sns from '@aws-sdk/client-sns';
import type { handler as Handler } from '../../../../lambda/access/credential-hygiene/handler';
import { declaredActions, recordSends } from '../../declared-calls';
import { loadHandler } from '../../load-handler';
import { restoreAfterEach } from '../../restore';

const topic = 'arn:aws:sns:eu-west-3:111111111111:alarms';
const variables = {
  AWS_REGION: 'eu-west-3',
  DEPLOYMENT: 'production',
  WARN_DAYS: '76,83',
  LIMIT_DAYS: '90',
  DELETE_DAYS: '120',
  EXEMPT_USERS: 'break-glass/2026-12-31',
  TOPIC: topic,
  METRIC_NAMESPACE: 'Rempart/Probes',
};
const now = new Date('2026-11-29T06:10:00Z');
const daysAgo = (days: number) => new Date(now.getTime() - days * 86_400_000);

interface User {
  password?: Date | undefined;
  signedIn?: Date;
  keys: iam.AccessKeyMetadata[];
}
let users: Record<string, User>;
let used: Record<string, Date>;
let generations: string[];
let reportAge: number;
let summary: Record<string, number>;
let refused: Record<string, Error>;
let published: sns.PublishCommandInput[];
let written: string[];

const failure = (name: string) => Object.assign(new Error(name), { name });
const page = <Item>(items: readonly Item[], marker: string | undefined) => {
  const at = Number(marker ?? 0);
  return { items: items.slice(at, at + 1), ...(at + 1 < items.length ? { IsTruncated: true, Marker: String(at + 1) } : {}) };
};
const userOf = (name = ''): User => {
  const user = users[name];
  if (!user) throw failure('NoSuchEntityException');
  return user;
};

function report(): string {
  const rows = Object.entries(users).map(([name, { password }]) => `${name},${password !== undefined},${password?.toISOString() ?? 'N/A'}`);
  return ['user,password_enabled,password_last_changed', '<root_account>,not_supported,not_supported', ...rows].join('\n');
}

function answer(command: object): object {
  const error = refused[command.constructor.name];
  if (error) throw error;
  if (command instanceof iam.ListUsersCommand) {
    const { items, ...rest } = page(Object.keys(users), command.input.Marker);
    return { Users: items.map((UserName) => ({ UserName })), ...rest };
  }
  if (command instanceof iam.GenerateCredentialReportCommand) return { State: generations.shift() ?? 'COMPLETE' };
  if (command instanceof iam.GetCredentialReportCommand) {
    return { Content: Buffer.from(report()), GeneratedTime: new Date(now.getTime() - reportAge) };
  }
  if (command instanceof iam.GetLoginProfileCommand) {
    const { password } = userOf(command.input.UserName);
    if (!password) throw failure('NoSuchEntityException');
    return { LoginProfile: { CreateDate: daysAgo(400) } };
  }
  if (command instanceof iam.GetUserCommand) return { User: { PasswordLastUsed: userOf(command.input.UserName).signedIn } };
  if (command instanceof iam.DeleteLoginProfileCommand) {
    userOf(command.input.UserName).password = undefined;
    return {};
  }
  if (command instanceof iam.ListAccessKeysCommand) {
    const { items: AccessKeyMetadata, ...rest } = page(userOf(command.input.UserName).keys, command.input.Marker);
    return { AccessKeyMetadata, ...rest };
  }
  if (command instanceof iam.GetAccessKeyLastUsedCommand)
    return { AccessKeyLastUsed: { LastUsedDate: used[command.input.AccessKeyId ?? ''] } };
  if (command instanceof iam.UpdateAccessKeyCommand) {
    expect(command.input.Status).toBe('Inactive');
    for (const key of userOf(command.input.UserName).keys) if (key.AccessKeyId === command.input.AccessKeyId) key.Status = 'Inactive';
    return {};
  }
  if (command instanceof iam.DeleteAccessKeyCommand) {
    const user = userOf(command.input.UserName);
    user.keys = user.keys.filter(({ AccessKeyId }) => AccessKeyId !== command.input.AccessKeyId);
    return {};
  }
  if (command instanceof iam.GetAccountSummaryCommand) return { SummaryMap: summary };
  if (command instanceof sns.PublishCommand) {
    published.push(command.input);
    return {};
  }
  throw new Error(`the mock has no ${command.constructor.name}`);
}

const key = (id: string, days: number, Status: iam.StatusType = 'Active'): iam.AccessKeyMetadata => ({
  ...{ AccessKeyId: `AKIAEXAMPLE${id}`, CreateDate: daysAgo(days), Status },
});

const sentActions = recordSends(iam.IAMClient, sns.SNSClient);
restoreAfterEach();

beforeEach(() => {
  jest.useFakeTimers({ now, doNotFake: ['nextTick', 'setImmediate', 'queueMicrotask'] });
  users = {
    ada: { password: daysAgo(10), keys: [key('A001', 20), key('A002', 5)] },
    'break-glass': { password: daysAgo(500), keys: [key('B001', 500)] },
    machine: { keys: [] },
  };
  used = {};
  generations = [];
  reportAge = 0;
  summary = { AccountMFAEnabled: 1, AccountAccessKeysPresent: 0 };
  refused = {};
  published = [];
  for (const client of [iam.IAMClient, sns.SNSClient]) {
    jest.spyOn(client.prototype, 'send').mockImplementation(async (command: object) => answer(command));
  }
  jest.spyOn(process.stdout, 'write').mockImplementation((text) => written.push(String(text)) > 0);
  jest.spyOn(console, 'info').mockImplementation(() => undefined);
  written = [];
});
afterEach(() => {
  jest.useRealTimers();
});

const pauses = jest.fn(async () => undefined);

/** Runs the function; its evidence by the name of the report. */
async function run(): Promise<Record<string, Record<string, unknown>>> {
  written = [];
  const shared = { '@aws-sdk/client-iam': iam, '@aws-sdk/client-sns': sns, 'node:timers/promises': { setTimeout: pauses } };
  await loadHandler<{ handler: typeof Handler }>('access/credential-hygiene', variables, shared).handler();
  return evidence();
}
const evidence = () => Object.fromEntries(written.map((line) => JSON.parse(line)).map((line) => [line.Probe, line]));

test('young credentials and exempt users are left alone, without a message', async () => {
  expect(await run()).toMatchObject({
    'credential-hygiene': { Findings: 0, Completed: 1, looked: { users: 2, exempt: 1 } },
    'root-user': { Findings: 0, Completed: 1 },
  });
  expect(published).toEqual([]);
  expect(users['break-glass']).toEqual({ password: daysAgo(500), keys: [key('B001', 500)] });
});

test('old credentials are ended, those that age are named, and one message has no secret', async () => {
  users = {
    ada: { password: daysAgo(90), keys: [key('A001', 90), key('A002', 121, 'Inactive')] },
    bob: { password: daysAgo(83), keys: [key('B001', 76), key('B002', 130)] },
  };
  used = { AKIAEXAMPLEB002: daysAgo(2) };
  const { 'credential-hygiene': examined } = await run();
  expect(examined).toMatchObject({ Findings: 4, Completed: 1 });
  expect((examined as { findings: { id: string }[] }).findings.map(({ id }) => id)).toEqual([
    ...['password::ada', 'key::ada::...A001', 'key::ada::...A002', 'key::bob::...B002'],
  ]);
  expect(users.ada).toMatchObject({ password: undefined, keys: [{ AccessKeyId: 'AKIAEXAMPLEA001', Status: 'Inactive' }] });
  expect(users.bob?.keys.map(({ Status }) => Status)).toEqual(['Active', 'Inactive']);
  expect(published).toHaveLength(1);
  const [{ TopicArn, Subject, Message } = {}] = published;
  expect([TopicArn, Subject]).toEqual([topic, 'Credentials of production: 6 to renew or ended']);
  expect(Message).toContain('The password of bob is 83 days old: change it before it is 90 days old, or it is removed.');
  expect(Message).toContain('The access key ...B001 of bob is 76 days old');
  expect(Message).not.toContain('AKIAEXAMPLE');
  const again = await run();
  expect(again['credential-hygiene']).toMatchObject({ Findings: 0, Completed: 1 });
});

test('a password that was used since the report waits for the next one', async () => {
  users = { ada: { password: daysAgo(90), signedIn: new Date(now.getTime() - 3_600_000), keys: [] } };
  reportAge = 2 * 3_600_000;
  expect((await run())['credential-hygiene']).toMatchObject({ Findings: 0, Completed: 1 });
  expect(users.ada?.password).toBeDefined();
});

test('the report is awaited while IAM generates it, and not for ever', async () => {
  generations = ['STARTED', 'INPROGRESS'];
  expect((await run())['credential-hygiene']).toMatchObject({ Completed: 1 });
  expect(pauses).toHaveBeenCalledTimes(2);
  generations = Array.from({ length: 100 }, () => 'INPROGRESS');
  await expect(run()).rejects.toThrow('credential report: Error: credential report: expected it within 120 seconds, got none');
});

test('a root user without MFA or with keys is a finding of its own', async () => {
  summary = { AccountMFAEnabled: 0, AccountAccessKeysPresent: 1 };
  expect(await run()).toMatchObject({ 'root-user': { Findings: 2 }, 'credential-hygiene': { Findings: 0, Completed: 1 } });
});

test.each([
  'DeleteLoginProfileCommand',
  'ListUsersCommand',
  'GetAccountSummaryCommand',
  'GenerateCredentialReportCommand',
  'PublishCommand',
])('without %s the run is incomplete and fails, and does the rest', async (command) => {
  users = { ada: { password: daysAgo(90), keys: [key('A001', 90)] } };
  refused = { [command]: failure('Throttling') };
  await expect(run()).rejects.toThrow('credential-hygiene: expected a complete run for production, got 1 failures');
  expect(evidence()['credential-hygiene']).toMatchObject({ Completed: 0, unseen: [expect.stringContaining('Throttling')] });
  if (command !== 'ListUsersCommand') expect(users.ada?.keys[0]?.Status).toBe('Inactive');
});

test('a user, a profile or a key that is deleted meanwhile is fine', async () => {
  users = { ada: { password: daysAgo(90), keys: [key('A001', 90), key('A002', 121, 'Inactive')] } };
  const gone = failure('NoSuchEntityException');
  refused = { DeleteLoginProfileCommand: gone, UpdateAccessKeyCommand: gone, DeleteAccessKeyCommand: gone };
  expect((await run())['credential-hygiene']).toMatchObject({ Completed: 1 });
  refused = { ListAccessKeysCommand: gone, GetLoginProfileCommand: gone };
  expect((await run())['credential-hygiene']).toMatchObject({ Findings: 0, Completed: 1 });
});

test('the handler sends exactly the calls of its contract', () => expect(sentActions()).toEqual(declaredActions('credential-hygiene')));

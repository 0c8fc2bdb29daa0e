// The validation as Lambda calls it, in a mocked account.
import * as backup from '@aws-sdk/client-backup';
import * as lambda from '@aws-sdk/client-lambda';
import * as rds from '@aws-sdk/client-rds';
import type { handler as Handler } from '../../../../lambda/backup/restore-validation/handler';
import { declaredActions, recordSends } from '../../declared-calls';
import { loadHandler } from '../../load-handler';
import { restoreAfterEach } from '../../restore';
import { key, type MockRestores, minutes, mockRestores, planArn, start } from './mock-restores';

const variables = {
  AWS_REGION: 'eu-west-3',
  DEPLOYMENT: 'production',
  PLAN_ARN: planArn,
  DATA_KEY: key,
  INSTANCE_CLASS: 'db.t4g.medium',
  READER: 'production-restored-state',
  GIVE_UP_HOURS: '6',
  REPORT_HOURS: '7',
  METRIC_NAMESPACE: 'Rempart/Probes',
};
const id = 'aaaa1111-22bb-4444-8888-cccc00000001';
const calls = recordSends(backup.BackupClient, rds.RDSClient, lambda.LambdaClient);
restoreAfterEach();

const load = (changes: Record<string, string> = {}) =>
  loadHandler<{ handler: typeof Handler }>(
    'backup/restore-validation',
    { ...variables, ...changes },
    {
      '@aws-sdk/client-backup': backup,
      '@aws-sdk/client-lambda': lambda,
      '@aws-sdk/client-rds': rds,
    },
  ).handler;

let mock: MockRestores;
let lines: Record<string, unknown>[];
beforeEach(() => {
  mock = mockRestores();
  lines = [];
  jest.useFakeTimers({ now: start, doNotFake: ['nextTick', 'setImmediate', 'queueMicrotask'] });
  jest.spyOn(process.stdout, 'write').mockImplementation((text) => {
    lines.push(JSON.parse(String(text)));
    return true;
  });
});
afterEach(() => void jest.useRealTimers());

/** Runs every ten minutes. */
async function runs(handler: typeof Handler, count: number): Promise<void> {
  for (let left = count; left > 0; left--) {
    mock.now += minutes(10);
    jest.setSystemTime(mock.now);
    await handler();
  }
}

const measured = (name: string) => lines.filter((line) => name in line).map((line) => line[name]);

test('a sound restore leaves evidence without a finding, one proof and its hours', async () => {
  mock.addJob(id);
  await runs(load(), 6);
  expect(mock.results).toMatchObject([{ job: id, status: 'SUCCESSFUL' }]);
  expect(measured('RestoresProven')).toEqual([0, 0, 1, 0, 0, 0]);
  expect(measured('RestoreHours')).toEqual([0.17, 0.33, 0.5]);
  expect(measured('Findings')).toEqual([0, 0, 0, 0, 0, 0]);
  expect(measured('Completed')).toEqual([1, 1, 1, 1, 1, 1]);
  expect(lines[0]).toMatchObject({
    Deployment: 'production',
    Probe: 'restore-validation',
    _aws: { CloudWatchMetrics: [{ Namespace: 'Rempart/Probes', Dimensions: [['Deployment', 'Probe']] }] },
  });
});

test('a damaged one leaves a finding with the command that shows it, and all damages', async () => {
  mock.addJob(id);
  mock.state = { ...(mock.state as object), rows: {} };
  await runs(load(), 6);
  expect(measured('RestoresProven')).toEqual([0, 0, 0, 0, 0, 0]);
  expect(measured('Findings').at(-1)).toBe(1);
  expect(lines.at(-1)).toMatchObject({
    clause: 'DSS-5.5.1',
    findings: [{ resource: id, found: 'the result is FAILED', fix: `aws backup describe-restore-job --restore-job-id ${id}` }],
  });
  expect(lines.find(({ damages }) => damages && Object.keys(damages).length > 0)).toMatchObject({
    damages: { [id]: [expect.stringContaining('The table rempart.people is missing')] },
  });
});

test('a run that AWS refuses fails, so that Lambda repeats it', async () => {
  mock.faults.set('DescribeDBInstances', new Error('AccessDenied'));
  await expect(load()()).rejects.toThrow('AccessDenied');
  expect(lines).toEqual([]);
});

test.each([
  ['PLAN_ARN', 'production_daily', 'the ARN of a restore testing plan'],
  ['INSTANCE_CLASS', 'small', 'a class of instances'],
  ['DATA_KEY', 'data', 'the ARN of a key'],
  ['GIVE_UP_HOURS', '0', 'hours from 1 to 19'],
])('does not start with a %s of %s', (name, value, expected) => {
  expect(() => load({ [name]: value })).toThrow(`${name}: expected ${expected}`);
});

test('makes the calls that its contract declares, and no others', () => {
  expect(calls()).toEqual(declaredActions('restore-validation'));
});

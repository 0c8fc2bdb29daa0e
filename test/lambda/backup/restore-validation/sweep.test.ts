// The validation over time against a mock of AWS: faults, kills between any two calls, and repeated events.
import { BackupClient } from '@aws-sdk/client-backup';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { RDSClient } from '@aws-sdk/client-rds';
import { AwsRestores } from '../../../../lambda/backup/restore-validation/restores';
import { type Sweep, sweep } from '../../../../lambda/backup/restore-validation/sweep';
import { restoreAfterEach } from '../../restore';
import { key, type MockRestores, minutes, mockRestores, planArn, refusal, soundState } from './mock-restores';

restoreAfterEach();

let mock: MockRestores;
let restores: AwsRestores;
const id = 'AAAA1111-22BB-4444-8888-CCCC00000001';
const instance = `awsbackup-restore-test-${id.toLowerCase()}`;
beforeEach(() => {
  mock = mockRestores();
  restores = new AwsRestores({
    backup: new BackupClient({ region: 'eu-west-3' }),
    rds: new RDSClient({ region: 'eu-west-3' }),
    lambda: new LambdaClient({ region: 'eu-west-3' }),
    deployment: 'production',
    planArn,
    instanceClass: 'db.t4g.medium',
    reader: 'production-restored-state',
  });
});

const run = () => sweep(restores, { now: new Date(mock.now), expectedKey: key, giveUpHours: 6, reportHours: 7 });

/** Runs every ten minutes. */
async function runsFor(hours: number, check: (swept: Sweep) => void = () => undefined): Promise<Sweep[]> {
  const swept: Sweep[] = [];
  for (let left = hours * 6; left > 0; left--) {
    mock.now += minutes(10);
    const one = await run();
    check(one);
    swept.push(one);
  }
  return swept;
}

const sent = (name: string) => mock.sent.filter((one) => one === name).length;

test('a restore is validated, its instance deleted before the report, and the result reported once', async () => {
  mock.addJob(id);
  mock.now += minutes(20);
  expect(await run()).toMatchObject({
    jobs: 1,
    failures: [],
    reported: [],
    waits: [{ job: id, found: expect.stringContaining('being created') }],
  });
  expect([...mock.instances.keys()]).toEqual([instance]);
  const later = await runsFor(2);
  expect(mock.results).toEqual([
    { job: id, status: 'SUCCESSFUL', message: 'The rows of 2026-11-30 are there. 1 of 3 partitions counted.' },
  ]);
  expect(later.flatMap(({ reported }) => reported)).toHaveLength(1);
  expect(later.flatMap(({ failures }) => failures)).toEqual([]);
  expect([mock.instances.size, mock.clusters.size]).toEqual([0, 0]);
  expect([sent('CreateDBInstance'), sent('Invoke'), sent('PutRestoreValidationResult')]).toEqual([1, 1, 1]);
  // The hours from the start of the restore to its result.
  expect(later.find(({ reported }) => reported.length > 0)?.hours).toBeCloseTo(40 / 60, 5);
  expect(later.at(-1)?.hours).toBeUndefined();
});

test.each([
  ['rows of one site', { rows: { people: { 7: 2 } } }, 'Site 7 has lost 1 of 3 rows of rempart.people'],
  [
    'hits',
    { counted: { hits_2026_11_30: { rows: {}, newestHit: null, removed: {} } } },
    'Site 7 has lost 1 of 1 rows of rempart.hits_2026_11_30',
  ],
  [
    'a partition that was not counted',
    { partitions: ['hits_2026_11', 'hits_2026_11_30', 'hits_2026_12_01'] },
    'hits_2026_11_29 is missing',
  ],
  ['row security', { shape: { ...soundState().shape, tables: { people: false } } }, 'Row security of rempart.people is not enabled'],
  ['its record', { record: null }, 'The database has no record of a night'],
])('a database that has lost %s fails, and its instance is deleted all the same', async (_, changes, message) => {
  mock.addJob(id);
  mock.state = { ...soundState(), ...changes };
  const swept = await runsFor(3);
  expect(mock.results).toEqual([{ job: id, status: 'FAILED', message: expect.stringContaining(message) }]);
  expect(mock.instances.size).toBe(0);
  expect(swept.flatMap(({ damages }) => Object.values(damages)).flat()).toContainEqual(expect.stringContaining(message));
  // The failure stays in every run for a day and a half.
  expect(swept.at(-1)?.failures).toEqual([{ job: id, found: 'the result is FAILED' }]);
});

test('a wrong key fails', async () => {
  mock.addJob(id);
  for (const cluster of mock.clusters.values()) cluster.key = `${key}-other`;
  await runsFor(1);
  expect(mock.results).toEqual([{ job: id, status: 'FAILED', message: expect.stringContaining('and not by arn:aws:kms') }]);
});

test('a creation that fails is tried again; one that always fails is a failure of the test, with its reason', async () => {
  mock.addJob(id);
  mock.faults.set('CreateDBInstance', refusal('InsufficientDBInstanceCapacity', 'no capacity for db.t4g.medium'));
  await runsFor(2);
  expect(mock.results).toEqual([]);
  mock.faults.clear();
  await runsFor(1);
  expect(mock.results).toMatchObject([{ status: 'SUCCESSFUL' }]);

  const second = id.replace(/1$/, '2');
  mock.addJob(second);
  mock.faults.set('CreateDBInstance', refusal('InstanceQuotaExceeded', 'too many instances'));
  await runsFor(8);
  expect(mock.results.slice(1)).toEqual([{ job: second, status: 'FAILED', message: expect.stringContaining('too many instances') }]);
});

test('an instance that is never available, or that fails, is deleted, and the test has failed', async () => {
  mock.addJob(id);
  mock.creation = Number.POSITIVE_INFINITY;
  const swept = await runsFor(8);
  expect(mock.results).toEqual([
    { job: id, status: 'FAILED', message: expect.stringContaining('The instance was creating 6 hours after the restore') },
  ]);
  expect(mock.instances.size).toBe(0);
  expect(Math.max(...swept.map(({ hours = 0 }) => hours))).toBeGreaterThan(6);

  const second = id.replace(/1$/, '2');
  mock.addJob(second);
  await runsFor(1);
  for (const one of mock.instances.values()) one.status = 'incompatible-network';
  await runsFor(1);
  expect(mock.results.at(-1)).toEqual({ job: second, status: 'FAILED', message: expect.stringContaining('incompatible-network') });
  expect(mock.instances.size).toBe(0);
});

test('a connection that is refused is tried again, and after six hours the test has failed', async () => {
  mock.addJob(id);
  mock.state = refusal('Error', 'connect ECONNREFUSED 10.0.0.1:5432');
  await runsFor(1);
  expect(mock.results).toEqual([]);
  mock.state = soundState();
  await runsFor(1);
  expect(mock.results).toMatchObject([{ status: 'SUCCESSFUL' }]);

  const second = id.replace(/1$/, '2');
  mock.addJob(second);
  mock.state = refusal('error', 'permission denied for function restored_state');
  await runsFor(8);
  expect(mock.results.at(-1)).toEqual({ job: second, status: 'FAILED', message: expect.stringContaining('permission denied') });
  expect(mock.instances.size).toBe(0);
});

test('a deletion that fails is tried again; the result is reported in time, and the instance that stays is a failure', async () => {
  mock.addJob(id);
  mock.faults.set('DeleteDBInstance', refusal('InvalidDBInstanceState', 'the instance is being backed up'));
  const swept = await runsFor(9);
  expect(mock.results).toMatchObject([{ status: 'SUCCESSFUL' }]);
  expect(swept.at(-1)?.failures).toEqual([{ job: id, found: expect.stringContaining(`the instance ${instance} is available`) }]);
  mock.faults.clear();
  const after = await runsFor(1);
  expect(mock.instances.size).toBe(0);
  expect(after.at(-1)?.failures).toEqual([]);
});

test('a cluster that is gone before its validation gets no result, and is a failure', async () => {
  mock.addJob(id);
  await run();
  mock.clusters.clear();
  const swept = await runsFor(1);
  expect(mock.results).toEqual([]);
  expect(swept.at(-1)?.failures).toEqual([{ job: id, found: 'the restored cluster is gone before it was validated' }]);
  // Its instance is not forgotten.
  expect(mock.instances.size).toBe(0);
  expect((await runsFor(36)).at(-1)?.failures).toEqual([]);
});

test('restores that failed or were aborted, and results that ran out of time, are failures', async () => {
  mock.addJob(id, { Status: 'FAILED', StatusMessage: 'the key is disabled' });
  mock.addJob('b', { Status: 'ABORTED' });
  mock.addJob('c', { ValidationStatus: 'TIMED_OUT' });
  mock.addJob('d', { Status: 'RUNNING' });
  const { failures, waits } = await run();
  expect(failures).toEqual([
    { job: id, found: 'the restore is FAILED: the key is disabled' },
    { job: 'b', found: 'the restore is ABORTED: without a reason' },
    { job: 'c', found: 'the result is TIMED_OUT' },
  ]);
  expect(waits).toEqual([{ job: 'd', found: 'the restore' }]);
  expect(mock.sent.filter((name) => !/^(List|Describe)/.test(name))).toEqual([]);
});

test('jobs of other stores are left alone', async () => {
  mock.addJob(id, { ResourceType: 'S3' });
  expect(await run()).toMatchObject({ jobs: 0, waits: [], failures: [] });
});

test('repeated events, also at once, change nothing', async () => {
  mock.addJob(id);
  for (let left = 12; left > 0; left--) {
    mock.now += minutes(5);
    await Promise.all([run(), run(), run()]);
  }
  expect(mock.results).toHaveLength(1);
  expect(mock.results).toMatchObject([{ status: 'SUCCESSFUL' }]);
  expect(mock.instances.size).toBe(0);
});

test('an invocation that is killed between any two calls is continued by the next', async () => {
  mock.addJob(id);
  await runsFor(2);
  const calls = mock.sent.length;
  expect(calls).toBeGreaterThan(15);
  for (let killed = 1; killed <= calls; killed++) {
    mock.sent.length = 0;
    mock.results.length = 0;
    const next = `${id.slice(0, -3)}${String(killed).padStart(3, '0')}`;
    mock.addJob(next);
    mock.killedAfter = killed;
    for (let left = 12; left > 0; left--) {
      mock.now += minutes(10);
      await run().catch((error) => expect(error).toMatchObject({ name: 'Killed' }));
      if (mock.sent.length >= mock.killedAfter) mock.killedAfter = Number.POSITIVE_INFINITY;
    }
    expect([killed, mock.results]).toEqual([killed, [{ job: next, status: 'SUCCESSFUL', message: expect.any(String) }]]);
    expect([killed, mock.instances.size]).toEqual([killed, 0]);
  }
});

test('instances of other deployments, and of people, are not touched', async () => {
  const tags = (deployment: string) => [{ Key: 'rempart:deployment', Value: deployment }];
  mock.instances.set('awsbackup-restore-test-other', { status: 'available', since: mock.now, tags: tags('staging') });
  mock.instances.set('production-data-1', { status: 'available', since: mock.now, tags: tags('production') });
  expect((await run()).failures).toEqual([]);
  expect(mock.instances.size).toBe(2);
  mock.instances.set('awsbackup-restore-test-old', { status: 'available', since: mock.now, tags: tags('production') });
  expect((await run()).failures).toEqual([{ job: 'awsbackup-restore-test-old', found: expect.stringContaining('its restore is over') }]);
  await runsFor(1);
  expect([...mock.instances.keys()]).toEqual(['awsbackup-restore-test-other', 'production-data-1']);
});

test('a list that AWS refuses fails the run, so that its alarm is raised', async () => {
  mock.faults.set('ListRestoreJobs', refusal('AccessDeniedException'));
  await expect(run()).rejects.toThrow('AccessDeniedException');
});

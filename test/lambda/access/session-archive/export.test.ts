// Days of sessions over weeks of virtual time, with throttled calls, failed tasks, tasks of others and missed runs: no
// day is lost, and none is exported twice unless its task failed.
import { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import { S3Client } from '@aws-sdk/client-s3';
import fc from 'fast-check';
import { awsExports } from '../../../../lambda/access/session-archive/aws-exports';
import { completeDays, dayOf, startOf } from '../../../../lambda/access/session-archive/days';
import { exportSessions } from '../../../../lambda/access/session-archive/export';
import type { ProbeResult } from '../../../../runtime/probe';
import { type Fault, logGroup, MockExports } from './mock-exports';

const hour = 3_600_000;
const day = 24 * hour;
const created = Date.UTC(2026, 10, 2, 9, 30);
const lateDays = 2;
const reachDays = 60;

/** A run of the function, which has five minutes of virtual time. */
async function run(mock: MockExports): Promise<ProbeResult> {
  const clientOf = <Client>({ prototype }: { prototype: Client }): Client =>
    Object.assign(Object.create(prototype as object), { send: mock.send });
  const exports = awsExports({ logs: clientOf(CloudWatchLogsClient), s3: clientOf(S3Client) }, { logGroup, archive: mock.archive });
  const ends = mock.now + 300_000;
  return exportSessions(exports, {
    ...{ logGroup, now: new Date(mock.now), lateDays, reachDays },
    remaining: () => ends - mock.now,
    pause: async (milliseconds) => {
      mock.now += milliseconds;
    },
  });
}

/** Virtual hours with a run at the end of each. */
async function hours(mock: MockExports, count: number): Promise<ProbeResult> {
  let result: ProbeResult | undefined;
  for (let passed = 0; passed < count; passed++) {
    mock.now += hour;
    result = await run(mock);
  }
  if (result === undefined) throw new Error('expected a run, got none');
  return result;
}

const recordOf = (mock: MockExports, one: string) => mock.objects.get(`sessions/completed/${one}.json`);
const exportedEvents = (mock: MockExports): readonly number[] =>
  [...mock.objects.entries()].filter(([key]) => key.endsWith('.gz')).flatMap(([, times]) => times as readonly number[]);

test('a day is exported 14 hours after its end, once, and recorded with its folder', async () => {
  const mock = new MockExports(created);
  mock.events = [created, startOf('2026-11-03') - 1, startOf('2026-11-03')];
  mock.now = Date.UTC(2026, 10, 3, 13, 59);
  expect(await run(mock)).toMatchObject({ looked: { days: 0 }, findings: [], unseen: [] });
  expect(mock.tasks).toEqual([]);
  mock.now = Date.UTC(2026, 10, 3, 14, 0);
  expect(await run(mock)).toEqual({ looked: { days: 1, missing: 0, exported: 1, failures: 0 }, findings: [], unseen: [] });
  expect(mock.objects.get('sessions/2026/11/02/task-0/stream/000000.gz')).toEqual([created, startOf('2026-11-03') - 1]);
  expect(JSON.parse(String(recordOf(mock, '2026-11-02')))).toEqual({
    ...{ day: '2026-11-02', logGroup, from: startOf('2026-11-02'), to: startOf('2026-11-03') - 1 },
    folder: 'sessions/2026/11/02/task-0/',
  });
  await hours(mock, 12);
  expect(mock.tasks).toHaveLength(1);
});

test('nothing is exported of days before the log group, and a day without sessions is recorded', async () => {
  const mock = new MockExports(created);
  mock.now = created + 5 * day;
  await run(mock);
  expect(mock.tasks.map(({ described }) => described.destinationPrefix)).toEqual(
    ['02', '03', '04', '05'].map((one) => `sessions/2026/11/${one}`),
  );
  expect(recordOf(mock, '2026-11-01')).toBeUndefined();
  expect(recordOf(mock, '2026-11-05')).toBeDefined();
});

test('a task of another export leaves the days to later runs, and is no failure', async () => {
  const mock = new MockExports(created);
  mock.now = created + 2 * day;
  mock.exportElsewhere(5);
  expect(await hours(mock, 3)).toMatchObject({ looked: { missing: 1, exported: 0, failures: 0 }, findings: [], unseen: [] });
  expect(await hours(mock, 3)).toMatchObject({ looked: { missing: 0 }, findings: [] });
  expect(mock.tasks).toHaveLength(2);
});

test('a task that fails is retried at once; a second failure is a finding, and a later run succeeds', async () => {
  const mock = new MockExports(created);
  mock.now = created + 2 * day;
  mock.failures = [true];
  expect(await run(mock)).toMatchObject({ looked: { exported: 1, failures: 1 }, findings: [] });
  mock.now += day;
  mock.failures = [true, true];
  expect(await run(mock)).toMatchObject({
    looked: { missing: 1, failures: 2 },
    findings: [{ id: 'failed::2026-11-03', resource: logGroup, found: expect.stringContaining('Access to the bucket') }],
    unseen: [],
  });
  expect(await hours(mock, 1)).toMatchObject({ looked: { missing: 0, exported: 1 }, findings: [] });
});

test('a day that fails does not hold back the next one', async () => {
  const mock = new MockExports(created);
  mock.now = created + 3 * day;
  mock.failures = [true, true];
  expect(await run(mock)).toMatchObject({ looked: { missing: 1, exported: 1 }, findings: [{ id: 'failed::2026-11-02' }] });
  expect(recordOf(mock, '2026-11-03')).toBeDefined();
});

test('a long task goes on after the run, and the next run records it', async () => {
  const mock = new MockExports(created);
  mock.now = created + 2 * day;
  mock.taskSeconds = 1000;
  expect(await run(mock)).toMatchObject({ looked: { missing: 1, exported: 0 }, findings: [], unseen: [] });
  expect(await hours(mock, 1)).toMatchObject({ looked: { missing: 0, exported: 1 } });
  expect(mock.tasks).toHaveLength(1);
});

test('a day is late two days after its end, and the finding ends with its export', async () => {
  const mock = new MockExports(created);
  mock.now = Date.UTC(2026, 10, 4, 22);
  mock.exportElsewhere(4);
  expect(await hours(mock, 1)).toMatchObject({ findings: [] });
  expect(await hours(mock, 1)).toMatchObject({ findings: [{ id: 'late::2026-11-02', found: expect.stringContaining('2026-11-02') }] });
  expect(await hours(mock, 4)).toMatchObject({ findings: [] });
});

test('an answer that is lost does not export a day again', async () => {
  const mock = new MockExports(created);
  mock.now = created + 2 * day;
  // The description of the group, the records and the tasks, and then the task.
  mock.faults = ['none', 'none', 'none', 'after'];
  expect(await run(mock)).toMatchObject({ unseen: [expect.stringContaining('ServiceUnavailable')] });
  expect(await hours(mock, 1)).toMatchObject({ looked: { missing: 0, exported: 1 } });
  expect(mock.tasks).toHaveLength(1);
});

test('a new archive receives every day of the reach again', async () => {
  const mock = new MockExports(created);
  await hours(mock, 100);
  const before = mock.tasks.length;
  mock.objects.clear();
  mock.archive = 'production-account-auditarchive-2';
  await hours(mock, 2);
  expect(before).toBe(3);
  expect(mock.tasks.slice(3).map(({ described }) => described.taskName)).toEqual(
    ['02', '03', '04', '05'].map((one) => `sessions-2026-11-${one}`),
  );
});

test('a task that CloudWatch Logs has forgotten, without a record, is exported again: no day is lost', async () => {
  const mock = new MockExports(created);
  mock.now = created + 2 * day;
  mock.taskSeconds = 1000;
  await run(mock);
  mock.memoryDays = 1;
  mock.now += 10 * day;
  mock.taskSeconds = 20;
  await hours(mock, 2);
  expect(recordOf(mock, '2026-11-02')).toContain('task-1');
});

test('a log group that is gone is a finding', async () => {
  const mock = new MockExports(created);
  mock.exists = false;
  expect(await run(mock)).toMatchObject({ findings: [{ id: 'log-group' }], unseen: [] });
});

const seed = 3_606;
const runs = 150;
const events = fc.oneof(
  { weight: 6, arbitrary: fc.record({ kind: fc.constant('hours' as const), count: fc.integer({ min: 1, max: 30 }) }) },
  fc.record({ kind: fc.constant('outage' as const), days: fc.integer({ min: 1, max: 6 }) }),
  fc.record({ kind: fc.constant('foreign' as const), hours: fc.integer({ min: 1, max: 30 }) }),
  fc.record({ kind: fc.constant('failures' as const), list: fc.array(fc.boolean(), { minLength: 1, maxLength: 6 }) }),
  fc.record({ kind: fc.constant('slow' as const), seconds: fc.integer({ min: 1, max: 9000 }) }),
  fc.record({
    kind: fc.constant('faults' as const),
    list: fc.array(fc.constantFrom<Fault>('none', 'before', 'after'), { minLength: 1, maxLength: 12 }),
  }),
);

/** A person's session every few hours. */
const sessionsUntil = (end: number): number[] => {
  const times: number[] = [];
  for (let time = created; time < end; time += 5 * hour + 1) times.push(time, Math.floor(time / day) * day + day - 1);
  return times;
};

test(`${runs} sequences: each complete day is in the archive with all its events, exported once unless a task failed (seed ${seed})`, async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(events, { minLength: 3, maxLength: 12, size: 'max' }), async (sequence) => {
      const mock = new MockExports(created);
      mock.events = sessionsUntil(created + 80 * day);
      for (const event of sequence) {
        if (event.kind === 'hours') await hours(mock, event.count);
        else if (event.kind === 'outage') mock.now += event.days * day;
        else if (event.kind === 'foreign') mock.exportElsewhere(event.hours);
        else if (event.kind === 'failures') mock.failures.push(...event.list);
        else if (event.kind === 'slow') mock.taskSeconds = event.seconds;
        else mock.faults.push(...event.list);
      }
      Object.assign(mock, { faults: [], failures: [], foreignUntil: 0, taskSeconds: 20 });
      // Runs catch up within a day, whatever they missed.
      const result = await hours(mock, 24);
      expect(result).toMatchObject({ looked: { missing: 0 }, findings: [], unseen: [] });
      const days = completeDays({ created, now: mock.now, reachDays });
      for (const one of days) {
        expect([one, mock.completed(one).length]).toEqual([one, 1]);
        expect(String(recordOf(mock, one))).toContain(String(mock.completed(one)[0]));
      }
      const last = startOf(days.at(-1) ?? '') + day;
      expect([...exportedEvents(mock)].sort()).toEqual(mock.events.filter((time) => time < last).sort());
    }),
    { numRuns: runs, seed },
  );
});

test('the days of a reach', () => {
  const now = Date.UTC(2026, 10, 29, 14);
  expect(completeDays({ created: 0, now, reachDays: 3 })).toEqual(['2026-11-26', '2026-11-27', '2026-11-28']);
  expect(completeDays({ created: now, now, reachDays: 3 })).toEqual([]);
  expect(dayOf(now)).toBe('2026-11-29');
});

test('a task that is started and not listed yet is awaited, and not started again', async () => {
  const listed = [[], [], [{ id: 't-1', day: '2026-11-02', state: 'completed', message: '' }]] as const;
  let [looks, starts] = [0, 0];
  const recorded: string[] = [];
  await exportSessions(
    {
      created: async () => created,
      recordedDays: async () => new Set(),
      tasksOf: async () => listed[looks++] ?? [],
      start: async () => `t-${++starts}`,
      record: async (one, task) => void recorded.push(`${one} ${task}`),
    },
    {
      ...{ logGroup, now: new Date(created + 2 * day), lateDays, reachDays },
      ...{ remaining: () => 300_000, pause: async () => undefined },
    },
  );
  expect([starts, recorded]).toEqual([1, ['2026-11-02 t-1']]);
});

test('the tasks of a day are found behind those of others, and older ones are not read', async () => {
  const task = (taskId: string, creationTime: number, from = startOf('2026-11-02')) => ({
    ...{ taskId, logGroupName: logGroup, from, to: from + day - 1, destination: 'archive', destinationPrefix: 'sessions/2026/11/02' },
    ...{ status: { code: 'COMPLETED' }, executionInfo: { creationTime } },
  });
  const after = startOf('2026-11-04');
  const pages = [[task('other', after, 0)], [task('own', after), task('old', startOf('2026-11-01'), 0)], [task('never', after)]];
  let read = 0;
  const send = async () => ({ exportTasks: pages[read++], nextToken: 'more' });
  const logs = Object.assign(new CloudWatchLogsClient({}), { send });
  const { tasksOf } = awsExports({ logs, s3: new S3Client({}) }, { logGroup, archive: 'archive' });
  expect([(await tasksOf('2026-11-02')).map(({ id }) => id), read]).toEqual([['own'], 2]);
});

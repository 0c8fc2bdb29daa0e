// The deployed bundle of lake-export, by IAM token and TLS to a real server: due days go to the lake. RDS Proxy, S3,
// STS and Secrets Manager are mocks; objects of the lake are those of the session's site.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { runbookPath } from '../../../../lib/config/runbook';
import { dayFrom } from '../../../../runtime/hit-days';
import type { SiteId } from '../../../../runtime/site';
import { projectRoot } from '../../../../tools/synthesis/synthesize';
import { declaredActions } from '../../declared-calls';
import { deployFunction } from '../../deployed/deployed-function';
import { addHits } from '../lake-hits';

const deployed = deployFunction('lake-export', {
  DATABASE_USER: 'rempart_maintenance',
  ARCHIVE_BUCKET: 'archive',
  LAKE_ROLE: 'arn:aws:iam::111122223333:role/production-lake-writer-eu-west-3',
  LAKE: 'runs',
  LAKE_AFTER_DAYS: '10',
});
/** Timeout of the function in milliseconds. */
const timeout = 900_000;
const day = dayFrom(new Date(), -20);
let [one, two] = [0, 0] as unknown as [SiteId, SiteId];

beforeAll(async () => {
  [one, two] = [await deployed.db.createSite('one'), await deployed.db.createSite('two')];
  await addHits(deployed.db, one, day, 70);
  await addHits(deployed.db, two, day, 14);
});

const lakeKeys = () => [...deployed.around.aws.objects.keys()].filter((key) => key.startsWith('archive/lake/'));

test('a run near its timeout begins no day', async () => {
  const instance = await deployed.start();
  await instance.invoke({}, 60_000);
  expect(lakeKeys()).toEqual([]);
});

test('a run of a held lake exports nothing', async () => {
  const instance = await deployed.start({ LAKE: 'held' });
  await instance.invoke({}, timeout);
  expect(instance.logged).toEqual([{ held: true }]);
  expect(lakeKeys()).toEqual([]);
});

test('a run exports the due days of each site below its folder', async () => {
  const instance = await deployed.start();
  await instance.invoke({}, timeout);
  // A run begins at any site.
  const folders = lakeKeys().map((key) => key.replace(/[0-9a-f]{16}\.parquet$/, ''));
  expect(folders.toSorted()).toEqual([`archive/lake/site=${one}/day=${day}/`, `archive/lake/site=${two}/day=${day}/`]);
  const { rows } = await deployed.db.superuser.query('select rows::int from rempart.lake_files order by site_id');
  expect(rows).toEqual([{ rows: 70 }, { rows: 14 }]);
});

test('the runbook finds the run after an upgrade that left no day due by fields of its log', async () => {
  const [, pattern = ''] =
    /--filter-pattern '(\{ \$\.message\.unlisted[^']*)'/.exec(readFileSync(join(projectRoot, runbookPath), 'utf8')) ?? [];
  const fields = [...pattern.matchAll(/\$\.message\.(\w+) = 0/g)].map(([, field = '']) => field);
  expect(fields).toEqual(['unlisted', 'longestWaitHours']);
  const instance = await deployed.start();
  await instance.invoke({}, timeout);
  expect(instance.logged).toEqual([expect.objectContaining(Object.fromEntries(fields.map((field) => [field, 0])))]);
});

test('an instance whose time did not suffice for the record of a day begins its next run with this day', async () => {
  const { superuser } = deployed.db;
  const others = await Promise.all(['a', 'b', 'c', 'd', 'e', 'f', 'g'].map((name) => deployed.db.createSite(name)));
  const large = others[3] as SiteId;
  await addHits(deployed.db, large, day, 5);
  // All of its rows are in files, which have a hundred million: the record would take ten minutes.
  await superuser.query(`update rempart.hit_days set state = 'reading' where site_id = $1`, [large]);
  await superuser.query(
    `insert into rempart.lake_progress (site_id, day, after_received, after_id, files)
     values ($1, $2, $2::date + 1, gen_random_uuid(), '[{"rows": 100000000}]')`,
    [large, day],
  );
  const instance = await deployed.start();
  await instance.invoke({}, 300_000);
  expect(instance.logged).toEqual([expect.objectContaining({ days: 0, unrecorded: { site: large, day }, failed: 0 })]);
  for (const site of others) if (site !== large) await addHits(deployed.db, site, day, 1);
  const [begun] = (await superuser.query<{ at: string }>('select clock_timestamp()::text as at')).rows;
  // The database finds other rows than those of the files above.
  await expect(instance.invoke({}, timeout)).rejects.toThrow(`site ${large}, ${day}: lake: expected the rows that the window has`);
  const first = 'select site_id as site from rempart.access_log where at > $1 order by at limit 1';
  expect((await superuser.query<{ site: number }>(first, [begun?.at])).rows).toEqual([{ site: large }]);
  expect(instance.logged.slice(1)).toEqual([expect.not.objectContaining({ unrecorded: expect.anything() })]);
});

test.each([
  ['LAKE_ROLE', 'lake-writer', 'LAKE_ROLE: expected'],
  ['LAKE_AFTER_DAYS', '7', 'LAKE_AFTER_DAYS: expected a number of days from 8 to 30'],
  ['ARCHIVE_BUCKET', 'A', 'ARCHIVE_BUCKET: expected'],
])('does not start with %s %p', async (variable, value, reason) => {
  await expect(deployed.start({ [variable]: value })).rejects.toThrow(reason);
});

test('makes the calls that its contract declares, and no others', () => {
  expect(deployed.around.calls()).toEqual(declaredActions('lake-export'));
  expect(new Set(deployed.around.aws.sessionCalls)).toEqual(new Set(['s3:PutObject']));
});

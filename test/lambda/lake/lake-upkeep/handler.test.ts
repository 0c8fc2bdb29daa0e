// The deployed bundle of lake-upkeep, by IAM token and TLS to a real server: an erasure leaves no row in any object.
// RDS Proxy, S3, STS and Secrets Manager are mocks; objects of the lake are those of the session's site.

import { lakeCalls, lakeRoleCalls } from '../../../../runtime/calls';
import { dayFrom } from '../../../../runtime/hit-days';
import { tester } from '../../../../tools/local-database/rempart';
import { actionsOfCode, declaredActions } from '../../declared-calls';
import { deployFunction } from '../../deployed/deployed-function';
import { addHits } from '../lake-hits';

const variables = {
  DATABASE_USER: 'rempart_maintenance',
  ARCHIVE_BUCKET: 'archive',
  LAKE_ROLE: 'arn:aws:iam::111122223333:role/production-lake-writer-eu-west-3',
  LAKE: 'runs',
};
const deployed = deployFunction('lake-upkeep', { ...variables, KEEP_MONTHS: '25', LATE_HOURS: '12' });
/** Timeout of the function in milliseconds. */
const timeout = 900_000;

test('rewrites the objects of an erased person, deletes the former ones an hour later, and makes its declared calls', async () => {
  const { db, around } = deployed;
  const day = dayFrom(new Date(), -20);
  const site = await db.createSite('one');
  await addHits(db, site, day, 70);
  const exporting = await around.start('lake-export', { ...around.database, ...variables, LAKE_AFTER_DAYS: '10' });
  await exporting.invoke({}, timeout);
  await exporting.stop();
  around.forgetCalls();
  const lakeKeys = () => [...around.aws.objects.keys()].filter((key) => key.startsWith('archive/lake/'));
  const [before] = lakeKeys();
  await db.application.withSite(site, tester, (session) => session.query(`select rempart.erase_person(null, 'v-3')`));

  const instance = await deployed.start();
  await instance.invoke({}, timeout);
  expect(instance.logged).toMatchObject([{ oldestErasureHours: 0, erasures: { examined: 1, removed: 10 }, failed: 0 }]);
  expect(lakeKeys()).toHaveLength(2);
  await db.superuser.query(`update rempart.lake_deletions set since = since - interval '61 minutes'`);
  await instance.invoke({}, timeout);
  expect(lakeKeys()).toHaveLength(1);
  expect(lakeKeys()).not.toContain(before);
  const { rows } = await db.superuser.query(`select counts->>'lake' as lake, lake_removed_at is not null as gone from rempart.erasures`);
  expect(rows).toEqual([{ lake: '10', gone: true }]);
  expect(around.calls()).toEqual(declaredActions('lake-upkeep'));
  expect([...new Set(around.aws.sessionCalls)].sort()).toEqual(actionsOfCode(lakeCalls['lake-writer']));
});

test('a run that fails, or near its timeout, logs the age of the oldest erasure too, and begins nothing in the latter case', async () => {
  const { db } = deployed;
  const site = await db.createSite('late');
  await addHits(db, site, dayFrom(new Date(), -20), 7);
  await db.application.withSite(site, tester, (session) => session.query(`select rempart.erase_person(null, 'v-3')`));
  await db.superuser.query(`update rempart.erasures set requested_at = now() - interval '13 hours' where site_id = $1`, [site]);
  const instance = await deployed.start();
  await expect(instance.invoke({}, 100_000)).rejects.toThrow(
    `erasures of site ${site}: expected their end in the lake within 12 hours, got none of the oldest after 13`,
  );
  expect(instance.logged).toMatchObject([{ oldestErasureHours: 13, erasures: { finished: 0 }, failed: 1 }]);
  await instance.invoke({}, timeout);
  expect(instance.logged.slice(1)).toMatchObject([{ oldestErasureHours: 0, erasures: { finished: 1 }, failed: 0 }]);
});

test('examines the days that leave the window, and answers an operator by the calls of its role', async () => {
  const { db, around } = deployed;
  const day = dayFrom(new Date(), -21);
  const site = await db.createSite('leaving');
  await db.superuser.query(`update rempart.sites set created_at = '2020-01-01' where id = $1`, [site]);
  await addHits(db, site, day, 70);
  const exporting = await around.start('lake-export', { ...around.database, ...variables, LAKE_AFTER_DAYS: '10' });
  await exporting.invoke({}, timeout);
  await exporting.stop();
  around.forgetCalls();
  around.aws.sessionCalls.length = 0;
  const partition = `hits_${day.replaceAll('-', '_')}`;
  expect(await db.maintenance.upkeep('askLakeDays', partition)).toEqual(['1']);
  const instance = await deployed.start();
  await instance.invoke({}, timeout);
  expect(instance.logged).toMatchObject([{ examined: { seen: 1, exportedAgain: 0, discarded: 0 }, failed: 0 }]);
  expect(new Set(around.aws.sessionCalls)).toEqual(new Set(['s3:GetObject', 's3:ListBucketVersions']));
  expect(await db.maintenance.upkeep('detachHitPartition', partition, '2000-01-01')).toEqual([partition]);

  const [key = ''] = (
    await db.superuser.query<{ key: string }>('select object_key as key from rempart.lake_files where site_id = $1', [site])
  ).rows.map((row) => row.key);
  // The entry is lost, as in a restored database; then the object.
  await db.superuser.query('delete from rempart.lake_files where site_id = $1', [site]);
  expect(await instance.invoke({ reconcile: { confirm: true, site } }, timeout)).toMatchObject({
    days: [{ day, added: [key] }],
    failures: [],
  });
  around.aws.objects.delete(`archive/${key}`);
  expect(await instance.invoke({ giveUp: { key, confirm: true } }, timeout)).toEqual({ key, outcome: 'given up', rows: 70 });
  await db.application.withSite(site, tester, (session) => session.query(`select rempart.erase_person(null, 'v-3')`));
  expect(await instance.invoke({ erasures: { since: '2026-01-01T00:00:00Z' } }, timeout)).toContainEqual({
    site,
    person: null,
    visitor: 'v-3',
  });
  expect(around.calls()).toEqual(declaredActions('lake-upkeep'));
  const allowed = actionsOfCode(lakeRoleCalls['lake-writer']);
  expect([...new Set(around.aws.sessionCalls)].filter((action) => !allowed.includes(action))).toEqual([]);
  expect(around.aws.sessionCalls).toContain('s3:GetObjectVersion');
});

test.each([
  ['LAKE_ROLE', 'lake-writer', 'LAKE_ROLE: expected'],
  ['LAKE', 'off', 'LAKE: expected runs or held'],
  ['KEEP_MONTHS', '1', 'KEEP_MONTHS: expected a number of months from 2 to 999'],
  ['LATE_HOURS', '24', 'LATE_HOURS: expected a number of hours from 6 to 23'],
])('does not start with %s %p', async (variable, value, reason) => {
  await expect(deployed.start({ [variable]: value })).rejects.toThrow(reason);
});

test('a run of a held lake changes nothing, and reconciles at the request of an operator', async () => {
  const before = new Map(deployed.around.aws.objects);
  const instance = await deployed.start({ LAKE: 'held' });
  deployed.around.aws.sessionCalls.splice(0);
  expect(await instance.invoke({}, timeout)).toBeNull();
  expect(instance.logged).toEqual([{ held: true }]);
  expect(deployed.around.aws.sessionCalls).toEqual([]);
  expect(new Map(deployed.around.aws.objects)).toEqual(before);
  expect(await instance.invoke({ reconcile: { confirm: false } }, timeout)).toMatchObject({ failures: [] });
});

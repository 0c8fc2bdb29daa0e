// The deployed bundle of database-upkeep, by IAM token and TLS to a real server; RDS Proxy and Secrets Manager are
// mocks.

import { tester } from '../../../../tools/local-database/rempart';
import { declaredActions } from '../../declared-calls';
import { deployFunction } from '../../deployed/deployed-function';

const deployed = deployFunction('database-upkeep', { DATABASE_USER: 'rempart_maintenance', HOT_DAYS: '35', KEEP_MONTHS: '13' });
/** Timeout of the function in milliseconds. */
const timeout = 900_000;

test('creates days and drops those older than HOT_DAYS, for any event', async () => {
  await deployed.db.maintenance.upkeep('createHitDay', '2019-05-01');
  await deployed.db.maintenance.upkeep('detachHitPartition', 'hits_2019_05_01', '2020-01-01');
  const instance = await deployed.start();
  expect(await instance.invoke({}, timeout)).toMatchObject({
    dropped: ['hits_2019_05_01'],
    erasuresFinished: 0,
    rejectsRemoved: 0,
    idsRemoved: 0,
  });
  // The same instance, again.
  expect(await instance.invoke('anything', timeout)).toMatchObject({ dropped: [] });
});

test('completes an erasure that is due, within its site', async () => {
  const site = await deployed.db.createSite('erased');
  await deployed.db.application.withSite(site, tester, async (session) => {
    await session.query(`insert into rempart.people (site_id, name, visitor) values ($1, 'Ada', 'v-ada')`, [site]);
    await session.query(`select rempart.erase_person(null, 'v-ada')`);
  });
  await deployed.db.superuser.query(`update rempart.erasures set due_at = now() - interval '1 day' where site_id = $1`, [site]);
  const instance = await deployed.start();
  expect(await instance.invoke({}, timeout)).toMatchObject({ erasuresFinished: 1 });
});

test('each run logs the age of the oldest erasure, also one that fails; a run near its timeout begins no site', async () => {
  const { db } = deployed;
  const site = await db.createSite('waiting');
  await db.application.withSite(site, tester, (session) => session.query(`select rempart.erase_person(null, 'v-bob')`));
  await db.superuser.query(
    `update rempart.erasures set requested_at = now() - interval '13 hours', window_removed_at = null where site_id = $1`,
    [site],
  );
  const instance = await deployed.start();
  await expect(instance.invoke({}, 100_000)).rejects.toThrow('remove erased: expected all sites within the time of a run, got 1 left');
  const uncounted = expect.arrayContaining([expect.stringMatching(/^hits_/)]);
  expect(instance.logged).toEqual([{ uncounted }, { oldestErasureHours: 13 }]);
  await instance.invoke({}, timeout);
  expect(instance.logged.slice(2)).toEqual([{ oldestErasureHours: 0 }]);
});

test('does not start with fewer than 32 days or two months, or as rempart_application', async () => {
  await expect(deployed.start({ KEEP_MONTHS: '1' })).rejects.toThrow('KEEP_MONTHS: expected');
  await expect(deployed.start({ HOT_DAYS: '31' })).rejects.toThrow('HOT_DAYS: expected');
  const application = { DATABASE_USER: 'rempart_application' };
  await expect(deployed.start(application)).rejects.toThrow('DATABASE_USER: expected rempart_maintenance');
});

test('fails without a database, so that Lambda retries it', async () => {
  const instance = await deployed.start({ DATABASE_PORT: '1' });
  await expect(instance.invoke({})).rejects.toThrow('ECONNREFUSED');
});

test('makes the calls that its contract declares, and no others', () => {
  expect(deployed.around.calls()).toEqual(declaredActions('database-upkeep'));
});

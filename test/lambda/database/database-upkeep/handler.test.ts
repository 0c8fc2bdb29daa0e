// The deployed bundle of database-upkeep, by IAM token and TLS to a real server; RDS Proxy and Secrets Manager are
// mocks.

import { declaredActions } from '../../declared-calls';
import { deployFunction } from '../../deployed/deployed-function';

const deployed = deployFunction('database-upkeep', { DATABASE_USER: 'rempart_maintenance', KEEP_MONTHS: '13' });

test('creates months and drops those older than KEEP_MONTHS, for any event', async () => {
  await deployed.db.maintenance.upkeep('createHitMonth', '2019-05-01');
  await deployed.db.maintenance.upkeep('detachHitMonth', '2019-05-01');
  const instance = await deployed.start();
  expect(await instance.invoke({})).toMatchObject({ dropped: ['2019-05-01'], erasuresFinished: 0, rejectsRemoved: 0, idsRemoved: 0 });
  // The same instance, again.
  expect(await instance.invoke('anything')).toMatchObject({ dropped: [] });
});

test('does not start with fewer than two months, or as rempart_application', async () => {
  await expect(deployed.start({ KEEP_MONTHS: '1' })).rejects.toThrow('KEEP_MONTHS: expected');
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

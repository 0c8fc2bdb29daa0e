// The deployed bundle of database-upkeep: by IAM token through a door with TLS to a real server; Secrets Manager is a mock.
import { deployFunction } from '../../deployed/deployed-function';

const deployed = deployFunction('database-upkeep', { DATABASE_USER: 'rempart_maintenance', KEEP_MONTHS: '13' });

test('makes months and drops those that are older than it is told, whatever event starts it', async () => {
  await deployed.db.maintenance.upkeep('createHitMonth', '2019-05-01');
  await deployed.db.maintenance.upkeep('detachHitMonth', '2019-05-01');
  const instance = await deployed.start();
  expect(await instance.invoke({})).toMatchObject({ dropped: ['2019-05-01'], erasuresFinished: 0, rejectsRemoved: 0 });
  // The same instance, again.
  expect(await instance.invoke('anything')).toMatchObject({ dropped: [] });
});

test('does not start with fewer months than two, or as the application', async () => {
  await expect(deployed.start({ KEEP_MONTHS: '1' })).rejects.toThrow('KEEP_MONTHS: expected');
  const application = { DATABASE_USER: 'rempart_application' };
  await expect(deployed.start(application)).rejects.toThrow('DATABASE_USER: expected rempart_maintenance');
});

test('fails, and so is repeated, where there is no database', async () => {
  const instance = await deployed.start({ DATABASE_PORT: '1' });
  await expect(instance.invoke({})).rejects.toThrow('ECONNREFUSED');
});

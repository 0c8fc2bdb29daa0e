// The deployed bundle of database-upkeep: by IAM token through a door with TLS to a real server; Secrets Manager is a mock.
import { type LocalDatabase, startDatabase } from '../../../../tools/local-database/rempart';
import { keySecret, type Surroundings, surround } from '../../deployed/surroundings';

let db: LocalDatabase;
let around: Surroundings;

beforeAll(async () => {
  db = await startDatabase();
  around = await surround(db.server.port);
  around.aws.setSecret('context-key', keySecret(db.contextKey));
}, 120_000);
afterAll(async () => {
  await around?.close();
  await db?.close();
});

const variables = () => ({ ...around.database, DATABASE_USER: 'rempart_maintenance', KEEP_MONTHS: '13' });

test('makes months and drops those that are older than it is told, whatever event starts it', async () => {
  await db.maintenance.upkeep('createHitMonth', '2019-05-01');
  await db.maintenance.upkeep('detachHitMonth', '2019-05-01');
  const instance = await around.start('database-upkeep', variables());
  expect(await instance.invoke({})).toMatchObject({ dropped: ['2019-05-01'], erasuresFinished: 0, rejectsRemoved: 0 });
  // The same instance, again.
  expect(await instance.invoke('anything')).toMatchObject({ dropped: [] });
}, 120_000);

test('does not start with fewer months than two, or as the application', async () => {
  await expect(around.start('database-upkeep', { ...variables(), KEEP_MONTHS: '1' })).rejects.toThrow('KEEP_MONTHS: expected');
  const application = { ...variables(), DATABASE_USER: 'rempart_application' };
  await expect(around.start('database-upkeep', application)).rejects.toThrow('DATABASE_USER: expected rempart_maintenance');
}, 120_000);

test('fails, and so is repeated, where there is no database', async () => {
  const instance = await around.start('database-upkeep', { ...variables(), DATABASE_PORT: '1' });
  await expect(instance.invoke({})).rejects.toThrow('ECONNREFUSED');
}, 120_000);

// The deployed bundle of person-export, by IAM token and TLS to a real server; RDS Proxy, S3 and Secrets Manager are
// mocks.
import { createHash } from 'node:crypto';
import { lakeCalls } from '../../../../runtime/calls';
import { dayFrom } from '../../../../runtime/hit-days';
import type { SiteId } from '../../../../runtime/site';
import { tester } from '../../../../tools/local-database/rempart';
import { findObjects } from '../../../database/lake-days';
import { actionsOfCode, declaredActions } from '../../declared-calls';
import { deployFunction } from '../../deployed/deployed-function';
import { addHits } from '../../lake/lake-hits';

const arn = (role: string) => `arn:aws:iam::111122223333:role/production-${role}-eu-west-3`;
const deployed = deployFunction('person-export', {
  DATABASE_USER: 'rempart_application',
  ARCHIVE_BUCKET: 'exports',
  LAKE_ROLE: arn('lake-reader'),
});
let site: SiteId;
const actor = { name: 'operator', from: 'console' };

beforeAll(async () => {
  site = await deployed.db.createSite('export');
  await deployed.db.application.withSite(site, tester, (session) =>
    session.query(`insert into rempart.people (site_id, name, visitor) values ($1, 'Ada', 'v-ada')`, [site]),
  );
});

test('stores the rows and their checksum in the archive bucket', async () => {
  const instance = await deployed.start();
  const { key, sha256, lines } = (await instance.invoke({ site, person: { visitor: 'v-ada' }, actor })) as Record<string, string | number>;
  expect(lines).toBe(1);
  const file = deployed.around.aws.objects.get(`exports/${key}`) ?? Buffer.alloc(0);
  expect(JSON.parse(file.toString())).toMatchObject({ table: 'people', row: { name: 'Ada', site_id: site } });
  expect(createHash('sha256').update(file).digest('hex')).toBe(sha256);
  expect(deployed.around.aws.objects.get(`exports/${key}.sha256`)?.toString()).toContain(String(sha256));
  expect(deployed.around.door.admitted).toContain('rempart_application');
});

test.each<[string, () => unknown, string]>([
  ['nothing', () => null, 'request: expected an object'],
  ['nobody', () => ({ site, person: {}, actor }), 'person: expected an id or a visitor'],
  ['no site', () => ({ site: "1' or '1'='1", person: { visitor: 'v-ada' }, actor }), 'site'],
  ['a site that is not there', () => ({ site: 999_999, person: { visitor: 'v-ada' }, actor }), 'site'],
  ['no actor', () => ({ site, person: { visitor: 'v-ada' } }), 'actor: expected an object'],
])('refuses an event that names %s, and stores nothing', async (_, event, reason) => {
  const before = deployed.around.aws.objects.size;
  const instance = await deployed.start();
  await expect(instance.invoke(event())).rejects.toThrow(reason);
  expect(deployed.around.aws.objects.size).toBe(before);
});

test('does not start without its bucket', async () => {
  await expect(deployed.start({ ARCHIVE_BUCKET: 'A' })).rejects.toThrow('ARCHIVE_BUCKET: expected');
});

test('exports the hits of the lake, when the window has their day no more', async () => {
  const { around, db } = deployed;
  const day = dayFrom(new Date(), -20);
  await addHits(db, site, day, 70);
  const exporting = await around.start('lake-export', {
    ...around.database,
    ...{ DATABASE_USER: 'rempart_maintenance', ARCHIVE_BUCKET: 'exports', LAKE_ROLE: arn('lake-writer') },
    ...{ LAKE: 'runs', LAKE_AFTER_DAYS: '10' },
  });
  await exporting.invoke({}, 900_000);
  await exporting.stop();
  await findObjects(db, day);
  await db.maintenance.upkeep('detachHitPartition', `hits_${day.replaceAll('-', '_')}`, '2000-01-01');
  around.forgetCalls();
  const instance = await deployed.start();
  const { key, lines } = (await instance.invoke({ site, person: { visitor: 'v-3' }, actor })) as Record<string, string | number>;
  expect(lines).toBe(10);
  const exported = String(around.aws.objects.get(`exports/${key}`))
    .trimEnd()
    .split('\n');
  expect(exported.map((line) => JSON.parse(line)).every(({ table, row }) => table === 'hits' && row.visitor === 'v-3')).toBe(true);
});

test('makes the calls that its contract declares, and no others', () => {
  expect(deployed.around.calls()).toEqual(declaredActions('person-export'));
  expect([...new Set(deployed.around.aws.sessionCalls)]).toEqual(actionsOfCode(lakeCalls['lake-reader']));
});

// The deployed bundle of person-export: by IAM token through a door with TLS to a real server; S3 and Secrets Manager are mocks.
import { createHash } from 'node:crypto';
import type { SiteId } from '../../../../runtime/site';
import { type LocalDatabase, startDatabase, tester } from '../../../../tools/local-database/rempart';
import { keySecret, type Surroundings, surround } from '../../deployed/surroundings';

let db: LocalDatabase;
let around: Surroundings;
let site: SiteId;
const actor = { name: 'operator', from: 'console' };

beforeAll(async () => {
  db = await startDatabase();
  around = await surround(db.server.port);
  around.aws.setSecret('context-key', keySecret(db.contextKey));
  site = await db.createSite('export');
  await db.application.withSite(site, tester, (session) =>
    session.query(`insert into rempart.people (site_id, name, visitor) values ($1, 'Ada', 'v-ada')`, [site]),
  );
}, 120_000);
afterAll(async () => {
  await around?.close();
  await db?.close();
});

const variables = () => ({ ...around.database, DATABASE_USER: 'rempart_application', ARCHIVE_BUCKET: 'exports' });

test('stores the rows and their checksum in the archive', async () => {
  const instance = await around.start('person-export', variables());
  const { key, sha256, lines } = (await instance.invoke({ site, person: { visitor: 'v-ada' }, actor })) as Record<string, string | number>;
  expect(lines).toBe(1);
  const file = around.aws.objects.get(`exports/${key}`) ?? Buffer.alloc(0);
  expect(JSON.parse(file.toString())).toMatchObject({ table: 'people', row: { name: 'Ada', site_id: site } });
  expect(createHash('sha256').update(file).digest('hex')).toBe(sha256);
  expect(around.aws.objects.get(`exports/${key}.sha256`)?.toString()).toContain(String(sha256));
  expect(around.door.admitted).toContain('rempart_application');
}, 120_000);

test.each<[string, () => unknown, string]>([
  ['nothing', () => null, 'request: expected an object'],
  ['nobody', () => ({ site, person: {}, actor }), 'person: expected an id or a visitor'],
  ['no site', () => ({ site: "1' or '1'='1", person: { visitor: 'v-ada' }, actor }), 'site'],
  ['a site that is not there', () => ({ site: 999_999, person: { visitor: 'v-ada' }, actor }), 'site'],
  ['no actor', () => ({ site, person: { visitor: 'v-ada' } }), 'actor: expected an object'],
])(
  'refuses an event that names %s, and stores nothing',
  async (_, event, reason) => {
    const before = around.aws.objects.size;
    const instance = await around.start('person-export', variables());
    await expect(instance.invoke(event())).rejects.toThrow(reason);
    expect(around.aws.objects.size).toBe(before);
  },
  120_000,
);

test('does not start without its bucket', async () => {
  await expect(around.start('person-export', { ...variables(), ARCHIVE_BUCKET: 'A' })).rejects.toThrow('ARCHIVE_BUCKET: expected');
}, 120_000);

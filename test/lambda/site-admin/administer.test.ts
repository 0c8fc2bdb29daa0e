// Sites and their keys: made together, repeated without harm, changed on demand (TOM-4.13, 7.1).
import { administerSite, type SiteRequest } from '../../../lambda/site-admin/administer';
import { siteId } from '../../../runtime/site';
import { SiteKeys } from '../../../runtime/site-keys';
import { type LocalDatabase, startDatabase } from '../../../tools/local-database/rempart';
import { MemorySecrets } from '../../runtime/memory-secrets';

let db: LocalDatabase;
let secrets: MemorySecrets;
let keys: SiteKeys;
const actor = { name: 'operator', from: 'console' };

beforeAll(async () => {
  db = await startDatabase();
}, 60_000);
afterAll(() => db.close());
beforeEach(() => {
  secrets = new MemorySecrets();
  keys = new SiteKeys(secrets, 'test/sites');
});

const versionOf = async (site: number) =>
  (await db.superuser.query('select key_version from rempart.site_settings where site_id = $1', [site])).rows[0].key_version;

test('a site is made with its key; made again, it is the same', async () => {
  const request: SiteRequest = { action: 'create', key: 'acme', name: 'Acme', actor };
  const made = await administerSite(db.maintenance, keys, request);
  expect(made).toEqual({ site: expect.any(Number), keyVersion: 1 });
  const key = await keys.read(siteId(made.site));
  expect(await administerSite(db.maintenance, keys, request)).toEqual(made);
  expect(await keys.read(siteId(made.site))).toEqual(key);
});

test('a creation that broke off before the key is made whole by repeating it', async () => {
  const request: SiteRequest = { action: 'create', key: 'broken', name: 'Broken', actor };
  secrets.create = () => Promise.reject(new Error('away'));
  await expect(administerSite(db.maintenance, keys, request)).rejects.toThrow('away');
  Reflect.deleteProperty(secrets, 'create');
  const made = await administerSite(db.maintenance, keys, request);
  expect((await keys.read(siteId(made.site))).version).toBe(1);
});

test('a rotated key is used for new rows; the settings follow, and it is logged', async () => {
  const { site } = await administerSite(db.maintenance, keys, { action: 'create', key: 'turning', name: 'Turning', actor });
  expect(await administerSite(db.maintenance, keys, { action: 'rotate-key', site, actor })).toEqual({ site, keyVersion: 2 });
  expect(await versionOf(site)).toBe(2);
  const { rows } = await db.superuser.query(
    `select actor, before ->> 'key_version' as before, after ->> 'key_version' as after from rempart.modification_log where site_id = $1 and operation = 'update'`,
    [site],
  );
  expect(rows).toEqual([{ actor: 'operator', before: '1', after: '2' }]);
});

test('a site that is not there gets no key, and what is not known is refused', async () => {
  await expect(administerSite(db.maintenance, keys, { action: 'rotate-key', site: 2147483000, actor })).rejects.toThrow(
    /expected a live site/,
  );
  expect(secrets.values.size).toBe(0);
  await expect(administerSite(db.maintenance, keys, { action: 'drop', site: 1, actor } as unknown as SiteRequest)).rejects.toThrow(
    'action: expected create or rotate-key, got "drop"',
  );
  await expect(administerSite(db.maintenance, keys, { action: 'create', key: 'Not A Key', name: 'x', actor })).rejects.toThrow(
    /sites_key_check/,
  );
});

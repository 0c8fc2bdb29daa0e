// Sites and their keys: created together, idempotent, rotated on demand. (TOM-4.13, TOM-7.1)
import { setTimeout } from 'node:timers/promises';
import { administerSite, type SiteRequest } from '../../../../lambda/database/site-admin/administer';
import { siteId } from '../../../../runtime/site';
import { SiteKeys } from '../../../../runtime/site-keys';
import { type LocalDatabase, startDatabase } from '../../../../tools/local-database/rempart';
import { MemorySecrets } from '../../../runtime/memory-secrets';
import { databaseTimeLimit } from '../../../time-limits';

let db: LocalDatabase;
let secrets: MemorySecrets;
let keys: SiteKeys;
const actor = { name: 'operator', from: 'console' };

beforeAll(async () => {
  db = await startDatabase();
}, databaseTimeLimit);
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

test('two rotations at once take turns: no key is lost', async () => {
  const { site } = await administerSite(db.maintenance, keys, { action: 'create', key: 'twice', name: 'Twice', actor });
  // Long enough for the other to read the same ring, if it were let.
  const { read, replace } = MemorySecrets.prototype;
  secrets.read = async (name) => {
    const value = await read.call(secrets, name);
    await setTimeout(100);
    return value;
  };
  const rotate: SiteRequest = { action: 'rotate-key', site, actor };
  const seen = new Map<string, string>();
  secrets.replace = async (name, value) => {
    Object.entries((JSON.parse(value) as { keys: { [version: string]: string } }).keys).forEach(([version, key]) => {
      if (seen.has(version) && seen.get(version) !== key) throw new Error(`key ${version} lost`);
      seen.set(version, key);
    });
    await replace.call(secrets, name, value);
  };
  const done = await Promise.all([1, 2, 3].map(() => administerSite(db.maintenance, keys, rotate)));
  expect(done.map(({ keyVersion }) => keyVersion).sort()).toEqual([2, 3, 4]);
  expect(await versionOf(site)).toBe(4);
  expect([...seen.keys()].sort()).toEqual(['1', '2', '3', '4']);
});

test("a new site never takes over another's keys under its number: it gets a new version, which its settings name", async () => {
  const probe = await administerSite(db.maintenance, keys, { action: 'create', key: 'before', name: 'Before', actor });
  // What a restore leaves: rings of sites that the database has not made yet, also one of the same name.
  const left = (site: string) => JSON.stringify({ site, current: 1, keys: { 1: Buffer.alloc(32, 7).toString('base64') } });
  secrets.values.set(`test/sites/${probe.site + 1}`, left('lost'));
  secrets.values.set(`test/sites/${probe.site + 2}`, left('same'));
  for (const [key, number] of [
    ['newcomer', probe.site + 1],
    ['same', probe.site + 2],
  ] as const) {
    const request: SiteRequest = { action: 'create', key, name: key, actor };
    expect(await administerSite(db.maintenance, keys, request)).toEqual({ site: number, keyVersion: 2 });
    expect(await versionOf(number)).toBe(2);
    const current = await keys.read(siteId(number));
    expect(current.version).toBe(2);
    expect(current.key).not.toEqual(Buffer.alloc(32, 7));
    // Repeated, it is the same.
    expect(await administerSite(db.maintenance, keys, request)).toEqual({ site: number, keyVersion: 2 });
    expect(await keys.read(siteId(number))).toEqual(current);
  }
});

test('a creation that failed with the keys of another site, or before the settings were notified, is completed', async () => {
  const { site } = await administerSite(db.maintenance, keys, { action: 'create', key: 'mine', name: 'Mine', actor });
  secrets.values.set(
    `test/sites/${site}`,
    JSON.stringify({ site: 'lost', current: 3, keys: { 3: Buffer.alloc(32, 7).toString('base64') } }),
  );
  const request: SiteRequest = { action: 'create', key: 'mine', name: 'Mine', actor };
  expect(await administerSite(db.maintenance, keys, request)).toEqual({ site, keyVersion: 4 });
  await db.superuser.query('update rempart.site_settings set key_version = 1 where site_id = $1', [site]);
  expect(await administerSite(db.maintenance, keys, request)).toEqual({ site, keyVersion: 4 });
  expect(await versionOf(site)).toBe(4);
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

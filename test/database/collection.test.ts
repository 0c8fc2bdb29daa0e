// What the database says to collectors: every live site with its settings, each setting checked.
import type { SiteId } from '../../runtime/site';
import { formatSiteSnapshot, parseSiteSnapshot, readCollectedSite } from '../../runtime/site-snapshot';
import { type LocalDatabase, startDatabase } from '../../tools/local-database/rempart';

let db: LocalDatabase;
let acme: SiteId;
beforeAll(async () => {
  db = await startDatabase();
  acme = await db.createSite('acme');
}, 60_000);
afterAll(() => db.close());

const sites = async () => (await db.maintenance.upkeep('collectionSites')).map((row, index) => readCollectedSite(row, `row ${index}`));

/** Sets as the application does, as one site. */
const setting = (site: SiteId, assignment: string, ...values: (string | boolean | string[])[]) =>
  db.application.withSite(site, { name: 'ada', from: 'test', doing: 'change settings' }, (session) =>
    session.query(`update rempart.site_settings set ${assignment}`, values),
  );

test('a new site honours privacy signals, sets no cookie and takes hits from any page', async () => {
  expect(await sites()).toEqual([
    {
      id: acme,
      key: 'acme',
      addressMode: 'truncate',
      hashedFields: [],
      keyVersion: 1,
      privacySignals: true,
      cookies: false,
      origins: [],
    },
  ]);
});

test('settings that the application changes for its own site are notified, and start a snapshot', async () => {
  const other = await db.createSite('other');
  const origins = ['https://www.example.com', 'https://shop.example:8443'];
  await setting(other, 'privacy_signals = $1, cookies = $2, origins = $3', false, true, origins);
  const [, changed] = await sites();
  expect(changed).toMatchObject({ id: other, key: 'other', privacySignals: false, cookies: true, origins });
  expect(parseSiteSnapshot(formatSiteSnapshot(await sites())).sites.map(({ key }) => key)).toEqual(['acme', 'other']);
  expect((await sites())[0]).toMatchObject({ key: 'acme', privacySignals: true, cookies: false, origins: [] });
});

test('a deleted site is not in the result', async () => {
  const gone = await db.createSite('gone');
  await db.superuser.query('update rempart.sites set deleted_at = now() where id = $1', [gone]);
  expect((await sites()).map(({ key }) => key)).not.toContain('gone');
});

test.each([
  ['plain http', ['http://example.com']],
  ['a path', ['https://example.com/a']],
  ['capitals', ['https://Example.com']],
  ['the port that is understood', ['https://example.com:443']],
  ['two in one', ['https://a.example https://b.example']],
  ['a line end', ['https://a.example\n']],
  ['any', ['*']],
  ['nothing', ['']],
  ['a long name', [`https://${'a'.repeat(254)}`]],
  ['51', Array.from({ length: 51 }, (_, index) => `https://a${index}.example`)],
])('origins are refused: %s', async (_, origins) => {
  await expect(setting(acme, 'origins = $1', origins)).rejects.toThrow(/violates check constraint/);
});

test('a null among the origins, and a list of lists, are refused', async () => {
  await expect(setting(acme, 'origins = array[null]::rempart.origin[]')).rejects.toThrow(/violates check constraint/);
  await expect(setting(acme, "origins = '{{https://a.example},{https://b.example}}'")).rejects.toThrow(/violates check constraint/);
});

// One site that collectors cannot read would keep the snapshot of every site from being written.
test('hashed fields that no snapshot could hold are refused: a list of lists, and names without end', async () => {
  await expect(setting(acme, "hashed_fields = '{{email},{phone}}'")).rejects.toThrow(/multidimensional/);
  await expect(setting(acme, "hashed_fields = array[repeat('x', 20000)]")).rejects.toThrow(/violates check constraint/);
  await setting(acme, "hashed_fields = array['email', 'phone']");
  expect((await sites())[0]?.hashedFields).toEqual(['email', 'phone']);
});

test('50 origins fit', async () => {
  await setting(
    acme,
    'origins = $1',
    Array.from({ length: 50 }, (_, index) => `https://a${index}.example`),
  );
  expect((await sites())[0]?.origins).toHaveLength(50);
});

test('the application cannot read all sites', async () => {
  await expect(db.application.upkeep('collectionSites')).rejects.toThrow(/permission denied/);
});

test('a change of the settings is in the modification log', async () => {
  await setting(acme, 'cookies = true');
  const { rows } = await db.superuser.query(
    `select after ->> 'cookies' as cookies from rempart.modification_log where site_id = $1 and table_name = 'site_settings' order by id desc limit 1`,
    [acme],
  );
  expect(rows).toEqual([{ cookies: 'true' }]);
});

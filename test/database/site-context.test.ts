// The claims of the site context (docs/adr: site context), one by one: what SQL cannot forge, replay or carry over.
import type { Client } from 'pg';
import { migrate } from '../../lambda/database/migrations/migrate';
import { settle } from '../../lambda/database/migrations/settle';
import type { SiteId } from '../../runtime/site';
import type { ContextKey } from '../../runtime/site-context';
import { enterSite, type LocalDatabase, migrationsFolder, startDatabase, tester } from '../../tools/local-database/rempart';

let db: LocalDatabase;
let one: SiteId;
let two: SiteId;
let client: Client;

beforeAll(async () => {
  db = await startDatabase();
  one = await db.createSite('one');
  two = await db.createSite('two');
  for (const site of [one, two]) {
    await db.application.withSite(site, tester, (session) =>
      session.query('insert into rempart.people (site_id, name) values ($1, $2)', [site, `of ${site}`]),
    );
  }
}, 60_000);
afterAll(() => db.close());
beforeEach(async () => {
  client = await db.server.connect('rempart_application', 'rempart');
});
afterEach(() => client.end());

const open = (site: SiteId, key: ContextKey = db.contextKey) => enterSite(client, key, site);
const set = (name: string, value: string) => client.query(`select set_config($1, $2, false)`, [`rempart.${name}`, value]);
const names = async () => (await client.query('select name from rempart.people')).rows.map(({ name }) => name);
/** What a session hears that has entered no site. */
const never = /currval of sequence "entered_transaction" is not yet defined in this session/;
const forged = /expected a proof made for this transaction, got another/;

test('without a context, no table shows a row or takes one', async () => {
  for (const table of ['sites', 'site_settings', 'people', 'person_rights', 'hits', 'rejects', 'erasures']) {
    expect((await client.query(`select * from rempart.${table}`)).rows).toEqual([]);
  }
  await expect(client.query('insert into rempart.people (site_id, name) values ($1, $2)', [one, 'x'])).rejects.toThrow(
    /row-level security/,
  );
  expect((await client.query(`update rempart.people set name = 'x'`)).rowCount).toBe(0);
});

test('a site that is only set shows nothing; a proof that is made up is an error', async () => {
  await set('site', String(one));
  expect(await names()).toEqual([]);
  await set('proof', `1:${'0'.repeat(64)}`);
  await expect(names()).rejects.toThrow(never);
});

test.each([
  ['site', '2'],
  ['site', 'not a site'],
  ['actor', 'somebody else'],
  ['source', 'elsewhere'],
  ['proof', '1:'],
  ['proof', '2:x'],
  ['proof', 'x'],
])('changing %s to %j shows no other site, and nothing is changed or committed any more', async (name, value) => {
  await open(one);
  expect(await names()).toEqual([`of ${one}`]);
  await set(name, value);
  expect(await names()).toEqual([`of ${one}`]);
  for (const statement of [
    `update rempart.people set name = 'changed'`,
    `insert into rempart.people (site_id, name) values (${one}, 'new')`,
    `insert into rempart.people (site_id, name) values (${two}, 'new')`,
    `select rempart.mark_deleted('people', gen_random_uuid())`,
    'select rempart.leave()',
  ]) {
    await client.query('savepoint a');
    await expect(client.query(statement)).rejects.toThrow(/expected a proof made for this transaction, got another|row-level security/);
    await client.query('rollback to savepoint a');
  }
});

test("the site that was entered is nobody else's to set, and is gone when the session forgets it", async () => {
  await open(one);
  for (const statement of [
    `select setval('rempart_private.entered_site', ${two})`,
    `select setval(c.oid, ${two}) from pg_class c where relname = 'entered_site'`,
    `select nextval(c.oid) from pg_class c where relname = 'entered_site'`,
    `select currval(c.oid) from pg_class c where relname = 'entered_transaction'`,
    'alter sequence rempart_private.entered_site restart',
    'select * from rempart_private.entered_site',
  ]) {
    await client.query('savepoint a');
    await expect(client.query(statement)).rejects.toThrow(/permission denied/);
    await client.query('rollback to savepoint a');
  }
  await client.query('discard sequences');
  await expect(names()).rejects.toThrow(never);
});

test('the next transaction of the session shows nothing of the site that the last one entered', async () => {
  const proof = await open(two);
  await client.query('commit');
  expect(await names()).toEqual([]);
  await client.query('begin');
  await client.query('select pg_current_xact_id()');
  await set('site', String(two));
  await set('proof', proof);
  await expect(names()).rejects.toThrow(forged);
});

test('who enters one site and then another is shown the other', async () => {
  for (const [site, next] of [
    [one, 'commit'],
    [two, 'rollback'],
    [one, 'commit'],
  ] as const) {
    await open(site);
    expect(await names()).toEqual([`of ${site}`]);
    await client.query(next);
  }
});

test('an emptied proof closes the site', async () => {
  await open(one);
  await set('proof', '');
  expect(await names()).toEqual([]);
});

test('a proof is worth nothing in the next transaction of its connection, nor in another connection', async () => {
  const proof = await open(two);
  const settings = { site: String(two), actor: tester.name, source: tester.from, proof };
  await client.query('commit and chain');
  for (const [name, value] of Object.entries(settings)) await set(name, value);
  await expect(names()).rejects.toThrow(forged);
  await client.query('rollback');

  const stranger = await db.server.connect('rempart_application', 'rempart');
  const running = await open(two);
  await stranger.query('begin');
  await stranger.query(
    `select set_config('rempart.site', $1, true), set_config('rempart.actor', $2, true), set_config('rempart.source', $3, true), set_config('rempart.proof', $4, true)`,
    [String(two), tester.name, tester.from, running],
  );
  await expect(stranger.query('select * from rempart.people')).rejects.toThrow(never);
  await stranger.end();
});

test('a savepoint that is rolled back takes neither the context nor its entry in the log away', async () => {
  await open(one);
  await client.query('savepoint a');
  await client.query('rollback to savepoint a');
  expect(await names()).toEqual([`of ${one}`]);
  await client.query('commit');
  expect(await names()).toEqual([]);
});

test('a statement prepared in one site shows the other when it runs there, also by its generic plan', async () => {
  await open(one);
  await client.query('set plan_cache_mode = force_generic_plan');
  await client.query('prepare people as select name from rempart.people');
  expect((await client.query('execute people')).rows).toEqual([{ name: `of ${one}` }]);
  await client.query('commit');
  expect((await client.query('execute people')).rows).toEqual([]);
  await open(two);
  expect((await client.query('execute people')).rows).toEqual([{ name: `of ${two}` }]);
});

test.each(['people', 'hits'])('parallel workers see the same site of %s', async (table) => {
  await open(one);
  for (const setting of [
    'parallel_setup_cost = 0',
    'parallel_tuple_cost = 0',
    'min_parallel_table_scan_size = 0',
    'enable_indexscan = off',
  ]) {
    await client.query(`set local ${setting}`);
  }
  for (const off of ['enable_indexonlyscan', 'enable_bitmapscan']) await client.query(`set local ${off} = off`);
  const explained = await client.query(`explain (analyze) select count(*) from rempart.${table} where site_id > 0`);
  expect(JSON.stringify(explained.rows)).toMatch(/Workers Launched: [1-9]/);
  const seen = await client.query(`select distinct site_id from rempart.${table}`);
  expect(seen.rows).toEqual(table === 'people' ? [{ site_id: one }] : []);
});

test('a second key is good beside the first, and one that was taken away is not', async () => {
  const next = { version: 2, key: Buffer.alloc(48, 5) };
  await expect(open(one, next)).rejects.toThrow(forged);
  await client.query('rollback');
  const admin = await db.server.connect('rempart_admin', 'rempart');
  await settle(admin, { environment: 'development', cluster: 'cluster-LOCAL', contextKey: next });
  for (const key of [next, db.contextKey]) {
    await open(one, key);
    expect(await names()).toEqual([`of ${one}`]);
    await client.query('rollback');
  }
  await db.superuser.query('delete from rempart_private.context_keys where version = 2');
  await expect(open(one, next)).rejects.toThrow(forged);
  await admin.end();
});

test('the key cannot be read, nor the passwords of roles', async () => {
  await open(one);
  await client.query('savepoint a');
  for (const secret of ['rempart_private.context_keys', 'pg_authid', 'pg_shadow']) {
    await expect(client.query(`select * from ${secret}`)).rejects.toThrow(/permission denied/);
    await client.query('rollback to savepoint a');
  }
});

test('a deleted site opens no more', async () => {
  const gone = await db.createSite('gone');
  await db.superuser.query('update rempart.sites set deleted_at = now() where id = $1', [gone]);
  await expect(open(gone)).rejects.toThrow(/expected a live site, got none/);
});

test('where a superuser migrates, no other role keeps a function for large objects', async () => {
  const callable = `select count(*)::int as n from pg_proc where proname ~ '^(lo_.*|loread|lowrite)$'
    and has_function_privilege('rempart_application', oid, 'execute')`;
  expect((await db.superuser.query(callable)).rows[0].n).toBeGreaterThan(0);
  const superuser = await db.server.connect('postgres', 'postgres');
  await superuser.query('create database other');
  await superuser.end();
  const migrating = await db.server.connect('postgres', 'other');
  await migrate(migrating, migrationsFolder);
  expect((await migrating.query(callable)).rows[0].n).toBe(0);
  await migrating.end();
});

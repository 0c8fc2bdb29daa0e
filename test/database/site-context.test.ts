// The claims of the site context (docs/adr: site context), one by one: what SQL cannot forge, replay or carry over.
import type { Client } from 'pg';
import { migrate } from '../../lambda/migrations/migrate';
import { settle } from '../../lambda/migrations/settle';
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
  await expect(names()).rejects.toThrow(forged);
});

test.each([
  ['site', '2'],
  ['site', 'not a site'],
  ['actor', 'somebody else'],
  ['source', 'elsewhere'],
  ['proof', '1:'],
  ['proof', '2:x'],
  ['proof', 'x'],
])('changing %s to %j breaks the context', async (name, value) => {
  await open(one);
  expect(await names()).toEqual([`of ${one}`]);
  await set(name, value);
  await expect(names()).rejects.toThrow(forged);
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
  await expect(stranger.query('select * from rempart.people')).rejects.toThrow(forged);
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

test('parallel workers see the same site', async () => {
  await open(one);
  await client.query('set local debug_parallel_query = on');
  const plan = JSON.stringify((await client.query('explain (analyze) select count(*) from rempart.people')).rows);
  expect(plan).toMatch(/Workers Launched: 1/);
  expect(await names()).toEqual([`of ${one}`]);
});

test('a second key is good beside the first, and one that was taken away is not', async () => {
  const next = { version: 2, key: Buffer.alloc(48, 5) };
  await expect(open(one, next)).rejects.toThrow(forged);
  await client.query('rollback');
  const admin = await db.server.connect('rempart_admin', 'rempart');
  await settle(admin, { environment: 'development', contextKey: next });
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

test('where a superuser migrates, nobody else is left a function of large objects', async () => {
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

// Migrations on a real server: once, in order, all or nothing, whatever happens meanwhile.
import { spawn } from 'node:child_process';
import { cp, mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import type { Client } from 'pg';
import { bringUpToDate } from '../../../../lambda/database/migrations/bring-up-to-date';
import { migrate } from '../../../../lambda/database/migrations/migrate';
import { settle } from '../../../../lambda/database/migrations/settle';
import { dayFrom } from '../../../../runtime/hit-days';
import { emptyDatabase, migrationsFolder } from '../../../../tools/local-database/rempart';
import { type LocalServer, startServer } from '../../../../tools/local-database/server';
import { databaseTimeLimit } from '../../../time-limits';

let server: LocalServer;
let folder: string;
let client: Client;
let database = 0;
const name = () => `migrate_${database}`;

beforeAll(async () => {
  server = await startServer();
}, databaseTimeLimit);
afterAll(() => server.close());

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'rempart-migrations-'));
  await cp(migrationsFolder, folder, { recursive: true });
  database++;
  client = await emptyDatabase(server, name());
});
afterEach(async () => {
  await client.end();
  await rm(folder, { recursive: true });
});

const nothing = { applied: [], ahead: [] };
const cluster = 'cluster-FIRST';
const key = { version: 1, key: Buffer.alloc(32, 1) };
const numbered = (number: number, name: string) => `${String(number).padStart(4, '0')}_${name}`;
const all = async () => (await readdir(folder)).sort();
const add = (file: string, sql: string) => writeFile(join(folder, file), sql);

/** Everything in the catalog that a migration of ours could have made. */
async function schemaOf(connection: Client): Promise<string> {
  const { rows } = await connection.query(
    `select concat_ws('|',
       (select string_agg(concat(relname, relkind, relacl, relforcerowsecurity), ',' order by relname)
          from pg_class where relnamespace in (select oid from pg_namespace where nspname like 'rempart%')),
       (select string_agg(concat(proname, md5(prosrc), proacl), ',' order by proname) from pg_proc
          where pronamespace in (select oid from pg_namespace where nspname like 'rempart%')),
       (select string_agg(concat(polname, polrelid::regclass), ',' order by polname, polrelid) from pg_policy)) as schema`,
  );
  return rows[0].schema;
}

test('an empty database gets every migration, and a second run changes nothing', async () => {
  const first = await migrate(client, folder);
  expect(first.applied[0]).toBe('0001_roles');
  const before = await schemaOf(client);
  expect(before).toContain('access_log');
  expect(await migrate(client, folder)).toEqual(nothing);
  expect(await schemaOf(client)).toBe(before);
});

test('a new migration is applied to a database that has the others', async () => {
  const { applied } = await migrate(client, folder);
  const next = `${String(applied.length + 1).padStart(4, '0')}_more`;
  await add(`${next}.sql`, 'create table rempart_migrations.more (a integer)');
  expect(await migrate(client, folder)).toEqual({ applied: [next], ahead: [] });
});

test('a failed migration names itself, the statement and the error, and leaves the schema as it was', async () => {
  const { applied } = await migrate(client, folder);
  const before = await schemaOf(client);
  const number = applied.length + 1;
  await add(`${String(number).padStart(4, '0')}_good.sql`, 'create table rempart_migrations.good (a integer);');
  await add(
    `${String(number + 1).padStart(4, '0')}_bad.sql`,
    "create table rempart_migrations.bad (a integer);\ninsert into rempart_migrations.bad values (1), ('; not a number');\nselect 2;",
  );
  const failure = migrate(client, folder);
  await expect(failure).rejects.toThrow(/invalid input syntax for type integer.*SQLSTATE 22P02/);
  await expect(failure).rejects.toThrow("insert into rempart_migrations.bad values (1), ('; not a number')");
  await expect(failure).rejects.not.toThrow('select 2');
  expect(await schemaOf(client)).toBe(before);
  expect((await client.query('select count(*)::int as n from rempart_migrations.applied')).rows[0].n).toBe(applied.length);
});

test('an applied migration that was changed, and one that is gone, are refused before anything runs', async () => {
  await migrate(client, folder);
  const file = join(folder, '0003_logs.sql');
  const text = await readFile(file, 'utf8');
  await writeFile(file, `${text}\n-- a harmless word`);
  await expect(migrate(client, folder)).rejects.toThrow(/migration 0003_logs: expected checksum/);
  await writeFile(file, text.replaceAll('\n', '\r\n'));
  expect(await migrate(client, folder)).toEqual(nothing);
  const last = (await all()).at(-1) ?? '';
  const other = `${last.slice(0, 4)}_other.sql`;
  await rename(join(folder, last), join(folder, other));
  await expect(migrate(client, folder)).rejects.toThrow(
    `migration ${last.replace('.sql', '')}: expected the file that was applied, got ${other.replace('.sql', '')}`,
  );
});

test('a rollback: the bundle before finds the database ahead, applies nothing, settles and succeeds', async () => {
  const before = (await all()).length;
  const [one, two] = [numbered(before + 1, 'one'), numbered(before + 2, 'two')];
  for (const name of [one, two]) await add(`${name}.sql`, `create table rempart_migrations.t${name} (a integer)`);
  await migrate(client, folder);
  const schema = await schemaOf(client);
  for (const name of [one, two]) await rm(join(folder, `${name}.sql`));
  const connection = await server.connect('rempart_admin', name());
  const run = await bringUpToDate(
    connection,
    folder,
    { environment: 'staging', cluster, contextKey: key },
    { remaining: () => 60_000, signal: new AbortController().signal },
  );
  expect(run).toEqual({ applied: [], ahead: [one, two] });
  expect(await schemaOf(client)).toBe(schema);
  // What is common must be what was applied, also then.
  const first = join(folder, '0001_roles.sql');
  await writeFile(first, `${await readFile(first, 'utf8')}\n-- a word`);
  await expect(migrate(client, folder)).rejects.toThrow(/migration 0001_roles: expected checksum/);
});

test('a gap in what was applied is not "ahead", and an empty bundle is refused', async () => {
  const last = numbered((await all()).length + 1, 'last');
  await add(`${last}.sql`, 'create table rempart_migrations.last (a integer)');
  await migrate(client, folder);
  await rm(join(folder, `${last}.sql`));
  await client.query("delete from rempart_migrations.applied where name = '0004_sites'");
  await expect(migrate(client, folder)).rejects.toThrow(/migration 0005_people: expected the file that was applied, got 0004_sites/);
  for (const file of await all()) await rm(join(folder, file));
  await expect(migrate(client, folder)).rejects.toThrow('migrations: expected files, got none');
});

test.each([
  ['one statement', 'select pg_sleep(60);'],
  ['many short ones', 'select pg_sleep(0.4);'.repeat(20)],
])('a migration that overruns its time by %s is ended by the server, and leaves nothing', async (_, sql) => {
  await migrate(client, folder);
  const before = await schemaOf(client);
  await add(`${numbered((await all()).length + 1, 'slow')}.sql`, `create table rempart_migrations.half (a integer); ${sql}`);
  const connection = await server.connect('rempart_admin', name());
  const began = Date.now();
  await expect(migrate(connection, folder, () => 1200)).rejects.toThrow(/(statement|transaction) timeout|terminated/);
  expect(Date.now() - began).toBeLessThan(6000);
  await connection.end().catch(() => undefined);
  expect(await schemaOf(client)).toBe(before);
  expect((await client.query("select to_regclass('rempart_migrations.half') as half")).rows[0].half).toBeNull();
});

test('without time nothing is begun', async () => {
  await expect(migrate(client, folder, () => 0)).rejects.toThrow(/expected a second or more to work in, got 0 ms/);
  expect((await client.query("select to_regclass('rempart_migrations.applied') as ledger")).rows[0].ledger).toBeNull();
});

/** Rows of a query, once it has some. */
async function eventually(text: string, values: readonly unknown[]): Promise<readonly { readonly pid?: number }[]> {
  for (const end = performance.now() + databaseTimeLimit / 2; performance.now() < end; await setTimeout(25)) {
    const { rows } = await client.query<{ readonly pid?: number }>(text, [...values]);
    if (rows.length > 0) return rows;
  }
  throw new Error(`expected rows within ${databaseTimeLimit / 2} ms, got none: ${text}`);
}

test(
  'when time is up the connection is cut: the migration does not commit afterwards, and holds no lock',
  async () => {
    const slow = `${numbered((await all()).length + 1, 'slow')}.sql`;
    await add(slow, 'create table rempart_migrations.half (a integer); select pg_sleep(3);');
    const deployment = { environment: 'staging', cluster, contextKey: key } as const;
    const connection = await server.connect('rempart_admin', name());
    const ending = new AbortController();
    const run = bringUpToDate(connection, folder, deployment, { remaining: () => 60_000, signal: ending.signal });
    const outcome = expect(run).rejects.toThrow(/Connection terminated|not queryable|closed/);
    const sleeping = `select pid from pg_stat_activity where datname = $1 and query like 'select pg_sleep%' and state = 'active'`;
    const [running] = await eventually(sleeping, [name()]);
    ending.abort(new Error('time is up'));
    await outcome;
    // The server notices at the end of the statement.
    await eventually('select where not exists (select from pg_stat_activity where pid = $1)', [running?.pid]);
    expect((await client.query("select to_regclass('rempart_migrations.half') as half")).rows[0].half).toBeNull();
    const late = await server.connect('rempart_admin', name());
    await expect(bringUpToDate(late, folder, deployment, { remaining: () => 60_000, signal: ending.signal })).rejects.toThrow('time is up');
    await rm(join(folder, slow));
    expect((await migrate(client, folder)).applied[0]).toBe('0001_roles');
  },
  databaseTimeLimit,
);

test('files are numbered without gaps', async () => {
  await rm(join(folder, '0002_site_context.sql'));
  await expect(migrate(client, folder)).rejects.toThrow(/expected 0002_<name>.sql as the next file, got 0003_logs.sql/);
});

test('two runs at once: one applies, the other waits and finds nothing to do', async () => {
  const files = (await all()).length;
  await add(`${numbered(files + 1, 'slow')}.sql`, 'select pg_sleep(0.5); create table rempart_migrations.once (a integer);');
  const second = await server.connect('rempart_admin', name());
  const runs = await Promise.all([migrate(client, folder), migrate(second, folder)]);
  expect(runs.map(({ applied }) => applied.length).sort((a, b) => a - b)).toEqual([0, files + 1]);
  await second.end();
});

test(
  'a run killed half-way leaves nothing, and the next run does it all',
  async () => {
    const files = (await all()).length;
    const slow = `${numbered(files + 1, 'slow')}.sql`;
    await add(slow, 'create table rempart_migrations.half (a integer); select pg_sleep(60);');
    const script = require.resolve('./killed-run.ts');
    const child = spawn(process.execPath, ['--import', 'tsx', script, String(server.port), name(), folder], { stdio: 'ignore' });
    const sleeping = `select from pg_stat_activity where datname = $1 and query like '%pg_sleep%' and state = 'active' and pid <> pg_backend_pid()`;
    await eventually(sleeping, [name()]);
    expect(child.kill('SIGKILL')).toBe(true);
    await add(slow, 'create table rempart_migrations.half (a integer);');
    // Waits for the lock of the dead run, which the server notices within a second.
    const { applied } = await migrate(client, folder);
    expect(applied).toHaveLength(files + 1);
  },
  databaseTimeLimit,
);

test('a deployment settles what it is for and its key; production stays production, and a version keeps its key', async () => {
  await migrate(client, folder);
  const contextKey = { version: 1, key: Buffer.alloc(32, 1) };
  await settle(client, { environment: 'staging', cluster, contextKey });
  await settle(client, { environment: 'staging', cluster, contextKey });
  await settle(client, { environment: 'production', cluster, contextKey: { version: 2, key: Buffer.alloc(64, 2) } });
  await expect(settle(client, { environment: 'development', cluster, contextKey })).rejects.toThrow(
    /expected production to stay production/,
  );
  await expect(
    settle(client, { environment: 'production', cluster, contextKey: { version: 1, key: Buffer.alloc(32, 3) } }),
  ).rejects.toThrow(/version 1 holds another key/);
  await expect(settle(client, { environment: 'production', cluster, contextKey: { version: 3, key: Buffer.alloc(16) } })).rejects.toThrow(
    /expected 32 to 64 bytes/,
  );
});

const versions = async () =>
  (
    (await client.query('set role rempart_owner; select version from rempart_private.context_keys order by 1; reset role')) as unknown as {
      rows: { version: number }[];
    }[]
  )[1]?.rows.map(({ version }) => version);

const tell = (version: number, fill = version, of = cluster) =>
  settle(client, { environment: 'staging', cluster: of, contextKey: { version, key: Buffer.alloc(32, fill) } });

test('a deployment leaves the version before its own, and a rotation under way keeps its new one', async () => {
  await migrate(client, folder);
  for (const version of [1, 2]) await tell(version);
  expect(await versions()).toEqual([1, 2]);
  await tell(5);
  expect(await versions()).toEqual([5]);
  await client.query('set role rempart_owner');
  await client.query('select rempart_private.install_context_key(6, $1)', [Buffer.alloc(32, 9)]);
  await client.query('reset role');
  await tell(5);
  expect(await versions()).toEqual([5, 6]);
});

test('a restored database forgets the keys of the one before, also one of the same version; the one before keeps its own', async () => {
  await migrate(client, folder);
  for (const version of [1, 2]) await tell(version);
  await expect(tell(2, 99)).rejects.toThrow(/version 2 holds another key/);
  // What another cluster says of itself: this is a copy of the first.
  await tell(2, 99, 'cluster-SECOND');
  expect(await versions()).toEqual([2]);
  await tell(2, 99, 'cluster-SECOND');
  await expect(tell(2, 98, 'cluster-SECOND')).rejects.toThrow(/version 2 holds another key/);
  // Production stays production, restored or not.
  const of = { cluster: 'cluster-SECOND', contextKey: { version: 2, key: Buffer.alloc(32, 99) } };
  await settle(client, { environment: 'production', ...of });
  await expect(settle(client, { environment: 'staging', ...of, cluster: 'cluster-THIRD' })).rejects.toThrow(
    /production to stay production/,
  );
});

test('a restored database makes the days of its window due for the lake again, once; another deployment does not', async () => {
  await migrate(client, folder);
  await tell(1);
  const store = `set role rempart_guard; update rempart.hit_days set state = 'stored'; reset role`;
  await client.query(`set role rempart_guard; insert into rempart.hit_days (site_id, day, state)
    values (1, '2026-01-01', 'stored'), (1, '2026-01-02', 'reading'), (2, '2026-01-01', 'changed'); reset role`);
  const states = async () =>
    (await client.query<{ state: string }>('select state from rempart.hit_days order by site_id, day')).rows.map(({ state }) => state);
  await tell(1);
  expect(await states()).toEqual(['stored', 'reading', 'changed']);
  await tell(1, 1, 'cluster-SECOND');
  expect(await states()).toEqual(['changed', 'changed', 'changed']);
  await client.query(store);
  await tell(1, 1, 'cluster-SECOND');
  expect(await states()).toEqual(['stored', 'stored', 'stored']);
});

test('a deployment creates the days of hits that are missing, as after a restore of an old snapshot', async () => {
  await migrate(client, folder);
  const deployment = { environment: 'staging', cluster, contextKey: key } as const;
  const wanted = Array.from({ length: 46 }, (_, index) => dayFrom(new Date(), index - 31).replaceAll('-', '_'));
  const days = async () =>
    (
      await client.query<{ day: string }>(
        `select substr(c.relname, 6) as day from pg_inherits i join pg_class c on c.oid = i.inhrelid
         where i.inhparent = 'rempart.hits'::regclass and c.relname ~ '^hits_[0-9]' order by 1`,
      )
    ).rows.map(({ day }) => day);
  for (const day of wanted.slice(3)) await client.query(`drop table rempart.hits_${day}`);
  expect(await days()).toEqual(wanted.slice(0, 3));
  await settle(client, deployment);
  expect(await days()).toEqual(wanted);
  await settle(client, deployment);
  expect(await days()).toEqual(wanted);
});

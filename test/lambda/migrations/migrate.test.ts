// Migrations on a real server: once, in order, all or nothing, whatever happens meanwhile.
import { spawn } from 'node:child_process';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import type { Client } from 'pg';
import { migrate } from '../../../lambda/migrations/migrate';
import { settle } from '../../../lambda/migrations/settle';
import { emptyDatabase, migrationsFolder } from '../../../tools/local-database/rempart';
import { type LocalServer, startServer } from '../../../tools/local-database/server';

let server: LocalServer;
let folder: string;
let client: Client;
let database = 0;
const name = () => `migrate_${database}`;

beforeAll(async () => {
  server = await startServer();
}, 60_000);
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
  expect(await migrate(client, folder)).toEqual({ applied: [] });
  expect(await schemaOf(client)).toBe(before);
});

test('a new migration is applied to a database that has the others', async () => {
  const { applied } = await migrate(client, folder);
  const next = `${String(applied.length + 1).padStart(4, '0')}_more`;
  await add(`${next}.sql`, 'create table rempart_migrations.more (a integer)');
  expect(await migrate(client, folder)).toEqual({ applied: [next] });
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
  expect(await migrate(client, folder)).toEqual({ applied: [] });
  await rm(join(folder, '0008_support.sql'));
  await expect(migrate(client, folder)).rejects.toThrow(/migration 0008_support: expected the file that was applied, got none/);
});

test('files are numbered without gaps', async () => {
  await rm(join(folder, '0002_site_context.sql'));
  await expect(migrate(client, folder)).rejects.toThrow(/expected 0002_<name>.sql as the next file, got 0003_logs.sql/);
});

test('two runs at once: one applies, the other waits and finds nothing to do', async () => {
  await add('0009_slow.sql', 'select pg_sleep(0.5); create table rempart_migrations.once (a integer);');
  const second = await server.connect('rempart_admin', name());
  const runs = await Promise.all([migrate(client, folder), migrate(second, folder)]);
  expect(runs.map(({ applied }) => applied.length).sort()).toEqual([0, 9]);
  await second.end();
});

test('a run killed half-way leaves nothing, and the next run does it all', async () => {
  await add('0009_slow.sql', 'create table rempart_migrations.half (a integer); select pg_sleep(60);');
  const script = require.resolve('./killed-run.ts');
  const child = spawn(process.execPath, ['--import', 'tsx', script, String(server.port), name(), folder], { stdio: 'ignore' });
  const sleeping = `select from pg_stat_activity where datname = $1 and query like '%pg_sleep%' and state = 'active' and pid <> pg_backend_pid()`;
  for (let tries = 0; (await client.query(sleeping, [name()])).rows.length === 0; tries++) {
    if (tries > 200) throw new Error('the run did not reach its last migration');
    await setTimeout(50);
  }
  expect(child.kill('SIGKILL')).toBe(true);
  await add('0009_slow.sql', 'create table rempart_migrations.half (a integer);');
  // Waits for the lock of the dead run, which the server notices within a second.
  const { applied } = await migrate(client, folder);
  expect(applied).toHaveLength(9);
}, 30_000);

test('a deployment settles what it is for and its key; production stays production, and a version keeps its key', async () => {
  await migrate(client, folder);
  const contextKey = { version: 1, key: Buffer.alloc(32, 1) };
  await settle(client, { environment: 'staging', contextKey });
  await settle(client, { environment: 'staging', contextKey });
  await settle(client, { environment: 'production', contextKey: { version: 2, key: Buffer.alloc(64, 2) } });
  await expect(settle(client, { environment: 'development', contextKey })).rejects.toThrow(/expected production to stay production/);
  await expect(settle(client, { environment: 'production', contextKey: { version: 1, key: Buffer.alloc(32, 3) } })).rejects.toThrow(
    /version 1 holds another key/,
  );
  await expect(settle(client, { environment: 'production', contextKey: { version: 3, key: Buffer.alloc(16) } })).rejects.toThrow(
    /expected 32 to 64 bytes/,
  );
});

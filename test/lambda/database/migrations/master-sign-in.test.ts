// The master user of Aurora signs in by password, again and again, whatever the migrations make (TOM-3.10).
import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { installedKeys } from '../../../../lambda/database/context-key-rotation/installed-keys';
import { migrate } from '../../../../lambda/database/migrations/migrate';
import { settle } from '../../../../lambda/database/migrations/settle';
import type { DirectConnection } from '../../../../runtime/database-connection';
import { masterUser, setTokenPasswords } from '../../../../tools/local-database/aurora';
import { emptyDatabase, migrationsFolder } from '../../../../tools/local-database/rempart';
import { type LocalServer, startServer } from '../../../../tools/local-database/server';

let server: LocalServer;
let superuser: DirectConnection;

beforeAll(async () => {
  server = await startServer();
  superuser = await server.connect('postgres', 'postgres');
}, 60_000);
afterAll(() => server.close());

/** A sign-in of its own for each piece of work, as each function has. */
async function asMaster<T>(work: (client: DirectConnection) => Promise<T>, database = 'rempart'): Promise<T> {
  const client = await server.connect(masterUser, database);
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

const key = (version: number) => ({ version, key: Buffer.alloc(32, version) });
const refused = /pg_hba.conf rejects connection/;

test('it is no superuser, and the server refuses a password from members of rds_iam', async () => {
  await (await emptyDatabase(server)).end();
  const { rows } = await superuser.query('select rolsuper, rolcreaterole, rolbypassrls from pg_roles where rolname = $1', [masterUser]);
  expect(rows).toEqual([{ rolsuper: false, rolcreaterole: true, rolbypassrls: false }]);
  await asMaster(async (client) => {
    await client.query('create role naive login');
    await client.query('grant rds_iam to naive');
  });
  await expect(asMaster(async () => undefined)).rejects.toThrow(refused);
  await superuser.query('drop role naive');
  await expect(asMaster(async () => 'in')).resolves.toBe('in');
});

test('every migration, then each later sign-in: migrations again, settle, rotation, restore, and the roles of functions', async () => {
  const { applied } = await asMaster((client) => migrate(client, migrationsFolder));
  expect(applied.length).toBeGreaterThan(10);
  expect(await asMaster((client) => migrate(client, migrationsFolder))).toEqual({ applied: [], ahead: [] });
  await asMaster((client) => settle(client, { environment: 'production', cluster: 'cluster-FIRST', contextKey: key(1) }));
  const keys = installedKeys(asMaster);
  await keys.install(key(2));
  await keys.retireBefore(2);
  // A snapshot brings the roles, their memberships and the ledger along; RDS gives the master user another password.
  await superuser.query(`create database restored template rempart owner ${masterUser}`);
  await asMaster(async (client) => {
    expect(await migrate(client, migrationsFolder)).toEqual({ applied: [], ahead: [] });
    await settle(client, { environment: 'production', cluster: 'cluster-RESTORED', contextKey: key(1) });
  }, 'restored');
  await setTokenPasswords(superuser);
  for (const role of ['rempart_application', 'rempart_maintenance']) await (await server.connect(role, 'rempart')).end();
});

test('a later migration that would lock the master user out is refused whole, with the way; one like the first is not', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'rempart-sign-in-'));
  await cp(migrationsFolder, folder, { recursive: true });
  const count = (await asMaster((client) => client.query('select count(*)::int as n from rempart_migrations.applied'))).rows[0].n;
  const next = `${String(count + 1).padStart(4, '0')}_reporter`;
  const add = (sql: string) => writeFile(join(folder, `${next}.sql`), sql);
  await add('create role reporter login noinherit; grant rds_iam to reporter;');
  const refusal = asMaster((client) => migrate(client, folder));
  await expect(refusal).rejects.toThrow(
    `migration ${next}: expected the migrating user outside rds_iam, got ${masterUser} in reporter in rds_iam`,
  );
  expect((await superuser.query("select from pg_roles where rolname = 'reporter'")).rows).toEqual([]);
  await add(`create role maker nologin noinherit createrole; grant maker to ${masterUser} with inherit false, set true;
    set local role maker; create role reporter login noinherit; reset role; drop role maker; grant rds_iam to reporter;`);
  expect((await asMaster((client) => migrate(client, folder))).applied).toEqual([next]);
  await expect(asMaster(async () => 'in')).resolves.toBe('in');
  await rm(folder, { recursive: true });
});

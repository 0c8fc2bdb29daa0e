// Values that ANALYZE sampled before migration 0013 are removed by it, although ANALYZE itself leaves them in place.
import { cp, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { migrate } from '../../lambda/database/migrations/migrate';
import { emptyDatabase, migrationsFolder } from '../../tools/local-database/rempart';
import { type LocalServer, startServer } from '../../tools/local-database/server';
import { databaseTimeLimit } from '../time-limits';

let server: LocalServer;
let folder: string;
beforeAll(async () => {
  server = await startServer();
  folder = await mkdtemp(join(tmpdir(), 'rempart-migrations-'));
}, databaseTimeLimit);
afterAll(async () => {
  await server.close();
  await rm(folder, { recursive: true });
});

const fill = `
  insert into rempart.sites (key, name) select 'site-' || n, 'Site' from generate_series(1, 50) n;
  insert into rempart.site_settings (site_id) select id from rempart.sites;
  insert into rempart.people (site_id, name, visitor) select n % 50 + 1, 'P' || n % 7, 'v' || n from generate_series(1, 2000) n;
  insert into rempart.person_rights (site_id, person_id, role) select site_id, id, 'reader' from rempart.people;
  insert into rempart.erasures (site_id, visitor, requested_by) values (1, 'v', 'x');
  insert into rempart.rejects (site_id, digest, reason, detail, record, record_length)
    select 1, sha256(n::text::bytea), 'x', 'y', 'z', 1 from generate_series(1, 300) n;
  insert into rempart.hits (site_id, received_at, id, occurred_at, kind, url, fields)
    select n % 50 + 1, now(), gen_random_uuid(), now(), 'page', 'u' || n % 9, '{"a":1}' from generate_series(1, 5000) n;
  analyze`;

test(
  'a database with rows and statistics is migrated, and keeps statistics of the columns that are allowed only',
  async () => {
    for (const file of await readdir(migrationsFolder)) if (file < '0013') await cp(join(migrationsFolder, file), join(folder, file));
    const admin = await emptyDatabase(server);
    await migrate(admin, folder);
    const superuser = await server.connect('postgres', 'rempart');
    await superuser.query('set session_replication_role = replica');
    await superuser.query(fill);
    const sampled = async () => {
      const { rows } = await superuser.query(
        `select distinct case when c.relname = 'sites' then 'sites.' else '' end || a.attname as name from pg_statistic s
       join pg_class c on c.oid = s.starelid join pg_attribute a on a.attrelid = c.oid and a.attnum = s.staattnum
       where c.relnamespace = 'rempart'::regnamespace order by 1`,
      );
      return rows.map(({ name }) => name);
    };
    const allowed = ['deleted_at', 'received_at', 'site_id', 'sites.deleted_at', 'sites.id'];
    expect(await sampled()).toEqual(expect.arrayContaining([...allowed, 'name', 'url', 'fields', 'record', 'origins', 'sites.key']));
    expect((await migrate(admin, migrationsFolder)).applied).toContain('0013_what_a_role_reads');
    expect(await sampled()).toEqual(allowed);
    await superuser.query('analyze');
    expect(await sampled()).toEqual(allowed);
  },
  databaseTimeLimit,
);

// A server with the real migrations, a number of sites and hits, and the two roles that are compared.
import type { DirectConnection } from '../../../runtime/database-connection';
import { localPassword } from '../../local-database/aurora';
import { type LocalDatabase, startDatabase } from '../../local-database/rempart';

export interface Bench extends LocalDatabase {
  readonly sites: number;
  /** Signed in as the application role. */
  readonly bound: DirectConnection;
  /** Signed in as a role with the same rights that bypasses row security. */
  readonly free: DirectConnection;
  /** The server's processes of these two connections, on Linux. */
  readonly processes?: readonly [number, number];
}

/** Settings similar to those of a small production server: durable, and with memory. */
const settings = [
  'fsync=on',
  'synchronous_commit=on',
  'full_page_writes=on',
  'shared_buffers=1GB',
  'max_wal_size=8GB',
  'checkpoint_timeout=30min',
  'autovacuum=off',
  'jit=off',
];

export interface BenchOptions {
  /** Whether policies check the proof itself, as before migration 0010. */
  readonly proof: boolean;
  /** Whether hits are partitioned by month, as before migration 0017. */
  readonly months: boolean;
  /** Days over which the hits are spread, 31 at most. */
  readonly days: number;
}

export async function openBench(sites: number, rows: number, { proof, months, days }: BenchOptions): Promise<Bench> {
  const db = await startDatabase('development', ...settings);
  try {
    if (months) await partitionByMonth(db.superuser);
    await fill(db.superuser, sites, rows, days);
    if (proof) await checkProofsInPolicies(db.superuser);
    await db.superuser.query(`create role bench_free login bypassrls password '${localPassword}' in role rempart_application`);
    await db.superuser.query('alter role bench_free inherit');
    // As a member of a role that signs in by token it would be refused; nothing is measured of that.
    await db.superuser.query('drop role rds_iam');
    const bound = await db.server.connect('rempart_application', 'rempart');
    const free = await db.server.connect('bench_free', 'rempart');
    if (process.platform !== 'linux') return { ...db, sites, bound, free };
    return { ...db, sites, bound, free, processes: [await processOf(bound), await processOf(free)] };
  } catch (error) {
    await db.close();
    throw error;
  }
}

/** Restores the earlier policies of the tables that the benchmark reads. */
async function checkProofsInPolicies(superuser: DirectConnection): Promise<void> {
  for (const table of ['people', 'person_rights', 'hits']) {
    const own = 'site_id = (select rempart.current_site()) and deleted_at is null';
    await superuser.query(`alter policy application on rempart.${table} using (${own})`);
  }
}

async function partitionByMonth(superuser: DirectConnection): Promise<void> {
  const { rows } = await superuser.query<{ name: string }>('select name from rempart.hit_partitions()');
  for (const { name } of rows) await superuser.query(`drop table rempart.${name}`);
  await superuser.query(
    `select rempart.create_hit_month((now() + make_interval(months => ahead))::date) from generate_series(-2, 3) as ahead`,
  );
}

const processOf = async (connection: DirectConnection): Promise<number> =>
  (await connection.query('select pg_backend_pid() as id')).rows[0].id;

/**
 * Inserts millions of rows in SQL, without triggers. Hits of all sites are mixed in time, as in their order of
 * arrival.
 */
async function fill(superuser: DirectConnection, sites: number, rows: number, days: number): Promise<void> {
  const perSite = Math.ceil(rows / sites);
  await superuser.query('set session_replication_role = replica');
  await superuser.query(`insert into rempart.sites (key, name) select 'site-' || n, 'Site ' || n from generate_series(1, $1::integer) n`, [
    sites,
  ]);
  await superuser.query('insert into rempart.site_settings (site_id) select id from rempart.sites');
  await superuser.query(
    `insert into rempart.people (site_id, id, name, email, visitor)
     select s, md5(s || '/' || n)::uuid, 'Person ' || n, 'p' || n || '@example.com', 'v' || n from generate_series(1, $1::integer) s, generate_series(1, 20) n`,
    [sites],
  );
  await superuser.query(`insert into rempart.person_rights (site_id, person_id, role) select site_id, id, 'reader' from rempart.people`);
  await superuser.query(
    `insert into rempart.hits (site_id, received_at, id, occurred_at, kind, url, referrer, visitor, address, user_agent, fields)
     select s, t, md5(s || '/' || n)::uuid, t, 'page', 'https://site-' || s || '.example/products/details?item=' || n % 1000,
       'https://search.example/', 'v' || n / 10, '198.51.100.0', 'Mozilla/5.0 (X11; Linux x86_64; rv:142.0) Gecko/20100101 Firefox/142.0',
       jsonb_build_object('language', 'fr', 'campaign', 'spring', 'amount', n % 200)
     from generate_series(1, $2::integer) n, generate_series(1, $1::integer) s,
       lateral (select date_trunc('second', now()) - n * (make_interval(days => $3) / $2) - s * interval '1 microsecond') as at (t)`,
    [sites, perSite, days],
  );
  await superuser.query('set session_replication_role = origin');
  await superuser.query('vacuum (analyze) rempart.hits');
  await superuser.query('vacuum (analyze) rempart.people');
  await superuser.query('vacuum (analyze) rempart.person_rights');
  await superuser.query('vacuum (analyze) rempart.sites');
  await superuser.query('checkpoint');
}

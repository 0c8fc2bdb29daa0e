// A database of the release before, with months of hits, is migrated without loss and without a long lock, and its
// months leave when the lake has them.
import type { Client } from 'pg';
import { migrate } from '../../lambda/database/migrations/migrate';
import { migrationsFolder } from '../../tools/local-database/rempart';
import { databaseTimeLimit } from '../time-limits';
import { type EarlierRelease, startEarlierRelease } from './earlier-release';

jest.setTimeout(databaseTimeLimit);

let release: EarlierRelease;
let admin: Client;
let superuser: Client;
beforeAll(async () => {
  release = await startEarlierRelease('0016');
  ({ admin, superuser } = release);
});
afterAll(() => release.close());

const column = async (text: string, ...values: unknown[]) =>
  (await superuser.query({ text, values, rowMode: 'array' })).rows.map(([value]) => value);
const partitions = () => column(`select name from rempart.hit_partitions() where attached`);
const monthFrom = (offset: number) => {
  const now = new Date();
  return `hits_${new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + offset, 1)).toISOString().slice(0, 7).replace('-', '_')}`;
};

test('months with hits stay with all their rows; months without give way to days, also when the former code runs again', async () => {
  await superuser.query('set session_replication_role = replica');
  await superuser.query(`insert into rempart.sites (key, name) select 'site-' || n, 'Site' from generate_series(1, 40) n`);
  await superuser.query(`select rempart.create_hit_month('2025-01-01')`);
  // This month, the last, and one of last year; each site has hits of its own days, at the edges too.
  await superuser.query(`
    insert into rempart.hits (site_id, received_at, id, occurred_at, kind)
    select n % 40 + 1, t, gen_random_uuid(), t, 'page'
    from generate_series(1, 20000) n, lateral (select case n % 3
      when 0 then now() - random() * (now() - date_trunc('month', now(), 'UTC'))
      when 1 then date_trunc('month', now(), 'UTC') - interval '1 microsecond' - n / 40 % 20 * interval '1 day'
      else timestamptz '2025-01-01 00:00+00' + n / 40 % 31 * interval '1 day' end as t) as at
    where t < now() and (t >= date_trunc('month', now(), 'UTC') - interval '1 month' or t < '2025-02-01')`);
  await superuser.query('reset session_replication_role');
  const digest = () => column(`select md5(string_agg(h::text, '|' order by h::text)) || count(*) from rempart.hits h`);
  const before = await digest();

  // A reader and a writer of all the time: how long each waits at most.
  let isRunning = true;
  let longest = 0;
  const reader = await release.server.connect('postgres', 'rempart');
  const reading = (async () => {
    while (isRunning) {
      const began = performance.now();
      await reader.query('select from rempart.hits where site_id = 7 limit 1');
      longest = Math.max(longest, performance.now() - began);
    }
  })();
  expect((await migrate(admin, migrationsFolder)).applied[0]).toBe('0017_hit_days');
  isRunning = false;
  await reading;
  process.stdout.write(`from months: a read waited for ${Math.round(longest)} ms at most\n`);
  expect(longest).toBeLessThan(10_000);

  expect(await digest()).toEqual(before);
  const kept = ['hits_2025_01', monthFrom(-1), monthFrom(0)];
  const names = await partitions();
  expect(names.filter((name) => /^hits_\d{4}_\d\d$/.test(name))).toEqual(kept);
  // Days only where no month is.
  expect(names.filter((name) => kept.some((month) => name.startsWith(`${month}_`)))).toEqual([]);
  expect(
    await column('select count(*)::int from pg_class where relrowsecurity and relforcerowsecurity and relname = any ($1)', names),
  ).toEqual([names.length]);
  // As the release before does, in its settings and its upkeep.
  await superuser.query(
    `select rempart.create_hit_month((now() + make_interval(months => ahead))::date) from generate_series(-1, 3) as ahead`,
  );
  expect(await digest()).toEqual(before);
});

test('days of former months are listed by their index, exactly, and a month that is not listed stays', async () => {
  const wanted = await column(
    `select distinct site_id || ' ' || (received_at at time zone 'UTC')::date from rempart.hits where received_at < date_trunc('month', now(), 'UTC') order by 1`,
  );
  expect(wanted.length).toBe(40 * (20 + 31));
  await expect(superuser.query(`select rempart.detach_hit_partition('hits_2025_01')`)).rejects.toThrow(
    /expected a partition whose days are listed/,
  );
  expect(await column(`select name from rempart.hit_partitions() where not listed`)).toEqual(['hits_2025_01', monthFrom(-1), monthFrom(0)]);
  for (const name of ['hits_2025_01', monthFrom(-1)]) await superuser.query('select rempart.list_hit_days($1)', [name]);
  expect(await column(`select site_id || ' ' || day from rempart.hit_days order by 1`)).toEqual(wanted);
  expect(await column(`select rempart.list_hit_days('hits_2025_01')::int`)).toEqual([0]);
  expect(await column(`select name from rempart.hit_partitions() where not listed`)).toEqual([monthFrom(0)]);
  await expect(superuser.query(`select rempart.list_hit_days('people')`)).rejects.toThrow(/expected a partition of the window/);
  await expect(superuser.query(`select rempart.detach_hit_partition('hits_2025_01')`)).rejects.toThrow(
    /expected each site-day of hits_2025_01 in the lake/,
  );
  // Its months are over.
  expect(await column(`select rempart.detach_hit_partition('hits_2025_01', '2025-02-01')`)).toEqual(['hits_2025_01']);
  expect(await column(`select count(*)::int from rempart.hit_days where day < '2025-02-01'`)).toEqual([0]);
});

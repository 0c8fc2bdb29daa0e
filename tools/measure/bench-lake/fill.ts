// A database with millions of hits of thousands of sites, by size as real sites are: the share of a site is that of
// 1 / its rank, and its id is its rank.
import type { DirectConnection } from '../../../runtime/database-connection';
import { dayFrom } from '../../../runtime/hit-days';

export interface Filling {
  readonly hits: number;
  readonly sites: number;
  readonly now: Date;
}

/** Days of hits, as many as a new database has partitions of the past. */
export const filledDays = 31;

/** Whole days after which a day counts as stored in the lake, as in a deployment. */
const afterDays = 10;

/** Fills each day in the order of arrival, without triggers; then the days, files and counts of the catalogue. */
export async function fillHits(superuser: DirectConnection, { hits, sites, now }: Filling, progress: (line: string) => void) {
  await superuser.query('set session_replication_role = replica');
  await superuser.query(`set timezone = 'UTC'; select setseed(0.22)`);
  await superuser.query(`insert into rempart.sites (key, name) select 'site-' || n, 'Site ' || n from generate_series(1, $1::integer) n`, [
    sites,
  ]);
  await superuser.query('insert into rempart.site_settings (site_id) select id from rempart.sites');
  const perDay = Math.ceil(hits / filledDays);
  for (let ago = filledDays; ago >= 1; ago--) {
    const day = dayFrom(now, -ago);
    await fillDay(superuser, { day, next: dayFrom(now, 1 - ago), hits: perDay, sites });
    await superuser.query(visitorsText, [day]);
    await superuser.query('insert into rempart.hit_days (site_id, day, state) select distinct site_id, $1::date, $2 from filled', [
      day,
      ago > afterDays ? 'stored' : 'changed',
    ]);
    await superuser.query(filesText, [day]);
    await superuser.query(countsText, [day]);
    await superuser.query('drop table filled');
    progress(`${day}: ${perDay.toLocaleString('en')} hits`);
  }
  await superuser.query('set session_replication_role = origin');
  for (const table of ['hit_days', 'hit_counts', 'lake_files', 'sites']) await superuser.query(`vacuum (analyze) rempart.${table}`);
  await superuser.query('checkpoint');
}

interface Day {
  readonly day: string;
  readonly next: string;
  readonly hits: number;
  readonly sites: number;
}

/**
 * Replaces the partition of a day by one that is filled before it has indexes, in one transaction: nothing of it is in
 * the log of the server (wal_level=minimal, "Populating a Database"), and an index is sorted once.
 */
async function fillDay(superuser: DirectConnection, { day, next, hits, sites }: Day): Promise<void> {
  const name = `rempart.hits_${day.replaceAll('-', '_')}`;
  await superuser.query('begin');
  await superuser.query(`drop table ${name}`);
  await superuser.query(`create table ${name} (like rempart.hits including defaults including constraints)`);
  await superuser.query(hitsText(name), [day, hits, sites]);
  await superuser.query(`alter table ${name} add primary key (site_id, received_at, id)`);
  await superuser.query(`create index on ${name} (site_id, visitor)`);
  await superuser.query(`alter table rempart.hits attach partition ${name} for values from ('${day}') to ('${next}')`);
  await superuser.query('commit');
  await superuser.query(`vacuum (analyze) ${name}`);
}

/** A visitor of a site has some four hits a day, and has hits on most days. Ids are random, as those of collectors. */
const hitsText = (table: string) => `
  insert into ${table} (site_id, received_at, id, occurred_at, kind, url, referrer, visitor, address, user_agent, fields)
  select s, t, gen_random_uuid(), t - interval '1 second', (array['page', 'page', 'page', 'page', 'click', 'click', 'search', 'purchase'])[1 + n % 8],
    'https://site-' || s || '.example' || (array['/', '/products', '/products/details', '/search', '/basket', '/checkout', '/help'])[1 + n % 7]
      || '?item=' || n % 1000,
    case n % 5 when 0 then 'https://search.example/' when 1 then 'https://news.example/front' end,
    md5(s || '/' || floor(random() * greatest(20, $2 / (4 * s * ln($3 + 1)))))::uuid::text, '198.51.100.0',
    (array['Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36',
      'Mozilla/5.0 (X11; Linux x86_64; rv:142.0) Gecko/20100101 Firefox/142.0'])[1 + n % 2],
    jsonb_build_object('language', 'fr', 'campaign', 'spring', 'amount', n % 20000 / 100.0)
  from generate_series(0, $2::integer - 1) n,
    lateral (select floor(exp(random() * ln($3::integer + 1)))::integer, $1::date + n * (interval '23 hours 59 minutes' / $2)) as at (s, t)`;

/** Hits of a day by site, kind and visitor. */
const visitorsText = `
  create temporary table filled as
  select site_id, kind, visitor, count(*) as hits, min(received_at) as a, max(received_at) as b from rempart.hits
  where received_at >= $1::date and received_at < $1::date + 1 group by 1, 2, 3`;

/** Entries without an object: the measured sites are exported afterwards. Numbers of rows are those of the window. */
const filesText = `
  insert into rempart.lake_files (site_id, day, object_key, rows, bytes, sha256, first_received, last_received)
  select site_id, day, 'lake/site=' || site_id || '/day=' || day || '/' || left(encode(digest, 'hex'), 16) || '.parquet', rows, 60 * rows, digest, a, b
  from (
    select site_id, $1::date as day, sum(hits) as rows, sha256(convert_to(site_id || '/' || $1, 'UTF8')) as digest, min(a) as a, max(b) as b
    from filled group by 1) as f`;

const countsText = `
  insert into rempart.hit_counts (site_id, day, kind, hits, visitors, returning_visitors)
  select site_id, $1::date, kind, sum(hits), count(*), 0 from filled group by 1, 3`;

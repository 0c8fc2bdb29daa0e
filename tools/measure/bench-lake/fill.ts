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

/** Fills each day in the order of arrival, without triggers; then its catalogue of days, files and counts. */
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
    await superuser.query(hitsText, [day, perDay, sites]);
    await superuser.query(`vacuum (analyze) rempart.hits_${day.replaceAll('-', '_')}`);
    await superuser.query(
      `insert into rempart.hit_days (site_id, day, state)
       select distinct site_id, $1::date, $2 from rempart.hits where received_at >= $1::date and received_at < $1::date + 1`,
      [day, ago > afterDays ? 'stored' : 'changed'],
    );
    await superuser.query(filesText, [day]);
    await superuser.query(countsText, [day]);
    progress(`${day}: ${perDay.toLocaleString('en')} hits`);
  }
  await superuser.query('set session_replication_role = origin');
  for (const table of ['hit_days', 'hit_counts', 'lake_files', 'sites']) await superuser.query(`vacuum (analyze) rempart.${table}`);
  await superuser.query('checkpoint');
}

/** A visitor of a site has some four hits a day, and has hits on most days. Ids are random, as those of collectors. */
const hitsText = `
  insert into rempart.hits (site_id, received_at, id, occurred_at, kind, url, referrer, visitor, address, user_agent, fields)
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

/** Entries without an object, except for the sites that are exported afterwards; row numbers are those of the window. */
const filesText = `
  insert into rempart.lake_files (site_id, day, object_key, rows, bytes, sha256, first_received, last_received)
  select site_id, day, 'lake/site=' || site_id || '/day=' || day || '/' || left(encode(digest, 'hex'), 16) || '.parquet', rows, 60 * rows, digest, a, b
  from (
    select site_id, $1::date as day, count(*) as rows, sha256(convert_to(site_id || '/' || $1, 'UTF8')) as digest,
      min(received_at) as a, max(received_at) as b
    from rempart.hits where received_at >= $1::date and received_at < $1::date + 1 group by 1) as f`;

const countsText = `
  insert into rempart.hit_counts (site_id, day, kind, hits, visitors, returning_visitors)
  select site_id, $1::date, kind, sum(hits), count(*), 0
  from (
    select site_id, kind, visitor, count(*) as hits from rempart.hits where received_at >= $1::date and received_at < $1::date + 1 group by 1, 2, 3) as v
  group by 1, 3`;

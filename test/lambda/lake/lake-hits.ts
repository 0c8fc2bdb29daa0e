// Hits of past days for tests of the lake: stored as the ingest stores them, with values of every kind.
import type { SiteId } from '../../../runtime/site';
import { type LocalDatabase, tester } from '../../../tools/local-database/rempart';

/**
 * Adds hits of one day, spread over it, with so many visitors. The values follow from the number of the hit: texts
 * that JSON escapes, numbers beyond those of JavaScript, and columns without a value.
 */
export async function addHits(db: LocalDatabase, site: SiteId, day: string, count: number, visitors = 7): Promise<void> {
  await db.application.withSite(site, tester, (session) =>
    session.query(
      `insert into rempart.hits (site_id, received_at, id, occurred_at, kind, url, referrer, visitor, address, user_agent, fields, key_version,
         client_time, visitor_returned, repairs)
       select $1, $2::timestamptz + n * (interval '23 hours' / $3) + interval '0.000123 s', gen_random_uuid(), $2::timestamptz - n * interval '1 s', 
         case n % 3 when 0 then 'page' when 1 then 'click' else 'error' end, 'https://example.com/' || n, nullif('"\\/' || chr(9) || '€' || n % 2, '"\\/' || chr(9) || '€0'),
         case when n % $4 > 0 then 'v-' || n % $4 end, '192.0.2.0', case when n % 5 > 0 then 'Browser ' || n % 5 end,
         case when n % 4 > 0 then jsonb_build_object('n', 1524831183200260097 + n, 'f', 1.10, 't', 'a\nb' || n) end, 1 + n % 2,
         case when n % 9 = 0 then 'yesterday' end, case n % 3 when 0 then true when 1 then false end,
         case when n % 6 = 0 then array['url:cut', 'kind:text'] end
       from generate_series(0, $3 - 1) as n`,
      [site, `${day}T00:00:00Z`, count, visitors],
    ),
  );
}

/** The rows of a site as the window has them, live ones in the order of their arrival. */
export async function windowRows(db: LocalDatabase, site: SiteId, where = 'true'): Promise<readonly string[]> {
  const { rows } = await db.superuser.query<{ row: string }>(
    `select to_jsonb(h)::text as row from rempart.hits h where site_id = $1 and deleted_at is null and ${where} order by received_at, id`,
    [site],
  );
  return rows.map(({ row }) => row);
}

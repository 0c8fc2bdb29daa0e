// The catalogue of the lake: a day is recorded with exactly the rows of the window, again after each change, and for
// one site at a time (TOM-4.1, 4.10).
import { randomUUID } from 'node:crypto';
import type { SiteId } from '../../runtime/site';
import { type LocalDatabase, startDatabase, tester } from '../../tools/local-database/rempart';
import { databaseTimeLimit } from '../time-limits';
import {
  addHit,
  all,
  answerOf,
  asUpkeep,
  daysAgo,
  exportDay,
  fileOf,
  plan,
  type Row,
  readDay,
  readRows,
  record,
  untilLocked,
} from './lake-days';

jest.setTimeout(databaseTimeLimit);

let db: LocalDatabase;
let site: SiteId;
let other: SiteId;
const day = daysAgo(12);
const dayAfter = daysAgo(11);
beforeAll(async () => {
  db = await startDatabase();
});
afterAll(() => db.close());
beforeEach(async () => {
  site = await db.createSite(`s-${randomUUID().slice(0, 8)}`);
  other = await db.createSite(`o-${randomUUID().slice(0, 8)}`);
});

const filesOf = (of: SiteId) => all(db, 'select object_key, rows::int from rempart.lake_files where site_id = $1 order by 1', [of]);
const deletionsOf = async (of: SiteId) =>
  (await all(db, 'select object_key from rempart.lake_deletions where site_id = $1 order by 1', [of])).map(({ object_key }) => object_key);
const due = async (of = site) =>
  (await asUpkeep(db, of, `select to_char(d, 'YYYY-MM-DD') as day from rempart.lake_days_due($1) as d`, [daysAgo(10)])).map(
    (row) => row.day,
  );
const dueSites = () => db.maintenance.upkeep('sitesWithLakeDaysDue', daysAgo(10));

test('a day is due until it is recorded, and again after each change of its hits', async () => {
  const id = await addHit(db, site, day);
  await addHit(db, site, dayAfter);
  await addHit(db, site, daysAgo(2));
  expect(await due()).toEqual([day, dayAfter]);
  expect(await dueSites()).toContain(site);
  expect(await dueSites()).not.toContain(other);
  for (const one of [day, dayAfter]) await exportDay(db, site, one);
  expect(await due()).toEqual([]);
  expect(await dueSites()).not.toContain(site);

  const changes: (() => Promise<unknown>)[] = [
    () => addHit(db, site, day),
    () => valueOfApplication(`select rempart.mark_deleted('hits', $1)`, id),
    () => valueOfApplication(`select rempart.restore_deleted('hits', $1)`, id),
    () => addHit(db, site, day, { visitor: 'v-gone' }),
    () => valueOfApplication(`select rempart.erase_person(null, $1)`, 'v-gone'),
  ];
  for (const change of changes) {
    await change();
    expect(await due()).toEqual([day]);
    await exportDay(db, site, day);
    expect(await due()).toEqual([]);
  }
  const held = await all(db, `select count(*)::int as n from rempart.lasting_hits where site_id = $1 and received_at < $2`, [
    site,
    dayAfter,
  ]);
  expect(await filesOf(site)).toContainEqual({ object_key: expect.stringContaining(`day=${day}`), rows: held[0]?.n });
});

const valueOfApplication = (text: string, value: string) =>
  db.application.withSite(site, tester, (session) => session.query(text, [value]));

test('the pages of a day have each of its live rows once, in the order of their arrival', async () => {
  for (let n = 0; n < 40; n++) await addHit(db, site, day, { visitor: n % 3 === 0 ? undefined : `v-${n % 7}`, second: 40_000 - (n % 13) });
  await addHit(db, site, day, { second: 0 });
  await addHit(db, other, day, { visitor: 'v-1' });
  await addHit(db, site, dayAfter, { visitor: 'v-1', second: 0 });
  const rows: Row[] = [];
  for (let page = await readRows(db, site, day, undefined, 7); page.length > 0; page = await readRows(db, site, day, rows.at(-1), 7))
    rows.push(...page);
  expect(rows).toHaveLength(41);
  expect(new Set(rows.map(({ id }) => id)).size).toBe(41);
  const position = ({ received, id }: { readonly received: string; readonly id: string }) => `${received.padStart(20, '0')} ${id}`;
  expect(rows.map(position)).toEqual(rows.map(position).toSorted());
});

test('a day is recorded with other rows than the window has, or after a change, by nobody', async () => {
  await addHit(db, site, day);
  await addHit(db, site, day);
  const rows = await readDay(db, site, day);
  const [one] = [fileOf(site, day, rows.slice(1))];
  await plan(db, site, one.key);
  await expect(record(db, site, day, [one])).rejects.toThrow(/expected the rows that the window has/);
  await expect(record(db, site, day, [])).rejects.toThrow(/expected the rows that the window has/);
  expect(await filesOf(site)).toEqual([]);

  const both = fileOf(site, day, rows);
  await plan(db, site, both.key);
  await addHit(db, site, day);
  await expect(record(db, site, day, [both])).rejects.toThrow(/without a change since begin_lake_day, got a change since; export it again/);
  // One comes and one goes: the number is the same, and the rows are not.
  const three = await readDay(db, site, day);
  const file = fileOf(site, day, three);
  await plan(db, site, file.key);
  await addHit(db, site, day);
  await valueOfApplication(`select rempart.mark_deleted('hits', $1)`, String(three[0]?.id));
  await expect(record(db, site, day, [file])).rejects.toThrow(/got a change since/);
  await expect(record(db, site, daysAgo(20), [])).rejects.toThrow(/got no day of the window/);
  await exportDay(db, site, day);
  await expect(record(db, site, day, [file])).rejects.toThrow(/got a day that is stored/);
});

test('a late hit that is not committed yet is waited for, and counts', async () => {
  await addHit(db, site, day);
  const rows = await readDay(db, site, day);
  const file = fileOf(site, day, rows);
  await plan(db, site, file.key);
  let recorded: Promise<unknown> = Promise.resolve();
  await db.application.withSite(site, tester, async (session) => {
    await session.query(
      `insert into rempart.hits (site_id, received_at, id, occurred_at, kind) values ($1, $2, gen_random_uuid(), $2, 'late')`,
      [site, new Date(Date.parse(day) + 1000)],
    );
    recorded = expect(record(db, site, day, [file])).rejects.toThrow(/got a change since/);
    await untilLocked(db, 'record_lake_day');
    expect(await filesOf(site)).toEqual([]);
  });
  await recorded;
});

test('a day that changes and is read again, while it is counted, is refused to the first reader', async () => {
  await addHit(db, site, day);
  const file = fileOf(site, day, await readDay(db, site, day));
  await plan(db, site, file.key);
  // The count waits here for the table, without a lock of the day.
  await db.superuser.query('begin');
  await db.superuser.query('lock table rempart.hit_counts in access exclusive mode');
  const refused = expect(record(db, site, day, [file])).rejects.toThrow(/got another export of it/);
  await untilLocked(db, 'record_lake_day');
  await addHit(db, site, day);
  expect(await readDay(db, site, day)).toHaveLength(2);
  await db.superuser.query('commit');
  await refused;
  expect(await filesOf(site)).toEqual([]);
});

test('a day of the last three is not exported: its hits come without a lock', async () => {
  await addHit(db, site, daysAgo(3));
  await expect(answerOf(db, site, 'select * from rempart.begin_lake_day($1)', [daysAgo(3)])).rejects.toThrow(
    /expected a day that is over for three days/,
  );
  await addHit(db, site, daysAgo(4));
  expect(await readDay(db, site, daysAgo(4))).toHaveLength(1);
});

test('a day without a live row leaves the lake', async () => {
  const id = await addHit(db, site, day);
  const [file] = await exportDay(db, site, day);
  await valueOfApplication(`select rempart.mark_deleted('hits', $1)`, id);
  expect(await exportDay(db, site, day)).toEqual([]);
  expect(await filesOf(site)).toEqual([]);
  expect(await deletionsOf(site)).toEqual([file?.key]);
  expect(await all(db, 'select from rempart.hit_counts where site_id = $1', [site])).toEqual([]);
});

test('a key names its site, its day and its content', async () => {
  await addHit(db, site, day);
  const file = fileOf(site, day, await readDay(db, site, day));
  const elsewhere = file.key.replace(`site=${site}`, `site=${other}`);
  for (const key of [elsewhere, `lake/site=${site}0/x`, 'x', `exports/site=${site}/`])
    await expect(plan(db, site, key)).rejects.toThrow(/expected a key below lake\/site=/);
  for (const key of [
    file.key.replace(day, dayAfter),
    `${file.key}x`,
    file.key.replace(/[^/]+$/, '0000000000000000.parquet'),
    `lake/site=${site}/../site=${other}/x`,
  ]) {
    await plan(db, site, key);
    await expect(record(db, site, day, [{ ...file, key }])).rejects.toThrow(/violates check constraint/);
  }
  await plan(db, site, file.key);
  await expect(record(db, site, day, [{ ...file, lastReceived: String(Date.parse(dayAfter) * 1000) }])).rejects.toThrow(/check constraint/);
  await record(db, site, day, [file]);
  const [stored] = await all(
    db,
    `select (extract(epoch from first_received) * 1000000)::bigint::text as first from rempart.lake_files where site_id = $1`,
    [site],
  );
  expect(stored?.first).toBe(file.firstReceived);
});

test('microseconds of a file are exact', async () => {
  await db.application.withSite(site, tester, (session) =>
    session.query(
      `insert into rempart.hits (site_id, received_at, id, occurred_at, kind) values ($1, $2::timestamptz, gen_random_uuid(), now(), 'x')`,
      [site, `${day}T23:59:59.999999Z`],
    ),
  );
  await exportDay(db, site, day);
  const [stored] = await all(
    db,
    `select to_char(last_received at time zone 'UTC', 'HH24:MI:SS.US') as last from rempart.lake_files where site_id = $1`,
    [site],
  );
  expect(stored).toEqual({ last: '23:59:59.999999' });
});

test('days of a deleted site are exported too, by the work on the lake alone', async () => {
  await addHit(db, site, day);
  await db.superuser.query('update rempart.sites set deleted_at = now() where id = $1', [site]);
  expect(await dueSites()).toContain(site);
  await exportDay(db, site, day);
  expect(await filesOf(site)).toHaveLength(1);
  for (const doing of ['erase from lake', 'expire lake days', 'delete lake objects']) await asUpkeep(db, site, 'select 1', [], doing);
  await expect(asUpkeep(db, site, 'select 1', [], 'read the lake')).rejects.toThrow(/expected a live site/);
  await expect(db.application.withSite(site, { ...tester, doing: 'export to lake' }, async () => 1)).rejects.toThrow(
    /expected a live site/,
  );
});

test('expired days leave the catalogue with their counts, of this site alone, and no younger ones', async () => {
  const old = '2024-01-31';
  await db.superuser.query('set session_replication_role = replica');
  for (const each of [site, other]) {
    const { key, sha256 } = fileOf(each, old, [{ id: 'x', visitor: null, received_text: '', received: '1706659200000000' }]);
    await db.superuser.query(
      `insert into rempart.lake_files (site_id, day, object_key, rows, bytes, sha256, first_received, last_received)
       values ($1, $2, $3, 1, 1, decode($4, 'hex'), $5, $5)`,
      [each, old, key, sha256, `${old}T12:00:00Z`],
    );
    await db.superuser.query(`insert into rempart.hit_counts values ($1, $2, 'page', 1, 1, 0)`, [each, old]);
    await db.superuser.query(`insert into rempart.reject_counts values ($1, $2, 'not-json', 1)`, [each, old]);
    await db.superuser.query(`insert into rempart.lake_progress values ($1, $2::date, $2::date, gen_random_uuid(), '[]')`, [each, old]);
  }
  await db.superuser.query('reset session_replication_role');
  await addHit(db, site, dayAfter);
  const [kept] = await exportDay(db, site, dayAfter);
  const expire = (before: string) => answerOf(db, site, 'select rempart.expire_lake_days($1)', [before], 'expire lake days');
  expect(await db.maintenance.upkeep('sitesWithExpiredLakeDays', '2024-01-31')).toEqual([]);
  expect(await db.maintenance.upkeep('sitesWithExpiredLakeDays', '2024-02-01')).toEqual([site, other]);
  await expect(expire(daysAgo(0))).rejects.toThrow(/expected days of months that are over for two months/);
  expect(await expire('2024-01-31')).toBe('0');
  expect(await expire('2024-02-01')).toBe('1');
  expect(await expire('2024-02-01')).toBe('0');
  expect(await filesOf(site)).toEqual([{ object_key: kept?.key, rows: 1 }]);
  expect(await filesOf(other)).toHaveLength(1);
  expect(await deletionsOf(site)).toHaveLength(1);
  for (const table of ['hit_counts', 'reject_counts', 'lake_progress'])
    expect(await all(db, `select site_id from rempart.${table} where day = $1`, [old])).toEqual([{ site_id: other }]);
});

test('changes of the catalogue are logged, with their number', async () => {
  await addHit(db, site, day);
  await exportDay(db, site, day);
  const log = await all(
    db,
    `select table_name, operation, actor, after from rempart.modification_log
     where site_id = $1 and table_name in ('lake_files', 'hit_counts', 'hit_days', 'lake_deletions') order by id`,
    [site],
  );
  expect(log).toMatchObject([
    { table_name: 'hit_days', operation: 'insert', actor: 'tester', after: { rows: 1 } },
    { table_name: 'hit_days', operation: 'update' },
    { table_name: 'lake_deletions', operation: 'insert' },
    { table_name: 'hit_counts', operation: 'insert' },
    { table_name: 'lake_deletions', operation: 'remove' },
    { table_name: 'lake_files', operation: 'insert', after: { rows: 1 } },
    { table_name: 'hit_days', operation: 'update' },
  ]);
});

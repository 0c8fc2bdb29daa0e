// Who may call what of the lake, and for which site: every function allowed and denied, and SQL as the application
// (TOM-4.1).
import { randomUUID } from 'node:crypto';
import type { SiteId } from '../../runtime/site';
import { type LocalDatabase, startDatabase, tester } from '../../tools/local-database/rempart';
import { databaseTimeLimit } from '../time-limits';
import { addHit, all, answerOf, asUpkeep, daysAgo, exportDay } from './lake-days';

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

const functions = [
  `rempart.sites_with_lake_days_due('2030-01-01')`,
  `rempart.lake_days_due('2030-01-01')`,
  `rempart.longest_lake_wait('2030-01-01')`,
  `rempart.lake_file_to_restore('lake/site=1/x', array['y'])`,
  `rempart.begin_lake_day('2026-01-01')`,
  `rempart.hits_for_lake('2026-01-01', null, null, 1)`,
  `rempart.save_lake_progress('2026-01-01', '00000000-0000-0000-0000-000000000000', now(), '00000000-0000-0000-0000-000000000000', '[]', true)`,
  `rempart.is_lake_progress(1, 'x')`,
  `rempart.expect_claim(1, '2026-01-01', '00000000-0000-0000-0000-000000000000')`,
  `rempart.is_free_day('changed', now())`,
  `rempart.plan_lake_file('x')`,
  `rempart.record_lake_day('2026-01-01', '00000000-0000-0000-0000-000000000000', '[]')`,
  `rempart.add_lake_files(1, '2026-01-01', '[]', now(), '{}')`,
  'rempart.sites_with_lake_erasures()',
  `rempart.is_due(now(), now(), true)`,
  'rempart.lake_erasures()',
  'rempart.lake_erasures_to_read()',
  `rempart.lake_files_to_erase('{}')`,
  `rempart.pending_in_lake(1, '{}')`,
  'rempart.oldest_lake_erasure()',
  'rempart.oldest_window_erasure()',
  `rempart.record_lake_rewrite('{00000000-0000-0000-0000-000000000000}', 'x', null, '{0}')`,
  `rempart.finish_lake_erasure('00000000-0000-0000-0000-000000000000')`,
  `rempart.files_to_examine(1, '00000000-0000-0000-0000-000000000000', now())`,
  `rempart.lake_may_have(1, '00000000-0000-0000-0000-000000000000', now())`,
  `rempart.sites_with_expired_lake_days('2030-01-01')`,
  `rempart.expire_lake_days('2020-01-01')`,
  'rempart.sites_with_lake_deletions()',
  'rempart.lake_objects_to_delete()',
  `rempart.record_lake_deletions('{x}')`,
  `rempart.unproven_hit_days('2020-01-01', '2030-01-01')`,
  `rempart.unstored_hit_days('2020-01-01', '2030-01-01')`,
  `rempart.forget_hit_days('2020-01-01', '2030-01-01')`,
  `rempart.forget_hits('2020-01-01', '2030-01-01', 'x')`,
  `rempart.create_hit_day('2030-01-01')`,
  'rempart.hit_partitions()',
  `rempart.list_hit_days('hits_2020_01')`,
  `rempart.detach_hit_partition('hits_2020_01')`,
  `rempart.drop_hit_partition('hits_2020_01')`,
  `rempart.mark_lake_lacks('hits_2020_01')`,
  `rempart.unseen_hit_days('2020-01-01', '2030-01-01')`,
  `rempart.is_seen(now())`,
  `rempart.ask_lake_days('hits_2020_01')`,
  'rempart.sites_with_days_to_examine()',
  'rempart.days_to_examine()',
  `rempart.record_lake_look('2026-01-01', '{x}')`,
  'rempart.sites_to_reconcile()',
  `rempart.lake_state('2020-01-01', '2030-01-01')`,
  `rempart.window_days('2020-01-01', '2030-01-01')`,
  'rempart.site_since()',
  `rempart.lake_rows_at_risk('{1}', '{00000000-0000-0000-0000-000000000000}', '{x}')`,
  `rempart.make_lake_day_due('2026-01-01')`,
  `rempart.log_lake_object(1, 'x', null)`,
  `rempart.discard_lake_objects('2026-01-01', '{lake/site=1/day=2026-01-01/x}')`,
  `rempart.reconcile_lake_day('2026-01-01', '[]', '{}')`,
  `rempart.sites_with_erasures_since('2026-01-01')`,
  `rempart.erasures_since('2026-01-01')`,
  'rempart.site_of_context()',
] as const;

test.each(functions)('the application cannot call %s', async (call) => {
  await expect(db.application.withSite(site, tester, (session) => session.query(`select * from ${call}`))).rejects.toThrow(
    /permission denied for function/,
  );
});

test.each([
  `rempart.begin_lake_day('2026-01-01')`,
  `rempart.save_lake_progress('2026-01-01', '00000000-0000-0000-0000-000000000000', now(), '00000000-0000-0000-0000-000000000000', '[]', true)`,
  `rempart.plan_lake_file('lake/site=1/x')`,
  `rempart.record_lake_day('2026-01-01', '00000000-0000-0000-0000-000000000000', '[]')`,
  `rempart.record_lake_rewrite('{00000000-0000-0000-0000-000000000000}', 'x', null, '{0}')`,
  `rempart.finish_lake_erasure('00000000-0000-0000-0000-000000000000')`,
  `rempart.expire_lake_days('2020-01-01')`,
  `rempart.record_lake_look('2026-01-01', '{x}')`,
  `rempart.make_lake_day_due('2026-01-01')`,
  `rempart.discard_lake_objects('2026-01-01', '{lake/site=1/day=2026-01-01/x}')`,
  `rempart.reconcile_lake_day('2026-01-01', '[]', '{}')`,
])('upkeep itself changes nothing outside a site: %s', async (call) => {
  const client = await db.server.connect('rempart_maintenance', 'rempart');
  await expect(client.query(`select ${call}`)).rejects.toThrow(/site context: expected a proof, got none/);
  await client.end();
});

test('what upkeep reads of a site is nothing without its context, and nothing of another one in it', async () => {
  for (const each of [site, other]) {
    await addHit(db, each, day, { visitor: 'v-both' });
    await exportDay(db, each, day);
    await addHit(db, each, dayAfter, { visitor: 'v-both' });
  }
  const erasure = await db.application.withSite(other, tester, async (session) =>
    String((await session.query<{ id: string }>(`select rempart.erase_person(null, 'v-both') as id`)).rows[0]?.id),
  );
  await db.superuser.query(`insert into rempart.lake_deletions (site_id, object_key, since) values ($1, 'x', '2020-01-01')`, [other]);
  await db.superuser.query('update rempart.hit_days set asked_at = now() where day = $1', [day]);
  const reads = [
    `rempart.lake_days_due('2030-01-01')`,
    `rempart.hits_for_lake('${dayAfter}', null, null, 1)`,
    'rempart.lake_erasures()',
    'rempart.lake_erasures_to_read()',
    `rempart.lake_files_to_erase(array['${erasure}'::uuid])`,
    'rempart.lake_objects_to_delete()',
    'rempart.days_to_examine()',
    `rempart.lake_state('2020-01-01', '2030-01-01')`,
    `rempart.window_days('2020-01-01', '2030-01-01')`,
    `rempart.erasures_since('2020-01-01')`,
  ];
  const client = await db.server.connect('rempart_maintenance', 'rempart');
  for (const read of reads) expect([read, (await client.query(`select * from ${read}`)).rows]).toEqual([read, []]);
  await client.end();
  const counts = async (of: SiteId) => Promise.all(reads.map(async (read) => (await asUpkeep(db, of, `select * from ${read}`)).length));
  expect(await counts(site)).toEqual([1, 1, 0, 0, 0, 0, 1, 1, 2, 0]);
  expect(await counts(other)).toEqual([2, 0, 1, 1, 1, 1, 0, 1, 2, 1]);
  // Changes, too: each is of the site that was entered.
  expect(await answerOf(db, site, 'select rempart.finish_lake_erasure($1)', [erasure])).toBe(false);
  expect(await answerOf(db, site, 'select rempart.record_lake_deletions(array[$1])::int', ['x'])).toBe(0);
  const [theirs] = await filesOf(other);
  expect(
    await answerOf(db, site, `select rempart.record_lake_rewrite(array[$1::uuid], $2, null, '{1}')`, [erasure, String(theirs?.object_key)]),
  ).toBe(false);
  const key = String(theirs?.object_key);
  for (const call of [
    `select rempart.discard_lake_objects('${day}', array['${key}'])`,
    `select rempart.reconcile_lake_day('2020-01-01', '[]', array['${key}'])`,
  ])
    await expect(answerOf(db, site, call)).rejects.toThrow(/expected (?:objects of|1 files of)/);
  expect(await filesOf(other)).toEqual([theirs]);
});

test('SQL as the application finds no file, day or count of another site, and changes none of its own', async () => {
  await addHit(db, other, day, { visitor: 'v-secret', kind: 'secret' });
  await exportDay(db, other, day);
  await addHit(db, other, dayAfter, { kind: 'secret' });
  const run = (text: string) => db.application.withSite(site, tester, async (session) => (await session.query(text)).rows);
  const tables = ['lake_files', 'hit_days', 'hit_counts', 'reject_counts', 'lasting_hits'];
  const reads = [
    ...tables.flatMap((table) => [
      `select * from rempart.${table}`,
      `select * from rempart.${table} where site_id = ${other} or true`,
      `select * from rempart.${table} where set_config('rempart.site', '${other}', true) is null`,
    ]),
    `select * from rempart.daily_counts('2020-01-01', '2040-01-01')`,
    `select * from rempart.daily_counts('-infinity', 'infinity') where site_id = ${other}`,
    `select * from rempart.daily_rejects('2020-01-01', '2040-01-01')`,
  ];
  for (const text of reads) expect([text, await run(text)]).toEqual([text, []]);
  await expect(
    run(`select set_config('rempart.site', '${other}', true); select * from rempart.daily_counts('2020-01-01', '2040-01-01')`),
  ).rejects.toThrow();
  for (const table of ['lake_files', 'hit_days', 'hit_counts', 'reject_counts'])
    for (const text of [
      `insert into rempart.${table} (site_id, day) values (${site}, now())`,
      `update rempart.${table} set day = day`,
      `delete from rempart.${table}`,
    ])
      await expect(run(text)).rejects.toThrow(/permission denied/);
  for (const text of [
    'select * from rempart.lake_deletions',
    'select * from rempart_private.unlisted_partitions',
    `select * from rempart.hits_${day.replaceAll('-', '_')}`,
    `insert into rempart.lasting_hits (site_id, received_at, kind) values (${other}, now(), 'x')`,
  ])
    await expect(run(text)).rejects.toThrow(/permission denied/);
  // The other site itself reads them.
  const own = await db.application.withSite(other, tester, async (session) => (await session.query(reads.at(-3) ?? '')).rows);
  expect(own).toMatchObject([{ kind: 'secret' }, { kind: 'secret' }]);
});

// An erased person leaves the lake, file by file: counted, resumable, and finished only when no object has the rows
// (DSS-4.2, TOM-4.10).
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
  deleteObjects,
  eraseVisitor,
  exportDay,
  type File,
  fileOf,
  filesToErase,
  finishErasure,
  plan,
  type Row,
  readRows,
  recordRewrite,
} from './lake-days';

jest.setTimeout(databaseTimeLimit);

let db: LocalDatabase;
let site: SiteId;
const days = [daysAgo(13), daysAgo(12), daysAgo(11)] as const;
beforeAll(async () => {
  db = await startDatabase();
});
afterAll(() => db.close());
beforeEach(async () => {
  site = await db.createSite(`s-${randomUUID().slice(0, 8)}`);
});

const erase = (visitor: string) => eraseVisitor(db, site, visitor);
const erasureOf = async (id: string) => (await all(db, 'select * from rempart.erasures where id = $1', [id]))[0];
const filesFor = (id: string) => filesToErase(db, site, id);
const rewriteFor = (ids: readonly string[], key: string, file: File | null, removed: readonly number[]) =>
  recordRewrite(db, site, ids, key, file, removed);
const rewrite = (id: string, key: string, file: File | null, removed: number) => rewriteFor([id], key, file, [removed]);
const finish = (id: string) => finishErasure(db, site, id);
const pending = async () => (await asUpkeep(db, site, 'select id from rempart.lake_erasures()', [], 'erase from lake')).map(({ id }) => id);
const removeErased = async () => Number(await answerOf(db, site, 'select rempart.remove_erased()', [], 'remove erased'));
const makeDue = () => db.superuser.query(`update rempart.erasures set due_at = now() - interval '1 minute' where site_id = $1`, [site]);
/** The window loses the hits of a day, as by a drop. */
const leaveWindow = async (day: string) => {
  await db.superuser.query('set session_replication_role = replica');
  await db.superuser.query(
    "delete from rempart.hits where site_id = $1 and received_at >= $2 and received_at < $2::timestamptz + interval '1 day'",
    [site, `${day}T00:00Z`],
  );
  await db.superuser.query('delete from rempart.hit_days where site_id = $1 and day = $2', [site, day]);
  await db.superuser.query('reset session_replication_role');
};

/** Three days in the lake alone: two hits of Ada and one of Bob, one of Bob, one of Ada. Files and rows by day. */
async function threeDays(): Promise<{ file: File; rows: Row[] }[]> {
  const stored: { file: File; rows: Row[] }[] = [];
  for (const [index, day] of days.entries()) {
    for (const visitor of [['v-ada', 'v-ada', 'v-bob'], ['v-bob'], ['v-ada']][index] ?? []) await addHit(db, site, day, { visitor });
    const rows = await readRows(db, site, day);
    const [file] = await exportDay(db, site, day);
    if (file) stored.push({ file, rows });
    await leaveWindow(day);
  }
  return stored;
}
const withoutAda = (day: string, rows: readonly Row[]) =>
  fileOf(
    site,
    day,
    rows.filter(({ visitor }) => visitor !== 'v-ada'),
  );

test('each file is read once, rewritten or left, counted, and the former objects are deleted before the end', async () => {
  const [first, second, third] = await threeDays();
  if (!first || !second || !third) throw new Error('expected three files');
  const id = await erase('v-ada');
  expect(await db.maintenance.upkeep('sitesWithLakeErasures')).toContain(site);
  expect(await pending()).toEqual([id]);
  expect(await filesFor(id)).toEqual([first.file.key, second.file.key, third.file.key]);
  expect(await finish(id)).toBe(false);

  const kept = withoutAda(days[0], first.rows);
  await expect(rewrite(id, first.file.key, kept, 2)).rejects.toThrow(/announced within 45 minutes/);
  await plan(db, site, kept.key);
  await rewrite(id, first.file.key, kept, 2);
  expect(await filesFor(id)).toEqual([second.file.key, third.file.key]);
  expect((await erasureOf(id))?.counts).toMatchObject({ lake: 2 });
  // The writer failed here, and begins with what is left.
  await rewrite(id, second.file.key, null, 0);
  expect(await filesFor(id)).toEqual([third.file.key]);
  await rewrite(id, third.file.key, null, 1);
  expect(await filesFor(id)).toEqual([]);
  expect((await erasureOf(id))?.counts).toMatchObject({ lake: 3, hits: 0, people: 0 });
  expect(await all(db, 'select object_key, rows::int from rempart.lake_files where site_id = $1 order by day', [site])).toEqual([
    { object_key: kept.key, rows: 1 },
    { object_key: second.file.key, rows: 1 },
  ]);

  expect(await finish(id)).toBe(false);
  expect((await deleteObjects(db, site)).toSorted()).toEqual([first.file.key, third.file.key].toSorted());
  expect(await finish(id)).toBe(true);
  expect(await finish(id)).toBe(true);
  expect(await pending()).toEqual([]);
  expect(await db.maintenance.upkeep('sitesWithLakeErasures')).not.toContain(site);
  expect(await erasureOf(id)).toMatchObject({ lake_removed_at: expect.any(Date), removed_at: null, visitor: 'v-ada' });
  await makeDue();
  expect(await removeErased()).toBe(1);
  expect(await erasureOf(id)).toMatchObject({ removed_at: expect.any(Date), window_removed_at: expect.any(Date), visitor: 'removed' });
  expect(JSON.stringify(await all(db, 'select before, after from rempart.modification_log where site_id = $1', [site]))).not.toContain(
    'v-ada',
  );
});

test('an erasure that is due is not finished before its lake part, and the upkeep does not wait for it', async () => {
  const [first] = await threeDays();
  const id = await erase('v-ada');
  await addHit(db, site, daysAgo(1), { visitor: 'v-ada' });
  await makeDue();
  expect(await db.maintenance.upkeep('sitesWithDueErasures')).toContain(site);
  expect(await removeErased()).toBe(0);
  expect(await erasureOf(id)).toMatchObject({ window_removed_at: expect.any(Date), removed_at: null, visitor: 'v-ada' });
  expect(await all(db, `select from rempart.hits where site_id = $1`, [site])).toEqual([]);
  expect(await db.maintenance.upkeep('sitesWithDueErasures')).not.toContain(site);
  for (const key of await filesFor(id)) await rewrite(id, key, null, key === first?.file.key ? 3 : 0);
  await deleteObjects(db, site);
  expect(await finish(id)).toBe(true);
  expect(await db.maintenance.upkeep('sitesWithDueErasures')).toContain(site);
  expect(await removeErased()).toBe(1);
});

test('rows leave the window at once, late ones with the next day, and the record has the day on which the last copy is gone', async () => {
  await addHit(db, site, daysAgo(5), { visitor: 'v-ada' });
  const id = await erase('v-ada');
  const rows = async () => (await all(db, 'select from rempart.hits where site_id = $1', [site])).length;
  const gone = async () =>
    (await all(db, `select gone_on - (now() at time zone 'UTC')::date as days from rempart.erasures where id = $1`, [id]))[0];
  expect(await gone()).toEqual({ days: 31 });
  expect(await db.maintenance.upkeep('sitesWithDueErasures')).toContain(site);
  expect(await removeErased()).toBe(0);
  expect(await rows()).toBe(0);
  expect(await gone()).toEqual({ days: 31 });
  expect(await erasureOf(id)).toMatchObject({ window_removed_at: expect.any(Date), removed_at: null, visitor: 'v-ada' });
  expect(await db.maintenance.upkeep('sitesWithDueErasures')).not.toContain(site);

  await addHit(db, site, daysAgo(5), { visitor: 'v-ada' });
  const later = (days: number) =>
    db.superuser.query(
      `update rempart.erasures set window_removed_at = window_removed_at - $2 * interval '1 day', gone_on = gone_on - $2::integer where id = $1`,
      [id, days],
    );
  await later(5);
  expect(await db.maintenance.upkeep('sitesWithDueErasures')).toContain(site);
  await removeErased();
  expect(await rows()).toBe(0);
  // The backups of today have the late row.
  expect(await gone()).toEqual({ days: 30 });
  await later(1);
  await removeErased();
  expect(await gone()).toEqual({ days: 29 });
  await db.superuser.query('update rempart.erasures set gone_on = gone_on - 20 where id = $1', [id]);
  expect(await finish(id)).toBe(true);
  expect(await gone()).toEqual({ days: 16 });
});

test('without a file in the lake, or without a visitor, nothing is waited for', async () => {
  const id = await erase('v-ada');
  const person = await db.application.withSite(site, tester, async (session) => {
    const { rows } = await session.query<{ id: string }>(`insert into rempart.people (site_id, name) values ($1, 'Ada') returning id`, [
      site,
    ]);
    return String((await session.query<{ id: string }>('select rempart.erase_person($1, null) as id', [rows[0]?.id ?? ''])).rows[0]?.id);
  });
  expect(await pending()).toEqual([id]);
  await makeDue();
  expect(await removeErased()).toBe(2);
  expect((await erasureOf(person))?.removed_at).not.toBeNull();
});

test('two erasures of one file: the rewritten file is read for the second, and not again for the first', async () => {
  const [first] = await threeDays();
  const [ada, bob] = [await erase('v-ada'), await erase('v-bob')];
  if (!first) throw new Error('expected a file');
  const kept = withoutAda(days[0], first.rows);
  await plan(db, site, kept.key);
  await rewrite(ada, first.file.key, kept, 2);
  expect(await filesFor(ada)).not.toContain(kept.key);
  expect(await filesFor(bob)).toContain(kept.key);
  // It was replaced meanwhile: nothing is noted.
  expect(await rewrite(bob, first.file.key, null, 1)).toBe(false);
  expect((await erasureOf(bob))?.counts).not.toHaveProperty('lake');
  expect(await rewrite(bob, kept.key, null, 1)).toBe(true);
  expect(await filesFor(bob)).not.toContain(kept.key);
});

test('a file is listed once for all erasures that have not read it, and one record serves them', async () => {
  const [first] = await threeDays();
  if (!first) throw new Error('expected a file');
  const [ada, bob] = [await erase('v-ada'), await erase('v-bob')];
  const files = (atMost = 1000) =>
    asUpkeep(
      db,
      site,
      `select key, erasures from rempart.lake_files_to_erase($1::uuid[], '-infinity', '', $2)`,
      [`{${ada},${bob}}`, atMost],
      'erase from lake',
    );
  const listed = await files();
  expect(listed).toHaveLength(3);
  expect(listed.every(({ erasures }) => String(erasures) === `${ada},${bob}`)).toBe(true);
  await rewrite(ada, listed[1]?.key as string, null, 0);
  const pending = await files(2);
  expect(pending.map(({ erasures }) => String(erasures))).toEqual([`${ada},${bob}`, bob]);
  expect(await rewriteFor([ada, bob], first.file.key, null, [2, 1])).toBe(true);
  expect((await erasureOf(ada))?.counts).toMatchObject({ lake: 2 });
  expect((await erasureOf(bob))?.counts).toMatchObject({ lake: 1 });
  expect(await filesFor(ada)).not.toContain(first.file.key);
});

test('a file that was read from the window after the erasure is not read for it; one that may be older is', async () => {
  await addHit(db, site, days[0], { visitor: 'v-ada' });
  await addHit(db, site, days[0], { visitor: 'v-bob' });
  const id = await erase('v-ada');
  const [file] = await exportDay(db, site, days[0]);
  expect(file?.rows).toBe(1);
  // The export may have begun up to an hour before.
  expect(await filesFor(id)).toEqual([file?.key]);
  await db.superuser.query(`update rempart.erasures set requested_at = requested_at - interval '2 hours' where id = $1`, [id]);
  expect(await filesFor(id)).toEqual([]);
  expect(await finish(id)).toBe(true);
});

test('a hit of before the erasure that is stored after it never goes to the lake', async () => {
  const id = await erase('v-ada');
  await addHit(db, site, days[0], { visitor: 'v-ada' });
  await addHit(db, site, days[0], { visitor: 'v-bob' });
  const [file] = await exportDay(db, site, days[0]);
  expect(file?.rows).toBe(1);
  // What the visitor does later goes.
  await db.superuser.query(`update rempart.erasures set requested_at = $2 where id = $1`, [id, `${days[0]}T00:00Z`]);
  expect((await exportDayAgain())?.rows).toBe(2);
});
const exportDayAgain = async () => {
  await addHit(db, site, days[0]).then((hit) =>
    db.application.withSite(site, tester, (session) => session.query(`select rempart.mark_deleted('hits', $1)`, [hit])),
  );
  return (await exportDay(db, site, days[0]))[0];
};

test('a rewrite with other rows than the file has is refused', async () => {
  const [first] = await threeDays();
  if (!first) throw new Error('expected a file');
  const id = await erase('v-ada');
  const kept = withoutAda(days[0], first.rows);
  await plan(db, site, kept.key);
  for (const [file, removed] of [
    [kept, 1],
    [kept, 3],
    [kept, 0],
    [null, 2],
  ] as const)
    await expect(rewrite(id, first.file.key, file, removed)).rejects.toThrow(
      /expected the 3 rows of .* in the new file and among the removed/,
    );
  for (const removed of [[], [1, 1], [-1], [null as unknown as number]])
    await expect(rewriteFor([id], first.file.key, kept, removed)).rejects.toThrow(/expected rows of each erasure/);
  expect(await rewrite(randomUUID(), first.file.key, kept, 2)).toBe(false);
  expect(await filesFor(id)).toContain(first.file.key);
  expect((await erasureOf(id))?.counts).not.toHaveProperty('lake');
});

test('a day that the window still has is compared with it again after a rewrite', async () => {
  await addHit(db, site, days[0], { visitor: 'v-ada' });
  await addHit(db, site, days[0], { visitor: 'v-bob' });
  const rows = await readRows(db, site, days[0]);
  const [file] = await exportDay(db, site, days[0]);
  const id = await erase('v-ada');
  await exportDay(db, site, days[0]);
  const kept = withoutAda(days[0], rows);
  expect(await filesFor(id)).toEqual([kept.key]);
  expect(kept.key).not.toBe(file?.key);
  await rewrite(id, kept.key, null, 1);
  const due = await asUpkeep(db, site, `select to_char(d, 'YYYY-MM-DD') as day from rempart.lake_days_due($1) as d`, [daysAgo(10)]);
  expect(due).toEqual([{ day: days[0] }]);
});

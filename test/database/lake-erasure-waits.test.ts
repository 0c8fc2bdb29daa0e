// What an erasure in the lake waits for, and what not: objects that have no row of the person, other erasures, and the
// export of the same day (DSS-4.2).
import { randomUUID } from 'node:crypto';
import type { SiteId } from '../../runtime/site';
import { type LocalDatabase, startDatabase } from '../../tools/local-database/rempart';
import { databaseTimeLimit } from '../time-limits';
import {
  addHit,
  all,
  asUpkeep,
  begin,
  daysAgo,
  deleteObjects,
  eraseVisitor,
  exportDay,
  type File,
  fileOf,
  finishErasure,
  plan,
  readDay,
  readRows,
  record,
  recordRewrite,
  save,
  untilLocked,
} from './lake-days';

jest.setTimeout(databaseTimeLimit);

let db: LocalDatabase;
let site: SiteId;
const day = daysAgo(12);
beforeAll(async () => {
  db = await startDatabase();
});
afterAll(() => db.close());
beforeEach(async () => {
  site = await db.createSite(`s-${randomUUID().slice(0, 8)}`);
});

const erase = (visitor: string) => eraseVisitor(db, site, visitor);
const rewrite = (ids: readonly string[], key: string, file: File | null, removed: readonly number[]) =>
  recordRewrite(db, site, ids, key, file, removed);
const finish = (id: string) => finishErasure(db, site, id);
const toRead = async (unreadable: readonly string[] = []) =>
  (await asUpkeep(db, site, 'select id from rempart.lake_erasures_to_read($1::text[])', [`{${unreadable.join()}}`], 'erase from lake')).map(
    ({ id }) => id,
  );
const examinedOf = async (table: 'lake_files' | 'lake_deletions') =>
  (await all(db, `select examined from rempart.${table} where site_id = $1 order by object_key`, [site])).map(({ examined }) => examined);

/** A day of Ada and Bob, its file, and the same without Ada, which is announced. */
async function dayOfTwo(): Promise<{ file: File; kept: File }> {
  for (const visitor of ['v-ada', 'v-ada', 'v-bob']) await addHit(db, site, day, { visitor });
  const rows = await readDay(db, site, day);
  const [file] = await exportAgain();
  const kept = fileOf(
    site,
    day,
    rows.filter(({ visitor }) => visitor !== 'v-ada'),
  );
  await plan(db, site, kept.key);
  if (!file) throw new Error('the day: expected a file, got none');
  return { file, kept };
}
const exportAgain = async () => {
  await db.superuser.query('update rempart.hit_days set claimed_until = null where site_id = $1', [site]);
  return exportDay(db, site, day);
};

test('the former object of another person is not waited for; that with rows of the person is', async () => {
  const { file, kept } = await dayOfTwo();
  const [ada, cid] = [await erase('v-ada'), await erase('v-cid')];
  expect(await rewrite([ada, cid], file.key, kept, [2, 0])).toBe(true);
  expect(await finish(cid)).toBe(true);
  expect(await finish(ada)).toBe(false);
  await deleteObjects(db, site);
  expect(await finish(ada)).toBe(true);
});

test('a file that was read for an erasure, and that an export replaces, is not waited for', async () => {
  const { file } = await dayOfTwo();
  const [cid, dan] = [await erase('v-cid'), await erase('v-dan')];
  expect(await rewrite([cid], file.key, null, [0])).toBe(true);
  await addHit(db, site, day);
  await exportAgain();
  expect(await examinedOf('lake_deletions')).toContainEqual([cid]);
  await db.superuser.query(`update rempart.lake_files set exported_at = now() + interval '2 hours' where site_id = $1`, [site]);
  await db.superuser.query('delete from rempart.lake_deletions where site_id = $1 and object_key <> $2', [site, file.key]);
  expect(await finish(cid)).toBe(true);
  expect(await finish(dan)).toBe(false);
});

test('an expired file that was read for an erasure is not waited for', async () => {
  const { file } = await dayOfTwo();
  const cid = await erase('v-cid');
  await rewrite([cid], file.key, null, [0]);
  const far = daysAgo(100);
  await db.superuser.query(
    `update rempart.lake_files set day = ($2::text)::date, object_key = replace(object_key, $3::text, $2::text), first_received = first_received - interval '88 days',
       last_received = last_received - interval '88 days' where site_id = $1`,
    [site, far, day],
  );
  await asUpkeep(
    db,
    site,
    `select rempart.expire_lake_days((date_trunc('month', now()) - interval '2 months')::date)`,
    [],
    'expire lake days',
  );
  expect(await examinedOf('lake_files')).toEqual([]);
  expect(await examinedOf('lake_deletions')).toContainEqual([cid]);
});

test('only erasures with a file that can be read take a place among the hundred', async () => {
  const { file, kept } = await dayOfTwo();
  await db.superuser.query(
    `insert into rempart.erasures (site_id, visitor, requested_at, requested_by) select $1, 'v-' || n, now() - interval '1 minute', 'tester' from generate_series(1, 100) as n`,
    [site],
  );
  const old = (await all(db, 'select id from rempart.erasures where site_id = $1', [site])).map(({ id }) => String(id));
  const ada = await erase('v-ada');
  expect(await toRead()).toHaveLength(100);
  expect(await toRead()).not.toContain(ada);
  expect(await toRead([file.key])).toEqual([]);
  await rewrite(
    old,
    file.key,
    null,
    old.map(() => 0),
  );
  expect(await toRead()).toEqual([ada]);
  await rewrite([ada], file.key, kept, [2]);
  expect(await toRead()).toEqual([]);
});

test('of erasures that have ended it is not remembered which files were read', async () => {
  const { file } = await dayOfTwo();
  const [cid, dan] = [await erase('v-cid'), await erase('v-dan')];
  await rewrite([cid], file.key, null, [0]);
  await db.superuser.query('delete from rempart.lake_deletions where site_id = $1', [site]);
  expect(await finish(cid)).toBe(true);
  await rewrite([dan], file.key, null, [0]);
  expect(await examinedOf('lake_files')).toEqual([[dan]]);
  await finish(dan);
  const ada = await erase('v-ada');
  await rewrite([ada], file.key, null, [3]);
  expect(await examinedOf('lake_deletions')).toEqual([[]]);
});

test('an erasure and the export of the same day do not wait for each other', async () => {
  await addHit(db, site, day, { visitor: 'v-ada' });
  const [file] = await exportDay(db, site, day);
  const ada = await erase('v-ada');
  await addHit(db, site, day, { visitor: 'v-bob' });
  const next = fileOf(site, day, await readDay(db, site, day));
  await plan(db, site, next.key);
  const other = await db.server.connect('postgres', 'rempart');
  await other.query('begin');
  await other.query('select from rempart.lake_files where object_key = $1 for update', [file?.key]);
  const rewritten = rewrite([ada], file?.key ?? '', null, [1]);
  await untilLocked(db, 'record_lake_rewrite');
  const recorded = record(db, site, day, [next]).catch((error: unknown) => error);
  await untilLocked(db, 'record_lake_day');
  await other.query('commit');
  await other.end();
  expect(await rewritten).toBe(true);
  expect(String(await recorded)).toMatch(/without a change since begin_lake_day, got a change since/);
});

test('files of other rows than the window has are forgotten: the export begins again, once its claim has ended', async () => {
  for (let second = 1; second < 4; second++) await addHit(db, site, day, { second });
  const rows = await readDay(db, site, day);
  const part = fileOf(site, day, rows.slice(0, 1));
  await plan(db, site, part.key);
  await save(db, site, day, rows[0], [part], true);
  await expect(record(db, site, day, [part])).rejects.toThrow(/expected the rows that the window has/);
  expect(await begin(db, site, day)).toEqual([]);
  await db.superuser.query(`update rempart.hit_days set claimed_until = now() - interval '1 second' where site_id = $1`, [site]);
  expect(await begin(db, site, day)).toEqual([{ after_received: null, after_id: null, files: null }]);
  const whole = fileOf(site, day, await readRows(db, site, day));
  await plan(db, site, whole.key);
  expect(await record(db, site, day, [whole])).toBe(0);
});

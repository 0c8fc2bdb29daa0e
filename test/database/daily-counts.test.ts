// Counts of days are those of the live hits, from the lake's counts or from the window, and those of rejects outlast
// them.
import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { ingest } from '../../runtime/ingest';
import type { SiteId } from '../../runtime/site';
import { type LocalDatabase, startDatabase, tester } from '../../tools/local-database/rempart';
import { databaseTimeLimit } from '../time-limits';
import { addHit, all, answerOf, daysAgo, exportDay } from './lake-days';

jest.setTimeout(databaseTimeLimit);

let db: LocalDatabase;
let site: SiteId;
beforeAll(async () => {
  db = await startDatabase();
});
afterAll(() => db.close());
beforeEach(async () => {
  site = await db.createSite(`s-${randomUUID().slice(0, 8)}`);
});

const days = [daysAgo(12), daysAgo(11), daysAgo(1)];
const run = (text: string, ...values: (string | number)[]) =>
  db.application.withSite(site, tester, async (session) => (await session.query<Record<string, unknown>>(text, values)).rows);
const counts = (table: string, values: string) =>
  run(`select to_char(day, 'YYYY-MM-DD') as day, ${values} from ${table} order by 1, 2`) as Promise<Record<string, string | number>[]>;
const daily = (first = days[0], last = days[2]) =>
  counts(`rempart.daily_counts('${first}', '${last}')`, 'kind, hits::int, visitors::int, returning_visitors::int');

interface Random {
  readonly day: number;
  readonly visitor: string | undefined;
  readonly kind: string;
  readonly returned: boolean | undefined;
  readonly second: number;
  readonly isDeleted: boolean;
}
const random: fc.Arbitrary<Random> = fc.record({
  day: fc.nat(2),
  visitor: fc.option(fc.constantFrom('v-1', 'v-2', 'v-3', 'v-erased'), { nil: undefined }),
  kind: fc.constantFrom('page', 'click', 'é'),
  returned: fc.option(fc.boolean(), { nil: undefined }),
  // The edges of a day, too.
  second: fc.oneof(fc.constantFrom(0, 86_399.999), fc.integer({ min: 0, max: 86_399 })),
  isDeleted: fc.boolean(),
});

/** What the counts are to be, by hand. */
function expected(hits: readonly Random[]) {
  const groups = new Map<string, Random[]>();
  for (const hit of hits.filter(({ isDeleted, visitor }) => !isDeleted && visitor !== 'v-erased')) {
    const key = `${days[hit.day]} ${hit.kind}`;
    groups.set(key, [...(groups.get(key) ?? []), hit]);
  }
  const different = (of: readonly Random[]) => new Set(of.flatMap(({ visitor }) => visitor ?? [])).size;
  return [...groups]
    .map(([key, of]) => {
      const [day, kind] = key.split(' ');
      return { day, kind, hits: of.length, visitors: different(of), returning_visitors: different(of.filter(({ returned }) => returned)) };
    })
    .toSorted((a, b) => (a.day ?? '').localeCompare(b.day ?? '') || Buffer.compare(Buffer.from(a.kind ?? ''), Buffer.from(b.kind ?? '')));
}

test('counts equal those of the live hits, whether the lake has all days, some or none', async () => {
  const inOrder = (rows: Record<string, string | number>[]) =>
    rows.toSorted(
      (a, b) => String(a.day).localeCompare(String(b.day)) || Buffer.compare(Buffer.from(String(a.kind)), Buffer.from(String(b.kind))),
    );
  const property = fc.asyncProperty(fc.array(random, { maxLength: 25 }), fc.subarray([0, 1]), async (hits, stored) => {
    site = await db.createSite(`p-${randomUUID().slice(0, 13)}`);
    for (const hit of hits) {
      const id = await addHit(db, site, days[hit.day] ?? '', hit);
      if (hit.isDeleted) await run(`select rempart.mark_deleted('hits', $1)`, id);
    }
    await run(`select rempart.erase_person(null, 'v-erased')`);
    for (const index of stored) if (hits.some(({ day }) => day === index)) await exportDay(db, site, days[index] ?? '', 2);
    expect(inOrder(await daily())).toEqual(expected(hits));
    // From the counts alone, without the window.
    const kept = inOrder(await counts('rempart.hit_counts', 'kind, hits::int, visitors::int, returning_visitors::int'));
    expect(kept).toEqual(expected(hits.filter(({ day }) => stored.includes(day))));
  });
  await fc.assert(property, { seed: 14, numRuns: 25 });
});

test('a day that changed since it was stored is counted in the window, once', async () => {
  const [day = ''] = days;
  await addHit(db, site, day, { visitor: 'v-1' });
  await exportDay(db, site, day);
  await addHit(db, site, day, { visitor: 'v-1', returned: true });
  expect(await daily()).toEqual([{ day, kind: 'page', hits: 2, visitors: 1, returning_visitors: 1 }]);
  await exportDay(db, site, day);
  expect(await daily()).toEqual([{ day, kind: 'page', hits: 2, visitors: 1, returning_visitors: 1 }]);
  expect(await daily(daysAgo(11), daysAgo(0))).toEqual([]);
});

test('a hit at midnight is of the day that begins', async () => {
  await addHit(db, site, days[0] ?? '', { second: 86_400 });
  expect(await daily()).toMatchObject([{ day: days[1], hits: 1 }]);
});

test('rejects are counted by day and reason, before and after they are removed', async () => {
  await ingest(
    db.application,
    [1, 2, 3].map((n) => Buffer.from(`{"site":${site},"x":${n}}`)),
  );
  const rejects = () => counts(`rempart.daily_rejects('2020-01-01', '2040-01-01')`, 'reason, rejects::int');
  expect(await rejects()).toEqual([{ day: daysAgo(0), reason: expect.any(String), rejects: 3 }]);
  const old = daysAgo(31);
  const age = (limit: number) =>
    db.superuser.query(
      `update rempart.rejects set rejected_at = $2 where digest in (
         select digest from rempart.rejects where site_id = $1 and rejected_at > now() - interval '1 day' limit $3)`,
      [site, `${old}T12:00Z`, limit],
    );
  await age(2);
  const before = await rejects();
  expect(before.map(({ rejects: number }) => number)).toEqual([2, 1]);
  const remove = () => answerOf(db, site, 'select rempart.remove_old_rejects(1)', [], 'remove old rejects');
  expect(await remove()).toBe('1');
  expect(await rejects()).toEqual(before);
  expect(await remove()).toBe('1');
  expect(await remove()).toBe('0');
  expect(await rejects()).toEqual(before);
  expect(await all(db, `select rejects::int from rempart.reject_counts where site_id = $1`, [site])).toEqual([{ rejects: 2 }]);
});

// A hit with a client's own id counts once within 24 hours, in whatever order, number and concurrency it is delivered.
import { createHash, randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { ingest } from '../../runtime/ingest';
import { countedOnceWithin } from '../../runtime/insert-hits';
import type { SiteId } from '../../runtime/site';
import { type LocalDatabase, startDatabase } from '../../tools/local-database/rempart';
import { databaseTimeLimit } from '../time-limits';

jest.setTimeout(databaseTimeLimit);

let db: LocalDatabase;
let site: SiteId;
let other: SiteId;
let number = 0;
beforeAll(async () => {
  db = await startDatabase();
});
afterAll(() => db.close());
beforeEach(async () => {
  number++;
  site = await db.createSite(`one-${number}`);
  other = await db.createSite(`two-${number}`);
});

const hour = 3_600_000;
/** The UUID of a client's id. */
const idOf = (name: string) =>
  createHash('sha256')
    .update(name)
    .digest('hex')
    .replace(/^(.{8})(.{4})(.{4})(.{4})(.{12}).*$/, '$1-$2-$3-$4-$5');
/** A record of a hit that was received some hours ago. */
const line = (of: SiteId, name: string | undefined, hoursAgo = 0, more: object = {}) =>
  Buffer.from(
    JSON.stringify({
      site: of,
      ...(name === undefined ? { id: randomUUID() } : { id: idOf(name), ownId: true }),
      received: new Date(Date.now() - hoursAgo * hour).toISOString(),
      kind: 'page',
      ...more,
    }),
  );
const hitsOf = async (of: SiteId): Promise<Date[]> =>
  (await db.superuser.query('select received_at from rempart.hits where site_id = $1 order by 1', [of])).rows.map(
    ({ received_at }) => received_at,
  );

test('a hit that its client sends again is counted once, in one batch and in the next, and once for each site', async () => {
  const first = [line(site, 'a'), line(site, 'a'), line(site, 'b'), line(other, 'a'), line(site, undefined), line(site, undefined)];
  expect(await ingest(db.application, first)).toEqual({ stored: 5, duplicates: 1, rejected: 0, stray: 0 });
  expect(await ingest(db.application, [line(site, 'a'), line(other, 'a'), line(site, 'A')])).toMatchObject({ stored: 1, duplicates: 2 });
  expect(await ingest(db.application, first)).toMatchObject({ stored: 0, duplicates: 6 });
  expect([(await hitsOf(site)).length, (await hitsOf(other)).length]).toEqual([5, 1]);
});

test('an id counts again 24 hours after the hit that was counted, in any order of delivery', async () => {
  expect(countedOnceWithin).toBe(24 * hour);
  const records = [100, 77, 75, 52, 27, 1, 0].map((hoursAgo) => line(site, 'x', hoursAgo));
  for (const record of records) await ingest(db.application, [record]);
  expect(await hitsOf(site)).toHaveLength(4);
  // Late: their twins of the past are known as well.
  for (const late of [90, 50, 30]) expect(await ingest(db.application, [line(site, 'x', late)])).toMatchObject({ duplicates: 1 });
  expect(
    await ingest(
      db.application,
      records.map((record) => Buffer.from(record.toString().replaceAll(`"site":${site}`, `"site":${other}`))),
    ),
  ).toMatchObject({ stored: 4, duplicates: 3 });
  expect(await hitsOf(other)).toHaveLength(4);
});

test('eight deliveries of the same records at once, in different orders, with other records of the same ids, store each once', async () => {
  const ids = Array.from({ length: 300 }, (_, index) => `id ${index}`);
  const deliveries = Array.from({ length: 8 }, (_, delivery) => {
    const records = ids.map((id) => line(site, id));
    return delivery % 2 === 0 ? [...records, ...records] : records.toReversed();
  });
  const same = ids.map((id) => line(other, id));
  const results = await Promise.all(
    deliveries.map((records, index) =>
      ingest(db.application, index % 3 === 0 ? [...records, ...same] : [...same.toReversed(), ...records]),
    ),
  );
  expect(results.reduce((sum, { stored }) => sum + stored, 0)).toBe(600);
  expect(results.reduce((sum, { rejected, stray }) => sum + rejected + stray, 0)).toBe(0);
  expect([(await hitsOf(site)).length, (await hitsOf(other)).length]).toEqual([300, 300]);
});

test('a large batch with twins is stored once, in two transactions', async () => {
  const batch = Array.from({ length: 2400 }, (_, index) => line(site, `twin ${index % 1200}`));
  expect(await ingest(db.application, batch)).toEqual({ stored: 1200, duplicates: 1200, rejected: 0, stray: 0 });
});

test('a transaction that fails counts no id, and a twin of a hit that the database rejects is stored', async () => {
  const batch = [line(site, 'kept'), line(site, 'kept')];
  await db.superuser.query('alter table rempart.hits rename to hits_away');
  await expect(ingest(db.application, batch)).rejects.toThrow(/does not exist/);
  await db.superuser.query('alter table rempart.hits_away rename to hits');
  expect(await ingest(db.application, batch)).toMatchObject({ stored: 1, duplicates: 1 });

  await db.superuser.query(`alter table rempart.hits add constraint refused check (kind <> 'refused')`);
  try {
    const bad = line(site, 'half', 1, { kind: 'refused' });
    const records = [line(site, 'before'), line(site, undefined), bad, line(site, 'half'), line(site, 'after')];
    expect(await ingest(db.application, records)).toEqual({ stored: 4, duplicates: 0, rejected: 1, stray: 0 });
  } finally {
    await db.superuser.query('alter table rempart.hits drop constraint refused');
  }
});

test('the table holds the id, the times and nothing else, and the log counts its rows', async () => {
  await ingest(db.application, [line(site, 'x', 30), line(site, 'x')]);
  const { rows } = await db.superuser.query('select * from rempart.counted_ids where site_id = $1', [site]);
  expect(rows).toEqual([{ site_id: site, id: idOf('x'), counted_at: await hitsOf(site), stored_at: expect.any(Date) }]);
  const log = await db.superuser.query(
    `select operation, after from rempart.modification_log where site_id = $1 and table_name = 'counted_ids' order by id`,
    [site],
  );
  expect(log.rows).toEqual([
    { operation: 'insert', after: { rows: 1 } },
    { operation: 'update', after: { rows: 1 } },
  ]);
});

test('what the client sent and the collector repaired is stored with the hit', async () => {
  const more = { clientTime: '31/12/1999 "x"', returning: false, repairs: ['url:cut', 'unknown:a"b\\c'] };
  await ingest(db.application, [line(site, undefined, 0, more), line(other, 'x', 0, more), line(other, undefined)]);
  const { rows } = await db.superuser.query(
    'select client_time, visitor_returned, repairs from rempart.hits where site_id in ($1, $2) order by client_time nulls last',
    [site, other],
  );
  const stored = { client_time: more.clientTime, visitor_returned: false, repairs: more.repairs };
  expect(rows).toEqual([stored, stored, { client_time: null, visitor_returned: null, repairs: null }]);
});

test.each([{ ownId: false }, { ownId: 1 }, { returning: 'no' }, { repairs: [] }, { repairs: ['a b'] }, { clientTime: 7 }])(
  'a mark of another form is rejected: %j',
  async (mark) => {
    expect(await ingest(db.application, [line(site, undefined, 0, mark), line(site, 'x')])).toMatchObject({ stored: 1, rejected: 1 });
  },
);

test('for any hits in any order and any batches, no two counted hits of an id are within 24 hours, and none is lost', async () => {
  const hit = fc.record({ id: fc.constantFrom('a', 'b', 'c', undefined), hoursAgo: fc.integer({ min: 0, max: 80 }) });
  const property = fc.asyncProperty(fc.array(fc.array(hit, { minLength: 1, maxLength: 8 }), { maxLength: 5 }), async (batches) => {
    const own = await db.createSite(`random-${randomUUID().slice(0, 8)}`);
    let plain = 0;
    for (const batch of batches) {
      const records = batch.map(({ id, hoursAgo }) => {
        const record = line(own, id, hoursAgo);
        if (id === undefined) plain++;
        return record;
      });
      const done = await ingest(db.application, records);
      expect(done.stored + done.duplicates).toBe(records.length);
    }
    const { rows } = await db.superuser.query('select counted_at from rempart.counted_ids where site_id = $1', [own]);
    let counted = 0;
    for (const { counted_at } of rows) {
      const sorted = counted_at.map(Number).sort((a: number, b: number) => a - b);
      counted += sorted.length;
      for (let index = 1; index < sorted.length; index++)
        expect(sorted[index] - sorted[index - 1]).toBeGreaterThanOrEqual(countedOnceWithin);
    }
    expect(await hitsOf(own)).toHaveLength(plain + counted);
    const names = new Set(batches.flat().flatMap(({ id }) => id ?? []));
    expect(rows).toHaveLength(names.size);
  });
  await fc.assert(property, { seed: 12, numRuns: 60 });
});

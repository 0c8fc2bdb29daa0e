// Batches on a real server: valid rows are stored once, bad ones become rejects, and none is lost.
import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { ingest } from '../../runtime/ingest';
import type { SiteId } from '../../runtime/site';
import { type LocalDatabase, startDatabase } from '../../tools/local-database/rempart';
import { databaseTimeLimit } from '../time-limits';

jest.setTimeout(databaseTimeLimit);

let db: LocalDatabase;
let site: SiteId;
let other: SiteId;

beforeAll(async () => {
  db = await startDatabase();
});
afterAll(() => db.close());
let number = 0;
beforeEach(async () => {
  number++;
  site = await db.createSite(`one-${number}`);
  other = await db.createSite(`two-${number}`);
});

const hit = (of: number, more: object = {}) => ({ site: of, id: randomUUID(), received: new Date().toISOString(), kind: 'page', ...more });
const lines = (...values: unknown[]) => values.map((value) => Buffer.from(JSON.stringify(value)));
const count = async (table: string, of: SiteId) =>
  Number((await db.superuser.query(`select count(*) as n from rempart.${table} where site_id = $1`, [of])).rows[0].n);

test('an empty batch stores nothing', async () => {
  expect(await ingest(db.application, [])).toEqual({ stored: 0, duplicates: 0, rejected: 0, stray: 0 });
});

test('hits of several sites are stored with all values, each in its own site', async () => {
  const full = {
    occurred: '2026-01-01T00:00:00Z',
    url: `https://x/'"\\;--`,
    referrer: '{NULL}',
    visitor: 'NULL',
    address: '192.0.2.0',
    userAgent: '',
    fields: { a: [1, null, 'ü🂡"\\'] },
    keyVersion: 2,
  };
  const now = new Date();
  const sent = hit(site, { ...full, occurred: now.toISOString(), received: now.toISOString() });
  expect(await ingest(db.application, lines(sent, hit(other), hit(other)), now)).toEqual({
    stored: 3,
    duplicates: 0,
    rejected: 0,
    stray: 0,
  });
  const { rows } = await db.superuser.query('select * from rempart.hits where site_id = $1', [site]);
  expect(rows).toEqual([
    {
      site_id: site,
      received_at: now,
      id: sent.id,
      occurred_at: now,
      kind: 'page',
      url: full.url,
      referrer: full.referrer,
      visitor: 'NULL',
      address: '192.0.2.0',
      user_agent: '',
      fields: full.fields,
      key_version: 2,
      deleted_at: null,
      client_time: null,
      visitor_returned: null,
      repairs: null,
    },
  ]);
  expect(await count('hits', other)).toBe(2);
});

test('numbers reach jsonb with the digits that were sent', async () => {
  const sent = '{"tweet":1524831183200260097,"one":1.0,"small":0.1000000000000000055,"large":1e400,"list":[1e999,12345678901234567890.5]}';
  const record = JSON.stringify(hit(site, { fields: 'here' })).replace('"here"', sent);
  expect(await ingest(db.application, [Buffer.from(record)])).toMatchObject({ stored: 1 });
  const { rows } = await db.superuser.query(
    `select fields ->> 'tweet' as tweet, fields ->> 'one' as one, fields ->> 'small' as small, fields -> 'list' ->> 1 as long,
       (fields ->> 'large')::numeric = 1e400 as large, (fields -> 'list' ->> 0)::numeric = 1e999 as larger
     from rempart.hits where site_id = $1`,
    [site],
  );
  expect(rows).toEqual([
    { tweet: '1524831183200260097', one: '1.0', small: '0.1000000000000000055', long: '12345678901234567890.5', large: true, larger: true },
  ]);
});

test('a repeated batch and a repeated hit within a batch change nothing', async () => {
  const batch = lines(hit(site), hit(site));
  expect(await ingest(db.application, [...batch, ...batch])).toMatchObject({ stored: 2, duplicates: 2 });
  expect(await ingest(db.application, batch)).toMatchObject({ stored: 0, duplicates: 2 });
  expect(await count('hits', site)).toBe(2);
});

test('one bad row of a batch becomes one reject with its reason, and the other rows are stored', async () => {
  const batch = [...lines(hit(site), hit(site, { url: 'x'.repeat(20_000) }), hit(site)), Buffer.from([0xff])];
  expect(await ingest(db.application, batch)).toEqual({ stored: 2, duplicates: 0, rejected: 1, stray: 1 });
  expect(await ingest(db.application, batch)).toEqual({ stored: 0, duplicates: 2, rejected: 1, stray: 1 });
  const { rows } = await db.superuser.query('select reason, detail, record from rempart.rejects where site_id = $1', [site]);
  expect(rows).toEqual([{ reason: 'too-long', detail: expect.stringContaining('at most 16384'), record: batch[1] }]);
  expect((await db.superuser.query(`select record from rempart.stray_records where reason = 'invalid-utf8'`)).rows).toEqual([
    { record: Buffer.from([0xff]) },
  ]);
});

test('a row that only the database rejects is found by halving', async () => {
  // Made refusable for this test: no record that passes the checks is refused otherwise.
  await db.superuser.query(`alter table rempart.hits add constraint refused check (kind <> 'refused')`);
  try {
    const values = Array.from({ length: 37 }, (_, index) => hit(site, { kind: index === 5 || index === 30 ? 'refused' : 'page' }));
    expect(await ingest(db.application, lines(...values))).toEqual({ stored: 35, duplicates: 0, rejected: 2, stray: 0 });
    const { rows } = await db.superuser.query('select reason, detail from rempart.rejects where site_id = $1', [site]);
    expect(rows).toEqual(Array(2).fill({ reason: 'database', detail: expect.stringContaining('SQLSTATE 23514') }));
  } finally {
    await db.superuser.query('alter table rempart.hits drop constraint refused');
  }
});

test('records of an unknown site become strays, and the other sites are stored', async () => {
  const gone = hit(2147483000);
  expect(await ingest(db.application, lines(gone, hit(site)))).toEqual({ stored: 1, duplicates: 0, rejected: 0, stray: 1 });
  const { rows } = await db.superuser.query(`select record from rempart.stray_records where reason = 'no-site'`);
  expect(rows).toContainEqual({ record: lines(gone)[0] });
});

test('a failure of the database fails the whole batch of its site, which can be delivered again', async () => {
  const batch = lines(hit(site), hit(site));
  await db.superuser.query('alter table rempart.hits rename to hits_away');
  await expect(ingest(db.application, batch)).rejects.toThrow(/does not exist/);
  await db.superuser.query('alter table rempart.hits_away rename to hits');
  expect(await count('hits', site)).toBe(0);
  expect(await ingest(db.application, batch)).toMatchObject({ stored: 2 });
});

test('a very long record is kept as its first 64 kB and its length', async () => {
  await ingest(db.application, lines(hit(site, { url: 'y'.repeat(100_000) })));
  const { rows } = await db.superuser.query('select length(record) as kept, record_length from rempart.rejects where site_id = $1', [site]);
  expect(rows).toEqual([{ kept: 65536, record_length: expect.any(Number) }]);
  expect(rows[0].record_length).toBeGreaterThan(100_000);
});

test('one row of the modification log states the number of rows of a batch', async () => {
  await ingest(db.application, lines(hit(site), hit(site), hit(site)));
  const { rows } = await db.superuser.query(
    `select actor, operation, after ->> 'rows' as rows from rempart.modification_log where site_id = $1 and table_name = 'hits'`,
    [site],
  );
  expect(rows).toEqual([{ actor: 'ingest', operation: 'insert', rows: '3' }]);
});

test('a large batch with duplicates is stored once, in two transactions', async () => {
  const batch = lines(...Array.from({ length: 1500 }, () => hit(site)));
  expect(await ingest(db.application, [...batch, ...batch.toReversed()])).toEqual({
    stored: 1500,
    duplicates: 1500,
    rejected: 0,
    stray: 0,
  });
  expect(await ingest(db.application, batch)).toMatchObject({ stored: 0, duplicates: 1500 });
  expect(await count('hits', site)).toBe(1500);
});

test('for any batch the counts add up and every record is stored somewhere', async () => {
  const text = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 70 }),
    fc.constantFrom('\0', "'; drop table rempart.hits; --", '\\', '{}', 'NULL', '🂡'),
  );
  const value = fc.record(
    { kind: text, url: text, fields: fc.dictionary(text, fc.jsonValue()), wrong: fc.constantFrom(undefined, undefined, 1) },
    { requiredKeys: ['kind'] },
  );
  const property = fc.asyncProperty(fc.array(value, { maxLength: 30 }), async (values) => {
    const before = [await count('hits', site), await count('rejects', site)];
    const batch = lines(...values.map((more) => hit(site, more)));
    const done = await ingest(db.application, batch);
    expect(done.stored + done.rejected).toBe(values.length);
    expect([await count('hits', site), await count('rejects', site)]).toEqual([
      (before[0] ?? 0) + done.stored,
      (before[1] ?? 0) + done.rejected,
    ]);
  });
  await fc.assert(property, { seed: 11, numRuns: 40 });
});

test('a day without a partition is an error and rejects no record; the record is stored after the day is created', async () => {
  const now = new Date();
  const inFiveMonths = new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + 5, 15));
  const batch = lines(hit(site, { received: inFiveMonths.toISOString() }));
  await expect(ingest(db.application, batch, inFiveMonths)).rejects.toThrow(/no partition of relation "hits" found for row/);
  expect(await count('rejects', site)).toBe(0);
  await db.maintenance.upkeep('createHitDay', inFiveMonths.toISOString().slice(0, 10));
  expect(await ingest(db.application, batch, inFiveMonths)).toMatchObject({ stored: 1, rejected: 0 });
});

test('a violation of a named constraint rejects the record', async () => {
  await db.superuser.query(`alter table rempart.hits add constraint no_bad_kind check (kind <> 'bad')`);
  expect(await ingest(db.application, lines(hit(site, { kind: 'bad' }), hit(site)))).toMatchObject({ stored: 1, rejected: 1 });
  await db.superuser.query('alter table rempart.hits drop constraint no_bad_kind');
});

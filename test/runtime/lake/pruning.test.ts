// A filter finds each row that matches, and reads less of the others.
import fc from 'fast-check';
import { objectLimits } from '../../../lambda/lake/lake-export/limits';
import { type LakeRow, rowGroupLimits } from '../../../runtime/lake/columns';
import { ReadLimits } from '../../../runtime/lake/limits';
import { type LakeFilter, readFile } from '../../../runtime/lake/read';
import { encodeFile } from '../../../runtime/lake/write';
import { provideZstd } from '../../../tools/local-database/zstd';
import { type Duck, startDuck } from './duck';
import { anyRow, Bytes, idOf, kinds, manyOf, ordered, readAll, row, visitors } from './rows';

jest.setTimeout(120_000);

let duck: Duck;
beforeAll(async () => {
  await provideZstd();
  duck = await startDuck();
});
afterAll(() => duck.close());

const seed = 15;
const someTime = fc.bigInt({ min: -6_000_000n, max: 6_000_000n });
const someVisitor = fc.constantFrom(...visitors);
const anyFilter: fc.Arbitrary<LakeFilter> = fc.record(
  {
    visitor: someVisitor,
    from: someTime,
    to: someTime,
    kind: fc.constantFrom(...kinds),
    without: fc.array(fc.record({ visitor: someVisitor, until: someTime }), { maxLength: 3 }),
  },
  { requiredKeys: [] },
);

/** What a filter means, said once more. */
const matches =
  ({ visitor, from, to, kind, without = [] }: LakeFilter) =>
  (one: LakeRow) =>
    (visitor === undefined || one.visitor === visitor) &&
    (from === undefined || one.received_at >= from) &&
    (to === undefined || one.received_at < to) &&
    (kind === undefined || one.kind === kind) &&
    without.every((erased) => one.visitor !== erased.visitor || one.received_at > erased.until);

/** Rows of few visitors and times near each other, with row groups of few rows. */
const someRow = fc
  .tuple(anyRow, fc.option(someVisitor), someTime, fc.constantFrom(...kinds))
  .map(([one, visitor, received_at, kind]): LakeRow => ({ ...one, visitor, received_at, kind }));

test('a filter finds exactly the rows that match, in files of ours and of DuckDB with small row groups', async () => {
  let found = 0;
  let groupsLeftOut = 0;
  const property = fc.asyncProperty(
    fc.array(someRow, { minLength: 1, maxLength: 12 }),
    fc.array(anyFilter, { minLength: 4, maxLength: 4 }),
    async (some, filters) => {
      const rows = ordered(manyOf(some, 400));
      const ours = (await encodeFile(rows)).body;
      // DuckDB's smallest row group has 2,048 rows.
      const theirs = await duck.write('select * from $file', ours, 'compression zstd, row_group_size 2048');
      for (const filter of filters) {
        for (const file of [ours, theirs]) {
          const source = new Bytes(file);
          const expected = rows.filter(matches(filter));
          const actual = await readAll(source, filter);
          expect(actual.length).toBe(expected.length);
          expect(actual).toEqual(expected);
          found += actual.length;
          if (source.ranges.length === 1) groupsLeftOut++;
        }
      }
    },
  );
  await fc.assert(property, { seed, numRuns: 12 });
  process.stdout.write(`lake: seed ${seed}, ${found} rows found by 96 reads\n`);
  expect(found).toBeGreaterThan(1000);
  expect(groupsLeftOut).toBeGreaterThan(0);
});

/** A full object: 5,000 visitors, 20 rows of each; the times of each visitor are over the whole day. */
const many = Array.from({ length: objectLimits.rows }, (_, number) =>
  row(number, {
    visitor: `visitor-${String(number % 5000).padStart(6, '0')}`,
    url: `https://site.example/${idOf((number * 7919) % 60_000)}`,
  }),
);
let file: Buffer;
beforeAll(async () => {
  file = (await encodeFile(many)).body;
});

test('a visitor of a full object is found by reading one row group of twenty', async () => {
  expect(many.length / rowGroupLimits.rows).toBe(20);
  const whole = new Bytes(file);
  expect(await readAll(whole)).toHaveLength(many.length);
  const one = new Bytes(file);
  expect(await readAll(one, { visitor: 'visitor-002499' })).toHaveLength(20);
  expect(one.bytesRead).toBeLessThan(65_536 + 0.06 * whole.bytes);
  // The footer of all row groups, the columns that decide, and the others.
  expect(one.ranges).toHaveLength(3);
});

test('a visitor that is not there, and a time before the file, cost the footer alone, or one column', async () => {
  for (const filter of [{ visitor: 'visitor-9' }, { visitor: 'a' }, { to: 0n }, { from: BigInt(many.length) }, { kind: 'click' }]) {
    const source = new Bytes(file);
    expect(await readAll(source, filter)).toEqual([]);
    expect(source.ranges).toHaveLength(1);
  }
  const source = new Bytes(file);
  expect(await readAll(source, { visitor: 'visitor-002500x' })).toEqual([]);
  expect(source.ranges).toHaveLength(2);
  const [start = 0, end = 0] = source.ranges[1] ?? [];
  expect(end - start).toBeLessThan(0.02 * file.length);
});

test('a bound of a row group is part of it', async () => {
  const last = many.length - 1;
  const ids = async (filter: LakeFilter) => (await readAll(new Bytes(file), filter)).map(({ id }) => id);
  expect(await ids({ from: BigInt(last) })).toEqual([idOf(last)]);
  expect(await ids({ to: 1n })).toEqual([idOf(0)]);
  for (const number of [0, 4999]) expect(await ids({ visitor: many[number]?.visitor ?? '' })).toHaveLength(20);
});

test('a small file is read by one request', async () => {
  const source = new Bytes((await encodeFile([row(1), row(2)])).body);
  expect(await readAll(source, { visitor: 'v2' })).toEqual([row(2)]);
  expect(source.ranges).toEqual([[0, source.bytes]]);
});

test('a reader has one row group at a time', async () => {
  const source = new Bytes(file);
  const parts = readFile(source, {}, new ReadLimits(2 ** 30, new Date(8.64e15)));
  expect((await parts.next()).value).toHaveLength(rowGroupLimits.rows);
  expect(source.ranges).toHaveLength(2);
});

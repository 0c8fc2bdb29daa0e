// A rewritten file lacks the rows of the visitor until the time, and nothing else.
import fc from 'fast-check';
import type { LakeRow } from '../../../runtime/lake/columns';
import { ReadLimits } from '../../../runtime/lake/limits';
import { withoutErased } from '../../../runtime/lake/rewrite';
import { encodeFile } from '../../../runtime/lake/write';
import { provideZstd } from '../../../tools/local-database/zstd';
import { anyRow, Bytes, ordered, readAll, row, visitors } from './rows';

beforeAll(provideZstd);

const seed = 16;
const few = ['a', '\u{10000}'] as const;

test('exactly the rows of the visitor until the time are removed, and the bytes of its name are gone', async () => {
  const counts = { none: 0, some: 0, all: 0 };
  const time = fc.bigInt({ min: -3n, max: 3n });
  const some = fc
    .tuple(anyRow, fc.oneof({ weight: 5, arbitrary: fc.constantFrom(...few) }, fc.constantFrom(null, ...visitors)), time)
    .map(([one, visitor, received_at]): LakeRow => ({ ...one, visitor, received_at }));
  const property = fc.asyncProperty(
    fc.array(some, { minLength: 1, maxLength: 6 }),
    fc.constantFrom(...few),
    time,
    async (rows, visitor, until) => {
      const source = new Bytes((await encodeFile(rows)).body);
      const kept = rows.filter((one) => one.visitor !== visitor || one.received_at > until);
      const result = await withoutErased(source, [{ visitor, until }]);
      if (kept.length === rows.length) {
        counts.none++;
        expect(result).toBeUndefined();
      } else if (kept.length === 0) {
        counts.all++;
        expect(result).toEqual({ removed: [rows.length], file: undefined });
      } else {
        counts.some++;
        expect(result?.removed).toEqual([rows.length - kept.length]);
        expect(result?.file).toEqual(await encodeFile(kept));
        expect(await readAll(new Bytes(result?.file?.body ?? Buffer.alloc(0)))).toEqual(ordered(kept));
      }
    },
  );
  await fc.assert(property, { seed, numRuns: 300 });
  process.stdout.write(
    `lake: seed ${seed}, files without the visitor ${counts.none}, with other rows ${counts.some}, with no other ${counts.all}\n`,
  );
  for (const count of Object.values(counts)) expect(count).toBeGreaterThan(10);
});

test('a second rewrite finds nothing', async () => {
  const rows = [row(1, { visitor: 'gone' }), row(2, { visitor: 'gone' }), row(3)];
  const first = await withoutErased(new Bytes((await encodeFile(rows)).body), [{ visitor: 'gone', until: 2n }]);
  expect(first?.removed).toEqual([2]);
  expect(await withoutErased(new Bytes(first?.file?.body ?? Buffer.alloc(0)), [{ visitor: 'gone', until: 2n }])).toBeUndefined();
});

test('a file without the visitor is not read whole, and limits end a rewrite', async () => {
  const rows = Array.from({ length: 30_000 }, (_, number) => row(number, { url: `https://site.example/${(number * 7919) % 30_000}` }));
  const { body } = await encodeFile(rows);
  const source = new Bytes(body);
  expect(await withoutErased(source, [{ visitor: 'w', until: 10n }])).toBeUndefined();
  expect(source.ranges).toHaveLength(1);
  await expect(
    withoutErased(new Bytes(body), [{ visitor: 'v1', until: 10n }], undefined, new ReadLimits(body.length, new Date(8.64e15))),
  ).rejects.toThrow('raise the limit');
});

test('several erasures share a read: each row counts for the first that covers it, and other rows stay', async () => {
  const rows = [
    row(1, { visitor: 'one', received_at: 10n }),
    row(2, { visitor: 'one', received_at: 20n }),
    row(3, { visitor: 'one', received_at: 21n }),
    row(4, { visitor: 'two', received_at: 10n }),
    row(5, { visitor: 'three', received_at: 10n }),
    row(6, { visitor: null, received_at: 10n }),
  ];
  const erased = [
    { visitor: 'one', until: 10n },
    { visitor: 'nobody', until: 99n },
    { visitor: 'one', until: 20n },
    { visitor: 'two', until: 10n },
  ];
  const result = await withoutErased(new Bytes((await encodeFile(rows)).body), erased);
  expect(result?.removed).toEqual([1, 0, 1, 1]);
  expect(result?.file).toEqual(await encodeFile([2, 4, 5].flatMap((index) => rows[index] ?? [])));
});

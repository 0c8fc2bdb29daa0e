// A rewritten file lacks the rows of the visitor until the time, and nothing else.
import fc from 'fast-check';
import type { LakeRow } from '../../../runtime/lake/columns';
import { ReadLimits } from '../../../runtime/lake/limits';
import { withoutVisitor } from '../../../runtime/lake/rewrite';
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
      const result = await withoutVisitor(source, visitor, until);
      if (kept.length === rows.length) {
        counts.none++;
        expect(result).toBeUndefined();
      } else if (kept.length === 0) {
        counts.all++;
        expect(result).toEqual({ removed: rows.length, file: undefined });
      } else {
        counts.some++;
        expect(result?.removed).toBe(rows.length - kept.length);
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
  const first = await withoutVisitor(new Bytes((await encodeFile(rows)).body), 'gone', 2n);
  expect(first?.removed).toBe(2);
  expect(await withoutVisitor(new Bytes(first?.file?.body ?? Buffer.alloc(0)), 'gone', 2n)).toBeUndefined();
});

test('a file without the visitor is not read whole, and limits end a rewrite', async () => {
  const rows = Array.from({ length: 30_000 }, (_, number) => row(number, { url: `https://site.example/${(number * 7919) % 30_000}` }));
  const { body } = await encodeFile(rows);
  const source = new Bytes(body);
  expect(await withoutVisitor(source, 'w', 10n)).toBeUndefined();
  expect(source.ranges).toHaveLength(1);
  await expect(withoutVisitor(new Bytes(body), 'v1', 10n, new ReadLimits(body.length, new Date(8.64e15)))).rejects.toThrow(
    'raise the limit',
  );
});

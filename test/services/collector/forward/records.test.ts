// Records and calls: complete lines, none lost or added, within the limits of the stream.
import fc from 'fast-check';
import { streamRecordLimits } from '../../../../runtime/hit-lines';
import { callRecords, toCalls, toRecords } from '../../../../services/collector/forward/records';

const lineOf = (length: number) => `${'x'.repeat(length)}\n`;

test('any lines in any frames become the same lines in records within the limit', () => {
  const frames = fc.array(
    fc.array(fc.integer({ min: 0, max: 60 }).map(lineOf), { minLength: 1, maxLength: 8 }).map((lines) => lines.join('')),
  );
  fc.assert(
    fc.property(frames, fc.integer({ min: 8, max: 100 }), (texts, limit) => {
      const records = toRecords(Buffer.from(texts.join('')), limit);
      expect(Buffer.concat(records).toString()).toBe(texts.join(''));
      for (const record of records) {
        expect(record.at(-1)).toBe(10);
        // Longer than the limit is only a line that is longer by itself.
        if (record.length > limit) expect(record.indexOf(10)).toBe(record.length - 1);
      }
      // Full: no two neighbours would have fitted into one.
      for (const [index, record] of records.entries()) {
        const firstOfNext = records[index + 1]?.indexOf(10) ?? Number.POSITIVE_INFINITY;
        expect(record.length + firstOfNext + 1).toBeGreaterThan(limit);
      }
    }),
  );
});

test('records are at most 256 KiB', () => {
  const records = toRecords(Buffer.from(lineOf(999).repeat(1000)));
  expect(records.map(({ length }) => length)).toEqual([262_000, 262_000, 262_000, 214_000]);
});

test('records are of at most 500 hits, which is what the archive takes apart', () => {
  const records = toRecords(Buffer.from(lineOf(9).repeat(1201)));
  expect(records.map(({ length }) => length)).toEqual([5000, 5000, 2010]);
});

test('calls hold at most 500 records and 5 MiB', () => {
  const small = Array.from({ length: 1201 }, () => Buffer.from('{}\n'));
  expect(toCalls(small).map((call) => call.length)).toEqual([callRecords, callRecords, 201]);
  const large = Array.from({ length: 45 }, () => Buffer.alloc(streamRecordLimits.bytes));
  const calls = toCalls(large);
  expect(calls.flat()).toEqual(large);
  for (const call of calls) expect(call.reduce((sum, { length }) => sum + length, 0)).toBeLessThanOrEqual(5 * 2 ** 20);
  expect(calls.map((call) => call.length)).toEqual([19, 19, 7]);
  expect(toCalls([])).toEqual([]);
});

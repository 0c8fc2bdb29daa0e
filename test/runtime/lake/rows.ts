// Rows of the lake for tests: any that PostgreSQL can hold, and the parts of a file that are read.
import fc from 'fast-check';
import type { LakeRow } from '../../../runtime/lake/columns';
import { ReadLimits } from '../../../runtime/lake/limits';
import { type LakeFilter, type RangeSource, readFile } from '../../../runtime/lake/read';

/** Text of PostgreSQL: Unicode without NUL, also a byte order mark, and characters beyond the basic plane. */
const text = (maxLength: number) =>
  fc.oneof(
    fc.constantFrom('', ' ', '\ufeff', '\ufeffa', 'null', '""', '\u{10ffff}', '\uffff\u{10000}', 'a'.repeat(200)),
    fc.string({ unit: 'binary', maxLength }).map((value) => value.replaceAll('\0', '')),
  );
const digits = fc.stringMatching(/^(?:0|[1-9]\d{0,40})$/);
/** A number in any notation: JSON.parse would change most of them. */
const number = fc
  .tuple(fc.boolean(), digits, fc.option(fc.stringMatching(/^\d{1,40}$/)), fc.option(fc.integer({ min: -400, max: 400 })))
  .map(
    ([minus, whole, fraction, power]) =>
      `${minus ? '-' : ''}${whole}${fraction === null ? '' : `.${fraction}`}${power === null ? '' : `e${power}`}`,
  );
const json = fc.oneof(
  text(20).map((value) => JSON.stringify(value)),
  number,
  fc.constantFrom('null', 'true', '[]', '{"a": {"b": [1.0, 1.00]}}'),
);
const fields = fc
  .array(fc.tuple(text(8), json), { maxLength: 5 })
  .map((all) => `{${all.map(([name, value]) => `${JSON.stringify(name)}: ${value}`).join(', ')}}`);
/** From PostgreSQL's first day, in 4714 BC, to the last time that 64 bits and DuckDB have. */
const time = fc.oneof(
  fc.bigInt({ min: -210_866_803_200_000_000n, max: 2n ** 63n - 2n }),
  fc.bigInt({ min: -5_000_000n, max: 5_000_000n }),
  fc.constant(1_800_000_000_000_001n),
);
const nullable = <T>(of: fc.Arbitrary<T>) => fc.option(of, { freq: 3 });

/** Few visitors, kinds and times, so that filters find some rows and not others. */
export const visitors = ['', 'a', 'b', '\uffff', '\u{10000}', 'x'.repeat(100), `${'x'.repeat(99)}y`] as const;
export const kinds = ['page', 'click', ''] as const;

export const anyRow: fc.Arbitrary<LakeRow> = fc.record({
  visitor: nullable(fc.oneof(fc.constantFrom(...visitors), text(128))),
  received_at: time,
  kind: fc.oneof(fc.constantFrom(...kinds), text(64)),
  site_id: fc.integer({ min: 1, max: 2 ** 31 - 1 }),
  id: fc.uuid(),
  occurred_at: time,
  client_time: nullable(text(64)),
  url: nullable(text(50)),
  referrer: nullable(text(50)),
  visitor_returned: nullable(fc.boolean()),
  address: nullable(text(64)),
  user_agent: nullable(text(50)),
  fields: nullable(fields),
  repairs: nullable(fc.array(text(20), { maxLength: 4 })),
  key_version: fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }),
});

/** Any rows; also many, of which columns have dictionaries. */
export const anyRows: fc.Arbitrary<readonly LakeRow[]> = fc.oneof(
  fc.array(anyRow, { minLength: 1, maxLength: 30 }),
  fc.tuple(fc.array(anyRow, { minLength: 1, maxLength: 5 }), fc.integer({ min: 1, max: 60 })).map(([some, times]) => manyOf(some, times)),
);

/** The rows over and over, each with an id of its own. */
export function manyOf(rows: readonly LakeRow[], times: number): readonly LakeRow[] {
  return Array.from({ length: times }, (_, round) => rows.map((row, index) => ({ ...row, id: idOf(round * rows.length + index) }))).flat();
}

export const idOf = (number: number): string => `00000000-0000-4000-8000-${number.toString(16).padStart(12, '0')}`;

export const row = (number: number, more: Partial<LakeRow> = {}): LakeRow => ({
  visitor: `v${number % 10}`,
  received_at: BigInt(number),
  kind: 'page',
  site_id: 7,
  id: idOf(number),
  occurred_at: BigInt(number) - 1n,
  client_time: null,
  url: `https://site.example/?item=${number}`,
  referrer: null,
  visitor_returned: null,
  address: '192.0.2.0',
  user_agent: 'Firefox/142.0',
  fields: `{"amount": ${number}.00}`,
  repairs: null,
  key_version: 1,
  ...more,
});

/** The order of a file. */
export function ordered(rows: readonly LakeRow[]): readonly LakeRow[] {
  const key = ({ visitor }: LakeRow) => (visitor === null ? undefined : Buffer.from(visitor));
  return rows.toSorted((a, b) => {
    const [first, second] = [key(a), key(b)];
    if (!first || !second) return Number(!!first) - Number(!!second) || byTime(a, b);
    return Buffer.compare(first, second) || byTime(a, b);
  });
}

const byTime = (a: LakeRow, b: LakeRow) =>
  a.received_at === b.received_at ? (a.id < b.id ? -1 : Number(a.id > b.id)) : a.received_at < b.received_at ? -1 : 1;

/** The bytes as a source, with the ranges that were read. */
export class Bytes implements RangeSource {
  readonly key = 'lake/site=7/day=2026-11-30/0123456789abcdef.parquet';
  readonly ranges: (readonly [start: number, end: number])[] = [];

  constructor(private readonly content: Uint8Array) {}

  get bytes(): number {
    return this.content.length;
  }

  get bytesRead(): number {
    return this.ranges.reduce((sum, [start, end]) => sum + end - start, 0);
  }

  async read(start: number, end: number): Promise<ArrayBuffer> {
    this.ranges.push([start, end]);
    return new Uint8Array(this.content.subarray(start, end)).buffer;
  }
}

export const unlimited = () => new ReadLimits(2 ** 40, new Date(8.64e15));

export async function readAll(source: RangeSource, filter: LakeFilter = {}, limits = unlimited()): Promise<readonly LakeRow[]> {
  const rows: LakeRow[] = [];
  for await (const part of readFile(source, filter, limits)) rows.push(...part);
  return rows;
}

// Reads the hits of a file of the lake that match a filter, and few bytes of the others. (DSS-4.2)
import type { RowGroup } from 'hyparquet';
import { type LakeColumnName, type LakeRow, lakeColumnNames, lakeColumns } from './columns';
import { LakeFileReader, type RangeSource, type Values } from './file';
import { LakeFileError } from './file-error';
import type { ReadLimits } from './limits';
import { DecodeBudget } from './pages';

export type { RangeSource } from './file';
export { LakeFileError } from './file-error';

/** What rows are read: those that match every part that is set. */
export interface LakeFilter {
  readonly visitor?: string;
  /** First `received_at`, in microseconds since 1970. */
  readonly from?: bigint;
  /** End of `received_at`, which is no longer included. */
  readonly to?: bigint;
  readonly kind?: string;
  /** Erased visitors, whose rows are left out. */
  readonly without?: readonly Erased[];
}

/** An erased visitor: of the rows, those that were received until then, in microseconds since 1970, inclusive. */
export interface Erased {
  readonly visitor: string;
  readonly until: bigint;
}

/**
 * The matching rows, in the order of the file, in parts of at most a row group. Row groups whose statistics exclude
 * the filter are not read; of the others at first the columns that decide, and the rest if a row matches. A row group
 * is in memory at a time, and those of all files under the same limits have a bound.
 *
 * @throws LakeFileError for a file that is damaged or none of the lake
 * @throws LakeLimitError before a request beyond the limits
 */
export async function* readFile(source: RangeSource, filter: LakeFilter, limits: ReadLimits): AsyncGenerator<readonly LakeRow[], void> {
  const file = await LakeFileReader.open(source, limits);
  const matches = matcherOf(filter);
  const first = decidingColumns(filter);
  for (const group of file.groups) {
    if (!canMatch(group, filter)) continue;
    const bytes = file.decodedBytes(group, lakeColumnNames);
    const rows = await limits.inRoom(bytes, async () => {
      limits.checkTime();
      const budget = new DecodeBudget(bytes);
      const deciding = first.length > 0 ? await file.columns(group, first, budget) : new Map<LakeColumnName, Values>();
      const kept = matchingRows(Number(group.num_rows), deciding, matches);
      if (kept.length === 0) return [];
      const rest = await file.columns(group, without(first), budget);
      return rowsOf(new Map([...deciding, ...rest]), kept, source.key);
    });
    if (rows.length > 0) yield rows;
  }
}

/**
 * Numbers of the rows of each of these erased visitors, in their order: a row of two of them counts for the first.
 * Reads two columns of the row groups whose statistics leave a row open.
 *
 * @throws LakeFileError for a file that is damaged or none of the lake
 * @throws LakeLimitError before a request beyond the limits
 */
export async function countErased(source: RangeSource, erased: readonly Erased[], limits: ReadLimits): Promise<readonly number[]> {
  const file = await LakeFileReader.open(source, limits);
  const counts = erased.map(() => 0);
  const byVisitor = new Map<unknown, { readonly until: bigint; readonly index: number }[]>();
  for (const [index, { visitor, until }] of erased.entries()) byVisitor.set(visitor, [...(byVisitor.get(visitor) ?? []), { until, index }]);
  for (const group of file.groups) {
    if (!erased.some(({ visitor }) => canMatch(group, { visitor }))) continue;
    const bytes = file.decodedBytes(group, erasedBy);
    const columns = await limits.inRoom(bytes, () => {
      limits.checkTime();
      return file.columns(group, erasedBy, new DecodeBudget(bytes));
    });
    const [visitors, received] = [columns.get('visitor'), columns.get('received_at')];
    for (let at = 0; at < Number(group.num_rows); at++) {
      const found = byVisitor.get(visitors?.[at])?.find(({ until }) => (received?.[at] as bigint) <= until);
      if (found !== undefined) counts[found.index] = (counts[found.index] ?? 0) + 1;
    }
  }
  return counts;
}

/** Columns by which a row is one of an erased visitor. */
const erasedBy: readonly LakeColumnName[] = ['visitor', 'received_at'];

const without = (first: readonly LakeColumnName[]): readonly LakeColumnName[] => lakeColumnNames.filter((name) => !first.includes(name));

function decidingColumns({ visitor, from, to, kind, without: erased = [] }: LakeFilter): readonly LakeColumnName[] {
  const columns: LakeColumnName[] = [];
  if (visitor !== undefined || erased.length > 0) columns.push('visitor');
  if (from !== undefined || to !== undefined || erased.length > 0) columns.push('received_at');
  if (kind !== undefined) columns.push('kind');
  return columns;
}

type Deciding = { readonly visitor: unknown; readonly received: unknown; readonly kind: unknown };

function matcherOf({ visitor, from, to, kind, without: erased = [] }: LakeFilter): (row: Deciding) => boolean {
  const until = new Map<unknown, bigint>();
  for (const one of erased) {
    const before = until.get(one.visitor);
    if (before === undefined || before < one.until) until.set(one.visitor, one.until);
  }
  return (row) => {
    const received = row.received as bigint;
    if (visitor !== undefined && row.visitor !== visitor) return false;
    if (from !== undefined && received < from) return false;
    if (to !== undefined && received >= to) return false;
    if (kind !== undefined && row.kind !== kind) return false;
    const erasedUntil = until.size === 0 ? undefined : until.get(row.visitor);
    return erasedUntil === undefined || received > erasedUntil;
  };
}

function matchingRows(rows: number, deciding: ReadonlyMap<LakeColumnName, Values>, matches: (row: Deciding) => boolean): readonly number[] {
  const [visitor, received, kind] = [deciding.get('visitor'), deciding.get('received_at'), deciding.get('kind')];
  const kept: number[] = [];
  for (let at = 0; at < rows; at++) {
    if (matches({ visitor: visitor?.[at], received: received?.[at], kind: kind?.[at] })) kept.push(at);
  }
  return kept;
}

/** Whether the statistics of a row group leave open that a row matches. Without statistics it may. */
function canMatch(group: RowGroup, { visitor, from, to, kind }: LakeFilter): boolean {
  const [visitors, received, kinds] = [boundsOf(group, 'visitor'), boundsOf(group, 'received_at'), boundsOf(group, 'kind')];
  if (visitor !== undefined && (visitors.isEmpty || !canContain(visitors, visitor))) return false;
  if (kind !== undefined && !canContain(kinds, kind)) return false;
  if (from !== undefined && typeof received.max === 'bigint' && received.max < from) return false;
  return !(to !== undefined && typeof received.min === 'bigint' && received.min >= to);
}

interface Bounds {
  readonly min: unknown;
  readonly max: unknown;
  /** Whether every value is null. */
  readonly isEmpty: boolean;
}

function boundsOf(group: RowGroup, name: LakeColumnName): Bounds {
  const statistics = group.columns.find(({ meta_data }) => meta_data?.path_in_schema[0] === name)?.meta_data?.statistics;
  // Not the older `min` and `max`, whose order for texts is undefined ("parquet.thrift", Statistics).
  return { min: statistics?.min_value, max: statistics?.max_value, isEmpty: statistics?.null_count === group.num_rows };
}

/** Bounds may be shortened: the lower one down, the upper one up. */
function canContain({ min, max }: Bounds, text: string): boolean {
  const bytes = Buffer.from(text);
  if (min instanceof Uint8Array && Buffer.compare(bytes, min) < 0) return false;
  return !(max instanceof Uint8Array && Buffer.compare(bytes, max) > 0);
}

function rowsOf(columns: ReadonlyMap<LakeColumnName, Values>, kept: readonly number[], key: string | undefined): readonly LakeRow[] {
  const entries = [...columns];
  return kept.map((at) => {
    const row: Partial<Record<LakeColumnName, unknown>> = {};
    for (const [name, values] of entries) {
      const value = values[at] ?? null;
      if (value === null && lakeColumns[name].element.repetition_type === 'REQUIRED')
        throw new LakeFileError(`a value of ${name}`, 'null', { key });
      row[name] = name === 'repairs' ? repairsOf(value, key) : value;
    }
    return row as unknown as LakeRow;
  });
}

function repairsOf(value: unknown, key: string | undefined): readonly string[] | null {
  if (value === null) return null;
  try {
    const repairs: unknown = JSON.parse(String(value));
    if (Array.isArray(repairs) && repairs.every((repair) => typeof repair === 'string')) return repairs;
  } catch {
    // Reported below, as another value.
  }
  throw new LakeFileError('repairs as a list of texts', 'another value', { key });
}

// A file of the lake without the rows of an erased visitor. (DSS-4.2)
import type { LakeRow } from './columns';
import type { RangeSource } from './file';
import { ReadLimits } from './limits';
import { readFile } from './read';
import { encodeFile, type LakeFile } from './write';

export interface Rewrite {
  /** Number of rows that the new file lacks. */
  readonly removed: number;
  /** The new file; undefined if no row is left, and the object can be removed. */
  readonly file: LakeFile | undefined;
}

/**
 * The file without the rows of a visitor that were received until a time, inclusive; undefined if it has none of them,
 * which the statistics and one column show mostly. Otherwise all rows are in memory.
 *
 * @param until microseconds since 1970
 * @param limits of both reads together. @default three times the file, without a deadline
 * @throws LakeFileError for a file that is damaged or none of the lake: nothing can be removed from it
 */
export async function withoutVisitor(
  source: RangeSource,
  visitor: string,
  until: bigint,
  limits: ReadLimits = new ReadLimits(3 * source.bytes + 2 ** 20, endless),
): Promise<Rewrite | undefined> {
  let removed = 0;
  for await (const rows of readFile(source, { visitor, to: until + 1n }, limits)) removed += rows.length;
  if (removed === 0) return undefined;
  const kept: LakeRow[] = [];
  for await (const rows of readFile(source, { without: [{ visitor, until }] }, limits)) for (const row of rows) kept.push(row);
  return { removed, file: kept.length === 0 ? undefined : await encodeFile(kept) };
}

/** The last time that a Date can have ("Time Values and Time Range", ECMAScript). */
const endless = new Date(8.64e15);

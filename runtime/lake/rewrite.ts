// A file of the lake without the rows of erased visitors. (DSS-4.2)
import type { LakeRow } from './columns';
import type { RangeSource } from './file';
import { ReadLimits } from './limits';
import { countErased, type Erased, readFile } from './read';
import { encodeFile, type LakeFile } from './write';

export interface Rewrite {
  /** Number of rows that the new file lacks, of each erasure. */
  readonly removed: readonly number[];
  /** The new file; undefined if no row is left, and the object can be removed. */
  readonly file: LakeFile | undefined;
}

/**
 * The file without the rows of erased visitors that were received until a time, inclusive; undefined if it has none of
 * them, which the statistics and two columns show. Otherwise all rows are in memory.
 *
 * @param inTurn runs work that needs the memory of all rows. @default at once
 * @param limits of both reads together. @default three times the file, without a deadline
 * @throws LakeFileError for a file that is damaged or none of the lake: nothing can be removed from it
 */
export async function withoutErased(
  source: RangeSource,
  erased: readonly Erased[],
  inTurn: <T>(work: () => Promise<T>) => Promise<T> = (work) => work(),
  limits: ReadLimits = new ReadLimits(3 * source.bytes + 2 ** 20, endless),
): Promise<Rewrite | undefined> {
  const removed = await countErased(source, erased, limits);
  if (removed.every((rows) => rows === 0)) return undefined;
  return inTurn(async () => {
    const kept: LakeRow[] = [];
    for await (const rows of readFile(source, { without: erased }, limits)) for (const row of rows) kept.push(row);
    return { removed, file: kept.length === 0 ? undefined : await encodeFile(kept) };
  });
}

/** The last time that a Date can have ("Time Values and Time Range", ECMAScript). */
const endless = new Date(8.64e15);

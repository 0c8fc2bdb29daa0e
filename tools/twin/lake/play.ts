// The life of hits in the lake of a twin, from the first day to an erasure, compared with DuckDB after each step.
import { checkLake } from './check';
import { eraseVisitor, exportDays, exportVisitor, fill, leave, read } from './steps';
import { sitesOf, type TwinLake } from './twin-lake';

export interface LakePlay {
  readonly stored: number;
  readonly exported: number;
  readonly dropped: number;
  /** Rows of the erased persons before, and after. */
  readonly erased: number;
  readonly left: number;
  /** Rows that both readers had, at the last comparison. */
  readonly compared: number;
  readonly problems: readonly string[];
}

/** Days that stay in the window. */
const hotDays = 12;

export async function playLake(
  of: TwinLake,
  filling: { readonly hits: number; readonly days: number; readonly seed: number },
  progress: (line: string) => void,
): Promise<LakePlay> {
  const problems: string[] = [];
  const compare = async (after: string) => {
    const { files, rows, compared, problems: found } = await checkLake(of);
    progress(`${after}: ${files} files, ${rows} rows, ${compared} compared with the runtime, ${found.length} problems`);
    problems.push(...found.map((problem) => `after ${after}: ${problem}`));
    return compared;
  };
  const stored = await fill(of, filling);
  progress(`fill: ${stored} hits by the ingest`);
  const { rows: exported } = await exportDays(of, {});
  await compare('export');
  const { dropped } = await leave(of, hotDays);
  await compare('days that left the window');
  let [erased, left] = [0, 0];
  for (const { id } of await sitesOf(of)) {
    const visitor = await someVisitor(of, id);
    const { lines } = await exportVisitor(of, id, visitor);
    const before = (await read(of, id, { visitor })).rows.length;
    if (lines !== before) problems.push(`site ${id}: expected an export of ${before} hits, got ${lines} lines`);
    const { isFinished } = await eraseVisitor(of, id, visitor);
    if (!isFinished) problems.push(`site ${id}: expected the erasure to be finished in the lake, got another state`);
    erased += before;
    left += (await read(of, id, { visitor })).rows.length + (await of.files.ids(id, { visitor })).length;
  }
  progress(`erasures: ${erased} rows before, ${left} after, by both readers`);
  return { stored, exported, dropped: dropped.length, erased, left, compared: await compare('erasures'), problems };
}

/** A visitor with hits in the lake. */
async function someVisitor(of: TwinLake, site: number): Promise<string> {
  const [visitor] = await of.files.visitors(site);
  return visitor ?? '';
}

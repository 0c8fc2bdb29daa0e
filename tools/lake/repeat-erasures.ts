// npm run lake -- erasures and repeat: erasures since a snapshot are listed before a restored database takes the place
// of the former, and repeated in it. (DSS-4.2)
import { readFileSync, writeFileSync } from 'node:fs';
import type { ErasuresRequest, ListedErasure } from '../../lambda/lake/lake-upkeep/list-erasures';
import { ToolError, UsageError } from '../command-line';
import { print } from '../command-output';
import { type Call, placeUsage } from './invoke';

export const listUsage = `npm run lake -- erasures --since TIME --out FILE [options]

Writes the erasures since a time to a file, which has the pseudonyms of the erased persons: delete it when they are repeated. Call it while the
functions use the database from before the restore. The function lake-upkeep lists them, with an entry in the access log of each site.

  --since TIME       required: time of the snapshot, as in 2026-11-30T04:15:00Z
  --out FILE         required: file to write; one that exists is not replaced
${placeUsage}

Exit codes: 0 for a list that is written, 1 for one that is not, 2 for a mistake in the command line.`;

export const repeatUsage = `npm run lake -- repeat --from FILE [options]

Repeats the erasures of a list of npm run lake -- erasures in the restored database, by the function person-erase. A repetition of the command
includes rows that were stored since. Without --confirm nothing is erased.

  --from FILE        required: the list
  --confirm          erase; otherwise print how many erasures there are
${placeUsage}

Exit codes: 0 if all are repeated, 1 if not, 2 for a mistake in the command line.`;

export const listOptions = { since: { type: 'string' }, out: { type: 'string' } } as const;
export const repeatOptions = { from: { type: 'string' }, confirm: { type: 'boolean' } } as const;

interface ListOptions {
  readonly since?: string | undefined;
  readonly out?: string | undefined;
  readonly json?: boolean | undefined;
}

export async function listErasuresInto({ since, out, json }: ListOptions, call: Call): Promise<number> {
  if (since === undefined) throw new UsageError('--since: expected the time of the snapshot, got none; add it');
  if (out === undefined) throw new UsageError('--out: expected a file, got none; add it');
  const request: ErasuresRequest = { erasures: { since } };
  const listed = (await call('lake-upkeep', request)) as readonly ListedErasure[];
  try {
    // Personal data: for the person who runs the command alone.
    writeFileSync(out, `${JSON.stringify(listed)}\n`, { flag: 'wx', mode: 0o600 });
  } catch (error) {
    throw new ToolError(`--out: expected a new file, got ${error instanceof Error ? error.message : error}; name another one`);
  }
  print(json, { erasures: listed.length, out }, `${listed.length} erasures since ${since}, in ${out}`);
  return 0;
}

interface RepeatOptions {
  readonly from?: string | undefined;
  readonly confirm?: boolean | undefined;
  readonly json?: boolean | undefined;
}

const actor = { name: 'operator', from: 'restore of the database' } as const;

export async function repeatErasures({ from, confirm = false, json }: RepeatOptions, call: Call): Promise<number> {
  if (from === undefined) throw new UsageError('--from: expected the file of npm run lake -- erasures, got none; add it');
  const listed = erasuresIn(from);
  const { failures, ...counts } = await repeatAll(confirm ? listed : [], call);
  const result = { ...counts, erasures: listed.length, failures };
  const text = confirm
    ? [repeatedText(result), ...failures]
    : [`${listed.length} erasures would be repeated; repeat the command with --confirm`];
  print(json, result, text.join('\n'));
  return failures.length > 0 ? 1 : 0;
}

export interface Repeated {
  readonly erasures: number;
  readonly repeated: number;
  /** Erasures of persons that the database does not have. */
  readonly nobody: number;
  readonly failures: readonly string[];
}

export const repeatedText = ({ erasures, repeated, nobody }: Repeated): string =>
  `${repeated} of ${erasures} erasures repeated, ${nobody} of persons that the database does not have`;

/** Repeats erasures one by one; a failure does not keep the others from being repeated. */
export async function repeatAll(listed: readonly ListedErasure[], call: Call): Promise<Repeated> {
  const failures: string[] = [];
  let [repeated, nobody] = [0, 0];
  for (const erasure of listed) {
    try {
      if (await repeat(erasure, call)) repeated++;
      else nobody++;
    } catch (error) {
      failures.push(`site ${erasure.site}: ${error instanceof Error ? error.message : error}`);
    }
  }
  return { erasures: listed.length, repeated, nobody, failures };
}

/** By the id, and by the pseudonym where the snapshot does not have the person: hits may be of before. */
async function repeat({ site, person, visitor }: ListedErasure, call: Call): Promise<boolean> {
  const erase = async (of: object) => (await call('person-erase', { site, person: of, actor })) !== 'nobody';
  const byId = person !== null && (await erase({ id: person, ...(visitor === null ? {} : { visitor }) }));
  return byId || (visitor !== null && (await erase({ visitor })));
}

/** The erasures of a list. @throws ToolError for a file with another content */
export function erasuresIn(file: string): readonly ListedErasure[] {
  try {
    const listed: unknown = JSON.parse(readFileSync(file, 'utf8'));
    if (Array.isArray(listed) && listed.every((one) => typeof one === 'object' && one !== null && Number.isSafeInteger(one.site)))
      return listed as readonly ListedErasure[];
  } catch (error) {
    throw new ToolError(`--from: expected a list of erasures, got ${error instanceof Error ? error.message : error}; list them again`);
  }
  throw new ToolError(`--from: expected a list of erasures, got another content in ${file}; list them again`);
}

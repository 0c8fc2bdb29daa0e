// The request of a restore to the function lake-export, which has the rights on versions of one site at a time.
import type { RestoreRequest, RestoreResult } from '../../lambda/lake/lake-export/restore';
import { print } from '../command-output';
import { type Call, placeUsage } from './invoke';
import { expectKey, keyOption, keyUsage } from './key';

export const restoreUsage = `npm run lake -- restore --key KEY [options]

Restores a file of the lake whose object is gone or damaged, from a version of the object: versions exist for 14 days. The function lake-export
does it, and compares the content with the digest in the catalogue. Without --confirm nothing is written.

It refuses an object that an erasure or a later export has replaced, and a day with files that the catalogue does not have, as after a restore
of the database: erased rows must not come back.

While exports hold all runs of the function, the command repeats its request for up to 15 minutes.

${keyUsage}
  --confirm          restore the object; otherwise print what would be done
${placeUsage}

Exit codes: 0 for a file that is restored, would be, or is intact, 1 for one that cannot be, 2 for a mistake in the command line.`;

export const restoreOptions = { ...keyOption, confirm: { type: 'boolean' } } as const;

interface RestoreOptions {
  readonly key?: string | undefined;
  readonly confirm?: boolean | undefined;
  readonly json?: boolean | undefined;
}

export async function restoreFile({ key = '', confirm = false, json }: RestoreOptions, call: Call): Promise<number> {
  expectKey(key);
  const request: RestoreRequest = { restore: { key, confirm } };
  const result = (await call('lake-export', request)) as RestoreResult;
  print(json, result, textOf(result));
  return 0;
}

const textOf = ({ key, outcome, version, bytes }: RestoreResult): string =>
  `${key}: ${outcome}, ${bytes} bytes of version ${version}${outcome === 'would be restored' ? '; repeat the command with --confirm' : ''}`;

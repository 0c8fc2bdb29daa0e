// npm run lake -- give-up: one request to lake-upkeep.
import type { GiveUpRequest, GiveUpResult } from '../../lambda/lake/lake-upkeep/give-up';
import { print } from '../command-output';
import { type Call, placeUsage } from './invoke';
import { expectKey, keyOption, keyUsage } from './key';

export const giveUpUsage = `npm run lake -- give-up --key KEY [options]

Gives up a file of the lake whose object is gone or damaged and has no version, so that exports and erasures of its site end. Its rows are
lost. The entry stays in the modification log. An object without an entry awaits its deletion. Without --confirm nothing is changed.

It refuses a file that is intact, that a version can restore, or whose day the window has.

${keyUsage}
  --confirm          give the file up; otherwise print what would be done
${placeUsage}

Exit codes: 0 for a file that is given up, or would be, 1 for one that is not, 2 for a mistake in the command line.`;

export const giveUpOptions = { ...keyOption, confirm: { type: 'boolean' } } as const;

interface Options {
  readonly key?: string | undefined;
  readonly confirm?: boolean | undefined;
  readonly json?: boolean | undefined;
}

export async function giveUpObject({ key = '', confirm = false, json }: Options, call: Call): Promise<number> {
  expectKey(key);
  const request: GiveUpRequest = { giveUp: { key, confirm } };
  const result = (await call('lake-upkeep', request)) as GiveUpResult;
  const rows = result.rows === undefined ? 'an object without an entry' : `${result.rows} rows`;
  const next = confirm ? '' : '; repeat the command with --confirm';
  print(json, result, `${key}: ${result.outcome}, ${rows}${next}`);
  return 0;
}

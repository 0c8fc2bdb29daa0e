// The flags of npm start.
import { parseArgs } from 'node:util';
import type { SiteName } from '../../lib/config/site';

export interface Options {
  readonly deployment: string;
  readonly site: SiteName;
  readonly json: boolean;
  readonly color: boolean;
  readonly help: boolean;
}

export const usage = `npm start -- [flags]

Synthesizes a deployment without credentials, holds it against the TOM and prints what becomes of each clause.

  --check              do that and stop; the same as without it
  --deployment NAME    the deployment, a file of config/ (default: production)
  --site home|recovery the region it is built for (default: home)
  --json               print one JSON document instead of the table;
                       npm start -s -- --json leaves out what npm itself prints
  --no-color           no colours, on a terminal either; NO_COLOR does the same
  --help               print this

Exit codes: 0 nothing is broken, 1 something is or could not be decided, 2 wrong flags.
`;

/** Told to the person who typed the command. */
export class UsageError extends Error {}

/** Reads the flags; throws a UsageError on one that does not exist or has a value that is not allowed. */
export function readOptions(args: readonly string[]): Options {
  const values = parse(args);
  const site = values.site;
  if (site !== 'home' && site !== 'recovery') {
    throw new UsageError(`--site: expected home or recovery, got ${JSON.stringify(site)}; name one of the two`);
  }
  return { deployment: values.deployment, site, json: values.json, color: !values['no-color'], help: values.help };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        check: { type: 'boolean', default: false },
        deployment: { type: 'string', default: 'production' },
        site: { type: 'string', default: 'home' },
        json: { type: 'boolean', default: false },
        'no-color': { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
      },
    }).values;
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

// The flags of npm start.
import { parseArgs } from 'node:util';
import type { SiteName } from '../../lib/config/site';
import { readTwinOptions, type TwinValues, twinFlagLines, twinFlags } from '../twin/options';

export interface Options {
  /** Whether the twin is left out. */
  readonly check: boolean;
  /** The twin's flags, checked. */
  readonly twin: TwinValues;
  readonly deployment: string;
  readonly site: SiteName;
  readonly json: boolean;
  readonly color: boolean;
  readonly help: boolean;
}

export const usage = `npm start -- [flags]

Synthesizes a deployment without credentials, holds it against the TOM and prints what becomes of each clause; then, unless something
is broken, runs the twin: the moving parts of the stack on this machine, until Ctrl-C.

  --check              check and stop
  --deployment NAME    the deployment, a file of config/ (default: production)
  --site home|recovery the region it is built for (default: home)
  --json               check and stop, and print one JSON document instead of the table;
                       npm start -s -- --json leaves out what npm itself prints
  --no-color           no colours, on a terminal either; NO_COLOR does the same
  --help               print this

For the twin, as npm run twin takes them:
${twinFlagLines}

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
  const { deployment, json, help } = values;
  checkTwin(values);
  return { check: values.check, twin: values, deployment, site, json, color: !values['no-color'], help };
}

/** Said before the check, which takes a while. */
function checkTwin(values: TwinValues): void {
  try {
    readTwinOptions(values, () => 0);
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        ...twinFlags,
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

// The flags of npm start.
import type { SiteName } from '../../lib/config/site';
import { optionValues } from '../command-line';
import { readTwinOptions, type TwinValues, twinFlagLines, twinFlags } from '../twin/options';

export interface Options {
  /** Whether to stop after the check, without the twin. */
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

Synthesizes a deployment without credentials, evaluates the TOM and prints the state of each clause; then, if nothing is broken, runs
the twin: the moving parts of the stack on this machine, until Ctrl-C.

  --check              check and stop
  --deployment NAME    the deployment, a file of config/ (default: production)
  --site home|recovery the site to build (default: home)
  --json               check and stop, and print one JSON document instead of the table;
                       npm start -s -- --json omits the output of npm itself
  --no-color           no colours, not even on a terminal; NO_COLOR does the same
  --help               print this

For the twin, as for npm run twin:
${twinFlagLines}

Exit codes: 0 nothing is broken, 1 something is broken or the check failed, 2 wrong flags.
`;

/** An error in the flags; its message is for the person who typed them. */
export class UsageError extends Error {}

/** Reads the flags; throws a UsageError for an unknown flag or a value that is not allowed. */
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

/** Reports errors in the twin's flags before the check, which takes a while. */
function checkTwin(values: TwinValues): void {
  try {
    readTwinOptions(values, () => 0);
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

const flags = {
  ...twinFlags,
  check: { type: 'boolean', default: false },
  deployment: { type: 'string', default: 'production' },
  site: { type: 'string', default: 'home' },
  json: { type: 'boolean', default: false },
  'no-color': { type: 'boolean', default: false },
  help: { type: 'boolean', default: false },
} as const;

function parse(args: readonly string[]) {
  try {
    return optionValues(flags, args);
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

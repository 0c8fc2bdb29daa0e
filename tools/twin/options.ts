// The flags of the twin.
import type { ParseArgsConfig } from 'node:util';
import { UsageError } from '../command-line';

export interface TwinOptions {
  readonly folder: string | undefined;
  readonly keep: boolean;
  /** Port of the status page; 0 for any that is free. */
  readonly port: number;
  readonly collectorPort: number;
  /** Seconds that the ingest waits for a batch. @default - those of production */
  readonly batchSeconds?: number;
  /** Requests a second; 0 for no traffic. */
  readonly traffic: number;
  readonly chaos: boolean;
  readonly seed: number;
  /** Seconds after which it stops by itself; undefined: it runs until it is stopped. */
  readonly seconds: number | undefined;
  readonly json: boolean;
}

export const twinFlags = {
  folder: { type: 'string' },
  keep: { type: 'boolean', default: false },
  port: { type: 'string' },
  'collector-port': { type: 'string' },
  'batch-seconds': { type: 'string' },
  traffic: { type: 'string' },
  chaos: { type: 'boolean', default: false },
  seed: { type: 'string' },
  seconds: { type: 'string' },
} as const satisfies NonNullable<ParseArgsConfig['options']>;

export const twinFlagLines = `  --folder PATH        folder for its data (default: the system's folder for temporary files)
  --keep               keep the data, in PATH itself, for the next twin
  --port N             port of the status page (default: any that is free)
  --collector-port N   port of the collector (default: any that is free)
  --batch-seconds N    seconds that the ingest waits for a batch, 1 to 300 (default: those of production)
  --traffic N          generate the traffic of many visitors, N requests a second, 1 to 5000
  --chaos              kill and restart parts at random, and verify that accepted hits arrive;
                       with 200 requests a second by default
  --seed N             seed of traffic and chaos (default: a random one, printed)
  --seconds N          stop after N seconds`;

export const twinUsage = `npm run twin -- [flags]

Runs the moving parts of the stack on this machine, with the code that is deployed, until Ctrl-C.

${twinFlagLines}
  --json               print JSON, one object per line, instead of text
  --help               print this

Exit codes: 0 it ran and was stopped, 1 it could not run or an accepted hit did not arrive, 2 wrong flags.
`;

/** The flags as given on the command line. */
export interface TwinValues {
  readonly folder?: string | undefined;
  readonly keep?: boolean | undefined;
  readonly port?: string | undefined;
  readonly 'collector-port'?: string | undefined;
  readonly 'batch-seconds'?: string | undefined;
  readonly traffic?: string | undefined;
  readonly chaos?: boolean | undefined;
  readonly seed?: string | undefined;
  readonly seconds?: string | undefined;
  readonly json?: boolean | undefined;
}

const defaultChaosTraffic = 200;

/** Checks the flags. @throws UsageError for the first value that is not allowed */
export function readTwinOptions(values: TwinValues, randomSeed: () => number): TwinOptions {
  const { folder, keep = false, chaos = false, json = false } = values;
  if (folder === '') throw new UsageError('--folder: expected a path, got ""; name a folder, or leave it out');
  const batchSeconds = wholeNumber('--batch-seconds', values['batch-seconds'], 1, 300);
  const traffic = wholeNumber('--traffic', values.traffic, 1, 5000) ?? (chaos ? defaultChaosTraffic : 0);
  return {
    folder,
    keep,
    port: wholeNumber('--port', values.port, 0, 65535) ?? 0,
    collectorPort: wholeNumber('--collector-port', values['collector-port'], 0, 65535) ?? 0,
    ...(batchSeconds === undefined ? {} : { batchSeconds }),
    traffic,
    chaos,
    seed: wholeNumber('--seed', values.seed, 0, 2 ** 31 - 1) ?? randomSeed(),
    seconds: wholeNumber('--seconds', values.seconds, 1, 30 * 86_400),
    json,
  };
}

function wholeNumber(flag: string, text: string | undefined, least: number, most: number): number | undefined {
  if (text === undefined) return undefined;
  const value = /^\d{1,10}$/.test(text) ? Number(text) : Number.NaN;
  if (value >= least && value <= most) return value;
  throw new UsageError(`${flag}: expected a whole number from ${least} to ${most}, got ${JSON.stringify(text)}; choose one in that range`);
}

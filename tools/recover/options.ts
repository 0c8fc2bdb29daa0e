// The command line of npm run recover.
import { UsageError } from '../command-line';
import { type Values as EstimateValues, options as estimateOptions } from './estimate/request';
import type { Options } from './recovery';

export const usage = `npm run recover [options]

Recovers a deployment in its recovery region after the loss of the home region, or with --back in the home region. Without --apply it reads
the account and prints what it would do, and the critical path of the estimate. With --apply it acts, step by step: the account, the recovery
point of the database, its choice in config/, the deployment, erasures, the lake, checks, the DNS records. Each step reads the state and does
what is left: a run after a failure goes on where it stopped. Names in DNS change last, and only with --switch-dns.

  --apply                  act; without it nothing is changed
  --back                   recover from the recovery site to the home site
  --deployment <name>      file of config/ [default: production]
  --accept-age <hours>     most hours between the data of the recovery point and now [default: 24]
  --snapshot <arn>         another snapshot of the database in the region, instead of the newest good recovery point
  --replace-database       the database of the site, if there is one, is replaced by the one that is restored
  --erasures <file>        list of the erasures since the recovery point, as for npm run lake -- repeat
  --without erasures       instead of it: leave them out; the log states it
  --without lake           leave the lake held, as long as its files are not at the site
  --switch-dns             switch the records of edge.hostedZone once the checks are right; otherwise they are printed
  --out <folder>           folder for the log of the run, JSON lines for the incident's record [default: .]
  --json                   print the plan or the result as JSON
  --help                   print this text

npm run recover -- --estimate [options]

Predicts the time of a recovery after the loss of the home region, from the alarm to a hit that is answered in the recovery region: the
creation of each resource of the synthesized recovery site in its order, with the times of a dated table (tools/recover/estimate/durations.ts),
and the steps of people. Prints the critical path. Nothing is deployed, and no credentials are needed.

  --estimate               predict alone; the options below are of the critical path of a plan, too
  --gigabytes <n>          size of the database, up to 10,000 [default: 1000]
  --hits-per-second <n>    hits that arrive, for the replay [default: 2000]
  --recovery-point-hours <n>  age of the data of the recovery point, for the replay [default: 24]
  --decision-minutes <n>   from the alarm to the decision to recover [default: 15]
  --concurrency <n>        stacks that are deployed at once, as by cdk deploy --concurrency [default: 6]
  --slow                   the longest time of each source instead of the expected one
  --measured <file>        JSON with minutes by resource type, of a drill, instead of those of the table
  --svg <file>             write the timetable as a picture

Exit code: 0 for a plan that nothing stops, a recovery with every step done or left out, and a prediction within the promised 12 hours; 1 for
a step that stops or failed, a longer prediction, and a mistake in a file; 2 for a mistake in the command line.`;

const text = { type: 'string' } as const;
const flag = { type: 'boolean' } as const;

export const options = {
  ...estimateOptions,
  apply: flag,
  back: flag,
  'accept-age': text,
  snapshot: text,
  'replace-database': flag,
  erasures: text,
  without: { type: 'string', multiple: true },
  'switch-dns': flag,
  out: text,
} as const;

export interface Values extends EstimateValues {
  readonly apply?: boolean | undefined;
  readonly back?: boolean | undefined;
  readonly 'accept-age'?: string | undefined;
  readonly snapshot?: string | undefined;
  readonly 'replace-database'?: boolean | undefined;
  readonly erasures?: string | undefined;
  readonly without?: string[] | undefined;
  readonly 'switch-dns'?: boolean | undefined;
  readonly out?: string | undefined;
}

/**
 * @throws UsageError for a value that is not allowed, and without a decision about the erasures before anything is
 * changed
 */
export function optionsOf(values: Values): Options {
  const without = new Set((values.without ?? []).map(stepOf));
  const { erasures, snapshot } = values;
  if (erasures !== undefined && without.has('erasures'))
    throw new UsageError('--without erasures: expected no --erasures beside it, got one; remove one of them');
  if (values.apply === true && erasures === undefined && !without.has('erasures'))
    throw new UsageError('--erasures: expected a list of the erasures since the recovery point, got none; add it, or --without erasures');
  return {
    ...{ back: values.back === true, replaceDatabase: values['replace-database'] === true, switchDns: values['switch-dns'] === true },
    ...{ acceptAge: hours(values['accept-age']), without },
    ...(snapshot === undefined ? {} : { snapshot: snapshotOf(snapshot) }),
    ...(erasures === undefined ? {} : { erasures }),
  };
}

function stepOf(name: string): 'erasures' | 'lake' {
  if (name === 'erasures' || name === 'lake') return name;
  throw new UsageError(`--without: expected erasures or lake, got ${name}; every other step is needed`);
}

/** Points are kept for 30 days. */
function hours(given = '24'): number {
  const number = Number(given);
  if (/^\d+$/.test(given) && number >= 1 && number <= 744) return number;
  throw new UsageError(`--accept-age: expected a number of hours from 1 to 744, got ${given}; write one`);
}

function snapshotOf(arn: string): string {
  if (/^arn:aws:rds:[a-z0-9-]+:\d{12}:cluster-snapshot:[A-Za-z][A-Za-z0-9:-]{0,254}$/.test(arn)) return arn;
  throw new UsageError(`--snapshot: expected the ARN of a snapshot of a database cluster, got ${arn}; copy it whole`);
}

// The command line of the cost: a load, a deployment, a what-if and a view.
import { assumptions } from '../../lib/cost/assumptions';
import { levers } from '../../lib/cost/levers';
import type { HitsLiveIn } from '../../lib/cost/shape';
import type { Load } from '../../lib/cost/traffic';
import { UsageError } from '../command-line';

const text = { type: 'string' } as const;
const flag = { type: 'boolean' } as const;

export const options = {
  'hits-per-second': text,
  sites: text,
  'hits-per-request': text,
  month: text,
  deployment: text,
  site: text,
  'hits-in': text,
  with: text,
  'without-backups': flag,
  levers: flag,
  scale: flag,
  table: flag,
  assumptions: flag,
  json: flag,
} as const;

type Values = { readonly [name in keyof typeof options]?: ((typeof options)[name] extends typeof flag ? boolean : string) | undefined };

export const leverNames: readonly string[] = levers.map(({ name }) => name);

const viewNames = ['levers', 'scale', 'table', 'assumptions'] as const;

/** Options that a view would ignore. */
const unusedBy: Readonly<Record<Request['view'], readonly string[]>> = {
  estimate: [],
  levers: [],
  scale: ['hits-per-second'],
  table: ['hits-per-second', 'hits-per-request', 'month', 'hits-in', 'with'],
  assumptions: Object.keys(options).filter((name) => !['assumptions', 'json'].includes(name)),
};

interface Request {
  readonly load: Omit<Load, 'month'>;
  /** @default the month after `keepMonths` whole months */
  readonly month: number | undefined;
  readonly deployment: string;
  readonly site: string;
  /** @default that of the templates */
  readonly place: HitsLiveIn | undefined;
  readonly with: readonly string[];
  readonly view: 'estimate' | (typeof viewNames)[number];
}

/** @throws UsageError for a value that is not allowed */
export function readRequest(values: Values): Request {
  const chosen = viewNames.filter((name) => values[name] === true);
  if (chosen.length > 1) {
    const flags = chosen.map((name) => `--${name}`).join(' and ');
    throw new UsageError(`command line: expected one of --${viewNames.join(', --')}, got ${flags}; run them one by one`);
  }
  const view = chosen[0] ?? 'estimate';
  const ignored = (Object.keys(values) as (keyof Values)[]).find((name) => unusedBy[view].includes(name) && values[name] !== undefined);
  if (ignored) throw new UsageError(`--${ignored}: expected no value with --${view}, got ${values[ignored]}; leave one of them out`);
  return {
    load: {
      hitsPerSecond: readNumber(values, 'hits-per-second', 2000, 0),
      sites: readNumber(values, 'sites', 200, 1),
      hitsPerRequest: readNumber(values, 'hits-per-request', 1, 1),
    },
    month: values.month === undefined ? undefined : readNumber(values, 'month', 1, 1),
    deployment: values.deployment ?? 'production',
    site: values.site ?? 'home',
    place: readPlace(values['hits-in']),
    with: readLevers(values.with),
    view,
  };
}

function readPlace(place: string | undefined): HitsLiveIn | undefined {
  if (place !== undefined && place !== 'database' && place !== 'lake')
    throw new UsageError(`--hits-in: expected database or lake, got ${place}; choose one`);
  return place;
}

function readLevers(list: string | undefined): readonly string[] {
  const names = list?.split(',') ?? [];
  const unknown = names.find((name) => !leverNames.includes(name));
  if (unknown === undefined) return names;
  throw new UsageError(`--with: expected some of ${leverNames.join(', ')}, got ${JSON.stringify(unknown)}; correct the name`);
}

function readNumber(
  values: Values,
  name: 'hits-per-second' | 'sites' | 'hits-per-request' | 'month',
  otherwise: number,
  least: number,
): number {
  const given = values[name];
  if (given === undefined) return otherwise;
  if (!/^\d{1,9}$/.test(given) || Number(given) < least) {
    throw new UsageError(`--${name}: expected a whole number of ${least} or more, got ${given}; choose such a number`);
  }
  return Number(given);
}

/** The rows of the assumptions: value, unit, meaning, source. */
export const assumptionRows = Object.entries(assumptions).map(([name, { value, unit, meaning, source }]) => ({
  name,
  value,
  unit,
  meaning,
  source,
}));

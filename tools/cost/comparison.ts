// The table of the README: loads in rows; the deployment before the lake, of today and with levers in columns, each in
// the first month and in the one after `keepMonths`.
import { beforeLake } from '../../lib/cost/before-lake';
import { type Changes, estimate } from '../../lib/cost/estimate';
import { cheapest, pulled, settledLevers } from '../../lib/cost/levers';
import { isPossible } from '../../lib/cost/limits';
import { type CostedStack, resourcesOf, withoutBackups } from '../../lib/cost/resources';
import { shapeOf } from '../../lib/cost/shape';
import type { Load } from '../../lib/cost/traffic';
import { money } from './print';

const loads = [0, 100, 2000, 20_000] as const;

interface Cell {
  readonly usd: number;
  readonly usdPerMillion: number | undefined;
  readonly possible: boolean;
}

interface Row {
  readonly hitsPerSecond: number;
  /** Every hit in the database for `keepMonths`. Each with the first month and the month after `keepMonths`. */
  readonly before: readonly [Cell, Cell];
  /** The templates as they are. */
  readonly now: readonly [Cell, Cell];
  /** The templates with the levers that together cost least, of those with a setting. */
  readonly pulled: readonly [Cell, Cell];
  readonly levers: readonly string[];
}

/** Clickstream Analytics on AWS, the whole of it: its cost document of 2024-08-01, us-east-1, by prices.md, Peers. */
export const clickstream = { megabytesPerSecond: 2, usd: 5450 } as const;

const titlesAfter = (months: number): readonly string[] => [
  'hits/s',
  ...['before', 'now', 'now with levers'].flatMap((place) => [`${place}, first month`, `after ${months} months`]),
];

/** The rows, without backups, and the table in Markdown. */
export function comparison(all: readonly CostedStack[], sites: number): { readonly rows: readonly Row[]; readonly text: string } {
  const stacks = withoutBackups(all);
  const { keepMonths } = shapeOf(resourcesOf(stacks));
  const rows = loads.map((hitsPerSecond) => rowOf(stacks, { hitsPerSecond, sites, hitsPerRequest: 1, month: keepMonths + 1 }));
  const titles = titlesAfter(keepMonths);
  const cells = [titles, ...rows.map(rowText)];
  const widths = titles.map((_, column) => Math.max(...cells.map((row) => row[column]?.length ?? 0)));
  const pulledAt = rows
    .slice(1)
    .map(({ hitsPerSecond, levers }) => `- Levers at ${hitsPerSecond.toLocaleString('en-US')}: ${levers.join(', ')}.`);
  const [head, ...body] = cells.map((row) => `| ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`);
  return { rows, text: [head, `| ${widths.map((width) => '-'.repeat(width)).join(' | ')} |`, ...body, '', ...pulledAt].join('\n') };
}

function rowOf(stacks: readonly CostedStack[], late: Load): Row {
  const levers = cheapest(stacks, late, {}, settledLevers);
  const best = pulled(stacks, late, levers);
  const both = (changes: Changes): readonly [Cell, Cell] => [cellOf(stacks, { ...late, month: 1 }, changes), cellOf(stacks, late, changes)];
  return { hitsPerSecond: late.hitsPerSecond, before: both(beforeLake(late.month - 1)), now: both({}), pulled: both(best), levers };
}

function cellOf(stacks: readonly CostedStack[], load: Load, changes: Changes): Cell {
  const found = estimate(stacks, load, changes);
  return { usd: found.usd, usdPerMillion: found.usdPerMillion, possible: isPossible(found) };
}

function rowText({ hitsPerSecond, ...row }: Row): readonly string[] {
  const cells = [...row.before, ...row.now, ...row.pulled].map(cellText);
  return [hitsPerSecond === 0 ? 'idle' : hitsPerSecond.toLocaleString('en-US'), ...cells];
}

function cellText({ usd, usdPerMillion, possible }: Cell): string {
  if (!possible) return 'not possible';
  return usdPerMillion === undefined ? money(usd) : `${money(usd)} (${usdPerMillion.toFixed(2)})`;
}

// The table of the preflight: what needs a change first, the command below each.
import { colours } from '../command-line';
import type { Line, Verdict } from './line';

const order: readonly Verdict[] = ['change', 'unknown', 'later', 'ready'];

const paint: { readonly [verdict in Verdict]: (text: string) => string } = {
  change: colours.red,
  unknown: colours.yellow,
  later: colours.dim,
  ready: colours.green,
};

export function table(lines: readonly Line[]): string {
  const sorted = order.flatMap((verdict) => lines.filter((line) => line.verdict === verdict));
  return [...sorted.map(row), '', summary(lines)].join('\n');
}

function row({ check, verdict, found, wanted, command }: Line): string {
  const head = `${paint[verdict](verdict.padEnd(7))} ${check}: found ${found}; wanted ${wanted}`;
  return verdict === 'ready' ? head : `${head}\n        ${command}`;
}

export function summary(lines: readonly Line[]): string {
  const counts = order.map((verdict) => `${lines.filter((line) => line.verdict === verdict).length} ${verdict}`);
  return `${lines.length} checks: ${counts.join(', ')}`;
}

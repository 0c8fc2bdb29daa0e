// The mutation run as people read it: a line for each rule, then what must be mended.
import type { MutationResult, RuleResult, Survivor, Tally, Unopposed } from './run';

export function reportOf(result: MutationResult): string {
  const width = Math.max(...result.rules.map(({ rule }) => rule.length), 4);
  const line = (name: string, { breaks, bypasses, mutants, killed }: Omit<MutationResult, 'rules'>): string =>
    `${name.padEnd(width)}  ${cells(breaks)}  ${cells(bypasses)}  ${score(mutants, killed)}`;
  return [
    `${''.padEnd(width)}  properties broken  bypasses added`,
    `${'rule'.padEnd(width)}   broken  objected   added  objected   score`,
    ...result.rules.map((rule) => line(rule.rule, rule)),
    line('all', result),
    `${result.breaks.killed} of ${result.breaks.mutants} broken properties and ${result.bypasses.killed} of ${result.bypasses.mutants} bypasses were objected to`,
    ...result.rules.flatMap(complaints),
  ].join('\n');
}

const cells = ({ mutants, killed }: Tally): string => `${String(mutants).padStart(7)}  ${String(killed).padStart(8)}`;

/** Rounded down, so that nothing but all is 100 %. A rule of which nothing occurs in the templates has no score. */
function score(mutants: number, killed: number): string {
  return mutants === 0 ? '     -' : `${(Math.floor((killed / mutants) * 1000) / 10).toFixed(1).padStart(5)} %`;
}

function complaints({ rule, survivors, unopposed, unmatched, unguarded }: RuleResult): readonly string[] {
  return [
    ...survivors.map((survivor) => `survived: ${rule}: ${survivorText(survivor)}`),
    ...unopposed.map((bypass) => `let in: ${rule}: ${unopposedText(bypass)}`),
    ...unmatched.map(
      ({ type, path }) => `unmatched guard: ${rule}: ${type} ${path}: the type is in the templates, the property in none of them`,
    ),
    ...unguarded.map(({ type, path }) => `unguarded read: ${rule}: ${type} ${path}: guard it, or list it in reads`),
  ];
}

function survivorText({ site, stack, resource, type, path, break: broken, threw }: Survivor): string {
  const what = broken.op === 'remove' ? 'removed' : `${broken.op} ${JSON.stringify(broken.value)}`;
  const place = [stack, resource].filter((part) => part !== '').join('/');
  return `${site} ${place} (${type}) ${path || '(whole)'}: ${what}${thrownLine(threw)}`;
}

const unopposedText = ({ site, bypass, threw }: Unopposed): string => `${site} ${bypass}${thrownLine(threw)}`;

const thrownLine = (threw: string | undefined): string => (threw === undefined ? '' : `; ${threw}`);

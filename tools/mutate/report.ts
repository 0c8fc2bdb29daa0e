// The mutation run as people read it: a line for each rule, then what must be mended.
import type { MutationResult, RuleResult, Survivor } from './run';

export function reportOf(result: MutationResult): string {
  const width = Math.max(...result.rules.map(({ rule }) => rule.length), 4);
  const line = (name: string, { mutants, killed }: { mutants: number; killed: number }): string =>
    `${name.padEnd(width)}  ${String(mutants).padStart(7)}  ${String(killed).padStart(7)}  ${String(mutants - killed).padStart(8)}  ${score(mutants, killed)}`;
  return [
    `${'rule'.padEnd(width)}  mutants   killed  survived   score`,
    ...result.rules.map((rule) => line(rule.rule, rule)),
    line('all', result),
    ...result.rules.flatMap(complaints),
  ].join('\n');
}

/** Rounded down, so that nothing but all is 100 %. A rule of which nothing occurs in the templates has no score. */
function score(mutants: number, killed: number): string {
  return mutants === 0 ? '     -' : `${(Math.floor((killed / mutants) * 1000) / 10).toFixed(1).padStart(5)} %`;
}

function complaints({ rule, survivors, unmatched, unguarded }: RuleResult): readonly string[] {
  return [
    ...survivors.map((survivor) => `survived: ${rule}: ${survivorText(survivor)}`),
    ...unmatched.map(
      ({ type, path }) => `unmatched guard: ${rule}: ${type} ${path}: the type is in the templates, the property in none of them`,
    ),
    ...unguarded.map(({ type, path }) => `unguarded read: ${rule}: ${type} ${path}: guard it, or list it in consults`),
  ];
}

function survivorText({ site, stack, resource, type, path, break: broken, threw }: Survivor): string {
  const what = broken.op === 'remove' ? 'removed' : `${broken.op} ${JSON.stringify(broken.value)}`;
  const place = [stack, resource].filter((part) => part !== '').join('/');
  return `${site} ${place} (${type}) ${path || '(whole)'}: ${what}${threw === undefined ? '' : `; ${threw}`}`;
}

// The table of a rehearsal: a line for each part, then the rows that are not in order.
import { parts, type Row } from './row';

/** The table. With `all`, also the rows that are in order. */
export function rehearsalTable(rows: readonly Row[], { all }: { readonly all: boolean }): string {
  const summary = parts.flatMap((part) => {
    const of = rows.filter((row) => row.part === part);
    const left = of.filter(({ outcome }) => outcome === 'left out').length;
    const wrong = of.filter(({ outcome }) => outcome !== 'ok').length - left;
    const counts = `${String(of.length - left).padStart(6)} rehearsed${String(wrong).padStart(6)} not in order`;
    return of.length === 0 ? [] : [`${part.padEnd(10)}${counts}${left === 0 ? '' : `${String(left).padStart(6)} left out`}`];
  });
  return [...summary, ...rows.filter(({ outcome }) => all || outcome !== 'ok').flatMap(lines)].join('\n');
}

function lines({ part, subject, outcome, detail, fix }: Row): readonly string[] {
  return [`${outcome}: ${part}: ${subject}: ${detail}`, ...(fix === undefined ? [] : [`  ${fix}`])];
}

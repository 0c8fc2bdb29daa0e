// The report of the closed-world run: properties, mutants by kind and by site, and survivors.
import { type ClosedWorldResult, sumOf, type Tally } from './closed-world-result';

export function closedWorldReport({ leaves, kinds, sites, survivors }: ClosedWorldResult): string {
  const width = Math.max(...kinds.map(({ kind }) => kind.length), ...sites.map(({ site }) => site.length));
  const row = (name: string, ...cells: readonly (number | string)[]): string =>
    `${name.padEnd(width)}  ${cells.map((cell) => String(cell).padStart(9)).join('  ')}`;
  const tallyRow = (name: string, { mutants, killed, harmless, survived }: Tally): string => row(name, mutants, killed, harmless, survived);
  const judgements = Object.values(leaves);
  return [
    `${judgements.length} properties: ${judgements.filter((kind) => kind === 'closed').length} guarded, ${judgements.filter((kind) => kind === 'harmless').length} harmless`,
    row('kind of mutation', 'mutants', 'killed', 'harmless', 'survived'),
    ...kinds.map((tally) => tallyRow(tally.kind, tally)),
    row('site', 'mutants', 'killed', 'harmless', 'survived'),
    ...sites.map((tally) => tallyRow(tally.site, tally)),
    tallyRow('all', sumOf(sites)),
    ...sites.flatMap(({ site, known }) => known.map((finding) => `before any change: ${site} ${finding}`)),
    ...survivors.map(({ site, resource, type, path, kind }) => `survived: ${site} ${resource} (${type}) ${path || '(whole)'}: ${kind}`),
  ].join('\n');
}

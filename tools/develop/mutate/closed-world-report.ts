// The report of the closed-world run: properties, mutants by kind, and survivors.
import type { ClosedWorldResult } from './closed-world-result';

export function closedWorldReport({ leaves, kinds, survivors }: ClosedWorldResult): string {
  const width = Math.max(...kinds.map(({ kind }) => kind.length));
  const row = (name: string, ...cells: readonly (number | string)[]): string =>
    `${name.padEnd(width)}  ${cells.map((cell) => String(cell).padStart(9)).join('  ')}`;
  const total = (key: 'mutants' | 'killed' | 'harmless' | 'survived'): number => kinds.reduce((sum, kind) => sum + kind[key], 0);
  const judgements = Object.values(leaves);
  return [
    `${judgements.length} properties: ${judgements.filter((kind) => kind === 'closed').length} guarded, ${judgements.filter((kind) => kind === 'harmless').length} harmless`,
    row('kind of mutation', 'mutants', 'killed', 'harmless', 'survived'),
    ...kinds.map(({ kind, mutants, killed, harmless, survived }) => row(kind, mutants, killed, harmless, survived)),
    row('all', total('mutants'), total('killed'), total('harmless'), total('survived')),
    ...survivors.map(({ site, resource, type, path, kind }) => `survived: ${site} ${resource} (${type}) ${path || '(whole)'}: ${kind}`),
  ].join('\n');
}

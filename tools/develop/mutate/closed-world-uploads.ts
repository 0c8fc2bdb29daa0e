// The closed-world run of the files that a deployment uploads: each as a whole, and each line of those that are no
// program.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import type { Rule } from '../../../lib/tom/rule';
import { Assembly } from '../../../lib/tom/template/assembly';
import type { Asset } from '../../../lib/tom/template/assets';
import { count, type MutantOutcome, type Run } from './closed-world-result';
import { deviates, isObjectedBy, keysOf } from './objections';
import { type LineMutant, lineMutants, type Upload, uploadMutants, uploadsOf } from './uploads';

/** Uploads whose resource, `<stack>/<file> upload`, has the text of `only`. Of whole uploads, nothing is harmless. */
export function mutateUploads(run: Run, only: string | undefined): void {
  const chosen = uploadsOf(run.subject.assembly).filter((upload) => only === undefined || `${resourceOf(upload)} upload`.includes(only));
  if (chosen.length === 0) return;
  const folder = mkdtempSync(join(tmpdir(), 'rempart-uploads-'));
  try {
    for (const mutant of uploadMutants(run.subject, folder, chosen)) {
      const isKilled = isObjectedBy(run.rules, mutant.assembly, run.known);
      count(run, isKilled ? 'killed' : 'survived', { resource: resourceOf(mutant), type: 'upload', path: '', kind: mutant.kind });
    }
    const readers = readersOf(run);
    for (const mutant of lineMutants(run.subject, folder, chosen)) {
      const outcome = outcomeOf(mutant, readers.get(mutant.asset.path) ?? [], run);
      count(run, outcome, { resource: resourceOf(mutant), type: 'upload', path: `line ${mutant.line}`, kind: mutant.kind });
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const resourceOf = ({ stack, asset }: Upload): string => `${stack.name}/${basename(asset.path)}`;

function outcomeOf(mutant: LineMutant, readers: readonly Rule[], { subject, known }: Run): MutantOutcome {
  if (readers.some(({ name }) => name === 'declared-properties') && isDeviation(mutant, subject.assembly)) return 'killed';
  if (mutant.isHarmless) return 'harmless';
  return isObjectedBy(readers, mutant.assembly, known) ? 'killed' : 'survived';
}

/** Whether the declaration of a resource that names the file objects. */
function isDeviation({ stack, users, assembly: changed }: LineMutant, assembly: Assembly): boolean {
  const deviating = (id: string): boolean => {
    const before = assembly.resource(stack.name, id);
    const after = changed.resource(stack.name, id);
    return before !== undefined && after !== undefined && deviates(before, assembly, after, changed);
  };
  return users.some(deviating);
}

/** The rules that read each file, by its path: only they can object to its lines. */
function readersOf({ rules, subject: { assembly } }: Run): ReadonlyMap<string, readonly Rule[]> {
  const readers = new Map<string, Set<Rule>>();
  for (const rule of rules) {
    const watch = ({ path, ...rest }: Asset): Asset =>
      Object.defineProperty({ ...rest, path }, 'path', {
        enumerable: true,
        get: () => {
          readers.set(path, (readers.get(path) ?? new Set()).add(rule));
          return path;
        },
      });
    const stacks = assembly.stacks.map((stack) => (stack.assets ? { ...stack, assets: stack.assets.map(watch) } : stack));
    Array.from(keysOf(new Assembly(assembly.facts, stacks), rule));
  }
  return new Map([...readers].map(([path, of]) => [path, [...of]]));
}

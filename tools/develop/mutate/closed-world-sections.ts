// The closed-world run of the sections of a template beside its resources: parameters, rules, outputs, metadata and
// all others.
import { Assembly, type Json, type JsonObject, Resource, type StackTemplate } from '../../../lib/tom/template/assembly';
import { isHarmless } from '../../../lib/tom/world/harmless';
import { count, type MutantOutcome, type Run } from './closed-world-result';
import { type Mutation, sectionMutationsOf } from './everything';
import { isObjectedBy } from './objections';

/** Stacks whose name with `Template`, as in `production-data/ Template`, has the text of `only`. */
export function mutateSections(run: Run, only: string | undefined): void {
  for (const stack of run.subject.assembly.stacks) {
    const resource = `${stack.name}/`;
    if (only !== undefined && !`${resource} Template`.includes(only)) continue;
    for (const mutation of sectionMutationsOf(asResource(stack), run.subject))
      count(run, outcomeOf(mutation, stack, run), { resource, type: 'Template', path: mutation.path.join('.'), kind: mutation.kind });
  }
}

/** The sections as one resource, whose mutations are those of any other. */
function asResource(stack: StackTemplate): Resource {
  const { Resources: _, ...sections } = stack.template as unknown as JsonObject;
  return new Resource(stack, '', { Type: 'Template', ...sections } as never);
}

function outcomeOf({ json = {}, path }: Mutation, stack: StackTemplate, { rules, known, subject: { assembly } }: Run): MutantOutcome {
  const { Type: _, ...sections } = json as Readonly<Record<string, Json>>;
  const changed = { ...stack, template: { ...sections, Resources: stack.template.Resources } } as StackTemplate;
  const stacks = assembly.stacks.map((other) => (other === stack ? changed : other));
  const mutated = new Assembly(assembly.facts, stacks);
  // One rule decides all but the harmless ones.
  if (
    isObjectedBy(
      rules.filter(({ name }) => name === 'declared-sections'),
      mutated,
      known,
    )
  )
    return 'killed';
  if (isHarmless('Template', path.join('.'))) return 'harmless';
  return isObjectedBy(rules, mutated, known) ? 'killed' : 'survived';
}

// The declared resources of an assembly, and the deviations of a resource from its form.
import type { Assembly, DeploymentFacts, Resource } from '../template/assembly';
import { canonicalResource } from '../template/canonical';
import { nameOf } from '../template/names';
import { declarations } from './all';
import { contextOf, type Declaration, type Declared, declaredResources } from './declaration';
import type { Deviation, LeafKind } from './form';

const byFacts = new WeakMap<object, ReadonlyMap<string, Declared>>();

/** The resources that the deployment of the assembly has, by name. */
export function declaredOf({ facts }: Assembly): ReadonlyMap<string, Declared> {
  const known = byFacts.get(facts) ?? declaredResources(declarations, facts);
  byFacts.set(facts, known);
  return known;
}

/** Sets the declarations of a deployment: those of the repository with a change that is tried. */
export function declareFor(facts: DeploymentFacts, changed: readonly Declaration[]): void {
  byFacts.set(facts, declaredResources(changed, facts));
}

/** The declaration of a resource; `undefined` for a name that no declaration has, or another type under that name. */
export function declarationFor(resource: Resource, assembly: Assembly): Declared | undefined {
  const declared = declaredOf(assembly).get(nameOf(resource, assembly.facts));
  return declared?.declaration.type === resource.type ? declared : undefined;
}

/** Values of a resource that its form does not admit. `leaf` is called for each leaf with its judgement. */
export function deviationsOf(
  resource: Resource,
  declared: Declared,
  assembly: Assembly,
  leaf?: (path: string, kind: LeafKind) => void,
): readonly Deviation[] {
  const context = contextOf(declared, resource, { assembly });
  return declared.declaration.form.deviations({ value: canonicalResource(resource, assembly), path: '', context, leaf });
}

// The closed-world run: mutates every property of every resource and requires an objection, or the list of harmless.
import { evaluateRule } from '../../../lib/tom/evaluate';
import type { Rule } from '../../../lib/tom/rule';
import {
  type Resource as AnyResource,
  Assembly,
  Resource,
  type ResourceJson,
  type StackTemplate,
} from '../../../lib/tom/template/assembly';
import { declarationFor, deviationsOf } from '../../../lib/tom/world/declared';
import type { LeafKind } from '../../../lib/tom/world/form';
import { type Mutation, type MutationKind, mutationKinds, mutationsOf } from './everything';
import type { Subject } from './mutants';
import { everyType } from './service-specification';

/** A mutation to which no rule objected. */
export interface Survivor {
  readonly site: string;
  readonly resource: string;
  readonly type: string;
  readonly path: string;
  readonly kind: MutationKind;
}

export interface KindTally {
  readonly kind: MutationKind;
  readonly mutants: number;
  readonly killed: number;
  readonly harmless: number;
  readonly survived: number;
}

export interface ClosedWorldResult {
  /** Distinct pairs of type and path in all templates. */
  readonly properties: { readonly all: number; readonly closed: number; readonly harmless: number };
  readonly kinds: readonly KindTally[];
  readonly survivors: readonly Survivor[];
}

export interface ClosedWorldOptions {
  /** Limits the run to resources whose name or type has the text. */
  readonly only?: string | undefined;
  readonly progress?: (label: string) => void;
}

export function mutateEverything(
  rules: readonly Rule[],
  subjects: readonly Subject[],
  options: ClosedWorldOptions = {},
): ClosedWorldResult {
  const tallies = new Map(mutationKinds.map((kind) => [kind, { kind, mutants: 0, killed: 0, harmless: 0, survived: 0 }]));
  const survivors: Survivor[] = [];
  const leaves = new Map<string, LeafKind>();
  for (const subject of subjects) {
    options.progress?.(subject.label);
    const known = new Set(rules.flatMap((rule) => keysOf(subject.assembly, rule)));
    for (const resource of subject.assembly.resources) {
      if (options.only !== undefined && !`${resource.stack.name}/${resource.logicalId} ${resource.type}`.includes(options.only)) continue;
      const harmless = harmlessPaths(resource, subject, leaves);
      for (const mutation of candidates(resource, subject)) {
        const tally = tallies.get(mutation.kind) as { mutants: number; killed: number; harmless: number; survived: number };
        tally.mutants += 1;
        if (isObjectedAlone(mutation, resource, subject.assembly)) tally.killed += 1;
        else if (isHarmless(mutation, harmless)) tally.harmless += 1;
        else if (isKilled(mutation, resource, subject, rules, known)) tally.killed += 1;
        else {
          tally.survived += 1;
          survivors.push(describe(mutation, resource, subject));
        }
      }
    }
  }
  const kinds = [...leaves.values()];
  const count = (wanted: LeafKind): number => kinds.filter((kind) => kind === wanted).length;
  return {
    properties: { all: kinds.length, closed: count('closed'), harmless: count('harmless') },
    kinds: [...tallies.values()],
    survivors,
  };
}

function* candidates(resource: AnyResource, subject: Subject): Generator<Mutation> {
  yield* mutationsOf(resource, subject);
  yield { kind: 'further resource', path: [], json: resource.json as never };
  if (subject.assembly.resources.find(({ stack }) => stack === resource.stack) === resource) {
    for (const type of everyType()) yield { kind: 'other type', path: [], json: { Type: type } };
  }
}

const general = (path: string): string => path.replace(/(?<=^|\.)\d+(?=\.|$)/g, '*');

function harmlessPaths(resource: AnyResource, { assembly }: Subject, leaves: Map<string, LeafKind>): ReadonlySet<string> {
  const declared = declarationFor(resource, assembly);
  const harmless = new Set<string>();
  if (!declared) return harmless;
  deviationsOf(resource, declared, assembly, (path, kind) => {
    const key = `${resource.type} ${general(path)}`;
    // A property that some declaration closes counts as closed.
    if (leaves.get(key) !== 'closed') leaves.set(key, kind);
    if (kind === 'harmless') harmless.add(path);
  });
  return harmless;
}

const isHarmless = ({ path }: Mutation, harmless: ReadonlySet<string>): boolean =>
  path.some((_, index) => harmless.has(path.slice(0, index + 1).join('.')));

function isKilled(
  mutation: Mutation,
  resource: AnyResource,
  subject: Subject,
  rules: readonly Rule[],
  known: ReadonlySet<string>,
): boolean {
  const changed = changedAssembly(mutation, resource, subject.assembly);
  return rules.some((rule) => keysOf(changed, rule).some((key) => !known.has(key)));
}

/** Whether the declarations object to the changed resource; decides most mutants without the other rules. */
function isObjectedAlone({ kind, json }: Mutation, resource: AnyResource, assembly: Assembly): boolean {
  if (json === undefined || kind === 'further resource' || kind === 'other type') return false;
  const changed = new Resource(resource.stack, resource.logicalId, json as unknown as ResourceJson);
  const declared = declarationFor(changed, assembly);
  return (
    declared !== undefined &&
    deviationsOf(resource, declared, assembly).length === 0 &&
    deviationsOf(changed, declared, assembly).length > 0
  );
}

function changedAssembly({ kind, json }: Mutation, resource: AnyResource, { facts, stacks }: Assembly): Assembly {
  const { stack, logicalId } = resource;
  const { [logicalId]: _, ...others } = stack.template.Resources ?? {};
  const isAdded = kind === 'further resource' || kind === 'other type';
  const kept = isAdded ? resource.json : json;
  const added = { ...others, ...(kept === undefined ? {} : { [logicalId]: kept }), ...(isAdded ? { Further12345678: json } : {}) };
  const changed: StackTemplate = { ...stack, template: { ...stack.template, Resources: added as never } };
  return new Assembly(
    facts,
    stacks.map((other) => (other === stack ? changed : other)),
  );
}

function keysOf(assembly: Assembly, rule: Rule): readonly string[] {
  return evaluateRule(assembly, rule).flatMap(({ resource, stack, verdict }) =>
    verdict === 'not-applicable' ? [] : verdict.map(({ id }) => `${rule.name} ${stack?.name ?? ''} ${resource?.logicalId ?? ''} ${id}`),
  );
}

const describe = ({ kind, path, json }: Mutation, resource: AnyResource, subject: Subject): Survivor => ({
  site: subject.label,
  resource: `${resource.stack.name}/${resource.logicalId}`,
  type: kind === 'other type' ? String((json as { Type: string }).Type) : resource.type,
  path: path.join('.'),
  kind,
});

// The closed-world run: mutates every property of every resource and requires an objection, or the list of harmless.
import { homeGoneRule } from '../../../lib/tom/judgement';
import type { Rule } from '../../../lib/tom/rule';
import {
  type Resource as AnyResource,
  Assembly,
  isObject,
  listOf,
  Resource,
  type ResourceJson,
  type StackTemplate,
  valueAt,
} from '../../../lib/tom/template/assembly';
import { declarationFor, deviationsOf } from '../../../lib/tom/world/declared';
import { isHarmless as isListed } from '../../../lib/tom/world/harmless';
import { type ClosedWorldResult, count, emptyTallies, type MutantOutcome, type Run, sumOf } from './closed-world-result';
import { mutateSections } from './closed-world-sections';
import { mutateUploads } from './closed-world-uploads';
import { type Mutation, mutationsOf } from './everything';
import type { Subject } from './mutants';
import { closedWorldFirst, deviates, isObjectedBy, knownKeys } from './objections';
import { everyType } from './service-specification';

export interface ClosedWorldOptions {
  /** Limits the run to resources whose name or type has the text. */
  readonly only?: string | undefined;
}

/** Mutates every property of every resource of one deployment at one site. */
export function mutateEverything(rules: readonly Rule[], subject: Subject, { only }: ClosedWorldOptions = {}): ClosedWorldResult {
  const run: Run = {
    rules: closedWorldFirst(rules),
    subject,
    known: knownKeys(rules, subject.assembly),
    tallies: emptyTallies(),
    leaves: new Map(),
    clauses: new Map(),
    survivors: [],
  };
  for (const resource of subject.assembly.resources) {
    if (only === undefined || `${resource.stack.name}/${resource.logicalId} ${resource.type}`.includes(only)) mutateResource(resource, run);
  }
  mutateSections(run, only);
  mutateUploads(run, only);
  const kinds = [...run.tallies.values()];
  return {
    leaves: Object.fromEntries(run.leaves),
    kinds,
    sites: [
      {
        site: subject.label,
        ...sumOf(kinds),
        known: subject.assembly.facts.environment === 'production' ? [...run.known].filter(isUnexpected) : [],
      },
    ],
    survivors: run.survivors,
    clauses: Object.fromEntries(run.clauses),
  };
}

function mutateResource(resource: AnyResource, run: Run): void {
  const harmless = harmlessPaths(resource, run);
  let killed = 0;
  for (const mutation of candidates(resource, run.subject)) {
    const outcome = outcomeOf(mutation, resource, harmless, run);
    count(run, outcome, mutantOf(mutation, resource));
    if (outcome === 'killed') killed += 1;
  }
  for (const clause of listOf(resource.json.Metadata?.['rempart:tom']).map(String))
    run.clauses.set(clause, (run.clauses.get(clause) ?? 0) + killed);
}

function outcomeOf(mutation: Mutation, resource: AnyResource, harmless: ReadonlySet<string>, run: Run): MutantOutcome {
  if (isObjectedAlone(mutation, resource, run.subject.assembly)) return 'killed';
  if (isHarmless(mutation, resource, harmless)) return 'harmless';
  return isKilled(mutation, resource, run) ? 'killed' : 'survived';
}

function* candidates(resource: AnyResource, subject: Subject): Generator<Mutation> {
  yield* mutationsOf(resource, subject);
  yield { kind: 'further resource', path: [], json: resource.json as never };
  if (subject.assembly.resources.find(({ stack }) => stack === resource.stack) === resource) {
    for (const type of everyType()) yield { kind: 'other type', path: [], json: { Type: type } };
  }
}

const general = (path: string): string => path.replace(/(?<=^|\.)\d+(?=\.|$)/g, '*');

function harmlessPaths(resource: AnyResource, { subject: { assembly }, leaves }: Run): ReadonlySet<string> {
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

function isHarmless({ path, json, isHarmless: isHarmlessLine }: Mutation, { type }: AnyResource, harmless: ReadonlySet<string>): boolean {
  const isBelow = path.some((_, index) => harmless.has(path.slice(0, index + 1).join('.')));
  return isBelow || isHarmlessLine === true || isHarmlessMetadata(path, json, type);
}

/** Metadata that is listed, and metadata without members where every member was listed. */
function isHarmlessMetadata(path: readonly string[], json: Mutation['json'], type: string): boolean {
  if (path[0] !== 'Metadata' || path.length > 2) return false;
  if (path.length === 2) return isListed(type, path.join('.'));
  const left = json === undefined ? undefined : valueAt(json, 'Metadata');
  return isObject(left) && Object.keys(left).length === 0;
}

/** A recovered site has no copies until its home region answers: the one clause that production may leave unmet. */
const isUnexpected = (finding: string): boolean => !finding.startsWith(`${homeGoneRule} `) || !finding.endsWith(' home-is-gone');

function isKilled(mutation: Mutation, resource: AnyResource, { subject, rules, known }: Run): boolean {
  const changed = changedAssembly(mutation, resource, subject.assembly);
  const first = changed.resource(resource.stack.name, isAddition(mutation) ? furtherId : resource.logicalId);
  return isObjectedBy(rules, changed, known, first);
}

/** Logical id of a resource that is added: eight hexadecimal digits at the end, as the CDK appends. */
const furtherId = 'Further12345678';
const isAddition = ({ kind }: Mutation): boolean => kind === 'further resource' || kind === 'other type';

/** Whether the declarations object to the changed resource; decides most mutants without the other rules. */
function isObjectedAlone(mutation: Mutation, resource: AnyResource, assembly: Assembly): boolean {
  const { json } = mutation;
  if (json === undefined || isAddition(mutation)) return false;
  const changed = new Resource(resource.stack, resource.logicalId, json as unknown as ResourceJson);
  return deviates(resource, assembly, changed, assembly);
}

function changedAssembly(mutation: Mutation, resource: AnyResource, { facts, stacks }: Assembly): Assembly {
  const { json } = mutation;
  const { stack, logicalId } = resource;
  const { [logicalId]: _, ...others } = stack.template.Resources ?? {};
  const isAdded = isAddition(mutation);
  const kept = isAdded ? resource.json : json;
  const added = { ...others, ...(kept === undefined ? {} : { [logicalId]: kept }), ...(isAdded ? { [furtherId]: json } : {}) };
  const changed: StackTemplate = { ...stack, template: { ...stack.template, Resources: added as never } };
  return new Assembly(
    facts,
    stacks.map((other) => (other === stack ? changed : other)),
  );
}

const mutantOf = ({ kind, path, json }: Mutation, resource: AnyResource) => ({
  resource: `${resource.stack.name}/${resource.logicalId}`,
  type: kind === 'other type' ? String((json as { Type: string }).Type) : resource.type,
  path: path.join('.'),
  kind,
});

// The closed-world run: mutates every property of every resource and requires an objection, or the list of harmless.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { evaluateRule } from '../../../lib/tom/evaluate';
import type { Rule } from '../../../lib/tom/rule';
import {
  type Resource as AnyResource,
  Assembly,
  listOf,
  Resource,
  type ResourceJson,
  type StackTemplate,
} from '../../../lib/tom/template/assembly';
import { declarationFor, deviationsOf } from '../../../lib/tom/world/declared';
import type { LeafKind } from '../../../lib/tom/world/form';
import { type Mutation, type MutationKind, mutationKinds, mutationsOf } from './everything';
import type { Subject } from './mutants';
import { everyType } from './service-specification';
import { uploadMutants } from './uploads';

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
  /** Distinct properties, as type and path, with their judgement. */
  readonly leaves: Readonly<Record<string, LeafKind>>;
  readonly kinds: readonly KindTally[];
  readonly survivors: readonly Survivor[];
  /** Mutants that were objected to, by the clauses that their resources serve. */
  readonly clauses: Readonly<Record<string, number>>;
}

export interface ClosedWorldOptions {
  /** Limits the run to resources whose name or type has the text. */
  readonly only?: string | undefined;
}

type Counts = { -readonly [K in keyof KindTally]: KindTally[K] };

/** What a run has found so far. */
interface Run {
  readonly rules: readonly Rule[];
  readonly subject: Subject;
  /** Findings of the unchanged templates. */
  readonly known: ReadonlySet<string>;
  readonly tallies: ReadonlyMap<MutationKind, Counts>;
  readonly leaves: Map<string, LeafKind>;
  readonly clauses: Map<string, number>;
  readonly survivors: Survivor[];
}

/** Mutates every property of every resource of one deployment at one site. */
export function mutateEverything(rules: readonly Rule[], subject: Subject, { only }: ClosedWorldOptions = {}): ClosedWorldResult {
  const run: Run = {
    rules: closedWorldFirst(rules),
    subject,
    known: new Set(rules.flatMap((rule) => keysOf(subject.assembly, rule))),
    tallies: new Map(mutationKinds.map((kind) => [kind, { kind, mutants: 0, killed: 0, harmless: 0, survived: 0 }])),
    leaves: new Map(),
    clauses: new Map(),
    survivors: [],
  };
  for (const resource of subject.assembly.resources) {
    if (only === undefined || `${resource.stack.name}/${resource.logicalId} ${resource.type}`.includes(only)) mutateResource(resource, run);
  }
  mutateUploads(run, only);
  return {
    leaves: Object.fromEntries(run.leaves),
    kinds: [...run.tallies.values()],
    survivors: run.survivors,
    clauses: Object.fromEntries(run.clauses),
  };
}

/** Of uploads, nothing is harmless. */
function mutateUploads({ rules, subject, known, tallies, survivors }: Run, only: string | undefined): void {
  const folder = mkdtempSync(join(tmpdir(), 'rempart-uploads-'));
  try {
    for (const { kind, stack, asset, assembly } of uploadMutants(subject, folder)) {
      const resource = `${stack.name}/${basename(asset.path)}`;
      if (only !== undefined && !`${resource} upload`.includes(only)) continue;
      const tally = tallies.get(kind) as Counts;
      const isObjected = rules.some((rule) => keysOf(assembly, rule).some((key) => !known.has(key)));
      tally.mutants += 1;
      tally[isObjected ? 'killed' : 'survived'] += 1;
      if (!isObjected) survivors.push({ site: subject.label, resource, type: 'upload', path: '', kind });
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function mutateResource(resource: AnyResource, run: Run): void {
  const harmless = harmlessPaths(resource, run);
  let killed = 0;
  for (const mutation of candidates(resource, run.subject)) {
    const tally = run.tallies.get(mutation.kind) as Counts;
    const outcome = outcomeOf(mutation, resource, harmless, run);
    tally.mutants += 1;
    tally[outcome] += 1;
    if (outcome === 'killed') killed += 1;
    if (outcome === 'survived') run.survivors.push(describe(mutation, resource, run.subject));
  }
  for (const clause of listOf(resource.json.Metadata?.['rempart:tom']).map(String))
    run.clauses.set(clause, (run.clauses.get(clause) ?? 0) + killed);
}

function outcomeOf(mutation: Mutation, resource: AnyResource, harmless: ReadonlySet<string>, run: Run): 'killed' | 'harmless' | 'survived' {
  if (isObjectedAlone(mutation, resource, run.subject.assembly)) return 'killed';
  if (isHarmless(mutation, harmless)) return 'harmless';
  return isKilled(mutation, resource, run) ? 'killed' : 'survived';
}

/** Joins the results of the sites. */
export function joinResults(results: readonly ClosedWorldResult[]): ClosedWorldResult {
  const leaves = Object.assign(
    {},
    ...results.map((result) => result.leaves),
    ...results.map(({ leaves: all }) => closedOnly(all)),
  ) as Record<string, LeafKind>;
  const kinds = mutationKinds.map((kind) => {
    const of = results.flatMap((result) => result.kinds.filter((tally) => tally.kind === kind));
    const sum = (key: 'mutants' | 'killed' | 'harmless' | 'survived'): number => of.reduce((total, tally) => total + tally[key], 0);
    return { kind, mutants: sum('mutants'), killed: sum('killed'), harmless: sum('harmless'), survived: sum('survived') };
  });
  const clauses: Record<string, number> = {};
  for (const result of results)
    for (const [clause, mutants] of Object.entries(result.clauses)) clauses[clause] = (clauses[clause] ?? 0) + mutants;
  return { leaves, kinds, survivors: results.flatMap(({ survivors }) => survivors), clauses };
}

/** A property that one declaration closes counts as closed. */
const closedOnly = (leaves: Readonly<Record<string, LeafKind>>): object =>
  Object.fromEntries(Object.entries(leaves).filter(([, kind]) => kind === 'closed'));

/** The rules of the closed world first, the cheapest of them at the head: they decide most mutants. */
function closedWorldFirst(rules: readonly Rule[]): readonly Rule[] {
  const first = ['declared-resources', 'declared-sections', 'declared-properties'];
  const rank = ({ name }: Rule): number => (first.includes(name) ? first.indexOf(name) : first.length);
  return rules.toSorted((a, b) => rank(a) - rank(b));
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

const isHarmless = ({ path }: Mutation, harmless: ReadonlySet<string>): boolean =>
  path.some((_, index) => harmless.has(path.slice(0, index + 1).join('.')));

function isKilled(mutation: Mutation, resource: AnyResource, { subject, rules, known }: Run): boolean {
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

// Evaluates the rules on changed templates. An objection counts if it is new and at the place of the change.
import { isDeepStrictEqual } from 'node:util';
import { outcomesOf } from '../../../lib/tom/evaluate';
import type { Rule } from '../../../lib/tom/rule';
import { Assembly, type StackTemplate, type Template } from '../../../lib/tom/template/assembly';
import { stackNameOf } from '../../../lib/tom/template/names';
import type { Challenge, Templates } from './challenge';

export interface ChallengeOutcome {
  readonly clause: string;
  readonly kind: string;
  readonly title: string;
  /** The first rule with a new finding at the place of the change. @default - none has one */
  readonly rule?: string;
  /** Without such a rule: rules with a new finding elsewhere. */
  readonly elsewhere: readonly string[];
}

export interface ChallengeResult {
  readonly set: string;
  readonly all: number;
  readonly objected: number;
  readonly outcomes: readonly ChallengeOutcome[];
}

/** Applies each challenge and evaluates the rules until one objects at the place of the change. */
export function runChallenges(set: string, challenges: readonly Challenge[], rules: readonly Rule[], assembly: Assembly): ChallengeResult {
  const ordered = rules.toSorted((a, b) => Number(b.name.startsWith('declared-')) - Number(a.name.startsWith('declared-')));
  const known = new Set(ordered.flatMap((rule) => [...findingsOf(rule, assembly)].map(({ key }) => key)));
  const outcomes = challenges.map((challenge): ChallengeOutcome => {
    const changed = changedAssembly(challenge, assembly);
    const { clause, kind, title } = challenge;
    return { clause, kind, title, ...objectionTo(changed, changedPlaces(assembly, changed), ordered, known) };
  });
  return { set, all: outcomes.length, objected: outcomes.filter(({ rule }) => rule !== undefined).length, outcomes };
}

function objectionTo(
  changed: Assembly,
  places: ReadonlySet<string>,
  rules: readonly Rule[],
  known: ReadonlySet<string>,
): Pick<ChallengeOutcome, 'rule' | 'elsewhere'> {
  const elsewhere = new Set<string>();
  for (const rule of rules) {
    for (const { key, place } of findingsOf(rule, changed)) {
      if (known.has(key)) continue;
      if (places.has(place)) return { rule: rule.name, elsewhere: [] };
      elsewhere.add(rule.name);
    }
  }
  return { elsewhere: [...elsewhere] };
}

function changedAssembly(challenge: Challenge, { facts, stacks }: Assembly): Assembly {
  const copies = stacks.map((stack) => ({ stack, template: structuredClone(stack.template) }));
  challenge.change(Object.fromEntries(copies.map(({ stack, template }) => [stackNameOf(stack, facts), template])) as unknown as Templates);
  return new Assembly(
    facts,
    copies.map(({ stack, template }): StackTemplate => ({ ...stack, template })),
  );
}

/**
 * The resources and stacks that differ. A stack differs if a resource was added or removed, or another section
 * changed.
 */
function changedPlaces(before: Assembly, after: Assembly): ReadonlySet<string> {
  const places = new Set<string>();
  for (const stack of after.stacks) {
    const old = before.stacks.find(({ name }) => name === stack.name) as StackTemplate;
    const resources = stack.template.Resources ?? {};
    const oldResources = old.template.Resources ?? {};
    for (const id of new Set([...Object.keys(resources), ...Object.keys(oldResources)])) {
      if (isDeepStrictEqual(resources[id], oldResources[id])) continue;
      places.add(`${stack.name}/${id}`);
      if (resources[id] === undefined) places.add(`${stack.name}/`);
    }
    if (!isDeepStrictEqual(sectionsOf(stack.template), sectionsOf(old.template))) places.add(`${stack.name}/`);
  }
  return places;
}

const sectionsOf = ({ Resources: _, ...sections }: Template): object => sections;

interface PlacedFinding {
  readonly key: string;
  readonly place: string;
}

function* findingsOf(rule: Rule, assembly: Assembly): Generator<PlacedFinding> {
  for (const { resource, stack, verdict } of outcomesOf(assembly, rule)) {
    if (verdict === 'not-applicable') continue;
    const place = `${stack?.name ?? ''}/${resource?.logicalId ?? ''}`;
    for (const { id } of verdict) yield { key: `${rule.name} ${place} ${id}`, place };
  }
}

export function challengeReport({ set, all, objected, outcomes }: ChallengeResult): string {
  const missed = outcomes.filter(({ rule }) => rule === undefined);
  const kinds = [...new Set(outcomes.map(({ kind }) => kind))].toSorted();
  return [
    `${set}: ${objected} of ${all} changes were objected to, ${(Math.floor((objected / all) * 1000) / 10).toFixed(1)} %`,
    ...kinds.map((kind) => {
      const of = outcomes.filter((outcome) => outcome.kind === kind);
      return `  kind ${kind.padEnd(7)}  ${of.filter(({ rule }) => rule !== undefined).length} of ${of.length}`;
    }),
    ...missed.map(
      ({ clause, title, elsewhere }) =>
        `  no objection: ${clause}: ${title}${elsewhere.length > 0 ? ` (elsewhere: ${elsewhere.join(', ')})` : ''}`,
    ),
  ].join('\n');
}

// Evaluates the rules on changed templates. An objection counts if it is new and at the property that
// changed.
import { outcomesOf } from '../../../lib/tom/evaluate';
import type { Rule } from '../../../lib/tom/rule';
import { Assembly, type Resource, type StackTemplate, type Template } from '../../../lib/tom/template/assembly';
import { stackNameOf } from '../../../lib/tom/template/names';
import { canRead } from '../mutate/reads';
import type { Challenge, Templates } from './challenge';
import { type ChangedPaths, changedPaths, changedReads, isAtChange } from './places';

export interface ChallengeOutcome {
  readonly clause: string;
  readonly kind: string;
  readonly title: string;
  /** The first rule with a new finding at the place of the change. @default - none has one */
  readonly rule?: string;
  /** The first such rule that is not one of the closed world, which object to nearly any change. @default - none */
  readonly own?: string;
  /** Without a rule of its own: rules with a new finding at another resource or property. */
  readonly elsewhere: readonly string[];
}

export interface ChallengeResult {
  readonly set: string;
  readonly all: number;
  readonly objected: number;
  readonly outcomes: readonly ChallengeOutcome[];
}

/** Whether a rule belongs to the closed world: it compares with declarations, and not with a promise. */
export const isOfClosedWorld = ({ name }: Rule): boolean => /^declared-(?:resources|properties|sections)$/.test(name);

/**
 * Applies each challenge and evaluates the rules that can read what changed, until one objects at the place of the
 * change.
 */
export function runChallenges(set: string, challenges: readonly Challenge[], rules: readonly Rule[], assembly: Assembly): ChallengeResult {
  const known = keysOf(rules, assembly);
  const outcomes = challenges.map((challenge): ChallengeOutcome => {
    const changed = changedAssembly(challenge, assembly);
    const { clause, kind, title } = challenge;
    const paths = changedPaths(assembly, changed);
    const reads = changedReads(assembly, changed, paths);
    const reading = rules.filter((rule) => canRead(rule, reads, assembly));
    return { clause, kind, title, ...objectionsTo(changed, paths, reading, known) };
  });
  return resultOf(set, outcomes);
}

export const resultOf = (set: string, outcomes: readonly ChallengeOutcome[]): ChallengeResult => ({
  set,
  all: outcomes.length,
  objected: outcomes.filter(({ rule }) => rule !== undefined).length,
  outcomes,
});

const keysByAssembly = new WeakMap<Assembly, WeakMap<readonly Rule[], ReadonlySet<string>>>();

/** Keys of the findings of unchanged templates. All sets of challenges begin with the same ones. */
export function keysOf(rules: readonly Rule[], assembly: Assembly): ReadonlySet<string> {
  const ofAssembly = keysByAssembly.get(assembly) ?? new WeakMap<readonly Rule[], ReadonlySet<string>>();
  keysByAssembly.set(assembly, ofAssembly);
  const keys = ofAssembly.get(rules) ?? new Set(rules.flatMap((rule) => [...findingsOf(rule, assembly)].map(({ key }) => key)));
  ofAssembly.set(rules, keys);
  return keys;
}

function objectionsTo(
  changed: Assembly,
  paths: ChangedPaths,
  rules: readonly Rule[],
  known: ReadonlySet<string>,
): Pick<ChallengeOutcome, 'rule' | 'own' | 'elsewhere'> {
  const elsewhere = new Set<string>();
  const first = changedResource(changed, paths);
  const firstOf = (some: readonly Rule[]): string | undefined => {
    for (const rule of some) {
      for (const finding of findingsOf(rule, changed, first)) {
        if (known.has(finding.key)) continue;
        if (isAtChange(finding, paths)) return rule.name;
        elsewhere.add(rule.name);
      }
    }
    return undefined;
  };
  const own = firstOf(rules.filter((rule) => !isOfClosedWorld(rule)));
  const rule = firstOf(rules.filter(isOfClosedWorld)) ?? own;
  return { ...(rule ? { rule } : {}), ...(own ? { own } : {}), elsewhere: own ? [] : [...elsewhere] };
}

/** The first resource that changed: mostly the objection is there. */
export function changedResource(changed: Assembly, paths: ChangedPaths): Resource | undefined {
  const places = [...paths.keys()].map((place) => place.split('/') as [string, string]);
  return places.map(([stack, id]) => changed.resource(stack, id)).find((resource) => resource !== undefined);
}

/** A copy whose objects have the prototypes of this module, also in a test: rules compare them with literals. */
const copyOf = (template: Template): Template => JSON.parse(JSON.stringify(template)) as Template;

/** The templates after a change, which receives copies: those that it does not read stay as they are. */
export function changedAssembly({ change }: Pick<Challenge, 'change'>, { facts, stacks }: Assembly): Assembly {
  const copies = new Map<StackTemplate, StackTemplate>();
  const templates = {};
  for (const stack of stacks) {
    const get = (): Template => {
      const copy = copies.get(stack) ?? { ...stack, template: copyOf(stack.template) };
      copies.set(stack, copy);
      return copy.template;
    };
    Object.defineProperty(templates, stackNameOf(stack, facts), { enumerable: true, get });
  }
  change(templates as unknown as Templates);
  return new Assembly(
    facts,
    stacks.map((stack) => copies.get(stack) ?? stack),
  );
}

interface PlacedFinding {
  readonly key: string;
  readonly place: string;
  readonly path: string;
}

/** The findings of a rule; `first` is evaluated before the other resources. */
export function* findingsOf(rule: Rule, assembly: Assembly, first?: Resource): Generator<PlacedFinding> {
  for (const { resource, stack, verdict } of outcomesOf(assembly, rule, first)) {
    if (verdict === 'not-applicable') continue;
    const place = `${stack?.name ?? ''}/${resource?.logicalId ?? ''}`;
    for (const { id, path } of verdict) yield { key: `${rule.name} ${place} ${id}`, place, path };
  }
}

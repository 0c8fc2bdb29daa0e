// Evaluates the rules on changed templates. An objection counts if it is new and at the property that
// changed.
import { outcomesOf } from '../../../lib/tom/evaluate';
import type { Rule } from '../../../lib/tom/rule';
import { Assembly, type StackTemplate, type Template } from '../../../lib/tom/template/assembly';
import { stackNameOf } from '../../../lib/tom/template/names';
import type { Challenge, Templates } from './challenge';
import { type ChangedPaths, changedPaths, isAtChange } from './places';

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
const isOfClosedWorld = ({ name }: Rule): boolean => name.startsWith('declared-');

/** Applies each challenge and evaluates the rules until one objects at the place of the change. */
export function runChallenges(set: string, challenges: readonly Challenge[], rules: readonly Rule[], assembly: Assembly): ChallengeResult {
  const known = keysOf(rules, assembly);
  const outcomes = challenges.map((challenge): ChallengeOutcome => {
    const changed = changedAssembly(challenge, assembly);
    const { clause, kind, title } = challenge;
    return { clause, kind, title, ...objectionsTo(changed, changedPaths(assembly, changed), rules, known) };
  });
  return { set, all: outcomes.length, objected: outcomes.filter(({ rule }) => rule !== undefined).length, outcomes };
}

/** Keys of the findings of unchanged templates. */
export const keysOf = (rules: readonly Rule[], assembly: Assembly): ReadonlySet<string> =>
  new Set(rules.flatMap((rule) => [...findingsOf(rule, assembly)].map(({ key }) => key)));

function objectionsTo(
  changed: Assembly,
  paths: ChangedPaths,
  rules: readonly Rule[],
  known: ReadonlySet<string>,
): Pick<ChallengeOutcome, 'rule' | 'own' | 'elsewhere'> {
  const elsewhere = new Set<string>();
  const firstOf = (some: readonly Rule[]): string | undefined => {
    for (const rule of some) {
      for (const finding of findingsOf(rule, changed)) {
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

/** A copy whose objects have the prototypes of this module, also in a test: rules compare them with literals. */
const copyOf = (template: Template): Template => JSON.parse(JSON.stringify(template)) as Template;

export function changedAssembly({ change }: Pick<Challenge, 'change'>, { facts, stacks }: Assembly): Assembly {
  const copies = stacks.map((stack) => ({ stack, template: copyOf(stack.template) }));
  change(Object.fromEntries(copies.map(({ stack, template }) => [stackNameOf(stack, facts), template])) as unknown as Templates);
  return new Assembly(
    facts,
    copies.map(({ stack, template }): StackTemplate => ({ ...stack, template })),
  );
}

interface PlacedFinding {
  readonly key: string;
  readonly place: string;
  readonly path: string;
}

export function* findingsOf(rule: Rule, assembly: Assembly): Generator<PlacedFinding> {
  for (const { resource, stack, verdict } of outcomesOf(assembly, rule)) {
    if (verdict === 'not-applicable') continue;
    const place = `${stack?.name ?? ''}/${resource?.logicalId ?? ''}`;
    for (const { id, path } of verdict) yield { key: `${rule.name} ${place} ${id}`, place, path };
  }
}

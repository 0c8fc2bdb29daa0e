// Unique objections: of the changes to which a rule objects, those to which no other rule of its clauses objects at
// the changed property. They show which rules repeat each other.
import type { ClauseId } from '../../../lib/tom/clause-id';
import { clausesOf } from '../../../lib/tom/judgement';
import { register } from '../../../lib/tom/register';
import type { Rule } from '../../../lib/tom/rule';
import type { Assembly } from '../../../lib/tom/template/assembly';
import { attemptsOf } from '../mutate/bypasses';
import { applyMutant, expand, type Mutant, type Subject } from '../mutate/mutants';
import { canRead } from '../mutate/reads';
import type { Challenge } from './challenge';
import { type ChangedPaths, changedPaths, changedReads, isAtChange } from './places';
import { changedAssembly, changedResource, findingsOf, isOfClosedWorld, keysOf } from './run';

/** Changes to which a rule objects, by the other rules that object to them at the changed property. */
export interface Repetition {
  readonly changes: number;
  /** Another rule that proves a clause of the rule objects too. */
  readonly repeated: number;
  /** Of the other rules, only those of the closed world object. */
  readonly declared: number;
  /** No other rule objects. */
  readonly alone: number;
}

export const subjectKinds = ['mutants', 'bypasses', 'challenges'] as const;
export type Uniqueness = { readonly rule: string } & { readonly [K in (typeof subjectKinds)[number]]: Repetition };

/** Part of the work: every n-th rule with its mutants, and every n-th challenge. */
export interface Share {
  readonly part: number;
  readonly parts: number;
}

const none: Repetition = { changes: 0, repeated: 0, declared: 0, alone: 0 };

interface Judged {
  readonly rules: readonly Rule[];
  readonly assembly: Assembly;
  /** Findings of the unchanged templates. */
  readonly known: ReadonlySet<string>;
  readonly clauses: ReadonlyMap<Rule, readonly ClauseId[]>;
}

interface Changed {
  readonly assembly: Assembly;
  readonly paths: ChangedPaths;
}

/**
 * The unique objections of one part; `sumOf` joins those of all parts. `provenBy` returns the clauses of a rule.
 */
export function uniquenessOf(
  rules: readonly Rule[],
  challenges: readonly Challenge[],
  subject: Subject,
  { part, parts }: Share,
  provenBy: (rule: Rule) => readonly ClauseId[] = (rule) => clausesOf(rule, register),
): readonly Uniqueness[] {
  const { assembly } = subject;
  const clauses = new Map(rules.map((rule) => [rule, provenBy(rule)]));
  const judged: Judged = { rules, assembly, known: keysOf(rules, assembly), clauses };
  const isOfPart = (_: unknown, index: number): boolean => index % parts === part;
  const objections = challenges.filter(isOfPart).map((challenge) => objectorsTo(challenge, judged));
  return rules.map((rule, index) => ({
    rule: rule.name,
    mutants: isOfPart(rule, index) ? repetitionOf(rule, mutantsOf(rule, subject), judged) : none,
    bypasses: isOfPart(rule, index) ? repetitionOf(rule, bypassesOf(rule, subject), judged) : none,
    challenges: repetitionIn(rule, objections, judged),
  }));
}

/** Of each guard and each of its breaks, the first mutant: the others differ in their place alone. */
function* mutantsOf(rule: Rule, subject: Subject): Generator<Assembly> {
  for (const guard of rule.guards) {
    const { mutants } = expand(rule, guard, subject);
    const firsts = guard.breaks.map((broken) => mutants.find((mutant) => mutant.break === broken));
    for (const mutant of firsts.filter((first): first is Mutant => first !== undefined)) yield applyMutant(mutant);
  }
}

function* bypassesOf(rule: Rule, subject: Subject): Generator<Assembly> {
  for (const { assembly } of attemptsOf(rule, subject)) yield assembly;
}

function repetitionOf(rule: Rule, changes: Iterable<Assembly>, judged: Judged): Repetition {
  const peers = judged.rules.filter((other) => isPeer(other, rule, judged));
  let repetition = none;
  for (const assembly of changes) {
    const changed = { assembly, paths: changedPaths(judged.assembly, assembly) };
    const isRepeated = peers.some((other) => objectsAt(other, changed, judged));
    const isDeclared = !isRepeated && judged.rules.some((other) => isOther(other, rule) && objectsAt(other, changed, judged));
    repetition = add(repetition, one(isRepeated, isDeclared));
  }
  return repetition;
}

/** The rules that object to a challenge at the changed property. */
function objectorsTo(challenge: Challenge, judged: Judged): readonly Rule[] {
  const assembly = changedAssembly(challenge, judged.assembly);
  const changed = { assembly, paths: changedPaths(judged.assembly, assembly) };
  return judged.rules.filter((rule) => objectsAt(rule, changed, judged));
}

function repetitionIn(rule: Rule, objections: readonly (readonly Rule[])[], judged: Judged): Repetition {
  return objections
    .filter((objectors) => objectors.includes(rule))
    .map((objectors) =>
      one(
        objectors.some((other) => isPeer(other, rule, judged)),
        objectors.some((other) => isOther(other, rule)),
      ),
    )
    .reduce(add, none);
}

/** Whether another rule proves a clause of the rule, and is not one of the closed world. */
const isPeer = (other: Rule, rule: Rule, { clauses }: Judged): boolean =>
  other !== rule && !isOfClosedWorld(other) && (clauses.get(other) ?? []).some((clause) => clauses.get(rule)?.includes(clause));

const isOther = (other: Rule, rule: Rule): boolean => other !== rule && isOfClosedWorld(other);

/** Whether a rule has a new finding at the change. A change of a stack outside its template has no property. */
function objectsAt(rule: Rule, { assembly, paths }: Changed, judged: Judged): boolean {
  if (!canRead(rule, changedReads(judged.assembly, assembly, paths), judged.assembly)) return false;
  for (const finding of findingsOf(rule, assembly, changedResource(assembly, paths)))
    if (!judged.known.has(finding.key) && (paths.size === 0 || isAtChange(finding, paths))) return true;
  return false;
}

const one = (isRepeated: boolean, isDeclared: boolean): Repetition => ({
  changes: 1,
  repeated: isRepeated ? 1 : 0,
  declared: !isRepeated && isDeclared ? 1 : 0,
  alone: isRepeated || isDeclared ? 0 : 1,
});

const add = (a: Repetition, b: Repetition): Repetition => ({
  changes: a.changes + b.changes,
  repeated: a.repeated + b.repeated,
  declared: a.declared + b.declared,
  alone: a.alone + b.alone,
});

/** The unique objections of all parts. */
export function sumOf(parts: readonly (readonly Uniqueness[])[]): readonly Uniqueness[] {
  return (parts[0] ?? []).map(({ rule }, index) => {
    const rows = parts.flatMap((part) => part.slice(index, index + 1));
    const sum = (kind: (typeof subjectKinds)[number]): Repetition => rows.map((row) => row[kind]).reduce(add, none);
    return { rule, mutants: sum('mutants'), bypasses: sum('bypasses'), challenges: sum('challenges') };
  });
}

// Mutants: the templates with one guarded property broken, derived from what the rules say they guard.
import { isDeepStrictEqual } from 'node:util';
import type { Break, Guard, Rule } from '../../../lib/tom/rule';
import { Assembly, isObject, type Json, type JsonObject, type Resource, type StackTemplate } from '../../../lib/tom/template/assembly';

/** Templates of one deployment at one site. */
export interface Subject {
  /** As in `production-recovery`. */
  readonly label: string;
  readonly assembly: Assembly;
}

export interface Mutant {
  readonly rule: Rule;
  readonly subject: Subject;
  readonly stack: StackTemplate;
  /** `undefined` where the stack itself is broken. */
  readonly resource: Resource | undefined;
  /** Concrete path below the resource or stack; empty where it is removed whole. */
  readonly path: readonly string[];
  readonly break: Break;
}

/** What a guard came to in the templates. */
export interface Expansion {
  readonly mutants: readonly Mutant[];
  /** Whether there is anything of the guard's type, and the guard named a path in it. */
  readonly occurs: boolean;
}

/** Expands one guard of a rule over the templates: one mutant for each place and each break that changes something there. */
export function expand(rule: Rule, guard: Guard, subject: Subject): Expansion {
  const mutants: Mutant[] = [];
  let occurs = false;
  for (const { stack, resource, root } of placesOf(guard, subject.assembly)) {
    for (const pattern of patternsOf(guard, resource, subject.assembly)) {
      occurs = true;
      for (const path of concretePaths(root, pattern === '' ? [] : pattern.split('.'))) {
        const changing = guard.breaks.filter((broken) => changes(root, path, broken));
        mutants.push(...changing.map((broken) => ({ rule, subject, stack, resource, path, break: broken })));
      }
    }
  }
  return { mutants, occurs };
}

interface Place {
  readonly stack: StackTemplate;
  readonly resource: Resource | undefined;
  readonly root: Json;
}

function placesOf(guard: Guard, assembly: Assembly): readonly Place[] {
  if (guard.type === 'Stack') return assembly.stacks.map((stack) => ({ stack, resource: undefined, root: stack as unknown as Json }));
  const resources = guard.type === '*' ? assembly.resources : assembly.ofType(guard.type);
  return resources
    .filter((resource) => guard.where?.(resource, assembly) ?? true)
    .map((resource) => ({ stack: resource.stack, resource, root: resource.json as unknown as Json }));
}

/** The paths that a guard names for one resource. */
export function patternsOf({ path }: Guard, resource: Resource | undefined, assembly: Assembly): readonly string[] {
  if (typeof path === 'string') return [path];
  return resource ? path(resource, assembly) : [];
}

/** The places that a pattern stands for. From where a path ends in the template, the rest is taken as it is written. */
function concretePaths(root: Json, pattern: readonly string[]): readonly (readonly string[])[] {
  const [segment, ...rest] = pattern;
  if (segment === undefined) return [[]];
  const keys = keysFor(root, segment);
  return keys.flatMap((key) => {
    const member = memberOf(root, key);
    if (member === undefined) return [segment, ...rest].includes('*') ? [] : [[key, ...rest]];
    return concretePaths(member, rest).map((below) => [key, ...below]);
  });
}

function keysFor(value: Json, segment: string): readonly string[] {
  const container = typeof value === 'object' && value !== null ? value : {};
  if (segment === '*') return Object.keys(container);
  const [, key, wanted] = /^\[(.+)=(.*)\]$/.exec(segment) ?? [];
  if (key === undefined) return [segment];
  return Object.entries(container).flatMap(([index, element]: [string, Json]) =>
    isObject(element) && element[key] === wanted ? [index] : [],
  );
}

function memberOf(value: Json | undefined, key: string): Json | undefined {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return undefined;
  return (value as JsonObject)[key];
}

/** Whether a break changes anything: there must be something to remove or replace, and it must not be the same already. */
function changes(root: Json, path: readonly string[], broken: Break): boolean {
  const found = path.reduce<Json | undefined>(memberOf, root);
  if (broken.op === 'remove') return found !== undefined;
  if (broken.op === 'replace') return found !== undefined && !isDeepStrictEqual(found, broken.value);
  return broken.op === 'append' || !isDeepStrictEqual(found, broken.value);
}

/** The templates of a mutant. Only what lies on the way to the broken property is copied. */
export function applyMutant({ subject, stack, resource, path, break: broken }: Mutant): Assembly {
  const { facts, stacks } = subject.assembly;
  const inStack = resource ? ['template', 'Resources', resource.logicalId, ...path] : path;
  const changed = write(stack as unknown as Json, inStack, broken) as unknown as StackTemplate;
  return new Assembly(
    facts,
    stacks.map((other) => (other === stack ? changed : other)),
  );
}

function write(value: Json | undefined, path: readonly string[], broken: Break): Json | undefined {
  const [key, ...rest] = path;
  if (key === undefined) return applyBreak(value, broken);
  const member = write(memberOf(value, key), rest, broken);
  if (Array.isArray(value)) {
    const copy = [...(value as readonly Json[])];
    copy.splice(Number(key), 1, ...(member === undefined ? [] : [member]));
    return copy;
  }
  const whole = isObject(value) ? value : {};
  // What is changed keeps its place: a rule must not see by the order that something was.
  if (member !== undefined) return { ...whole, [key]: member };
  const { [key]: _, ...others } = whole;
  return others;
}

function applyBreak(value: Json | undefined, broken: Break): Json | undefined {
  if (broken.op === 'remove') return undefined;
  if (broken.op !== 'append') return broken.value;
  const list = value === undefined ? [] : Array.isArray(value) ? (value as readonly Json[]) : [value];
  return [...list, broken.value];
}

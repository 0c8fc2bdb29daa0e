// Which properties a rule reads, so that a rule cannot look at more than it claims to guard.

import { evaluateRule } from '../../../lib/tom/evaluate';
import type { Rule } from '../../../lib/tom/rule';
import { Assembly, type JsonObject, type ResourceJson, type StackTemplate } from '../../../lib/tom/template/assembly';
import { patternsOf, type Subject } from './mutants';

/** A property read, with `*` for every element of a list. */
export interface Read {
  readonly type: string;
  readonly path: string;
}

/** The properties that a rule reads in deciding the templates, and neither guards nor says that it reads. */
export function unguardedReads(rule: Rule, subjects: readonly Subject[]): readonly Read[] {
  const claims = claimsOf(rule, subjects);
  const unguarded = new Map<string, Read>();
  for (const { assembly } of subjects) {
    for (const read of readsOf(rule, assembly)) {
      const segments = read.path.split('.');
      const claimed = claims.some(({ type, path }) => (type === '*' || type === read.type) && overlaps(path, segments));
      if (!claimed) unguarded.set(`${read.type} ${read.path}`, read);
    }
  }
  return [...unguarded.values()].toSorted((a, b) => (`${a.type} ${a.path}` < `${b.type} ${b.path}` ? -1 : 1));
}

interface Claim {
  readonly type: string;
  readonly path: readonly string[];
}

function claimsOf(rule: Rule, subjects: readonly Subject[]): readonly Claim[] {
  const guarded = rule.guards.flatMap((guard) => {
    if (typeof guard.path === 'string') return [{ type: guard.type, path: guard.path }];
    const resources = subjects.flatMap(({ assembly }) => assembly.ofType(guard.type).map((resource) => ({ resource, assembly })));
    return resources.flatMap(({ resource, assembly }) => patternsOf(guard, resource, assembly).map((path) => ({ type: guard.type, path })));
  });
  // That a resource may be removed whole says nothing of its properties.
  return [...guarded, ...(rule.reads ?? [])].filter(({ path }) => path !== '').map(({ type, path }) => ({ type, path: path.split('.') }));
}

/** Whether one path leads to the other, or is the same: every index, `*` and selector stands for every element. */
function overlaps(claim: readonly string[], read: readonly string[]): boolean {
  return claim.every((segment, index) => {
    const other = read[index];
    return other === undefined || segment === other || other === '*' || /^(?:\*|\d+|\[.*\])$/.test(segment);
  });
}

function readsOf(rule: Rule, assembly: Assembly): readonly Read[] {
  const reads = new Map<string, Read>();
  const recording = (type: string, whole: string): void => {
    // How a reference is written is no property of its own.
    const path = whole.replace(/\.(?:Ref|Fn::\w+)(?:\..*)?$/, '');
    reads.set(`${type} ${path}`, { type, path });
  };
  const stacks = assembly.stacks.map((stack): StackTemplate => {
    const resources = Object.entries(stack.template.Resources ?? {}).map(([id, json]) => [
      id,
      recordReads(json as unknown as JsonObject, '', (path) => recording(json.Type, path)),
    ]);
    return {
      ...stack,
      template: { ...stack.template, Resources: Object.fromEntries(resources) as unknown as Record<string, ResourceJson> },
    };
  });
  evaluateRule(new Assembly(assembly.facts, stacks), rule);
  return [...reads.values()];
}

/** A value that tells of every end that is read in it: a plain value, or a property that is missing. */
function recordReads<T extends object>(value: T, path: string, tell: (path: string) => void): T {
  const known = new Map<string, object>();
  const pathOf = (key: string): string => [...(path === '' ? [] : [path]), Array.isArray(value) ? '*' : key].join('.');
  const isOwn = (key: string | symbol): key is string =>
    typeof key === 'string' &&
    key !== 'Type' &&
    key !== 'toJSON' &&
    !(key in Object.prototype) &&
    !(Array.isArray(value) && key in Array.prototype);
  const missing = (key: string | symbol): void => {
    if (isOwn(key) && !Object.hasOwn(value, key) && !Array.isArray(value)) tell(pathOf(key));
  };
  return new Proxy(value, {
    get(target, key, receiver) {
      const member: unknown = Reflect.get(target, key, receiver);
      if (!isOwn(key)) return member;
      if (typeof member !== 'object' || member === null) {
        if (Object.hasOwn(target, key)) tell(pathOf(key));
        else missing(key);
        return member;
      }
      const before = known.get(key);
      if (before) return before;
      const proxy = recordReads(member, pathOf(key), tell);
      known.set(key, proxy);
      return proxy;
    },
    has(target, key) {
      missing(key);
      return Reflect.has(target, key);
    },
    getOwnPropertyDescriptor(target, key) {
      missing(key);
      return Reflect.getOwnPropertyDescriptor(target, key);
    },
  });
}

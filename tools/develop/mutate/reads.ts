// Records the properties that a rule reads, so that a rule cannot depend on a property outside its guards.
import { evaluateRule } from '../../../lib/tom/evaluate';
import type { Rule } from '../../../lib/tom/rule';
import { Assembly, type JsonObject, type ResourceJson, type StackTemplate } from '../../../lib/tom/template/assembly';
import { patternsOf, type Subject } from './mutants';

/** A property read, with `*` for every element of a list. */
export interface Read {
  readonly type: string;
  readonly path: string;
}

/** The properties that a rule reads and neither guards nor lists in `reads`. */
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

/**
 * Whether a rule can read one of the changed properties: its guards and its `reads` name everything that it reads. Of
 * changes that have no properties, as an added resource, any rule can.
 */
export function canRead(rule: Rule, changed: readonly Read[] | undefined, assembly: Assembly): boolean {
  if (changed === undefined) return true;
  const claims = claimsIn(assembly, rule);
  return changed.some((read) => {
    // An empty path is the resource itself.
    const segments = read.path === '' ? [] : read.path.split('.');
    return claims.some(({ type, path }) => (type === '*' || type === read.type) && overlaps(path, segments));
  });
}

const claimsByAssembly = new WeakMap<Assembly, Map<Rule, readonly Claim[]>>();

function claimsIn(assembly: Assembly, rule: Rule): readonly Claim[] {
  const claims = claimsByAssembly.get(assembly) ?? new Map<Rule, readonly Claim[]>();
  claimsByAssembly.set(assembly, claims);
  const known = claims.get(rule) ?? claimsOf(rule, [{ label: '', assembly }]);
  claims.set(rule, known);
  return known;
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
  // A guard of the whole resource covers none of its properties.
  return [...guarded, ...(rule.reads ?? [])].filter(({ path }) => path !== '').map(({ type, path }) => ({ type, path: path.split('.') }));
}

/** Whether one path is a prefix of the other or equal; an index, `*` or selector matches every element. */
function overlaps(claim: readonly string[], read: readonly string[]): boolean {
  return claim.every((segment, index) => {
    const other = read[index];
    return other === undefined || segment === other || other === '*' || /^(?:\*|\d+|\[.*\])$/.test(segment);
  });
}

function readsOf(rule: Rule, assembly: Assembly): readonly Read[] {
  const reads = new Map<string, Read>();
  const record = (type: string, whole: string): void => {
    // The notation of a reference is no property of its own.
    const path = whole.replace(/\.(?:Ref|Fn::\w+)(?:\..*)?$/, '');
    reads.set(`${type} ${path}`, { type, path });
  };
  const stacks = assembly.stacks.map((stack): StackTemplate => {
    const resources = Object.entries(stack.template.Resources ?? {}).map(([id, json]) => [
      id,
      recordReads(json as unknown as JsonObject, '', (path) => record(json.Type, path)),
    ]);
    return {
      ...stack,
      template: { ...stack.template, Resources: Object.fromEntries(resources) as unknown as Record<string, ResourceJson> },
    };
  });
  evaluateRule(new Assembly(assembly.facts, stacks), rule);
  return [...reads.values()];
}

/** A proxy that records each leaf that is read: a plain value or a missing property. */
function recordReads<T extends object>(value: T, path: string, record: (path: string) => void): T {
  const known = new Map<string, object>();
  const pathOf = (key: string): string => [...(path === '' ? [] : [path]), Array.isArray(value) ? '*' : key].join('.');
  const isOwn = (key: string | symbol): key is string =>
    typeof key === 'string' &&
    key !== 'Type' &&
    key !== 'toJSON' &&
    !(key in Object.prototype) &&
    !(Array.isArray(value) && key in Array.prototype);
  const missing = (key: string | symbol): void => {
    if (isOwn(key) && !Object.hasOwn(value, key) && !Array.isArray(value)) record(pathOf(key));
  };
  return new Proxy(value, {
    get(target, key, receiver) {
      const member: unknown = Reflect.get(target, key, receiver);
      if (!isOwn(key)) return member;
      if (typeof member !== 'object' || member === null) {
        if (Object.hasOwn(target, key)) record(pathOf(key));
        else missing(key);
        return member;
      }
      const before = known.get(key);
      if (before) return before;
      const proxy = recordReads(member, pathOf(key), record);
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

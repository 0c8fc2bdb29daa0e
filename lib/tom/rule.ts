// The rule: the condition that it requires, the resources that it applies to, and the mutations that violate it.
import {
  type Assembly,
  type Json,
  type JsonObject,
  type Resource,
  type ResourceJson,
  type StackTemplate,
  valueAt,
} from './template/assembly';

/** One violation of a rule, with the change that resolves it. */
export interface Finding {
  /** Unique among the findings of the rule on the resource; short and stable, as in `port::22`. */
  readonly id: string;
  /** Path of the property, as in `Properties.SecurityGroupIngress.0`. */
  readonly path: string;
  /** Value in the template; `undefined` if there is none. */
  readonly found: Json | undefined;
  /** Allowed value, as a noun phrase. */
  readonly required: string;
  /** Instruction that resolves the finding. */
  readonly fix: string;
}

/** Verdict on one resource: the rule does not apply, or its findings; a compliant resource has none. */
export type Verdict = 'not-applicable' | readonly Finding[];

/**
 * Mutation of a guarded property. A rule without a finding on the mutated template is a defect.
 * `remove` and `replace` require an existing value, `set` always writes, `append` adds to an existing list.
 */
export type Break =
  | { readonly op: 'remove' }
  | { readonly op: 'replace'; readonly value: Json }
  | { readonly op: 'set'; readonly value: Json }
  | { readonly op: 'append'; readonly value: Json };

/** A property that a rule guards. */
export interface Guard {
  /** A resource type; `*` is every type, `Stack` the stack itself, whose paths are `region`, `name` and `template`. */
  readonly type: string;
  /**
   * Relative to the resource: `*` stands for every element, `[Key=x]` for the elements whose `Key` is `x`; '' is the
   * resource itself. A function returns the paths of one resource, for guarded values that are found by their content.
   */
  readonly path: string | ((resource: Resource, assembly: Assembly) => readonly string[]);
  readonly breaks: readonly Break[];
  /** Limits the guard to some resources of the type. @default - all of the type */
  readonly where?: (resource: Resource, assembly: Assembly) => boolean;
}

/** A property that a rule reads without guarding it: to classify a resource or to find another one. */
export interface ReadPath {
  readonly type: string;
  /** As in a guard; covers everything below. */
  readonly path: string;
}

export type Added = Readonly<Record<string, ResourceJson>>;

/**
 * Resources that circumvent a rule when they are added to the templates. The mutation run adds one bypass at a time.
 */
export interface Bypass {
  /** Title, a noun phrase, as in `a route past the firewall`. */
  readonly name: string;
  /** Its resources by logical id; a function receives the resource beside which they are placed. */
  readonly resources: Added | ((beside: Resource, assembly: Assembly) => Added);
  /** Type of a resource whose stack receives the bypass; other stacks are skipped. @default AWS::EC2::VPC */
  readonly beside?: string;
}

export interface Rule {
  /** The control, in kebab-case; also the name of its file. */
  readonly name: string;
  /** The condition that must hold: one sentence of at most 20 words that begins in lower case and has no full stop. */
  readonly requires: string;
  /** The CloudFormation resource types that the rule is evaluated for; `*` is every type. */
  readonly types: readonly string[];
  /** Whether a deployment without a resource to which the rule applies violates the rule. @default true */
  readonly mustApply?: boolean;
  /** Evaluates one resource. Pure: same assembly, same verdict. */
  check(resource: Resource, assembly: Assembly): Verdict;
  /** Evaluates the parts of a stack that belong to no resource. @default - stacks are not evaluated */
  checkStack?(stack: StackTemplate, assembly: Assembly): Verdict;
  /** The guarded properties with their mutations. The mutation run expands them over the templates. */
  readonly guards: readonly Guard[];
  /** Additional resources that violate the rule without a change to an existing property. @default - none */
  readonly bypasses?: readonly Bypass[];
  /**
   * Further properties that the rule reads. The mutation run fails on a property read that is neither guarded nor
   * listed here.
   */
  readonly reads?: readonly ReadPath[];
}

/** A finding for the value at `path` of a resource. */
export function finding(resource: Resource, id: string, path: string, required: string, fix: string): Finding {
  const found = path === '' ? undefined : valueAt(resource.json as unknown as JsonObject, path);
  return { id, path, found, required, fix };
}

export const remove: Break = { op: 'remove' };
export const replace = (value: Json): Break => ({ op: 'replace', value });
export const set = (value: Json): Break => ({ op: 'set', value });
export const append = (value: Json): Break => ({ op: 'append', value });

/** Declares a guarded property: `guard('AWS::KMS::Key', 'Properties.EnableKeyRotation', remove, replace(false))`. */
export function guard(type: string, path: Guard['path'], ...breaks: Break[]): Guard {
  return { type, path, breaks };
}

/** Declares a guarded property of the resources for which `where` returns true. */
export function guardWhere(type: string, where: NonNullable<Guard['where']>, path: Guard['path'], ...breaks: Break[]): Guard {
  return { type, path, breaks, where };
}

/** Declares guarded properties, by path, of the resources for which `where` returns true. */
export function guardsWhere(
  type: string,
  where: NonNullable<Guard['where']>,
  breaks: Readonly<Record<string, readonly Break[]>>,
): readonly Guard[] {
  return Object.entries(breaks).map(([path, ways]) => guardWhere(type, where, path, ...ways));
}

/** Every section of every resource: the canonical form of a resource, which declarations judge, has them all. */
export const everySection: readonly ReadPath[] = [
  'Properties',
  'Metadata',
  'Condition',
  'DependsOn',
  'DeletionPolicy',
  'UpdateReplacePolicy',
  'CreationPolicy',
  'UpdatePolicy',
].map((path) => ({ type: '*', path }));

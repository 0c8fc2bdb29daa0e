// What a rule is: what it asks of which resources, and how each thing it guards can be broken.
import {
  type Assembly,
  type Json,
  type JsonObject,
  type Resource,
  type ResourceJson,
  type StackTemplate,
  valueAt,
} from './template/assembly';

/** One thing that a rule objects to, told so that it can be mended. */
export interface Finding {
  /** Tells this finding from others of the same rule on the same resource; short and stable, as in `port::22`. */
  readonly id: string;
  /** Where: the property, as in `Properties.SecurityGroupIngress.0`. */
  readonly path: string;
  /** What stands there now; `undefined` where nothing does. */
  readonly found: Json | undefined;
  /** What is allowed there. */
  readonly required: string;
  /** What to do. */
  readonly fix: string;
}

/** What a rule says of one resource: it does not concern it, it complies (no findings), or it does not. */
export type Verdict = 'not-applicable' | readonly Finding[];

/**
 * How the mutation run breaks a guarded property. A rule that does not object to the broken template is a defect.
 * `remove` and `replace` need something to stand there; `set` writes in any case; `append` adds to the list there.
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
   * resource itself. A function names the paths of one resource, where what is guarded is found by its content.
   */
  readonly path: string | ((resource: Resource, assembly: Assembly) => readonly string[]);
  readonly breaks: readonly Break[];
  /** Narrows the guard to the resources of the type that the rule is about. @default - all of the type */
  readonly where?: (resource: Resource, assembly: Assembly) => boolean;
}

/** A property that a rule reads without making a promise of it: to tell what a resource is, or to find another. */
export interface ReadPath {
  readonly type: string;
  /** As in a guard; covers everything below. */
  readonly path: string;
}

export type Added = Readonly<Record<string, ResourceJson>>;

/** Resources that somebody could add to the templates to get round a rule. The mutation run adds them, one bypass at a time. */
export interface Bypass {
  /** What it is up to, as in `a route past the firewall`. */
  readonly name: string;
  /** Its resources by logical id; a function takes the resource beside which they are put. */
  readonly resources: Added | ((beside: Resource, assembly: Assembly) => Added);
  /** Type of the resource into whose stack it is put; templates without one are not tried. @default AWS::EC2::VPC */
  readonly beside?: string;
}

export interface Rule {
  /** The control, in kebab-case; also the name of its file. */
  readonly name: string;
  /** What must be true, in one sentence. */
  readonly requires: string;
  /** The CloudFormation resource types that the rule is asked about; `*` is every type. */
  readonly types: readonly string[];
  /** Whether a deployment without any resource that the rule concerns breaks the rule. @default true */
  readonly mustApply?: boolean;
  /** Decides one resource. Pure: same assembly, same verdict. */
  check(resource: Resource, assembly: Assembly): Verdict;
  /** Decides what belongs to a stack and to no resource of it. @default - stacks are not asked about */
  checkStack?(stack: StackTemplate, assembly: Assembly): Verdict;
  /** The properties that the rule guards, and how to break each. The mutation run expands them over the templates. */
  readonly guards: readonly Guard[];
  /** What breaks the rule by being there, where no property that is there is touched. @default - none */
  readonly bypasses?: readonly Bypass[];
  /** What the rule reads besides. The mutation run fails on a property read that is neither guarded nor listed here. */
  readonly reads?: readonly ReadPath[];
}

/** An objection to the value at `path` of a resource, as it stands there. */
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

/** The same, only for the resources that `where` admits. */
export function guardWhere(type: string, where: NonNullable<Guard['where']>, path: Guard['path'], ...breaks: Break[]): Guard {
  return { type, path, breaks, where };
}

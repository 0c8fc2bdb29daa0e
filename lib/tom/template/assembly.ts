// The synthesized templates of one deployment, as rules read them: plain resources with their references resolved.

import type { Settings } from '../../config/settings/settings';
import type { Asset } from './assets';

export type Json = string | number | boolean | null | { readonly [key: string]: Json } | readonly Json[];
export type JsonObject = { readonly [key: string]: Json };

/** The parts of a CloudFormation template that rules read. */
export interface Template {
  readonly Description?: string;
  readonly Parameters?: JsonObject;
  readonly Mappings?: JsonObject;
  readonly Conditions?: JsonObject;
  /** Macros that rewrite the template before it is deployed. */
  readonly Transform?: Json;
  readonly Resources?: Record<string, ResourceJson>;
  readonly Outputs?: Record<string, { readonly Value: Json; readonly Export?: { readonly Name: Json } }>;
}

export interface ResourceJson {
  readonly Type: string;
  readonly Properties?: JsonObject;
  readonly Metadata?: JsonObject;
  readonly Condition?: string;
  readonly DeletionPolicy?: string;
  readonly UpdateReplacePolicy?: string;
  readonly DependsOn?: string | readonly string[];
}

/** One stack of the deployment. */
export interface StackTemplate {
  /** The stack's construct id, as in `production-network`. */
  readonly name: string;
  /** The region the stack is deployed to. */
  readonly region: string;
  /** The account, where the configuration gives one. */
  readonly account?: string | undefined;
  readonly template: Template;
  /** Files that the deployment uploads before the stack. @default - none */
  readonly assets?: readonly Asset[];
}

/** Values of the configuration that rules compare with the templates. */
export interface DeploymentFacts {
  readonly deployment: string;
  readonly environment: 'production' | 'staging' | 'development';
  readonly site: 'home' | 'recovery';
  readonly region: string;
  readonly homeRegion: string;
  readonly recoveryRegion: string;
  /** Names of the other deployments of the same configuration folder. */
  readonly otherDeployments: readonly string[];
  /** Accounts that the configuration names. */
  readonly namedAccounts: readonly string[];
  /** Ids of existing resources that the configuration names, as a hosted zone. @default - none */
  readonly namedIds?: readonly string[];
  /** Whether the configuration declares Cloudflare before the load balancer. (TOM-4.11) @default false */
  readonly cloudflare?: boolean;
  /** The configuration of the deployment. */
  readonly settings: Settings;
}

/** One resource of one template. Its fields have their declared types for every content of the template. */
export class Resource {
  readonly type: string;

  constructor(
    readonly stack: StackTemplate,
    readonly logicalId: string,
    readonly json: ResourceJson,
  ) {
    this.type = typeof json.Type === 'string' ? json.Type : '';
  }

  get properties(): JsonObject {
    const properties: Json | undefined = this.json.Properties;
    return isObject(properties) ? properties : {};
  }

  /** The value at a dotted path below the resource's properties, as in `BucketEncryption.Rules.0`. */
  at(path: string): Json | undefined {
    return valueAt(this.properties, path);
  }
}

/** The value at a dotted path; `undefined` if the path does not exist. */
export function valueAt(from: Json | undefined, path: string): Json | undefined {
  let value: Json | undefined = from;
  for (const key of path.split('.')) {
    if (value === null || typeof value !== 'object' || !Object.hasOwn(value, key)) return undefined;
    value = (value as JsonObject)[key];
  }
  return value;
}

/** The value as a list: a list unchanged, a single value as one element, a missing value as an empty list. */
export function listOf(value: Json | undefined): readonly Json[] {
  if (value === undefined || value === null) return [];
  return Array.isArray(value) ? (value as readonly Json[]) : [value];
}

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A value that a stack makes known to others, with the stack. */
export interface Output {
  readonly stack: StackTemplate;
  readonly value: Json | undefined;
}

/** Longest chain of references that is followed; a longer chain has no target. */
const longestChain = 8;

/** All stacks of one deployment at one site. */
export class Assembly {
  readonly resources: readonly Resource[];
  private readonly byType = new Map<string, Resource[]>();
  private readonly byStack = new Map<string, Map<string, Resource>>();
  private readonly exports = new Map<string, Output>();

  constructor(
    readonly facts: DeploymentFacts,
    readonly stacks: readonly StackTemplate[],
  ) {
    const all: Resource[] = [];
    for (const stack of stacks) {
      const ofStack = new Map<string, Resource>();
      this.byStack.set(stack.name, ofStack);
      for (const [logicalId, json] of entriesOf(stack.template.Resources)) {
        if (!isObject(json)) continue;
        const resource = new Resource(stack, logicalId, json as unknown as ResourceJson);
        all.push(resource);
        ofStack.set(logicalId, resource);
        const sameType = this.byType.get(resource.type);
        if (sameType) sameType.push(resource);
        else this.byType.set(resource.type, [resource]);
      }
      for (const [, output] of entriesOf(stack.template.Outputs)) {
        const name = valueAt(output, 'Export.Name');
        if (typeof name === 'string') this.exports.set(name, { stack, value: valueAt(output, 'Value') });
      }
    }
    this.resources = all;
  }

  ofType(type: string): readonly Resource[] {
    return this.byType.get(type) ?? [];
  }

  resource(stack: string, logicalId: string): Resource | undefined {
    return this.byStack.get(stack)?.get(logicalId);
  }

  /** The resource that a `Ref`, `Fn::GetAtt` or import refers to, across stacks; `undefined` for any other value. */
  target(value: Json | undefined, stack: StackTemplate): Resource | undefined {
    return this.follow(value, stack, longestChain);
  }

  /** The value that a stack exports under a name. */
  exported(name: string): Output | undefined {
    return this.exports.get(name);
  }

  /**
   * The output that the argument of `Fn::GetStackOutput` in the stack `from` names; `undefined` if it names another
   * region, or a role, which belongs to any account ("AWS CDK: Fn.getStackOutput").
   */
  output(argument: Json, from: StackTemplate): Output | undefined {
    if (!isObject(argument) || argument.RoleArn !== undefined) return undefined;
    const { StackName: name, OutputName: output, Region: region = from.region } = argument;
    const stack = this.stacks.find((candidate) => candidate.name === name && candidate.region === region);
    const value = valueAt(stack?.template.Outputs as JsonObject | undefined, `${String(output)}.Value`);
    return stack && value !== undefined ? { stack, value } : undefined;
  }

  /** Whether `value`, in the stack of `from`, refers to `resource`. */
  refersTo(value: Json | undefined, from: Resource, resource: Resource): boolean {
    return this.target(value, from.stack) === resource;
  }

  private follow(value: Json | undefined, stack: StackTemplate, left: number): Resource | undefined {
    if (left === 0 || !isObject(value)) return undefined;
    const imported = value['Fn::ImportValue'];
    if (typeof imported === 'string') {
      const exported = this.exports.get(imported);
      return exported && this.follow(exported.value, exported.stack, left - 1);
    }
    const weak = value['Fn::GetStackOutput'];
    if (weak !== undefined) {
      const output = this.output(weak, stack);
      return output && this.follow(output.value, output.stack, left - 1);
    }
    const getAtt = value['Fn::GetAtt'];
    const id = value.Ref ?? (Array.isArray(getAtt) ? getAtt[0] : getAtt);
    if (typeof id !== 'string') return undefined;
    return this.resource(stack.name, id.split('.')[0] as string);
  }
}

function entriesOf(value: unknown): [string, Json][] {
  return isObject(value) ? Object.entries(value) : [];
}

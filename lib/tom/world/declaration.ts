// Declarations: the resources that templates may have, by name, with the form of each. A resource that no declaration
// names is a finding, and so is a declared one that is missing.
import type { DeploymentFacts, Resource } from '../template/assembly';
import { copyRegionOf } from '../template/copies';
import { nameOf } from '../template/names';
import { type Context, each, type Form, type FormLike, harmless, optional, shape } from './form';

/** Values of each variable of names: fixed, or those of the configuration. */
export type NameVariables = Readonly<Record<string, readonly string[] | ((facts: DeploymentFacts) => readonly string[])>>;

export interface Declaration {
  readonly type: string;
  /** Names of the resources, as in `network/Vpc<tier>Subnet<zone>Subnet`. */
  readonly names: readonly string[];
  /** Values of each variable of the names. */
  readonly variables: NameVariables;
  readonly form: Form;
  /** Whether a deployment has the resources. @default - every deployment has them */
  readonly when?: (facts: DeploymentFacts) => boolean;
}

export interface DeclarationOptions {
  readonly variables?: NameVariables;
  readonly when?: (facts: DeploymentFacts) => boolean;
  /** The deletion policy. @default - none: CloudFormation deletes the resource */
  readonly deletion?: FormLike;
  /** The update replace policy. @default - none: CloudFormation deletes the replaced resource */
  readonly replacement?: FormLike;
  /** Names of the resources that are created before, as in `${<stack>/VpcIGW}`, sorted. @default - none */
  readonly dependsOn?: FormLike;
  /** Metadata besides the path of the construct and the clauses. @default - none */
  readonly metadata?: Readonly<Record<string, FormLike>>;
  readonly creationPolicy?: FormLike;
  readonly updatePolicy?: FormLike;
}

/** Declares resources of one type by their names, with the form of their properties. */
export function declare(
  type: string,
  names: string | readonly string[],
  properties: FormLike,
  options: DeclarationOptions = {},
): Declaration {
  const { variables = {}, when } = options;
  const form = resourceForm(type, properties, options);
  return { type, names: typeof names === 'string' ? [names] : names, variables, form, ...(when ? { when } : {}) };
}

function resourceForm(type: string, properties: FormLike, options: DeclarationOptions): Form {
  const { deletion, replacement, dependsOn, creationPolicy, updatePolicy, metadata = {} } = options;
  const isEmpty = typeof properties === 'object' && !Array.isArray(properties) && Object.keys(properties).length === 0;
  return shape({
    Type: type,
    ...(isEmpty ? {} : { Properties: properties }),
    Metadata: { 'aws:cdk:path': harmless, 'rempart:tom': optional(each(harmless)), ...metadata },
    ...(deletion === undefined ? {} : { DeletionPolicy: deletion }),
    ...(replacement === undefined ? {} : { UpdateReplacePolicy: replacement }),
    ...(dependsOn === undefined ? {} : { DependsOn: dependsOn }),
    ...(creationPolicy === undefined ? {} : { CreationPolicy: creationPolicy }),
    ...(updatePolicy === undefined ? {} : { UpdatePolicy: updatePolicy }),
  });
}

/** A declared resource: its name with the values of the variables, and its declaration. */
export interface Declared {
  readonly name: string;
  readonly declaration: Declaration;
  readonly variables: Readonly<Record<string, string>>;
}

/** The resources of a deployment by name. Throws if two declarations have the same name. */
export function declaredResources(declarations: readonly Declaration[], facts: DeploymentFacts): ReadonlyMap<string, Declared> {
  const all = new Map<string, Declared>();
  for (const declaration of declarations) {
    if (!(declaration.when?.(facts) ?? true)) continue;
    for (const name of declaration.names) {
      for (const declared of expand(name, declaration, facts)) {
        if (all.has(declared.name)) throw new Error(`declarations: expected each name once, got ${declared.name} twice; remove one`);
        all.set(declared.name, declared);
      }
    }
  }
  return all;
}

function expand(pattern: string, declaration: Declaration, facts: DeploymentFacts): readonly Declared[] {
  const used = [...pattern.matchAll(/<([a-zA-Z]+)>/g)].map(([, variable]) => variable as string);
  const rows = used.reduce<readonly Readonly<Record<string, string>>[]>(
    (before, variable) => {
      const values = declaration.variables[variable];
      if (!values) throw new Error(`declaration ${pattern}: expected values of <${variable}>, got none; add them to its variables`);
      const all = typeof values === 'function' ? values(facts) : values;
      return before.flatMap((row) => all.map((value) => ({ ...row, [variable]: value })));
    },
    [{}],
  );
  return rows.map((variables) => ({
    name: pattern.replace(/<([a-zA-Z]+)>/g, (_, variable: string) => variables[variable] as string),
    declaration,
    variables,
  }));
}

/**
 * Context of the form of a declared resource: the variables of its name, and `self`, `stack` and those of the
 * deployment.
 */
export function contextOf({ name, variables }: Declared, resource: Resource, context: Pick<Context, 'assembly'>): Context {
  const { facts } = context.assembly;
  const { deployment, environment, region, site } = facts;
  const [stack = ''] = nameOf(resource, facts).split('/');
  const own = { self: name, stack, deployment, environment, region, site, copyRegion: copyRegionOf(facts) ?? 'none' };
  return { resource, assembly: context.assembly, facts, variables: { ...variables, ...own } };
}

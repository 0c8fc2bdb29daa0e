// Amounts and fixed names that the templates need of an account.
import type { SynthesizedStack } from '../synthesis/assembly';

export interface Resource {
  readonly stack: string;
  readonly logicalId: string;
  readonly type: string;
  readonly properties: Readonly<Record<string, unknown>>;
  readonly deletionPolicy?: string;
}

interface TemplateResource {
  readonly Type: string;
  readonly Properties?: Readonly<Record<string, unknown>>;
  readonly DeletionPolicy?: string;
}

export const resourcesOf = (stacks: readonly SynthesizedStack[]): readonly Resource[] =>
  stacks.flatMap(({ name, template }) =>
    Object.entries((template.Resources ?? {}) as Record<string, TemplateResource>).map(
      ([logicalId, { Type, Properties = {}, DeletionPolicy = 'Delete' }]) => ({
        stack: name,
        logicalId,
        type: Type,
        properties: Properties,
        deletionPolicy: DeletionPolicy,
      }),
    ),
  );

/** The resources of one type. */
export const ofType = (resources: readonly Resource[], type: string): readonly Resource[] =>
  resources.filter((resource) => resource.type === type);

export const countOf = (resources: readonly Resource[], type: string): number => ofType(resources, type).length;

/** Values of the pseudo parameters of CloudFormation. */
export type PseudoParameters = Readonly<Record<'AWS::AccountId' | 'AWS::Partition' | 'AWS::Region' | 'AWS::URLSuffix', string>>;

/**
 * A property as a text, with pseudo parameters resolved; `undefined` where it refers to a resource, an import or a
 * parameter.
 */
export function resolveText(value: unknown, pseudo: PseudoParameters): string | undefined {
  if (typeof value === 'string' || typeof value === 'number') return String(value);
  if (typeof value !== 'object' || value === null) return undefined;
  const { Ref: ref, 'Fn::Join': join, 'Fn::Sub': sub } = value as Readonly<Record<string, unknown>>;
  if (typeof ref === 'string') return (pseudo as Readonly<Record<string, string>>)[ref];
  if (typeof sub === 'string') return resolveSub(sub, pseudo);
  if (!Array.isArray(join)) return undefined;
  const [separator, parts] = join as [string, readonly unknown[]];
  const texts = parts.map((part) => resolveText(part, pseudo));
  return texts.some((text) => text === undefined) ? undefined : texts.join(separator);
}

function resolveSub(text: string, pseudo: PseudoParameters): string | undefined {
  const resolved = text.replace(/\$\{([^}]+)\}/g, (whole, name: string) => (pseudo as Readonly<Record<string, string>>)[name] ?? whole);
  return resolved.includes('${') ? undefined : resolved;
}

/** Whether tags name a stack of this deployment, so that an update does not count what exists twice. */
export function isOwn(
  tags: readonly { readonly Key?: string | undefined; readonly Value?: string | undefined }[],
  resources: readonly Resource[],
): boolean {
  const stack = tags.find(({ Key }) => Key === 'aws:cloudformation:stack-name')?.Value;
  return resources.some((resource) => resource.stack === stack);
}

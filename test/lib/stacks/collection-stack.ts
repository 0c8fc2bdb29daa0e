// The collection stack for tests: built with the whole deployment, its references filled in.
import { CollectionStack } from '../../../lib/stacks/collection';
import { type Choice, concrete } from './account-stack';
import { BuiltStack, builtDeployment } from './built-stack';

/** The collection stack of that choice. */
export const collectionStack = (choice: Choice = {}): BuiltStack<CollectionStack> =>
  new BuiltStack('example-collection', CollectionStack, builtDeployment(choice));

export type Properties = Record<string, unknown>;

/**
 * The properties of the only resource of the type whose logical id begins with `prefix`; imports read as their
 * exports, `<data.Hits>`.
 */
export function only(type: string, prefix = '', choice: Choice = {}): Properties {
  const found = Object.entries(collectionStack(choice).template.findResources(type)).filter(([id]) => id.startsWith(prefix));
  const [one] = found;
  if (!one || found.length > 1) throw new Error(`${type} ${prefix}: expected one resource, got ${found.map(([id]) => id).join(', ')}`);
  return named((one[1] as { Properties: unknown }).Properties) as Properties;
}

/**
 * Imports by what they import: `{"Fn::ImportValue": "example-data:ExportsOutputFnGetAttHitsFF5AF8CDArn18792E32"}` is
 * `<data.Hits.Arn>`.
 */
function named(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(named);
  if (typeof value !== 'object' || value === null) return value;
  const imported = (value as { 'Fn::ImportValue'?: string })['Fn::ImportValue'];
  const [, stack, id, attribute = 'Ref'] =
    /^example-(\w+):ExportsOutput(?:FnGetAtt|Ref)(\w+?)(?:[0-9A-F]{8})(Arn|DBProxyArn|Endpoint|GroupId)?[0-9A-F]{8}$/.exec(
      imported ?? '',
    ) ?? [];
  if (imported !== undefined) return id === undefined ? `<${imported}>` : `<${stack}.${id}.${attribute}>`;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, named(inner)]));
}

/** The statements of a managed policy. */
export function statementsOf(
  prefix: string,
  choice: Choice = {},
): { Effect: string; Action: string | string[]; Resource: unknown; Condition?: unknown }[] {
  const { Statement } = concrete(only('AWS::IAM::ManagedPolicy', prefix, choice).PolicyDocument) as { Statement: never };
  return Statement;
}

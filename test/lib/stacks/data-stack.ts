// The data stack for tests: built with the whole deployment, its references filled in.
import { DataStack } from '../../../lib/stacks/data';
import { account, type Choice, concrete } from './account-stack';
import { BuiltStack, builtDeployment } from './built-stack';

/** The data stack of that choice. */
export const dataStack = (choice: Choice = {}): BuiltStack<DataStack> => new BuiltStack('example-data', DataStack, builtDeployment(choice));

export type Properties = Record<string, unknown>;

/** Resources of a type, by logical id. */
export function resourcesOf(choice: Choice, type: string): Record<string, { Properties: Properties; DependsOn?: string[] } & Properties> {
  return dataStack(choice).template.findResources(type) as never;
}

/**
 * The properties of the only resource of the type whose logical id begins with `prefix`, as they stand in the
 * template.
 */
export function only(choice: Choice, type: string, prefix = ''): Properties {
  const found = Object.entries(resourcesOf(choice, type)).filter(([id]) => id.startsWith(prefix));
  const [one] = found;
  if (!one || found.length > 1) throw new Error(`${type} ${prefix}: expected one resource, got ${found.map(([id]) => id).join(', ')}`);
  return one[1].Properties;
}

/** Logical ids of the resources before which a connection through the proxy fails. */
export function proxyReady(choice: Choice): string[] {
  const ids = (type: string, prefix = '') => Object.keys(resourcesOf(choice, type)).filter((id) => id.startsWith(prefix));
  const found = [
    ids('Custom::DatabaseMigrations'),
    ids('AWS::RDS::DBProxyTargetGroup'),
    ids('AWS::IAM::ManagedPolicy', 'ProxySignIn'),
    ids('AWS::EC2::SecurityGroupIngress', 'ProxyFromFunctions'),
    ids('AWS::EC2::SecurityGroupEgress', 'ProxyOfFunctions'),
  ];
  if (found.some(({ length }) => length !== 1))
    throw new Error(`the proxy: expected one resource of each kind, got ${JSON.stringify(found)}`);
  return found.flat();
}

/** What the context key's secret is called in policies. */
export const contextKeyArn = `arn:aws:secretsmanager:eu-west-3:${account}:secret:context-key`;

/** What the data key is called in policies. */
export const dataKeyArn = `arn:aws:kms:eu-west-3:${account}:key/1234abcd-12ab-34cd-56ef-1234567890ab`;

/**
 * A policy with its references filled in as `concrete` does, and what is imported, secret or cut out of an ARN too.
 */
export function policyOf(choice: Choice, prefix: string): unknown {
  return concrete(withoutImports(only(choice, 'AWS::IAM::ManagedPolicy', prefix).PolicyDocument));
}

function withoutImports(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutImports);
  if (typeof value !== 'object' || value === null) return value;
  const { 'Fn::ImportValue': imported, 'Fn::Select': selected, Ref: ref } = value as Record<string, unknown>;
  const getAtt = (value as { 'Fn::GetAtt'?: string[] })['Fn::GetAtt'];
  if (getAtt?.[0]?.startsWith('DataKey')) return dataKeyArn;
  if (typeof ref === 'string' && ref.startsWith('ContextKey')) return contextKeyArn;
  if (typeof imported === 'string') return `arn:aws:import:::${imported}`;
  if (selected) return 'selected';
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, withoutImports(inner)]));
}

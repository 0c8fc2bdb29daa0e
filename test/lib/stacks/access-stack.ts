// The access stack for tests: built with the whole deployment.
import { AccessStack } from '../../../lib/stacks/access';
import { type Choice, concrete } from './account-stack';
import { BuiltStack, builtDeployment } from './built-stack';

/** The access stack of that choice. */
export const accessStack = (choice: Choice = {}): BuiltStack<AccessStack> =>
  new BuiltStack('example-access', AccessStack, builtDeployment(choice));

export interface ResourceOfStack {
  readonly Properties: Readonly<Record<string, unknown>>;
  readonly DependsOn?: readonly string[];
}

/** The resources of a type, by logical id. */
export const resourcesOf = (type: string, choice: Choice = {}): Readonly<Record<string, ResourceOfStack>> =>
  accessStack(choice).template.findResources(type) as Readonly<Record<string, ResourceOfStack>>;

/** The only resource of the type whose logical id begins with `prefix`. */
export function only(type: string, prefix: string, choice: Choice = {}): ResourceOfStack {
  const found = Object.entries(resourcesOf(type, choice)).filter(([id]) => id.startsWith(prefix));
  const [one] = found;
  if (!one || found.length > 1) throw new Error(`${type} ${prefix}: expected one resource, got ${found.map(([id]) => id).join(', ')}`);
  return one[1];
}

/** Variables of the function of a construct. */
export const variablesOf = (construct: string, choice: Choice = {}): Readonly<Record<string, unknown>> =>
  (only('AWS::Lambda::Function', `${construct}Function`, choice).Properties.Environment as { Variables: Record<string, unknown> })
    .Variables;

export interface StatementOfStack {
  readonly Effect: string;
  readonly Action: string | readonly string[];
  readonly Resource: string | readonly string[];
  readonly Condition?: unknown;
}

/** Statements of the permissions of the function of a construct. */
export function statementsOf(construct: string, choice: Choice = {}): readonly StatementOfStack[] {
  const policy = only('AWS::IAM::ManagedPolicy', `${construct}FunctionPermissions`, choice);
  return (concrete(policy.Properties.PolicyDocument) as { readonly Statement: readonly StatementOfStack[] }).Statement;
}

/** The actions of these permissions with their resources, without those of every function. */
export function grantsOf(construct: string, choice: Choice = {}): Readonly<Record<string, unknown>> {
  const grants: Record<string, unknown> = {};
  for (const { Action, Resource } of statementsOf(construct, choice)) {
    for (const action of [Action].flat()) {
      if (/^(?:logs:(?:CreateLogStream|PutLogEvents)|sqs:SendMessage|kms:(?:Decrypt|GenerateDataKey))$/.test(action)) continue;
      grants[action] = action in grants ? [grants[action], Resource].flat() : Resource;
    }
  }
  return grants;
}

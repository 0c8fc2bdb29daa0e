// Permissions built from a contract of calls.
import { Effect, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { Stack } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import type { Call, Conditions } from '../../runtime/calls';
import type { Site } from '../config/site';

export interface CallTargets {
  readonly site: Site;
  /** Values of `${...}` in the resources of the contract, by name, as in `data/Archive.Arn`. @default - none */
  readonly arns?: Readonly<Record<string, string>>;
  /** Values of `<...>` besides deployment and region; a list stands for one resource each. @default - none */
  readonly values?: Readonly<Record<string, string | readonly string[]>>;
  /** Mode of the function, if it has modes. */
  readonly mode?: string;
}

/**
 * One statement for each call of the contract. `$!{aws:userid}` is a variable of the policy, which IAM fills at each
 * request. Throws for a resource or value that `targets` does not have: a permission is never wider or narrower than
 * its contract. (TOM-3.5)
 */
export function callStatements(scope: Construct, calls: readonly Call[], targets: CallTargets): PolicyStatement[] {
  const text = (template: string): readonly string[] => filled(template, Stack.of(scope), targets);
  return calls
    .filter(({ modes }) => modes === undefined || modes.includes(targets.mode ?? ''))
    .map(
      ({ effect = 'Allow', actions, resources, conditions }) =>
        new PolicyStatement({
          effect: effect === 'Allow' ? Effect.ALLOW : Effect.DENY,
          actions: [...actions],
          resources: resources.flatMap(text),
          ...(conditions ? { conditions: filledConditions(conditions, text) } : {}),
        }),
    );
}

function filled(template: string, stack: Stack, { site, arns = {}, values = {} }: CallTargets): readonly string[] {
  const known: Readonly<Record<string, string | readonly string[]>> = { deployment: site.deployment, region: stack.region, ...values };
  const whole = /^<([a-zA-Z]+)>$/.exec(template)?.[1];
  if (whole !== undefined) return [knownValue(known, whole, template)].flat();
  const attributes: Readonly<Record<string, string>> = { 'AWS::AccountId': stack.account, ...arns };
  // One pass: a value may itself be a token with braces.
  const text = template.replace(/^arn:aws:|\$\{([^}]+)\}|<([a-zA-Z]+)>/g, (_, attribute?: string, name?: string) => {
    if (attribute !== undefined) return knownValue(attributes, attribute, template);
    return name === undefined ? `arn:${stack.partition}:` : String(knownValue(known, name, template));
  });
  return [text.replaceAll('$!{', '${')];
}

function knownValue<Value>(values: Readonly<Record<string, Value>>, name: string, template: string): Value {
  const value = values[name];
  if (value === undefined) throw new Error(`call on ${template}: expected one of ${Object.keys(values).join(', ')}, got ${name}; pass it`);
  return value;
}

function filledConditions(conditions: Conditions, text: (template: string) => readonly string[]): Record<string, Record<string, unknown>> {
  const filledKeys = (keys: Conditions[string]) =>
    Object.entries(keys).map(([key, value]) => [key, typeof value === 'string' ? text(value)[0] : value.flatMap(text)]);
  return Object.fromEntries(Object.entries(conditions).map(([operator, keys]) => [operator, Object.fromEntries(filledKeys(keys))]));
}

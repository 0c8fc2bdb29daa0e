// Small templates for the tests of rules, and the verdicts of a rule on them.

import { settingsSchema } from '../../../../lib/config/settings/settings';
import { evaluateRule } from '../../../../lib/tom/evaluate';
import type { Rule } from '../../../../lib/tom/rule';
import {
  Assembly,
  type DeploymentFacts,
  type Json,
  type JsonObject,
  type ResourceJson,
  type StackTemplate,
} from '../../../../lib/tom/template/assembly';

export const facts: DeploymentFacts = {
  deployment: 'production',
  environment: 'production',
  site: 'home',
  region: 'eu-west-3',
  homeRegion: 'eu-west-3',
  recoveryRegion: 'eu-central-1',
  otherDeployments: ['staging', 'development'],
  namedAccounts: [],
  settings: settingsSchema.parse({ environment: 'production', owner: 'platform-team' }),
};

export type Resources = Readonly<Record<string, ResourceJson>>;

/** A resource of a template. */
export function resource(Type: string, Properties: JsonObject = {}, rest: Omit<ResourceJson, 'Type' | 'Properties'> = {}): ResourceJson {
  return { Type, Properties, ...rest };
}

/** A stack `production-example` with these resources. */
export function stack(resources: Resources, rest: Partial<StackTemplate> = {}): StackTemplate {
  return { name: 'production-example', region: 'eu-west-3', template: { Resources: { ...resources } }, ...rest };
}

export function assemblyOf(resources: Resources, changed: Partial<DeploymentFacts> = {}): Assembly {
  return new Assembly({ ...facts, ...changed }, [stack(resources)]);
}

/**
 * Verdicts of a rule: for each resource `compliant`, `not-applicable` or the ids of its findings; `stack` and
 * `deployment` likewise.
 */
export function answers(
  rule: Rule,
  subject: Assembly | Resources,
  changed: Partial<DeploymentFacts> = {},
): Record<string, string | string[]> {
  const assembly = subject instanceof Assembly ? subject : assemblyOf(subject, changed);
  const outcomes = evaluateRule(assembly, rule).map(({ resource: about, stack: of, verdict }): [string, string | string[]] => [
    about?.logicalId ?? (of ? 'stack' : 'deployment'),
    verdict === 'not-applicable' ? verdict : verdict.length === 0 ? 'compliant' : verdict.map(({ id }) => id),
  ]);
  return Object.fromEntries(outcomes);
}

/** The same resources with some properties of one of them changed; `undefined` removes a property. */
export function changed(resources: Resources, id: string, properties: Readonly<Record<string, Json | undefined>>): Resources {
  const before = resources[id];
  if (!before) throw new Error(`the example has no ${id}`);
  const merged = Object.entries({ ...before.Properties, ...properties }).filter(([, value]) => value !== undefined);
  return { ...resources, [id]: { ...before, Properties: Object.fromEntries(merged) as JsonObject } };
}

/** The same resources without some. */
export function without(resources: Resources, ...ids: string[]): Resources {
  return Object.fromEntries(Object.entries(resources).filter(([id]) => !ids.includes(id)));
}

export const ref = (id: string): JsonObject => ({ Ref: id });
export const att = (id: string, name = 'Arn'): JsonObject => ({ 'Fn::GetAtt': [id, name] });
export const join = (...parts: Json[]): JsonObject => ({ 'Fn::Join': ['', parts] });

/** The key that other examples encrypt with. */
export const key: Resources = { Key: resource('AWS::KMS::Key', { EnableKeyRotation: true }) };

// The production templates, and the same with changes, for the tests of the rehearsal.
import { loadSite } from '../../../lib/config/load';
import { Assembly, isObject, type Json, type JsonObject, type Resource, type ResourceJson } from '../../../lib/tom/template/assembly';
import { nameOf } from '../../../lib/tom/template/names';
import { factsOf } from '../../../lib/tom/template/read-assembly';
import { projectRoot } from '../../../tools/synthesis/synthesize';
import { synthesized } from '../../synthesized/synthesized';

export function assemblyOf(deployment: string, site: 'home' | 'recovery' = 'home'): Assembly {
  const facts = factsOf(loadSite({ directory: `${projectRoot}/config`, deployment, site }));
  return new Assembly(facts, synthesized(deployment, site).stacks);
}

export const production = assemblyOf('production');
export const { facts } = production;

export type Change = (json: ResourceJson, resource: Resource) => ResourceJson | undefined;

/** The production templates with one resource changed, or without it. */
export function changed(name: string, change: Change): Assembly {
  let changes = 0;
  const stacks = production.stacks.map((stack) => {
    const resources = Object.entries(stack.template.Resources ?? {}).flatMap(([id, json]) => {
      const resource = production.resource(stack.name, id) as Resource;
      if (nameOf(resource, facts) !== name) return [[id, json] as const];
      changes += 1;
      const after = change(json, resource);
      return after ? [[id, after] as const] : [];
    });
    return { ...stack, template: { ...stack.template, Resources: Object.fromEntries(resources) } };
  });
  expect(changes).toBe(1);
  return new Assembly(facts, stacks);
}

export const removed: Change = () => undefined;
export const withProperties =
  (change: (properties: JsonObject) => JsonObject): Change =>
  (json) => ({ ...json, Properties: change(json.Properties ?? {}) });

export const entry = (properties: JsonObject): Change => withProperties((own) => ({ ...own, ...properties }));

/** The same value without the elements of lists, at any depth, that equal a text. */
export const withoutText = (text: string): Change => withProperties((properties) => filtered(properties, text) as JsonObject);

function filtered(value: Json, text: string): Json {
  if (Array.isArray(value))
    return (value as readonly Json[]).filter((element) => element !== text).map((element) => filtered(element, text));
  return isObject(value) ? Object.fromEntries(Object.entries(value).map(([key, member]) => [key, filtered(member, text)])) : value;
}

export const idOf = (name: string): string =>
  production.resources.find((resource) => nameOf(resource, facts) === name)?.logicalId as string;

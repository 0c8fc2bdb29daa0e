// What a statement of a policy grants: its actions, its resources in canonical form, and the roles that hold them.
import type { Assembly, DeploymentFacts, Json, Resource } from './assembly';
import { listOf } from './assembly';
import { canonical } from './canonical';
import { copyRegionOf } from './copies';
import { documentTypes } from './identity-policies';
import { nameOf } from './names';
import type { Statement } from './policies';

/** Values of the variables in the tables of powers and of access. */
export const variablesOf = (facts: DeploymentFacts): Readonly<Record<string, string>> => {
  const { deployment, recoveryRegion, region, site, settings } = facts;
  return {
    ...{ deployment, recoveryRegion, region, site },
    copyRegion: copyRegionOf(facts) ?? 'none',
    hostedZone: settings.edge.hostedZone?.id ?? 'none',
  };
};

/** With `NotAction`, or without readable actions, a statement counts as a grant of every action. */
export const grantedActions = ({ json, actions }: Statement): readonly string[] =>
  json.NotAction !== undefined || actions.length === 0 ? ['*'] : actions;

/** The resources of a statement; with `NotResource` every one. */
export const targetsOf = (resource: Resource, { json }: Statement, assembly: Assembly): readonly string[] =>
  listOf(canonical(json.Resource ?? '*', resource.stack, assembly)).map(String);

/** Verbs of actions that read. */
const readVerbs: readonly string[] = ['Describe', 'Get', 'List'];

/** Whether an action, or every action of a pattern, has a verb of reading. */
export function hasReadVerb(action: string): boolean {
  const [, verb] = /^[a-z0-9-]+:([A-Z][a-z]+)[A-Za-z0-9*]*$/.exec(action) ?? [];
  return verb !== undefined && readVerbs.includes(verb);
}

/** Whether a table has an entry for each holder on each resource, and there is a holder. */
export const isHeldBy = (
  { holders, targets }: { readonly holders: readonly string[]; readonly targets: readonly string[] },
  isEntry: (holder: string, target: string) => boolean,
): boolean => holders.length > 0 && holders.every((holder) => targets.every((target) => isEntry(holder, target)));

/** Properties of policies with the principals that they are attached to. */
const principalPaths = ['Roles', 'Users', 'Groups', 'RoleName', 'UserName', 'GroupName'];

/** Names of the principals that a policy is attached to; any text that is no reference to a role stays as it is. */
export function holdersOf(resource: Resource, assembly: Assembly): readonly string[] {
  if (!documentTypes.includes(resource.type)) return [nameOf(resource, assembly.facts)];
  const attached = principalPaths.flatMap((path): readonly Json[] => listOf(resource.at(path)));
  return attached.map((value) => /^\$\{(.+)\}$/.exec(String(canonical(value, resource.stack, assembly)))?.[1] ?? '?');
}

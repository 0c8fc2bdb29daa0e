// The calls that the contracts declare for a role, on the resources of the stand-in account.
import { peopleRoles } from '../../lib/config/names';
import { callModeOf, deploymentRolesOf, tunnelSecondsOf } from '../../lib/config/people-calls';
import type { DeploymentFacts, Json } from '../../lib/tom/template/assembly';
import { copyRegionOf } from '../../lib/tom/template/copies';
import { backupRole } from '../../lib/tom/world/backup-access';
import { functionRoles } from '../../lib/tom/world/identity';
import { bootObjects, certificateGrants } from '../../lib/tom/world/identity-values';
import { hasRole, peopleRoleId } from '../../lib/tom/world/people-roles';
import type { Call } from '../../runtime/calls';
import { certificateModes, certificateRole } from './certificate-modes';
import { roleCalls } from './role-calls';
import type { StandIn } from './stand-in';

/** An action on one resource or pattern, with the conditions under which it is declared. */
export interface DeclaredCall {
  readonly action: string;
  readonly resource: string;
  readonly conditions: Json | undefined;
}

/** Calls of a role that are not rehearsed for a deployment, with the reason. */
export interface OmittedCalls {
  readonly role: string;
  readonly reason: string;
  readonly actions: readonly string[];
}

type Values = Readonly<Record<string, string | readonly string[]>>;

/** The role whose calls depend on `access.instanceConnect`. (DSS-5.6.6) */
const connectRole = `${peopleRoleId('client-data-team')}Role`;

const connectGrants = ({ settings }: DeploymentFacts): { readonly mode: string; readonly values: Values } => ({
  mode: callModeOf(settings),
  values: { tunnelSeconds: tunnelSecondsOf(settings) },
});

/** A site without copies makes no call for them. */
function backupGrants(facts: DeploymentFacts): { readonly mode?: string; readonly values: Values } {
  const region = copyRegionOf(facts);
  return region === undefined ? { values: {} } : { mode: 'copies', values: { copyRegion: region } };
}

/** Values of the calls of a role that the configuration or another resource decides, and its mode. */
function valuesOf(role: string, { assembly }: StandIn): { readonly mode?: string; readonly values: Values } {
  const { deployment, recoveryRegion, region, site, settings } = assembly.facts;
  const deploymentRoles = deploymentRolesOf({ name: site, region, settings });
  const ofPeople = role === connectRole ? connectGrants(assembly.facts) : { values: {} };
  const ofBackups = role === backupRole ? backupGrants(assembly.facts) : ofPeople;
  const { values, ...mode } = role === certificateRole ? certificateGrants(assembly.facts) : ofBackups;
  return { ...mode, values: { deployment, recoveryRegion, region, deploymentRoles, bootObjects: bootObjects(assembly), ...values } };
}

/** The modes in which the calls of a role are rehearsed (tools/rehearse/certificate-modes.ts). */
const rehearsedModes: readonly string[] = certificateModes;

const isMade = ({ modes }: Call, mode: string | undefined): boolean => modes === undefined || (mode !== undefined && modes.includes(mode));

/**
 * The declared calls of a role in the mode of the deployment, or what its contract denies; none for a role without a
 * contract.
 *
 * @throws Error for a resource or value of the contract that the deployment does not have: a call is never left out
 */
export function declaredCalls(role: string, standIn: StandIn, wanted: 'Allow' | 'Deny' = 'Allow'): readonly DeclaredCall[] {
  const { mode, values } = valuesOf(role, standIn);
  return (roleCalls()[role] ?? [])
    .filter((call) => (call.effect ?? 'Allow') === wanted && isMade(call, mode))
    .flatMap(({ actions, resources, conditions }) => {
      const found = resources.flatMap((resource) => filled(resource, values)).map((resource) => concrete(resource, standIn) as string);
      const condition = conditions && concrete(JSON.parse(filled(JSON.stringify(conditions), values).join('')) as Json, standIn);
      return actions.flatMap((action) => found.map((resource) => ({ action, resource, conditions: condition })));
    });
}

/** A text with its values; a list stands for one text each. */
function filled(text: string, values: Values): readonly string[] {
  const list = values[/^<([a-zA-Z]+)>$/.exec(text)?.[1] ?? ''];
  if (typeof list === 'object') return list;
  return [
    text.replace(/<([a-zA-Z]+)>/g, (_, name: string) => {
      const value = values[name];
      if (typeof value !== 'string') throw new Error(`call on ${text}: expected one of ${Object.keys(values).join(', ')}, got <${name}>`);
      return value;
    }),
  ];
}

function concrete(value: Json, standIn: StandIn): Json {
  const found = standIn.concrete(value);
  // A variable of IAM is filled by the rehearsed session (calls.ts).
  const [reference] = /\$\{(?!aws:(?:userid|PrincipalTag\/[\w:]+)\})[^}]*\}/.exec(JSON.stringify(found)) ?? [];
  if (reference !== undefined) throw new Error(`call on ${JSON.stringify(value)}: expected resources of the deployment, got ${reference}`);
  return found;
}

/**
 * The calls of the contracts that neither a deployment makes nor a deployment of another mode. A denial is no call.
 */
export function omittedCalls(standIn: StandIn): readonly OmittedCalls[] {
  return Object.entries(roleCalls()).flatMap(([role, calls]) => {
    const reasons = new Map<string, string[]>();
    for (const call of calls.filter(({ effect }) => effect !== 'Deny')) {
      const reason = reasonOf(role, call, standIn);
      if (reason !== undefined) reasons.set(reason, [...(reasons.get(reason) ?? []), ...call.actions]);
    }
    return [...reasons].map(([reason, actions]) => ({ role, reason, actions: [...new Set(actions)].toSorted() }));
  });
}

function reasonOf(role: string, { modes = [] }: Call, standIn: StandIn): string | undefined {
  const { facts } = standIn.assembly;
  if (!(functionRoles[role.replace(/Role$/, '')]?.when?.(facts) ?? true)) return `${facts.environment} has no such function`;
  const person = peopleRoles.find((name) => `${peopleRoleId(name)}Role` === role);
  if (person !== undefined && !hasRole(person, facts)) return 'the configuration gives no facts for the role';
  if (role === connectRole && modes.length > 0)
    return modes.includes(callModeOf(facts.settings)) ? undefined : 'access.instanceConnect is off';
  if (role === backupRole && modes.length > 0) return copyRegionOf(facts) === undefined ? 'the home region does not answer' : undefined;
  const unknown = modes.filter((mode) => role !== certificateRole || !rehearsedModes.includes(mode));
  return unknown.length === 0 ? undefined : `no deployment of the rehearsal has the mode ${unknown.join(', ')}`;
}

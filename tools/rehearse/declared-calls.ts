// The calls that the contracts declare for a role, on the resources of the stand-in account.
import type { DeploymentFacts, Json } from '../../lib/tom/template/assembly';
import { functionRoles } from '../../lib/tom/world/identity';
import { bootObjects, certificateGrants } from '../../lib/tom/world/identity-values';
import type { Call } from '../../runtime/calls';
import { roleCalls } from './role-calls';
import type { StandIn } from './stand-in';

/** An action on one resource or pattern, with the conditions under which it is declared. */
export interface DeclaredCall {
  readonly action: string;
  readonly resource: string;
  readonly conditions: Json | undefined;
}

/** A call that a deployment does not make, with the reason. */
export interface OmittedCall {
  readonly role: string;
  readonly actions: readonly string[];
  readonly resources: readonly string[];
  readonly reason: string;
}

type Values = Readonly<Record<string, string | readonly string[]>>;

/** Values of the calls of a role that the configuration or another resource decides, and its mode. */
function valuesOf(role: string, { assembly }: StandIn): { readonly mode?: string; readonly values: Values } {
  const { deployment, region } = assembly.facts;
  const { values, ...mode } = isCertificate(role) ? certificateGrants(assembly.facts) : { values: {} };
  return { ...mode, values: { deployment, region, bootObjects: bootObjects(assembly), ...values } };
}

const isCertificate = (role: string): boolean => functionRoles[role.replace(/Role$/, '')]?.control === 'certificate';

const isMade = ({ modes }: Call, mode: string | undefined): boolean => modes === undefined || (mode !== undefined && modes.includes(mode));

/**
 * The declared calls of a role in the mode of the deployment; none for a role without a contract.
 *
 * @throws Error for a resource or value of the contract that the deployment does not have: a call is never left out
 */
export function declaredCalls(role: string, standIn: StandIn): readonly DeclaredCall[] {
  const { mode, values } = valuesOf(role, standIn);
  return (roleCalls()[role] ?? [])
    .filter((call) => call.effect !== 'Deny' && isMade(call, mode))
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
  const [reference] = /\$\{[^}]*\}/.exec(JSON.stringify(found)) ?? [];
  if (reference !== undefined) throw new Error(`call on ${JSON.stringify(value)}: expected resources of the deployment, got ${reference}`);
  return found;
}

/** The calls of the contracts that a deployment does not make. */
export function omittedCalls(standIn: StandIn): readonly OmittedCall[] {
  const { facts } = standIn.assembly;
  return Object.entries(roleCalls()).flatMap(([role, calls]) => {
    const { mode } = valuesOf(role, standIn);
    return calls.flatMap(({ actions, resources, ...call }) => {
      const reason = reasonOf(role, { actions, resources, ...call }, mode, facts);
      return reason === undefined ? [] : [{ role, actions, resources, reason }];
    });
  });
}

function reasonOf(role: string, call: Call, mode: string | undefined, facts: DeploymentFacts): string | undefined {
  if (call.effect === 'Deny') return 'a denial is no call';
  if (!(functionRoles[role.replace(/Role$/, '')]?.when?.(facts) ?? true))
    return `a deployment of ${facts.environment} has no such function`;
  return isMade(call, mode) ? undefined : `the mode of the deployment is ${mode ?? 'none'}`;
}

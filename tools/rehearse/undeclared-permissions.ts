// Part 1 of the rehearsal, the reverse: what the identity policies of a role allow, and no declared call needs. The
// action, resource and conditions of each statement are compared with those of the contracts, wildcards included.
import { isObject, type Json, type JsonObject, listOf, type Resource, valueAt } from '../../lib/tom/template/assembly';
import { nameOf } from '../../lib/tom/template/names';
import { roleType } from '../../lib/tom/template/resource-types';
import { foreignPolicies, policiesOf } from './callers';
import { type DeclaredCall, declaredCalls } from './declared-calls';
import type { NamedPolicy } from './simulator';
import type { StandIn } from './stand-in';

/** A permission of a role that no declared call needs. */
export interface UndeclaredPermission {
  readonly role: string;
  /** Policy and statement, as in `data/UpkeepFunctionPermissions PolicyDocument.Statement.2`. */
  readonly place: string;
  readonly expected: string;
  readonly got: string;
}

/** The permissions of roles, or of those with the given names, that nobody declared. */
export const undeclaredPermissions = (standIn: StandIn, names?: readonly string[]): readonly UndeclaredPermission[] =>
  standIn.assembly
    .ofType(roleType)
    .filter((role) => !names || names.includes(nameOf(role, standIn.assembly.facts)))
    .flatMap((role) => undeclaredOf(role, standIn));

function undeclaredOf(resource: Resource, standIn: StandIn): readonly UndeclaredPermission[] {
  const role = nameOf(resource, standIn.assembly.facts);
  const declared = declaredCalls(role, standIn);
  const found = policiesOf(resource, standIn).flatMap((policy) =>
    allowing(policy).flatMap(({ place, statement }) =>
      differences(statement, declared).map((difference) => ({ role, place, ...difference })),
    ),
  );
  const foreign = foreignPolicies(resource, standIn).map((policy) => ({
    role,
    place: `${role} ManagedPolicyArns`,
    expected: 'policies of the deployment',
    got: typeof policy === 'string' ? policy : JSON.stringify(policy),
  }));
  return [...new Map([...found, ...foreign].map((each) => [JSON.stringify(each), each])).values()];
}

const allowing = ({ name, policy }: NamedPolicy): readonly { readonly place: string; readonly statement: JsonObject }[] =>
  listOf(valueAt(policy, 'Statement'))
    .map((statement, index) => ({ place: `${name}${name.includes(' ') ? '.' : ' '}PolicyDocument.Statement.${index}`, statement }))
    .filter((found): found is { place: string; statement: JsonObject } => isObject(found.statement) && found.statement.Effect !== 'Deny');

type Difference = Pick<UndeclaredPermission, 'expected' | 'got'>;

function differences(statement: JsonObject, declared: readonly DeclaredCall[]): readonly Difference[] {
  for (const key of ['NotAction', 'NotResource'] as const)
    if (statement[key] !== undefined) return [{ expected: 'actions and resources that are named', got: key }];
  return listOf(statement.Action).flatMap((action) =>
    listOf(statement.Resource).flatMap((resource) => differenceOf(String(action), String(resource), statement.Condition, declared)),
  );
}

function differenceOf(
  action: string,
  resource: string,
  condition: Json | undefined,
  declared: readonly DeclaredCall[],
): readonly Difference[] {
  const sameAction = declared.filter((call) => isWithin(action.toLowerCase(), call.action.toLowerCase()));
  const got = `${action} on ${resource}`;
  if (sameAction.length === 0) return [{ expected: 'an action that a call of the role needs', got }];
  const sameResource = sameAction.filter((call) => isWithin(resource, call.resource));
  if (sameResource.length === 0) return [{ expected: `${action} on ${listed(sameAction.map((call) => call.resource))}`, got }];
  if (sameResource.some(({ conditions }) => isLimited(condition, conditions))) return [];
  const conditions = listed(sameResource.map((call) => JSON.stringify(call.conditions)));
  return [{ expected: `${got} if ${conditions}`, got: condition === undefined ? 'no condition' : JSON.stringify(condition) }];
}

const listed = (texts: readonly string[]): string => [...new Set(texts)].join(' or ');

/**
 * Whether each text that the pattern `narrow` matches is one that `wide` matches. A wildcard of `narrow` is a sign
 * that `*` of `wide` alone takes in.
 */
export function isWithin(narrow: string, wide: string): boolean {
  const signs = [...wide].map((sign) => (sign === '*' ? '.*' : sign === '?' ? '[^*]' : sign.replace(/[^\w-]/g, '\\$&')));
  return new RegExp(`^${signs.join('')}$`, 's').test(narrow);
}

/** Whether conditions hold only where the declared ones do: they have each declared key, with no other value. */
function isLimited(condition: Json | undefined, declared: Json | undefined): boolean {
  if (!isObject(declared)) return true;
  return Object.entries(declared).every(([operator, keys]) =>
    Object.entries(isObject(keys) ? keys : {}).every(([key, values]) => {
      const operators = isObject(condition) ? condition[operator] : undefined;
      const own = isObject(operators) ? operators[key] : undefined;
      if (own === undefined) return false;
      const [one, other] = [listOf(own).map(String), listOf(values).map(String)];
      // A negated operator holds for fewer requests the more values it has.
      return /Not/.test(operator) ? other.every((value) => one.includes(value)) : one.every((value) => other.includes(value));
    }),
  );
}

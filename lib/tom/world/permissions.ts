// Forms of policy documents: the permissions of a policy equal those that calls need, in any order and notation.
import type { Call, Conditions } from '../../../runtime/calls';
import { isObject, type Json, type JsonObject } from '../template/assembly';
import { type Context, type Deviation, type Form, fill, type Place } from './form';

/** What the calls of a role are filled with. */
export interface Grants {
  readonly calls: readonly Call[];
  /** Values of `<...>` besides those of the resource; a list stands for one resource each. @default - none */
  readonly values?: Readonly<Record<string, string | readonly string[]>>;
  /** Mode of the function, if it has modes. */
  readonly mode?: string;
}

/** The only version of policy documents with variables ("IAM JSON policy elements: Version"). */
const version = '2012-10-17';

/** Attributes of resources that templates compute with intrinsics, by the name that contracts use. */
const computed: Readonly<Record<string, string>> = {
  'data/Proxy.ResourceId': 'Fn::Select [6,"${Fn::Split [\\":\\",\\"${data/Proxy.DBProxyArn}\\"]}"]',
};

/**
 * One action on one resource under conditions: JSON of its parts, so that no two permissions have one text. Two
 * documents with the same permissions are equal.
 */
type Permission = string;

const permission = (effect: string, action: string, resource: string, conditions: Json | undefined): Permission =>
  JSON.stringify([effect, action, resource, ...(conditions === undefined ? [] : [sortedConditions(conditions)])]);

/** A permission for people. */
function permissionText(one: Permission): string {
  const [effect, action, resource, conditions] = JSON.parse(one) as readonly [string, string, string, Json?];
  return `${effect} ${action} on ${resource}${conditions === undefined ? '' : ` if ${JSON.stringify(conditions)}`}`;
}

/** The permissions that calls need in a deployment. */
function neededPermissions({ calls, values = {}, mode }: Grants, context: Context): readonly Permission[] {
  const text = (template: string): readonly string[] => filled(template, values, context);
  return calls
    .filter(({ modes }) => modes === undefined || modes.includes(mode ?? ''))
    .flatMap(({ effect = 'Allow', actions, resources, conditions }) =>
      actions.flatMap((action) =>
        resources.flatMap(text).map((resource) => permission(effect, action, resource, filledConditions(conditions, text))),
      ),
    );
}

function filled(template: string, values: Required<Grants>['values'], context: Context): readonly string[] {
  const whole = values[/^<([a-zA-Z]+)>$/.exec(template)?.[1] ?? ''];
  if (whole !== undefined && typeof whole !== 'string') return whole;
  const single = Object.fromEntries(Object.entries(values).filter((entry): entry is [string, string] => typeof entry[1] === 'string'));
  const text = fill(template, { variables: { ...context.variables, ...single } });
  return [
    text.replace(/\$\{([^}]+)\}/g, (reference, name: string) => (Object.hasOwn(computed, name) ? `\${${computed[name]}}` : reference)),
  ];
}

function filledConditions(conditions: Conditions | undefined, text: (template: string) => readonly string[]): Json | undefined {
  if (conditions === undefined) return undefined;
  const keys = (members: Conditions[string]) =>
    Object.entries(members).map(([key, value]) => [key, (typeof value === 'string' ? [value] : value).flatMap(text)]);
  return Object.fromEntries(Object.entries(conditions).map(([operator, members]) => [operator, Object.fromEntries(keys(members))]));
}

/** Conditions with operators, keys and values sorted, a single value as a list of one. */
function sortedConditions(conditions: Json): Json {
  if (!isObject(conditions)) return conditions;
  const sorted = (value: JsonObject, member: (found: Json) => Json): Json =>
    Object.fromEntries(
      Object.entries(value)
        .map(([key, found]) => [key, member(found)] as const)
        .toSorted(([one], [other]) => (one < other ? -1 : 1)),
    );
  const values = (found: Json): Json => (Array.isArray(found) ? (found as readonly Json[]) : [found]).toSorted(byText);
  return sorted(conditions, (keys) => (isObject(keys) ? sorted(keys, values) : keys));
}

const byText = (one: Json, other: Json): number => (JSON.stringify(one) < JSON.stringify(other) ? -1 : 1);

const statementKeys: readonly string[] = ['Action', 'Condition', 'Effect', 'Resource'];

/** The permissions of a statement; `undefined` for one with other keys or other values than texts. */
function permissionsOfStatement(statement: Json): readonly Permission[] | undefined {
  if (!isObject(statement) || Object.keys(statement).some((key) => !statementKeys.includes(key))) return undefined;
  const { Effect: effect, Condition: condition } = statement;
  const actions = textsOf(statement.Action);
  const resources = textsOf(statement.Resource);
  if ((effect !== 'Allow' && effect !== 'Deny') || actions === undefined || resources === undefined) return undefined;
  return actions.flatMap((action) => resources.map((resource) => permission(effect, action, resource, condition)));
}

function textsOf(value: Json | undefined): readonly string[] | undefined {
  const list = Array.isArray(value) ? (value as readonly Json[]) : [value];
  return list.length > 0 && list.every((element) => typeof element === 'string') ? (list as readonly string[]) : undefined;
}

/**
 * A policy document whose permissions are those that the calls need: nothing more, nothing less, each once. Statements
 * and lists may have any order. (TOM-3.5)
 */
export function grants(choose: (context: Context) => Grants): Form {
  return {
    deviations(place) {
      reachLeaves(place.value, place);
      const { value, path, context } = place;
      const statements = isObject(value) && Array.isArray(value.Statement) ? (value.Statement as readonly Json[]) : undefined;
      if (!isObject(value) || statements === undefined || value.Version !== version || Object.keys(value).length !== 2) {
        return [{ path, found: value, required: `a document of version ${version} with a list of statements` }];
      }
      const needed = new Set(neededPermissions(choose(context), context));
      const left = new Set(needed);
      const excesses = statements.flatMap((statement, index) => excessesOf(statement, `${path}.Statement.${index}`, left));
      return [
        ...excesses,
        ...[...left].map((missing) => ({ path, found: undefined, required: `the permission ${permissionText(missing)}` })),
      ];
    },
  };
}

/** Permissions of a statement that no call needs, or that another statement has. Takes the others out of `left`. */
function excessesOf(statement: Json, path: string, left: Set<Permission>): readonly Deviation[] {
  const found = permissionsOfStatement(statement);
  if (found === undefined) return [{ path, found: statement, required: 'an effect, actions, resources and conditions, all of them text' }];
  const excess = found.filter((one) => !left.delete(one));
  return excess.map((one) => ({
    path,
    found: statement,
    required: `permissions that a calls.ts declares, each once; ${permissionText(one)} is none`,
  }));
}

/** Reports each leaf of a document: it is closed as a whole. */
export function reachLeaves(value: Json | undefined, place: Place): void {
  const visit = (member: Json | undefined, path: string): void => {
    if (Array.isArray(member)) for (const [index, element] of (member as readonly Json[]).entries()) visit(element, `${path}.${index}`);
    else if (isObject(member)) for (const [key, found] of Object.entries(member)) visit(found, `${path}.${key}`);
    else place.leaf?.(path, 'closed');
  };
  visit(value, place.path);
}

// Findings on the policies of resources: each admission is in the closed table of lib/tom/world/admissions.ts.
import { peopleRoles } from '../../../config/names';
import type { Finding } from '../../rule';
import { admittingStatements, parsedText } from '../../template/admitting-statements';
import { type Assembly, isObject, type Json, type JsonObject, listOf, type Resource } from '../../template/assembly';
import { canonical } from '../../template/canonical';
import { variablesOf } from '../../template/grants';
import { nameOf } from '../../template/names';
import { endpointType, permissionType, roleType } from '../../template/resource-types';
import { admissions, assumedBy, assumedByRoles } from '../../world/admissions';
import { fill } from '../../world/form';
import { peopleRoleId } from '../../world/people-roles';

/** Properties that hold the policy of a resource. */
const policyProperties = ['AccessPolicies', 'KeyPolicy', 'Policy', 'PolicyDocument', 'ResourcePolicy', 'AssumeRolePolicyDocument'];

const required = 'a principal, action and resource that lib/tom/world/admissions.ts lists for this policy';
const fix = 'Remove the statement. If the principal needs it, add it to the table, which a reviewer then sees.';

/**
 * Findings on the statements of a resource that admit principals. The policy of an endpoint admits nobody to a
 * resource; the rule endpoint-policies judges it.
 */
export function admissionFindings(resource: Resource, assembly: Assembly): readonly Finding[] | 'not-applicable' {
  if (resource.type === endpointType) return 'not-applicable';
  const properties = canonical(resource.properties, resource.stack, assembly) as JsonObject;
  const statements = [...admittingStatements(properties, 'Properties')];
  const unread = policyProperties.filter((name) => typeof properties[name] === 'string' && parsedText(properties[name]) === undefined);
  if (statements.length === 0 && unread.length === 0) return 'not-applicable';
  const name = nameOf(resource, assembly.facts);
  const isListed = resource.type === roleType ? isTrust(name) : isAdmission(resource, name, assembly);
  return [
    ...statements
      .filter(({ statement }) => !isListed(statement))
      .map(({ statement, path }) => ({ id: `admitted::${path}`, path, found: statement, required, fix })),
    ...unread.map((property) => ({
      ...{
        id: `unread::${property}`,
        path: `Properties.${property}`,
        found: properties[property],
        required: 'a policy in the template',
        fix,
      },
    })),
  ];
}

/** A whole account: the conditions of the trust admit its people (the rules people-roles and auditor-reads). */
const wholeAccount = /^arn:aws:iam::(?:\$\{AWS::AccountId\}|\d{12}):root$/;

function admitsPeople(statement: JsonObject): boolean {
  if (statement.Action === 'sts:AssumeRoleWithWebIdentity') return true;
  return statement.Action === 'sts:AssumeRole' && principalsOf(statement).every((principal) => wholeAccount.test(principal));
}

const peopleRoleNames = peopleRoles.map((role) => `${peopleRoleId(role)}Role`);

/**
 * A role is assumed by its one service, by people, or by the roles of functions with a tag. A role that the tables do
 * not name holds nothing.
 */
const isTrust =
  (name: string) =>
  (statement: JsonObject): boolean => {
    if (peopleRoleNames.includes(name)) return admitsPeople(statement);
    const roles = assumedByRoles[name];
    if (roles !== undefined) {
      return (
        texts(statement.Action).every((action) => ['sts:AssumeRole', 'sts:TagSession'].includes(action)) &&
        principalsOf(statement).every((principal) => roles.includes(principal))
      );
    }
    const service = assumedBy[name];
    return service === undefined || (statement.Action === 'sts:AssumeRole' && principalsOf(statement).join() === service);
  };

function isAdmission(resource: Resource, name: string, { facts }: Assembly): (statement: JsonObject) => boolean {
  const filled = (text: string): string => fill(text, { variables: variablesOf(facts) });
  const own = admissions.filter(({ policy }) => policy === name);
  return (statement) => {
    const { actions, resources } = reachOf(statement, resource.type);
    return (
      actions.length > 0 &&
      principalsOf(statement).every((principal) =>
        actions.every((action) =>
          resources.every((target) =>
            own.some(
              (entry) => filled(entry.principal) === principal && entry.actions.includes(action) && entry.resources.includes(target),
            ),
          ),
        ),
      )
    );
  };
}

/** Actions and resources of a statement; with `NotAction` or `NotResource` every one. */
function reachOf(statement: JsonObject, type: string): { readonly actions: readonly string[]; readonly resources: readonly string[] } {
  const resources = type === permissionType ? statement.FunctionName : (statement.Resource ?? '*');
  return { actions: texts(statement.Action ?? '*'), resources: texts(resources) };
}

const texts = (value: Json | undefined): readonly string[] => listOf(value).map((element) => (typeof element === 'string' ? element : '*'));

/** The admitted principals by name; `*` for everybody, and for names that are not text. */
function principalsOf({ Principal }: JsonObject): readonly string[] {
  if (typeof Principal === 'string') return [Principal];
  const members = isObject(Principal) ? Object.entries(Principal) : [];
  const named = members.flatMap(([kind, names]) => (kind === 'Service' || kind === 'AWS' ? texts(names) : ['*']));
  return named.length === 0 ? ['*'] : named;
}

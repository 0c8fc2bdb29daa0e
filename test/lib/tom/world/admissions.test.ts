// The table of admissions against the production templates: each entry is a statement, so that no entry outlives one.
import { admittingStatements } from '../../../../lib/tom/template/admitting-statements';
import { type Json, type JsonObject, listOf } from '../../../../lib/tom/template/assembly';
import { canonical } from '../../../../lib/tom/template/canonical';
import { variablesOf } from '../../../../lib/tom/template/grants';
import { nameOf } from '../../../../lib/tom/template/names';
import { permissionType, roleType } from '../../../../lib/tom/template/resource-types';
import { admissions, assumedBy, assumedByRoles } from '../../../../lib/tom/world/admissions';
import { fill } from '../../../../lib/tom/world/form';
import { roleUses } from '../../../../lib/tom/world/role-users';
import { facts, production } from '../../../tools/rehearse/production';

const admission = (policy: string, principal: Json, action: Json, resource: Json): string =>
  `${policy}: ${String(principal)} ${String(action)} on ${String(resource)}`;

function inTemplates(): readonly string[] {
  return production.resources.flatMap((resource) => {
    if (resource.type === roleType || resource.type === 'AWS::EC2::VPCEndpoint') return [];
    const properties = canonical(resource.properties, resource.stack, production);
    return [...admittingStatements(properties, '')].flatMap(({ statement }) => {
      const targets = listOf(resource.type === permissionType ? statement.FunctionName : statement.Resource);
      const { Principal } = statement;
      const principals =
        typeof Principal === 'string' ? [Principal] : Object.values(Principal as JsonObject).flatMap((value) => listOf(value));
      return principals.flatMap((principal) =>
        listOf(statement.Action).flatMap((action) =>
          targets.map((target) => admission(nameOf(resource, facts), principal, action, target)),
        ),
      );
    });
  });
}

test('each admission is a statement of a policy, and each statement an admission', () => {
  const variables = variablesOf(facts);
  const stated = admissions.flatMap(({ policy, principal, actions, resources }) =>
    actions.flatMap((action) => resources.map((resource) => admission(policy, fill(principal, { variables }), action, resource))),
  );
  expect([...new Set(stated)].sort()).toEqual([...new Set(inTemplates())].sort());
});

test('each role has the one service or the functions that assume it; those of people have none', () => {
  const access = { ...facts.settings.access, signIn: 'identity-center' as const };
  const every = { ...facts, environment: 'staging' as const, settings: { ...facts.settings, access } };
  const roles = Object.keys(roleUses(every)).filter((role) => !role.startsWith('access/People'));
  expect([...Object.keys(assumedBy), ...Object.keys(assumedByRoles)].sort()).toEqual(roles.sort());
});

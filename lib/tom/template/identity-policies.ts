// Policies that grant permissions to principals: managed policies, and policies within roles, users and groups.
import { type Assembly, listOf, type Resource, valueAt } from './assembly';
import { boundaryPolicies } from './boundary';
import { type Statement, statementsOf } from './policies';
import { managedPolicyType, roleType, userType } from './resource-types';
import { renderText } from './texts';

export const documentTypes = [
  'AWS::IAM::Policy',
  managedPolicyType,
  'AWS::IAM::RolePolicy',
  'AWS::IAM::UserPolicy',
  'AWS::IAM::GroupPolicy',
];
export const principalTypes = [roleType, userType, 'AWS::IAM::Group'];
export const permissionSet = 'AWS::SSO::PermissionSet';

/**
 * A permissions boundary grants nothing; it limits other policies. A boundary that is also attached as a policy does
 * grant.
 */
export function isOnlyBoundary(policy: Resource, assembly: Assembly): boolean {
  if (!boundaryPolicies(assembly).has(policy)) return false;
  const attached = ['Roles', 'Users', 'Groups'].some((name) => listOf(policy.at(name)).length > 0);
  return !attached && !principalTypes.flatMap((type) => assembly.ofType(type)).some((principal) => isAttached(principal, policy, assembly));
}

function isAttached(principal: Resource, policy: Resource, assembly: Assembly): boolean {
  const name = policy.at('ManagedPolicyName');
  return listOf(principal.at('ManagedPolicyArns')).some(
    (value) => assembly.refersTo(value, principal, policy) || (typeof name === 'string' && renderText(value)?.endsWith(`:policy/${name}`)),
  );
}

/** The statements of a resource's own policy documents. */
export function ownStatements(resource: Resource): readonly Statement[] {
  if (documentTypes.includes(resource.type)) return statementsOf(resource.at('PolicyDocument'), 'PolicyDocument');
  if (resource.type === permissionSet) return statementsOf(resource.at('InlinePolicy'), 'InlinePolicy');
  return listOf(resource.at('Policies')).flatMap((policy, index) =>
    // A policy without a readable document counts as a full grant.
    statementsOf(valueAt(policy, 'PolicyDocument') ?? null, `Policies.${index}.PolicyDocument`),
  );
}

/** The Allow statements of a resource's own policy documents. */
export const grantsOf = (resource: Resource): readonly Statement[] => ownStatements(resource).filter(({ effect }) => effect === 'Allow');

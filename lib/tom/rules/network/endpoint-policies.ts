// TOM-6.6, TOM-3.5: an endpoint serves principals of the account, or named resources only.

import { append, type Finding, finding, type Guard, guard, type Rule, remove, replace } from '../../rule';
import type { Resource } from '../../template/assembly';
import { isObject, type Json, listOf } from '../../template/assembly';
import { type Statement, statementsOf } from '../../template/policies';
import { endpointType } from '../../template/resource-types';
import { renderText } from '../../template/texts';

export const endpointPolicies: Rule = {
  name: 'endpoint-policies',
  requires: 'every VPC endpoint has a policy that admits principals of the account, or any principal to named resources only',
  types: [endpointType],
  check(resource, assembly) {
    const statements = statementsOf(resource.at('PolicyDocument'), 'PolicyDocument');
    if (statements.length === 0) {
      const fix = 'Add a policy to the endpoint; without one it serves every account.';
      return [finding(resource, 'policy', 'Properties.PolicyDocument', 'a policy with statements', fix)];
    }
    const own = ['${AWS.AccountId}', resource.stack.account];
    return statements.flatMap((statement) =>
      isBounded(statement, own, assembly.facts.namedAccounts) ? [] : [unboundedFinding(resource, statement)],
    );
  },
  guards: [
    guard(endpointType, 'Properties.PolicyDocument', remove),
    guard(endpointType, ofStatements('Condition', true), remove, replace({ StringEquals: { 'aws:PrincipalAccount': '999999999999' } })),
    guard(endpointType, ofStatements('Condition.StringEquals.aws:PrincipalAccount', true), append('999999999999')),
    guard(endpointType, ofStatements('Resource', false), remove, replace('*'), replace('arn:aws:s3:::*')),
  ],
  reads: [{ type: endpointType, path: 'Properties.PolicyDocument' }],
};

function isBounded(statement: Statement, own: readonly (string | undefined)[], named: readonly string[]): boolean {
  if (statement.effect === 'Deny') return true;
  const accounts = conditionAccounts(statement.json.Condition);
  if (accounts.length > 0 && accounts.every((account) => own.includes(account) || named.includes(account))) return true;
  return statement.resources.length > 0 && statement.json.NotResource === undefined && !statement.resources.some(isAnything);
}

/** The accounts of a StringEquals condition on aws:PrincipalAccount. Other operators allow exceptions. */
function conditionAccounts(condition: Json | undefined): readonly string[] {
  const equals = isObject(condition) ? condition.StringEquals : undefined;
  return isObject(equals) ? listOf(equals['aws:PrincipalAccount']).map((account) => renderText(account) ?? '?') : [];
}

const isAnything = (resource: string): boolean => /^(?:[*?]+|arn:.*:[*?]+)$/s.test(resource);

function unboundedFinding(resource: Resource, statement: Statement): Finding {
  const required = 'a StringEquals condition on aws:PrincipalAccount with this account, or named resources';
  return finding(
    resource,
    `open::${statement.path}`,
    `Properties.${statement.path}`,
    required,
    'Use ownPrincipals of lib/network/endpoint-policies.ts.',
  );
}

function ofStatements(key: string, hasCondition: boolean): Exclude<Guard['path'], string> {
  return (resource) =>
    statementsOf(resource.at('PolicyDocument'), 'PolicyDocument')
      .filter(({ json }) => (json.Condition !== undefined) === hasCondition)
      .map(({ path }) => `Properties.${path}.${key}`);
}

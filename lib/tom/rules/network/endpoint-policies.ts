// TOM-6.6, TOM-3.5: an endpoint is no way round the firewall: it serves principals of the account, or named resources.

import { append, type Finding, finding, type Guard, guard, type Rule, remove, replace } from '../../rule';
import type { Resource } from '../../template/assembly';
import { isObject, type Json, listOf } from '../../template/assembly';
import { type Statement, statementsOf } from '../../template/policies';
import { renderText } from '../../template/texts';

const endpoint = 'AWS::EC2::VPCEndpoint';

export const endpointPolicies: Rule = {
  name: 'endpoint-policies',
  requires: 'every VPC endpoint has a policy that admits the principals of the account, or anyone to named resources alone',
  types: [endpoint],
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
    guard(endpoint, 'Properties.PolicyDocument', remove),
    guard(endpoint, ofStatements('Condition', true), remove, replace({ StringEquals: { 'aws:PrincipalAccount': '999999999999' } })),
    guard(endpoint, ofStatements('Condition.StringEquals.aws:PrincipalAccount', true), append('999999999999')),
    guard(endpoint, ofStatements('Resource', false), remove, replace('*'), replace('arn:aws:s3:::*')),
  ],
  reads: [{ type: endpoint, path: 'Properties.PolicyDocument' }],
};

function isBounded(statement: Statement, own: readonly (string | undefined)[], named: readonly string[]): boolean {
  if (statement.effect === 'Deny') return true;
  const accounts = ownAccounts(statement.json.Condition);
  if (accounts.length > 0 && accounts.every((account) => own.includes(account) || named.includes(account))) return true;
  return statement.resources.length > 0 && statement.json.NotResource === undefined && !statement.resources.some(isAnything);
}

/** The accounts that a plain StringEquals on the principal's account admits; other operators have exceptions. */
function ownAccounts(condition: Json | undefined): readonly string[] {
  const equals = isObject(condition) ? condition.StringEquals : undefined;
  return isObject(equals) ? listOf(equals['aws:PrincipalAccount']).map((account) => renderText(account) ?? '?') : [];
}

const isAnything = (resource: string): boolean => /^(?:[*?]+|arn:.*:[*?]+)$/s.test(resource);

function unboundedFinding(resource: Resource, statement: Statement): Finding {
  const required = 'a condition StringEquals aws:PrincipalAccount of the account, or named resources';
  return finding(resource, `open::${statement.path}`, `Properties.${statement.path}`, required, 'Use ownPrincipals of endpoint-policies.');
}

function ofStatements(key: string, hasCondition: boolean): Exclude<Guard['path'], string> {
  return (resource) =>
    statementsOf(resource.at('PolicyDocument'), 'PolicyDocument')
      .filter(({ json }) => (json.Condition !== undefined) === hasCondition)
      .map(({ path }) => `Properties.${path}.${key}`);
}

// TOM-3.5: the roles and services of two closed tables alone use the content of each store, queue, log and key.
// The tables are lib/tom/world/data-access.ts, for roles, and admissions.ts, for the policies of resources.
import { append, type Finding, type Guard, guard, guardWhere, type Rule, replace, type Verdict } from '../../rule';
import { type Assembly, type Json, listOf, type Resource, valueAt } from '../../template/assembly';
import { canonical } from '../../template/canonical';
import { grantedActions, hasReadVerb, holdersOf, isHeldBy, targetsOf, variablesOf } from '../../template/grants';
import { documentTypes, grantsOf, isOnlyBoundary, permissionSet, principalTypes } from '../../template/identity-policies';
import { matchesPattern, type Statement, statementsOf } from '../../template/policies';
import { bucketPolicyType, keyType, managedPolicyType, queuePolicyType, roleType, topicPolicyType } from '../../template/resource-types';
import { accesses, descriptions } from '../../world/data-access';
import { dataOperations } from '../../world/data-operations';
import { fill } from '../../world/form';
import { bootObjects } from '../../world/identity-values';
import { powers } from '../../world/powers';
import { admissionFindings } from './admission-findings';
import { dataBypasses } from './data-access-bypasses';

const granting = [...documentTypes, ...principalTypes, permissionSet];

/** Types of resources with a policy that admits principals, and the path of the policy. */
const policies = [
  [keyType, 'Properties.KeyPolicy'],
  [bucketPolicyType, 'Properties.PolicyDocument'],
  [queuePolicyType, 'Properties.PolicyDocument'],
  [topicPolicyType, 'Properties.PolicyDocument'],
] as const;
const reader = { AWS: 'arn:aws:iam::111111111111:role/reader' };

/** Paths of a member of each statement that admits. */
const admitted =
  (path: string, member: string): Exclude<Guard['path'], string> =>
  (resource) =>
    statementsOf(valueAt(resource.json.Properties ?? {}, path.slice('Properties.'.length)), path)
      .filter(({ effect }) => effect === 'Allow')
      .map((statement) => `${statement.path}.${member}`);

export const dataAccess: Rule = {
  name: 'data-access',
  requires: 'only the declared roles and services read, write, list, encrypt or decrypt the content of a store',
  types: ['*'],
  check(resource, assembly): Verdict {
    if (granting.includes(resource.type) && isOnlyBoundary(resource, assembly)) return 'not-applicable';
    const granted = granting.includes(resource.type) ? grantsOf(resource) : [];
    const admitted = admissionFindings(resource, assembly);
    if (granted.length === 0 && admitted === 'not-applicable') return admitted;
    return [
      ...granted.flatMap((statement) => grantFindings(resource, statement, assembly)),
      ...(admitted === 'not-applicable' ? [] : admitted),
    ];
  },
  guards: [
    ...[
      { Effect: 'Allow', Action: 's3:GetObject', Resource: '*' },
      { Effect: 'Allow', Action: ['ec2:DescribeImages', 'logs:Get*'], Resource: '*' },
      { Effect: 'Allow', NotAction: 'iam:*', Resource: '*' },
    ].map((statement) =>
      guardWhere(
        managedPolicyType,
        (policy, assembly) => !isOnlyBoundary(policy, assembly),
        'Properties.PolicyDocument.Statement',
        append(statement),
      ),
    ),
    ...policies.flatMap(([type, path]) => [
      guard(type, `${path}.Statement`, append({ Effect: 'Allow', Principal: reader, Action: 'kms:Decrypt', Resource: '*' })),
      guard(type, `${path}.Statement`, append({ Effect: 'Allow', NotPrincipal: reader, Action: 's3:GetObject', Resource: '*' })),
      guard(type, admitted(path, 'Principal'), replace('*'), replace({ AWS: '999999999999' }), replace({ Service: 'ec2.amazonaws.com' })),
      guard(type, admitted(path, 'Action'), replace('*')),
    ]),
    guard(
      roleType,
      'Properties.AssumeRolePolicyDocument.Statement',
      append({ Effect: 'Allow', Principal: reader, Action: 'sts:AssumeRole' }),
    ),
  ],
  bypasses: dataBypasses,
  reads: [{ type: '*', path: 'Properties' }],
};

function grantFindings(resource: Resource, statement: Statement, assembly: Assembly): readonly Finding[] {
  const actions = grantedActions(statement).filter(concernsData);
  if (actions.length === 0) return [];
  const targets = targetsOf(resource, statement, assembly);
  const holders = holdersOf(resource, assembly);
  const condition = canonical(statement.json.Condition ?? {}, resource.stack, assembly);
  return actions
    .filter((action) => !isHeldBy({ holders, targets }, (holder, target) => isEntry({ action, holder, target, condition }, assembly)))
    .map((action) => ({
      id: `access::${action}`,
      path: `Properties.${statement.path}`,
      found: `${action} on ${targets.join(', ')}`,
      required: `an access that lib/tom/world/data-access.ts gives to ${holders.join(', ') || 'a role'} on that resource`,
      fix: 'Remove the call from the calls.ts. If the role needs it, add store, action and role to the table, which a reviewer then sees.',
    }));
}

/** Whether an action is to be in the table. The rule `powers` judges the exact actions of its own table. */
function concernsData(action: string): boolean {
  if (descriptions.includes(action) || powers.some(({ actions }) => actions.includes(action))) return false;
  return hasReadVerb(action) || dataOperations.some((operation) => matchesPattern(action, operation));
}

interface Attempt {
  readonly action: string;
  readonly holder: string;
  readonly target: string;
  readonly condition: Json;
}

/** Whether the table gives the action, by its name and without a pattern, to the holder on the resource. */
function isEntry({ action, holder, target, condition }: Attempt, assembly: Assembly): boolean {
  const variables = variablesOf(assembly.facts);
  return accesses.some(
    ({ actions, holders, resources, through }) =>
      actions.includes(action) &&
      holders.includes(holder) &&
      resources.some((text) =>
        text === '<bootObjects>' ? bootObjects(assembly).includes(target) : fill(text, { variables }) === target,
      ) &&
      (through === undefined ||
        isThrough(condition, fill(`${through.includes('.') ? through : `${through}.<region>`}.amazonaws.com`, { variables }))),
  );
}

const isThrough = (condition: Json, service: string): boolean => {
  const services = listOf(valueAt(valueAt(condition, 'StringEquals') ?? {}, 'kms:ViaService'));
  return services.length === 1 && services[0] === service;
};

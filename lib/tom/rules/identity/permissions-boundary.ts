// TOM-3.5, TOM-2.1, TOM-3.6: every role has a boundary, which limits its regions and denies changes to controls.
// Controls are the audit trail, the firewalls and the boundary.

import { append, type Break, type Finding, finding, type Guard, guard, guardWhere, type Rule, remove, replace, set } from '../../rule';
import { type Assembly, type JsonObject, listOf, type Resource, valueAt } from '../../template/assembly';
import {
  allowances,
  boundaryPolicies,
  concernsAction,
  denialsOf,
  deniedWithoutKey,
  excesses,
  managedPolicy,
  principalTypes,
  type RequiredDenial,
  requiredDenials,
} from '../../template/boundary';
import { matchesPattern, type Statement, statementsOf } from '../../template/policies';
import { managedPolicyType, trailType } from '../../template/resource-types';

export const permissionsBoundary: Rule = {
  name: 'permissions-boundary',
  requires: 'every role and user has the boundary, which allows listed services and denies other regions and changes to controls',
  types: [...principalTypes, managedPolicyType],
  check(resource, assembly) {
    if (resource.type !== managedPolicyType) return principalFindings(resource, assembly);
    if (!boundaryPolicies(assembly).has(resource)) return 'not-applicable';
    return [
      ...excesses(resource).map(allowedFinding),
      ...deniedWithoutKey(resource).map(({ statement, key }) => missingKeyFinding(statement, key)),
      ...requiredDenials.flatMap((required) => denialFindings(resource, required, assembly)),
    ];
  },
  guards: [
    ...principalTypes.map((type) =>
      guard(type, 'Properties.PermissionsBoundary', remove, replace('arn:aws:iam::aws:policy/PowerUserAccess')),
    ),
    ofBoundary('', remove),
    ofBoundary('Properties.PolicyDocument.Statement', append({ Effect: 'Allow', Action: '*', Resource: '*' })),
    ofBoundary(allowed('.Action'), remove, replace('*'), append('*'), append('organizations:*'), append('s*:GetObject')),
    ofBoundary(allowed('.NotAction'), set('organizations:*')),
    ofBoundary(regionExceptions, remove),
    ofBoundary(nullConditions, remove, replace({ 'aws:SourceVpc': 'false' })),
    ofBoundary('Properties.PolicyDocument.Statement', append({ Effect: 'Deny', ...unlessFrom('aws:SourceVpc') })),
    ...requiredDenials.flatMap(denialGuards),
  ],
  reads: [
    { type: managedPolicyType, path: 'Properties.ManagedPolicyName' },
    { type: managedPolicyType, path: 'Properties.PolicyDocument.Statement' },
    { type: trailType, path: 'Properties.S3BucketName' },
    { type: trailType, path: 'Properties.TrailName' },
  ],
};

function principalFindings(principal: Resource, assembly: Assembly): readonly Finding[] {
  if (managedPolicy(principal.at('PermissionsBoundary'), principal, assembly)) return [];
  const fix = 'Create the role in a stack of the deployment; an aspect adds the boundary to every role.';
  return [finding(principal, 'boundary', 'Properties.PermissionsBoundary', 'the boundary of the deployment', fix)];
}

function denialFindings(policy: Resource, required: RequiredDenial, assembly: Assembly): readonly Finding[] {
  const denials = denialsOf(policy, required, assembly);
  const missing = required.actions.filter((action) => !denials.some((statement) => concernsAction(statement, action)));
  if (missing.length === 0) return [];
  return [
    {
      id: `denial::${required.id}`,
      path: 'Properties.PolicyDocument',
      found: `no denial of ${missing.join(', ')}`,
      required: `a denial of ${required.what}`,
      fix: 'Restore the statement of the boundary, without narrower resources, conditions or exceptions.',
    },
  ];
}

function ofBoundary(path: Guard['path'], ...breaks: Break[]): Guard {
  return guardWhere(managedPolicyType, (policy, assembly) => boundaryPolicies(assembly).has(policy), path, ...breaks);
}

function allowedFinding({ path, json }: Statement): Finding {
  const required = 'listed services only, each by name';
  const fix =
    'If a role needs the service, add its actions to boundedActions and the service to allowedServices in lib/tom/template/boundary.ts.';
  return { id: `allowed::${path}`, path: `Properties.${path}`, found: json.NotAction ?? json.Action, required, fix };
}

function missingKeyFinding({ path, json }: Statement, key: string): Finding {
  const required = `a denial that excludes requests without ${key}`;
  const fix = `Add the condition Null ${key} false, or exclude the service and list its resources instead.`;
  return { id: `absent::${key}`, path: `Properties.${path}.Condition`, found: json.Condition, required, fix };
}

/** A denial of requests from other networks, which also denies requests without the key. */
function unlessFrom(key: string): JsonObject {
  return { Action: 's3:*', Resource: '*', Condition: { StringNotEquals: { [key]: 'x' } } };
}

function allowed(below: string): Exclude<Guard['path'], string> {
  return (policy) => allowances(policy).map(({ path }) => `Properties.${path}${below}`);
}

/** Paths of the exceptions, in the denial of other regions, for requests without a region. */
function regionExceptions(policy: Resource): readonly string[] {
  return statementsOf(policy.at('PolicyDocument'), 'PolicyDocument').flatMap(({ path, json }) =>
    listOf(json.NotAction).flatMap((action, index) => (action === 'rds-db:*' ? [`Properties.${path}.NotAction.${index}`] : [])),
  );
}

/** Paths of the conditions that test whether a key is in the request. */
function nullConditions(policy: Resource): readonly string[] {
  return statementsOf(policy.at('PolicyDocument'), 'PolicyDocument')
    .filter(({ json }) => valueAt(json, 'Condition.Null') !== undefined)
    .map(({ path }) => `Properties.${path}.Condition.Null`);
}

/** Whether a listed action or pattern denies a required action that no other pattern of its statement denies. */
function isNeeded(actions: readonly string[], index: number, required: RequiredDenial): boolean {
  const others = actions.filter((_, other) => other !== index);
  const denied = (needed: string, patterns: readonly string[]) => patterns.some((pattern) => matchesPattern(pattern, needed));
  return required.actions.some((needed) => denied(needed, actions) && !denied(needed, others));
}

function denialGuards(required: RequiredDenial): readonly Guard[] {
  const paths =
    (below: string): Guard['path'] =>
    (policy, assembly) =>
      denialsOf(policy, required, assembly).map((statement) => `Properties.${statement.path}${below}`);
  const exceptions: Guard['path'] = (policy, assembly) =>
    denialsOf(policy, required, assembly).flatMap(({ json, path }) =>
      json.NotAction === undefined ? [] : [`Properties.${path}.NotAction`],
    );
  const listed: Guard['path'] = (policy, assembly) =>
    denialsOf(policy, required, assembly).flatMap(({ json, path, actions }) =>
      listOf(json.Action).flatMap((_, index) =>
        isNeeded(actions, index, required) ? [`Properties.${path}.Action${Array.isArray(json.Action) ? `.${index}` : ''}`] : [],
      ),
    );
  return [
    ofBoundary(paths(''), remove),
    ofBoundary(paths('.Effect'), remove, replace('Allow')),
    required.id === 'sign-in'
      ? ofBoundary(paths('.NotResource'), remove, replace('*'), append('arn:aws:rds-db:us-east-1:x:*'), append('arn:aws:rds-db:*:x:*'))
      : ofBoundary(paths('.Resource'), remove, replace('arn:aws:s3:::other')),
    ofBoundary(paths('.Condition'), set({ StringEquals: { 'aws:PrincipalTag/role': 'workload' } })),
    ...(required.id === 'regions' ? [ofBoundary(paths('.Condition.StringNotEquals.aws:RequestedRegion'), append('us-east-1'))] : []),
    ...(required.id === 'unbounded' ? [ofBoundary(paths('.Condition.StringNotEquals.iam:PermissionsBoundary'), append('arn:other'))] : []),
    ofBoundary(exceptions, ...required.exceptions.map(append)),
    ofBoundary(listed, remove, replace('s3:ListBucket')),
  ];
}

// TOM-3.5, TOM-2.1, TOM-3.6: every role has a boundary that keeps it in its regions and away from audit, firewalls and boundary.

import { append, type Break, type Finding, finding, type Guard, guard, guardWhere, type Rule, remove, replace, set } from '../../rule';
import { type Assembly, listOf, type Resource } from '../../template/assembly';
import {
  boundaryPolicies,
  concernsAction,
  denialsOf,
  managedPolicy,
  principalTypes,
  type RequiredDenial,
  requiredDenials,
} from '../../template/boundary';
import { matchesPattern } from '../../template/policies';

export const permissionsBoundary: Rule = {
  name: 'permissions-boundary',
  requires:
    'every role and user has the boundary, which denies other regions, the audit archive and trail, the firewalls and its own removal',
  types: [...principalTypes, 'AWS::IAM::ManagedPolicy'],
  check(resource, assembly) {
    if (resource.type !== 'AWS::IAM::ManagedPolicy') return boundedPrincipal(resource, assembly);
    if (!boundaryPolicies(assembly).has(resource)) return 'not-applicable';
    return requiredDenials.flatMap((required) => missingDenials(resource, required, assembly));
  },
  guards: [
    ...principalTypes.map((type) =>
      guard(type, 'Properties.PermissionsBoundary', remove, replace('arn:aws:iam::aws:policy/PowerUserAccess')),
    ),
    ofBoundary('', remove),
    ...requiredDenials.flatMap(denialGuards),
  ],
  reads: [
    { type: 'AWS::IAM::ManagedPolicy', path: 'Properties.ManagedPolicyName' },
    { type: 'AWS::IAM::ManagedPolicy', path: 'Properties.PolicyDocument.Statement' },
    { type: 'AWS::CloudTrail::Trail', path: 'Properties.S3BucketName' },
    { type: 'AWS::CloudTrail::Trail', path: 'Properties.TrailName' },
  ],
};

function boundedPrincipal(principal: Resource, assembly: Assembly): readonly Finding[] {
  if (managedPolicy(principal.at('PermissionsBoundary'), principal, assembly)) return [];
  const fix = 'Build the role below the deployment, whose aspect gives every role the boundary.';
  return [finding(principal, 'boundary', 'Properties.PermissionsBoundary', 'the boundary of the deployment', fix)];
}

function missingDenials(policy: Resource, required: RequiredDenial, assembly: Assembly): readonly Finding[] {
  const denials = denialsOf(policy, required, assembly);
  const missing = required.actions.filter((action) => !denials.some((statement) => concernsAction(statement, action)));
  if (missing.length === 0) return [];
  return [
    {
      id: `denial::${required.id}`,
      path: 'Properties.PolicyDocument',
      found: `no denial of ${missing.join(', ')}`,
      required: `a denial of ${required.what}`,
      fix: 'Restore the statement of the boundary; it must not be narrowed by resources, conditions or exceptions.',
    },
  ];
}

function ofBoundary(path: Guard['path'], ...breaks: Break[]): Guard {
  return guardWhere('AWS::IAM::ManagedPolicy', (policy, assembly) => boundaryPolicies(assembly).has(policy), path, ...breaks);
}

/** Whether a listed action, or pattern of actions, denies something that no other of its statement does. */
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
      listOf(json.Action).flatMap((_, index) => (isNeeded(actions, index, required) ? [`Properties.${path}.Action.${index}`] : [])),
    );
  return [
    ofBoundary(paths(''), remove),
    ofBoundary(paths('.Effect'), remove, replace('Allow')),
    ofBoundary(paths('.Resource'), remove, replace('arn:aws:s3:::other')),
    ofBoundary(paths('.Condition'), set({ StringEquals: { 'aws:PrincipalTag/role': 'workload' } })),
    ...(required.id === 'regions' ? [ofBoundary(paths('.Condition.StringNotEquals.aws:RequestedRegion'), append('us-east-1'))] : []),
    ...(required.id === 'unbounded' ? [ofBoundary(paths('.Condition.StringNotEquals.iam:PermissionsBoundary'), append('arn:other'))] : []),
    ofBoundary(exceptions, ...required.exceptions.map(append)),
    ofBoundary(listed, remove, replace('s3:ListBucket')),
  ];
}

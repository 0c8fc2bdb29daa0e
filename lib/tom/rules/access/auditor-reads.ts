// TOM-3.9: the role of the outside auditor admits the named account with its external id, and reads configuration.
import { append, type Finding, finding, guardWhere, type Rule, remove, replace, set } from '../../rule';
import { type Assembly, isObject, type Resource, valueAt } from '../../template/assembly';
import { configurationReads } from '../../template/configuration-reads';
import { type Admission, admissionsOf, isOwnAccount, permissionsOf } from '../../template/people';
import { matchesPattern } from '../../template/policies';
import { managedPolicyType, roleType } from '../../template/resource-types';
import { withoutResource } from '../../template/without-resource';

const fix = 'Use auditorOf of lib/access/role-trust.ts, and configurationReads of lib/config/people-calls.ts.';

export const auditorReads: Rule = {
  name: 'auditor-reads',
  requires: 'the role of another account admits the configured auditor with its external id, and reads configuration only',
  types: [roleType],
  mustApply: false,
  check(role, assembly) {
    const foreign = foreignAdmissions(role);
    if (foreign.length === 0) return 'not-applicable';
    return [...foreign.flatMap((admission) => trustFindings(role, admission, assembly)), ...permissionFindings(role, assembly)];
  },
  guards: [
    guardWhere(roleType, isOfAuditor, admissions('.Condition'), remove, set({})),
    guardWhere(roleType, isOfAuditor, admissions('.Principal.AWS'), replace('arn:aws:iam::999999999999:root')),
    guardWhere(roleType, isOfAuditor, admissions('.Condition.StringEquals.sts:ExternalId'), replace('guessed')),
    guardWhere(
      managedPolicyType,
      (policy) => policy.at('Description') === 'Permissions of the role auditor',
      'Properties.PolicyDocument.Statement.0.Action',
      append('s3:GetObject'),
      append('secretsmanager:GetSecretValue'),
      append('iam:CreateRole'),
    ),
  ],
  reads: [
    { type: roleType, path: 'Properties' },
    { type: managedPolicyType, path: 'Properties' },
  ],
};

const foreignAdmissions = (role: Resource): readonly Admission[] =>
  admissionsOf(role).filter(({ kind, principal }) => kind === 'account' && !isOwnAccount(principal, role));

function isOfAuditor(role: Resource): boolean {
  return foreignAdmissions(role).length > 0;
}

function admissions(below: string): (role: Resource) => readonly string[] {
  return (role) => foreignAdmissions(role).map(({ statement }) => `Properties.${statement.path}${below}`);
}

function trustFindings(role: Resource, { principal, statement: { json, path } }: Admission, { facts }: Assembly): readonly Finding[] {
  const { auditor } = facts.settings.access;
  const account = /^arn:[^:]+:iam::(\d{12}):root$/.exec(principal)?.[1];
  const condition = json.Condition;
  const isExact = isObject(condition) && Object.keys(condition).join() === 'StringEquals';
  const externalId = isExact ? valueAt(condition, 'StringEquals.sts:ExternalId') : undefined;
  if (auditor !== undefined && account === auditor.account && externalId === auditor.externalId) return [];
  const required = 'the account and the external id of access.auditor';
  return [finding(role, `trust::${principal}`, `Properties.${path}`, required, fix)];
}

function permissionFindings(role: Resource, assembly: Assembly): readonly Finding[] {
  const reads = [...configurationReads, ...withoutResource.filter((action) => /:(?:Describe|Get|List)[A-Za-z]+$/.test(action))];
  const described = ['autoscaling:Describe*', 'ec2:Describe*', 'elasticloadbalancing:Describe*'];
  const isRead = (action: string): boolean =>
    reads.includes(action) || (!/[*?]/.test(action) && described.some((pattern) => matchesPattern(pattern, action)));
  return permissionsOf(role, assembly)
    .filter(({ effect }) => effect === 'Allow')
    .flatMap(({ actions }) => actions.filter((action) => !isRead(action)))
    .map((action) => ({ ...finding(role, `action::${action}`, '', 'reads of configuration', fix), found: action }));
}

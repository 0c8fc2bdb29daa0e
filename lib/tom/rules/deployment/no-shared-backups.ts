// TOM-7.4, TOM-4.2: no role can share a snapshot or its key, and the key of each database admits no other account.
import { environmentTag } from '../../../labels/labels';
import { append, type Break, type Finding, type Guard, guard, guardWhere, type Rule, remove, replace, set } from '../../rule';
import { type Assembly, isObject, listOf, type Resource, valueAt } from '../../template/assembly';
import { boundaryPolicies, concernsAction, type RequiredDenial } from '../../template/boundary';
import { customerKey } from '../../template/keys';
import { conditionsAre, matchesPattern, type Statement, statementsOf, textList } from '../../template/policies';
import { clusterType, keyAliasType, keyType, managedPolicyType as policyType, roleType, userType } from '../../template/resource-types';
import { renderText } from '../../template/texts';

type Condition = { readonly operator: string; readonly key: string; readonly value: string };

type Denial = Pick<RequiredDenial, 'id' | 'what' | 'actions'> & {
  readonly condition: (assembly: Assembly) => readonly Condition[];
  /** Denied resources: all of them, or those of other accounts. */
  readonly resources: 'all' | 'other-accounts';
};

const noConditions = (): readonly Condition[] => [];
const tag = `aws:ResourceTag/${environmentTag}`;

const denials: readonly Denial[] = [
  {
    id: 'snapshots',
    what: 'sharing and exporting snapshots',
    actions: [
      'backup:PutBackupVaultAccessPolicy',
      'ec2:ModifySnapshotAttribute',
      'rds:ModifyDBClusterSnapshotAttribute',
      'rds:ModifyDBSnapshotAttribute',
      'rds:StartExportTask',
    ],
    condition: noConditions,
    resources: 'all',
  },
  {
    id: 'grants',
    what: 'key grants, except those for AWS services',
    actions: ['kms:CreateGrant'],
    condition: () => [{ operator: 'Bool', key: 'kms:GrantIsForAWSResource', value: 'false' }],
    resources: 'all',
  },
  {
    id: 'environments',
    what: 'the use of resources with the tag of another environment',
    actions: [
      'backup:StartCopyJob',
      'backup:StartRestoreJob',
      'ec2:CreateVolume',
      'kms:Decrypt',
      'rds:CopyDBClusterSnapshot',
      'rds:CreateDBClusterSnapshot',
      'rds:RemoveTagsFromResource',
      'rds:RestoreDBClusterFromSnapshot',
      'rds:RestoreDBClusterToPointInTime',
    ],
    condition: ({ facts }) => [
      { operator: 'StringNotEquals', key: tag, value: facts.environment },
      { operator: 'Null', key: tag, value: 'false' },
    ],
    resources: 'all',
  },
  {
    id: 'foreign-backups',
    what: 'restoring and copying backups of other accounts',
    actions: [
      'rds:CopyDBClusterSnapshot',
      'rds:CopyDBSnapshot',
      'rds:RestoreDBClusterFromSnapshot',
      'rds:RestoreDBClusterToPointInTime',
      'rds:RestoreDBInstanceFromDBSnapshot',
    ],
    condition: noConditions,
    resources: 'other-accounts',
  },
  {
    id: 'foreign-keys',
    what: 'the use of keys of other accounts',
    actions: ['kms:CreateGrant', 'kms:Decrypt', 'kms:Encrypt', 'kms:GenerateDataKey', 'kms:ReEncryptTo'],
    condition: noConditions,
    resources: 'other-accounts',
  },
];

export const noSharedBackups: Rule = {
  name: 'no-shared-backups',
  requires: 'the boundary denies sharing backups and using backups of other environments; database keys admit this account only',
  types: [clusterType, policyType],
  check(resource, assembly) {
    if (resource.type === clusterType) return principalFindings(resource, assembly);
    if (!boundaryPolicies(assembly).has(resource)) return 'not-applicable';
    return denials.flatMap((denial) => denialFindings(resource, denial, assembly));
  },
  guards: [
    ...denials.flatMap(denialGuards),
    guard(clusterType, 'Properties.KmsKeyId', remove, replace('arn:aws:kms:eu-west-3:999999999999:alias/other')),
    guardWhere(
      keyType,
      isOfDatabase,
      'Properties.KeyPolicy.Statement',
      append({ Effect: 'Allow', Principal: { AWS: 'arn:aws:iam::999999999999:root' }, Action: 'kms:Decrypt', Resource: '*' }),
      append({ Effect: 'Allow', Principal: '*', Action: 'kms:*', Resource: '*' }),
      append({ Effect: 'Allow', NotPrincipal: { AWS: 'x' }, Action: 'kms:*', Resource: '*' }),
    ),
  ],
  reads: [
    { type: keyAliasType, path: 'Properties' },
    { type: keyType, path: 'Properties.KeyPolicy' },
    { type: policyType, path: 'Properties.ManagedPolicyName' },
    { type: policyType, path: 'Properties.PolicyDocument.Statement' },
    { type: roleType, path: 'Properties.PermissionsBoundary' },
    { type: userType, path: 'Properties.PermissionsBoundary' },
  ],
};

/**
 * Other principals that the key of a database admits. An account that cannot use the key cannot restore a snapshot.
 */
function principalFindings(cluster: Resource, assembly: Assembly): readonly Finding[] {
  const key = customerKey(cluster.at('KmsKeyId'), cluster, assembly);
  const fix = 'Encrypt the database with the data key, whose policy admits this account only.';
  const finding = { path: 'Properties.KmsKeyId', required: 'a key that admits this account and AWS services only', fix };
  if (!key) return [{ ...finding, id: 'key', found: cluster.at('KmsKeyId') }];
  const admitted = statementsOf(key.at('KeyPolicy'), 'KeyPolicy').filter(
    ({ effect, json }) => effect === 'Allow' && !isOwnPrincipal(json.Principal, key),
  );
  return admitted.map(({ path, json }) => ({ ...finding, id: `admits::${path}`, found: json.Principal ?? json.NotPrincipal }));
}

/** Whether a principal is this account or an AWS service. The rule separation checks the conditions of services. */
function isOwnPrincipal(principal: Statement['json'][string] | undefined, key: Resource): boolean {
  if (!isObject(principal)) return false;
  const kinds = Object.keys(principal);
  if (kinds.some((kind) => kind !== 'AWS' && kind !== 'Service')) return false;
  const accounts = listOf(principal.AWS).map((value) => /^arn:[^:]*:iam::([^:]*):/.exec(renderText(value) ?? '')?.[1]);
  return (
    kinds.length > 0 &&
    accounts.every((account) => account === '${AWS.AccountId}' || (account !== undefined && account === key.stack.account))
  );
}

function denialFindings(policy: Resource, denial: Denial, assembly: Assembly): readonly Finding[] {
  const statements = denialsOf(policy, denial, assembly);
  const missing = denial.actions.filter((action) => !statements.some((statement) => concernsAction(statement, action)));
  if (missing.length === 0) return [];
  const required = `a denial of ${denial.what}`;
  const fix = 'Restore the statement of the boundary, without narrower resources, conditions or exceptions.';
  return [{ id: denial.id, path: 'Properties.PolicyDocument', found: `no denial of ${missing.join(', ')}`, required, fix }];
}

function denialsOf(policy: Resource, denial: Denial, assembly: Assembly): readonly Statement[] {
  return statementsOf(policy.at('PolicyDocument'), 'PolicyDocument').filter(
    (statement) =>
      statement.effect === 'Deny' &&
      coversResources(statement, denial, policy) &&
      statement.json.NotAction === undefined &&
      conditionsAre(statement, denial.condition(assembly)) &&
      denial.actions.some((action) => concernsAction(statement, action)),
  );
}

/** Whether a statement has the required resources: all, or all except those of the account in every region. */
function coversResources({ resources, json }: Statement, { resources: denied }: Denial, policy: Resource): boolean {
  if (denied === 'all') return resources.includes('*');
  const excepted = textList(json.NotResource);
  const isOwn = (arn: string) => {
    const [, account] = /^arn:[^:]*:(?:kms|rds):\*:([^:]+):\*$/.exec(arn) ?? [];
    return account === '${AWS.AccountId}' || (account !== undefined && account === policy.stack.account);
  };
  return excepted.length > 0 && excepted.every(isOwn);
}

function denialGuards(denial: Denial): readonly Guard[] {
  const isBoundary: Guard['where'] = (policy, assembly) => boundaryPolicies(assembly).has(policy);
  const of = (below: string, ...breaks: Break[]): Guard =>
    guardWhere(
      policyType,
      isBoundary,
      (policy, assembly) => denialsOf(policy, denial, assembly).map(({ path }) => `Properties.${path}${below}`),
      ...breaks,
    );
  const listed: Guard['path'] = (policy, assembly) =>
    denialsOf(policy, denial, assembly).flatMap(({ json, path }) =>
      listOf(json.Action).flatMap((action, index) =>
        denial.actions.some((needed) => matchesPattern(String(action), needed))
          ? [`Properties.${path}.Action${Array.isArray(valueAt(json, 'Action')) ? `.${index}` : ''}`]
          : [],
      ),
    );
  return [
    of('', remove),
    of('.Effect', remove, replace('Allow')),
    denial.resources === 'all'
      ? of('.Resource', remove, replace('arn:aws:rds:eu-west-3:x:cluster-snapshot:y'))
      : of('.NotResource', remove, replace('*'), replace('arn:aws:rds:*:*:*'), replace('arn:aws:rds:*:999999999999:*')),
    of('.Condition', set({ StringEquals: { 'aws:PrincipalTag/role': 'workload' } })),
    guardWhere(policyType, isBoundary, listed, replace('s3:ListBucket')),
  ];
}

function isOfDatabase(key: Resource, assembly: Assembly): boolean {
  return assembly.ofType(clusterType).some((cluster) => customerKey(cluster.at('KmsKeyId'), cluster, assembly) === key);
}

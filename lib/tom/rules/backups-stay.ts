// TOM-7.4, TOM-4.2: no role shares a snapshot or the key that opens it, and the key of each database admits no other account.
import { type Assembly, isObject, listOf, type Resource, valueAt } from '../assembly';
import { boundaries, concernsAction, type RequiredDenial } from '../reading/boundary';
import { clusterType } from '../reading/databases';
import { customerKey } from '../reading/keys';
import { conditionsAre, type Statement, statementsOf } from '../reading/policies';
import { rendered } from '../reading/texts';
import { append, type Break, type Finding, type Guard, guard, guardWhere, type Rule, remove, replace, set } from '../rule';

const keyType = 'AWS::KMS::Key';
const policyType = 'AWS::IAM::ManagedPolicy';

type Denial = Pick<RequiredDenial, 'id' | 'what' | 'actions'> & {
  readonly condition: readonly { operator: string; key: string; value: string }[];
};

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
    condition: [],
  },
  {
    id: 'grants',
    what: 'granting the use of a key to anyone but AWS services',
    actions: ['kms:CreateGrant'],
    condition: [{ operator: 'Bool', key: 'kms:GrantIsForAWSResource', value: 'false' }],
  },
];

export const backupsStay: Rule = {
  name: 'backups-stay',
  requires: 'the boundary denies sharing snapshots and keys, and the key of every database admits this account and its services alone',
  types: [clusterType, policyType],
  check(resource, assembly) {
    if (resource.type === clusterType) return foreignUsers(resource, assembly);
    if (!boundaries(assembly).has(resource)) return 'not-applicable';
    return denials.flatMap((denial) => missing(resource, denial));
  },
  guards: [
    ...denials.flatMap(denialGuards),
    guard(clusterType, 'Properties.KmsKeyId', remove, replace('arn:aws:kms:eu-west-3:999999999999:alias/theirs')),
    guardWhere(
      keyType,
      isOfDatabase,
      'Properties.KeyPolicy.Statement',
      append({ Effect: 'Allow', Principal: { AWS: 'arn:aws:iam::999999999999:root' }, Action: 'kms:Decrypt', Resource: '*' }),
      append({ Effect: 'Allow', Principal: '*', Action: 'kms:*', Resource: '*' }),
      append({ Effect: 'Allow', NotPrincipal: { AWS: 'x' }, Action: 'kms:*', Resource: '*' }),
    ),
  ],
  consults: [
    { type: 'AWS::KMS::Alias', path: 'Properties' },
    { type: keyType, path: 'Properties.KeyPolicy' },
    { type: policyType, path: 'Properties.ManagedPolicyName' },
    { type: policyType, path: 'Properties.PolicyDocument.Statement' },
    { type: 'AWS::IAM::Role', path: 'Properties.PermissionsBoundary' },
    { type: 'AWS::IAM::User', path: 'Properties.PermissionsBoundary' },
  ],
};

/** Who may use the key of a database besides this account: an account that cannot use the key cannot open a snapshot. */
function foreignUsers(cluster: Resource, assembly: Assembly): readonly Finding[] {
  const key = customerKey(cluster.at('KmsKeyId'), cluster, assembly);
  const fix = 'Encrypt the database with the data key, and admit nobody else to that key.';
  const finding = { path: 'Properties.KmsKeyId', required: 'a key that admits this account and its services alone', fix };
  if (!key) return [{ ...finding, id: 'key', found: cluster.at('KmsKeyId') }];
  const admitted = statementsOf(key.at('KeyPolicy'), 'KeyPolicy').filter(
    ({ effect, json }) => effect === 'Allow' && !isOwn(json.Principal, key),
  );
  return admitted.map(({ path, json }) => ({ ...finding, id: `admits::${path}`, found: json.Principal ?? json.NotPrincipal }));
}

/** This account, and AWS services: these are admitted under conditions of their own, which the rule separation looks at. */
function isOwn(principal: Statement['json'][string] | undefined, key: Resource): boolean {
  if (!isObject(principal)) return false;
  const kinds = Object.keys(principal);
  if (kinds.some((kind) => kind !== 'AWS' && kind !== 'Service')) return false;
  const accounts = listOf(principal.AWS).map((value) => /^arn:[^:]*:iam::([^:]*):/.exec(rendered(value) ?? '')?.[1]);
  return (
    kinds.length > 0 &&
    accounts.every((account) => account === '${AWS.AccountId}' || (account !== undefined && account === key.stack.account))
  );
}

function missing(policy: Resource, denial: Denial): readonly Finding[] {
  const statements = denialsOf(policy, denial);
  const lacking = denial.actions.filter((action) => !statements.some((statement) => concernsAction(statement, action)));
  if (lacking.length === 0) return [];
  const required = `a denial of ${denial.what}`;
  const fix = 'Restore the statement of the boundary; it must not be narrowed by resources, conditions or exceptions.';
  return [{ id: denial.id, path: 'Properties.PolicyDocument', found: `no denial of ${lacking.join(', ')}`, required, fix }];
}

function denialsOf(policy: Resource, { actions, condition }: Denial): readonly Statement[] {
  return statementsOf(policy.at('PolicyDocument'), 'PolicyDocument').filter(
    (statement) =>
      statement.effect === 'Deny' &&
      statement.resources.includes('*') &&
      statement.json.NotAction === undefined &&
      conditionsAre(statement, condition) &&
      actions.some((action) => concernsAction(statement, action)),
  );
}

function denialGuards(denial: Denial): readonly Guard[] {
  const of = (below: string, ...breaks: Break[]): Guard =>
    guardWhere(
      policyType,
      (policy, assembly) => boundaries(assembly).has(policy),
      (policy) => denialsOf(policy, denial).map(({ path }) => `Properties.${path}${below}`),
      ...breaks,
    );
  const listed: Guard['path'] = (policy) =>
    denialsOf(policy, denial).flatMap(({ json, path }) =>
      listOf(json.Action).flatMap((action, index) =>
        denial.actions.some((needed) => needed === action)
          ? [`Properties.${path}.Action${Array.isArray(valueAt(json, 'Action')) ? `.${index}` : ''}`]
          : [],
      ),
    );
  return [
    of('', remove),
    of('.Effect', remove, replace('Allow')),
    of('.Resource', remove, replace('arn:aws:rds:eu-west-3:x:cluster-snapshot:y')),
    of('.Condition', set({ StringEquals: { 'aws:PrincipalTag/role': 'workload' } })),
    guardWhere(policyType, (policy, assembly) => boundaries(assembly).has(policy), listed, replace('s3:ListBucket')),
  ];
}

function isOfDatabase(key: Resource, assembly: Assembly): boolean {
  return assembly.ofType(clusterType).some((cluster) => customerKey(cluster.at('KmsKeyId'), cluster, assembly) === key);
}

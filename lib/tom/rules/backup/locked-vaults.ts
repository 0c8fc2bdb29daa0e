// DSS-5.4.3, TOM-6.7: a vault is locked to exactly 30 days, has a key of the deployment, and nobody ends its points.
import { backupDays } from '../../figures';
import { append, type Finding, finding, guard, guardWhere, type Rule, remove, replace, set } from '../../rule';
import { type Assembly, isObject, type Json, type Resource } from '../../template/assembly';
import { canonical } from '../../template/canonical';
import { customerKey } from '../../template/keys';
import { coversActions, type Statement, statementsOf } from '../../template/policies';
import { keyAliasType, vaultType } from '../../template/resource-types';
import { newResource } from '../bypass';

/** Days after which a lock in compliance mode is final: the fewest that AWS Backup accepts. */
const changeableDays = 3;

/** Actions that end a recovery point before its day, or after it. */
const endingPoints = ['backup:DeleteRecoveryPoint', 'backup:DisassociateRecoveryPoint', 'backup:UpdateRecoveryPointLifecycle'];

/** Actions that would make one of those possible, for every principal but the role that deploys. */
const weakening = [
  'backup:DeleteBackupVaultAccessPolicy',
  'backup:DeleteBackupVaultLockConfiguration',
  'backup:PutBackupVaultAccessPolicy',
  'backup:PutBackupVaultLockConfiguration',
];

export const lockedVaults: Rule = {
  name: 'locked-vaults',
  requires: `every vault is locked to ${backupDays} days, encrypted with a deployment key, and denies the end of recovery points`,
  types: [vaultType],
  check(vault, assembly) {
    return [...lockFindings(vault, assembly), ...keyFindings(vault, assembly), ...policyFindings(vault, assembly)];
  },
  guards: [
    guard(vaultType, 'Properties.LockConfiguration', remove),
    guard(vaultType, 'Properties.LockConfiguration.MinRetentionDays', remove, replace(1), replace(31)),
    guard(vaultType, 'Properties.LockConfiguration.MaxRetentionDays', remove, replace(29), replace(365)),
    guardWhere(vaultType, inProduction, 'Properties.LockConfiguration.ChangeableForDays', remove, replace(365)),
    guard(vaultType, 'Properties.EncryptionKeyArn', remove, replace('arn:aws:kms:eu-west-3:999999999999:key/theirs')),
    guard(vaultType, 'Properties.AccessPolicy', remove, replace('{}')),
    guard(vaultType, denials(''), remove),
    guard(vaultType, denials('.Effect'), replace('Allow')),
    guard(vaultType, denials('.Principal'), replace({ AWS: 'arn:aws:iam::111111111111:role/x' })),
    guard(vaultType, denials('.Action'), replace('backup:StartRestoreJob')),
    guard(vaultType, denials('.Resource'), replace('arn:aws:backup:eu-west-3:111111111111:recovery-point:x')),
    guard(vaultType, denials('.Condition'), set({ StringEquals: { 'aws:PrincipalTag/role': 'workload' } })),
    guard(
      vaultType,
      'Properties.AccessPolicy.Statement',
      append({ Effect: 'Allow', Principal: { AWS: '*' }, Action: 'backup:CopyIntoBackupVault', Resource: '*' }),
    ),
  ],
  bypasses: [{ name: 'a vault without a lock', resources: { Further: newResource(vaultType, { BackupVaultName: 'production-further' }) } }],
  reads: [
    { type: vaultType, path: 'Properties' },
    { type: keyAliasType, path: 'Properties' },
  ],
};

const fix = 'Create the vault with BackupVault of lib/backup.';

function inProduction(_: Resource, { facts }: Assembly): boolean {
  return facts.environment === 'production';
}

function lockFindings(vault: Resource, { facts }: Assembly): readonly Finding[] {
  const days = (['MinRetentionDays', 'MaxRetentionDays'] as const)
    .filter((name) => vault.at(`LockConfiguration.${name}`) !== backupDays)
    .map((name) => finding(vault, name, `Properties.LockConfiguration.${name}`, `${backupDays} days`, fix));
  const changeable = vault.at('LockConfiguration.ChangeableForDays');
  if (facts.environment !== 'production' || changeable === changeableDays) return days;
  const required = `${changeableDays} days, after which the lock is final`;
  return [...days, finding(vault, 'mode', 'Properties.LockConfiguration.ChangeableForDays', required, fix)];
}

function keyFindings(vault: Resource, assembly: Assembly): readonly Finding[] {
  if (customerKey(vault.at('EncryptionKeyArn'), vault, assembly)) return [];
  return [finding(vault, 'key', 'Properties.EncryptionKeyArn', 'a key of the deployment', fix)];
}

function policyFindings(vault: Resource, assembly: Assembly): readonly Finding[] {
  const all = statements(vault);
  const missing = (id: string, actions: readonly string[], isDenied: (statement: Statement) => boolean) =>
    actions
      .filter((action) => !all.some((statement) => deniesEveryone(statement) && coversActions(statement, [action]) && isDenied(statement)))
      .map((action) => finding(vault, `${id}::${action}`, 'Properties.AccessPolicy', `a denial of ${action} to everyone`, fix));
  const admitted = all
    .filter(({ effect }) => effect !== 'Deny')
    .map(({ path, json }) => ({ id: `admits::${path}`, path, found: json, required: 'a policy that only denies', fix }));
  return [
    ...missing('ends', endingPoints, ({ json }) => json.Condition === undefined),
    ...missing('weakens', weakening, ({ json }) => json.Condition === undefined || exceptsTheDeployment(json.Condition, vault, assembly)),
    ...admitted,
  ];
}

const statements = (vault: Resource): readonly Statement[] => statementsOf(vault.at('AccessPolicy'), 'Properties.AccessPolicy');

const deniesEveryone = ({ effect, json, resources }: Statement): boolean =>
  effect === 'Deny' && isObject(json.Principal) && json.Principal.AWS === '*' && resources.includes('*');

/**
 * Whether a condition excepts the role that CloudFormation alone assumes, in the region of the vault, and no other.
 */
function exceptsTheDeployment(condition: Json, vault: Resource, assembly: Assembly): boolean {
  const { region } = vault.stack;
  const role = `arn:aws:iam::\${AWS::AccountId}:role/cdk-*-cfn-exec-role-\${AWS::AccountId}-${region}`;
  return JSON.stringify(canonical(condition, vault.stack, assembly)) === JSON.stringify({ ArnNotLike: { 'aws:PrincipalArn': role } });
}

/** Paths of a member of the two denials. */
function denials(below: string): (vault: Resource) => readonly string[] {
  return (vault) =>
    statements(vault)
      .filter((statement) => [...endingPoints, ...weakening].some((action) => coversActions(statement, [action])))
      .map(({ path }) => `${path}${below}`);
}

// Keys and their aliases. The policy of a key is judged as a whole document.
import { longestKeyDays } from '../figures';
import { hasCopies } from '../template/copies';
import { type Declaration, declare } from './declaration';
import { by, type FormLike, harmless, set } from './form';
import { hasVpn } from './network-addresses';
import { admitsPrincipal, admitsService, deniesEveryone, deploymentRole, fromOwn, ownAccount, policyDocument } from './statements';
import { tags } from './tags';

/** Longest waiting period before a deleted key is gone, in days ("AWS::KMS::Key", PendingWindowInDays). (TOM-7.4) */
const longestWindow = 30;

const encryptDecrypt = ['kms:Decrypt', 'kms:DescribeKey', 'kms:Encrypt', 'kms:GenerateDataKey*', 'kms:ReEncrypt*'] as const;
const ownRoot = `arn:aws:iam::${ownAccount}:root`;

/** Policies of IAM decide inside the account ("Default key policy"). */
const accountDecides = admitsPrincipal(ownRoot, { actions: 'kms:*', resources: '*' });

/** A grant outlives policies: only AWS services create one, for themselves or for a resource of theirs. (TOM-5.5) */
const onlyServicesGrant = deniesEveryone({
  sid: 'OnlyServicesGrant',
  actions: 'kms:CreateGrant',
  resources: '*',
  conditions: { Bool: { 'kms:GrantIsForAWSResource': 'false', 'aws:PrincipalIsAWSService': 'false' } },
});

/** Only CloudFormation ends a key whose end is the end of what it protects. (TOM-3.6, TOM-3.2) */
const onlyADeploymentEnds = (role: string): FormLike =>
  deniesEveryone({
    sid: 'OnlyADeploymentEndsIt',
    actions: ['kms:DeleteImportedKeyMaterial', 'kms:DisableKey', 'kms:DisableKeyRotation', 'kms:ScheduleKeyDeletion'],
    resources: '*',
    conditions: { ArnNotLike: { 'aws:PrincipalArn': role } },
  });
const onlyADeploymentEndsIt = onlyADeploymentEnds(deploymentRole);

/** CloudWatch Logs, bound by the encryption context ("Encrypt log data in CloudWatch Logs using AWS KMS"). */
const logsEncrypt = (sid: string, ...groups: readonly string[]): FormLike => {
  const arns = groups.map((group) => `arn:aws:logs:<region>:${ownAccount}:log-group:${group}`);
  return admitsService('logs.<region>.amazonaws.com', {
    sid,
    actions: encryptDecrypt,
    resources: '*',
    conditions: { ArnLike: { 'kms:EncryptionContext:aws:logs:arn': arns.length === 1 ? (arns[0] as string) : arns } },
  });
};

/**
 * A customer-managed key: it rotates every year, is never deleted with its stack, and admits exactly these principals.
 */
function key(name: string, classification: 'confidential' | 'personal', ...statements: readonly FormLike[]): Declaration {
  return declare(
    'AWS::KMS::Key',
    name,
    {
      Description: harmless,
      EnableKeyRotation: true,
      KeyPolicy: policyDocument(accountDecides, onlyServicesGrant, ...statements),
      PendingWindowInDays: longestWindow,
      RotationPeriodInDays: longestKeyDays,
      Tags: tags(classification),
    },
    { deletion: 'Retain', replacement: 'Retain' },
  );
}

/** Roles that sign for the VPN: the IT team, and where there is an endpoint the function that renews its list. */
const signers = by(({ facts }) => {
  const team = `arn:aws:iam::${ownAccount}:role/<deployment>-it-team-<region>`;
  return set(team, ...(hasVpn(facts) ? ['${access/RevocationListFunctionRole.Arn}'] : []));
});

/** The key of the VPN's certificate authority. KMS rotates no asymmetric key. (TOM-3.2) */
const vpnKey = declare(
  'AWS::KMS::Key',
  'access/VpnKey',
  {
    Description: harmless,
    KeyPolicy: policyDocument(
      accountDecides,
      onlyServicesGrant,
      onlyADeploymentEndsIt,
      deniesEveryone({
        ...{ sid: 'OnlyTheAuthoritySigns', actions: 'kms:Sign', resources: '*' },
        conditions: { ArnNotLike: { 'aws:PrincipalArn': signers } },
      }),
    ),
    KeySpec: 'RSA_2048',
    KeyUsage: 'SIGN_VERIFY',
    MultiRegion: true,
    PendingWindowInDays: longestWindow,
    Tags: tags('confidential'),
  },
  { deletion: 'Retain', replacement: 'Retain' },
);

const alias = (name: string, text: string, target: string): Declaration =>
  declare('AWS::KMS::Alias', name, { AliasName: text, TargetKeyId: `\${${target}.Arn}` });

const deploymentKey = key(
  'account/DeploymentKey',
  'confidential',
  logsEncrypt('LogGroupsOfTheDeployment', '/rempart/<deployment>/*'),
  logsEncrypt('LogGroupOfTheFirewall', 'aws-waf-logs-<deployment>-edge'),
  admitsService('cloudwatch.amazonaws.com', {
    sid: 'AlarmsOfTheDeployment',
    actions: ['kms:Decrypt', 'kms:GenerateDataKey*'],
    resources: '*',
    conditions: fromOwn('cloudwatch', 'alarm:<deployment>-*'),
  }),
  admitsService('events.amazonaws.com', {
    sid: 'DeadLettersOfRules',
    actions: ['kms:Decrypt', 'kms:GenerateDataKey*'],
    resources: '*',
    conditions: fromOwn('events', 'rule/<deployment>-*'),
  }),
);

const trail = { 'aws:SourceArn': `arn:aws:cloudtrail:<region>:${ownAccount}:trail/<deployment>-trail-<region>` };

const auditKey = key(
  'account/AuditKey',
  'confidential',
  admitsService('cloudtrail.amazonaws.com', {
    sid: 'TrailEncrypts',
    actions: 'kms:GenerateDataKey*',
    resources: '*',
    conditions: {
      StringEquals: trail,
      StringLike: { 'kms:EncryptionContext:aws:cloudtrail:arn': `arn:aws:cloudtrail:*:${ownAccount}:trail/*` },
    },
  }),
  admitsService('cloudtrail.amazonaws.com', {
    sid: 'TrailDescribesTheKey',
    actions: 'kms:DescribeKey',
    resources: '*',
    conditions: { StringEquals: trail },
  }),
  admitsService('delivery.logs.amazonaws.com', {
    sid: 'LogDeliveryEncrypts',
    actions: encryptDecrypt,
    resources: '*',
    conditions: fromOwn('logs', '*'),
  }),
  logsEncrypt('LogGroupOfTheTrail', '/rempart/<deployment>/trail'),
  admitsService('logs.<region>.amazonaws.com', {
    sid: 'SessionExportEncrypts',
    actions: ['kms:Decrypt', 'kms:GenerateDataKey*'],
    resources: '*',
    conditions: { StringLike: { 'kms:EncryptionContext:aws:s3:arn': 'arn:aws:s3:::<deployment>-*/sessions/*' } },
  }),
  onlyADeploymentEndsIt,
);

/** Role by which EC2 Auto Scaling starts the servers of a site, with their encrypted disks. (TOM-5.5) */
const fleetRole = `arn:aws:iam::${ownAccount}:role/aws-service-role/autoscaling.amazonaws.com/AWSServiceRoleForAutoScaling_<deployment>-<site>`;

const dataKey = key(
  'data/DataKey',
  'personal',
  logsEncrypt('LogGroupsOfTheDatabase', '/aws/rds/cluster/<deployment>-data/*', '/aws/rds/cluster/<deployment>-data-????????/*'),
  logsEncrypt('LogGroupOfTheProxy', '/aws/rds/proxy/<deployment>-data'),
  admitsPrincipal(fleetRole, { sid: 'FleetEncryptsDisks', actions: encryptDecrypt, resources: '*' }),
  admitsPrincipal(fleetRole, {
    sid: 'FleetAttachesDisks',
    actions: 'kms:CreateGrant',
    resources: '*',
    conditions: { Bool: { 'kms:GrantIsForAWSResource': 'true' } },
  }),
  admitsPrincipal(ownRoot, {
    actions: ['kms:CreateGrant', ...encryptDecrypt],
    resources: '*',
    conditions: { StringEquals: { 'kms:ViaService': 'secretsmanager.<region>.amazonaws.com' } },
  }),
);

/** The keys of the vaults, which AWS Backup uses by grants. (DSS-5.4.3) */
const vaultKeys: readonly Declaration[] = [
  key('account/BackupsKey', 'personal', onlyADeploymentEndsIt),
  alias('account/BackupsKeyAlias', 'alias/<deployment>-backups', 'account/BackupsKey'),
  ...[
    key('recovery/CopiesKey', 'personal', onlyADeploymentEnds(deploymentRole.replace('<region>', '<copyRegion>'))),
    alias('recovery/CopiesKeyAlias', 'alias/<deployment>-copies', 'recovery/CopiesKey'),
    // S3 uses it by the permissions of the role that replicates.
    key('recovery/ReplicaKey', 'personal', onlyADeploymentEnds(deploymentRole.replace('<region>', '<copyRegion>'))),
    alias('recovery/ReplicaKeyAlias', 'alias/<deployment>-archive-replica', 'recovery/ReplicaKey'),
  ].map((declaration) => ({ ...declaration, when: hasCopies })),
];

export const encryptionDeclarations: readonly Declaration[] = [
  deploymentKey,
  auditKey,
  dataKey,
  vpnKey,
  ...vaultKeys,
  alias('account/DeploymentKeyAlias', 'alias/<deployment>', 'account/DeploymentKey'),
  alias('account/AuditKeyAlias', 'alias/<deployment>-audit', 'account/AuditKey'),
  alias('data/DataKeyAlias', 'alias/<deployment>-data', 'data/DataKey'),
  alias('access/VpnKeyAlias', 'alias/<deployment>-vpn', 'access/VpnKey'),
];

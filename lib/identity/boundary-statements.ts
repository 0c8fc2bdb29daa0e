// Statements of the permissions boundary: the maximum permissions of the roles of the deployment.
import { Effect, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import { ArnFormat, type Stack } from 'aws-cdk-lib/core';
import { boundaryName, databaseLogPrefix, firewallLogName, logGroupName, proxyLogGroupName } from '../config/names';
import { copyRegion, type Site } from '../config/site';
import { environmentTag } from '../labels/labels';
import { boundedActions, connectActions } from './bounded-actions';
import {
  type Conditions,
  deny,
  denyLosingKeys,
  denyOpeningBuckets,
  denyOpeningTheNetwork,
  denyWeakeningIdentities,
} from './control-denials';

/**
 * Services with a global endpoint in us-east-1; STS also has regional endpoints.
 * Source: "AWS: Denies access to AWS based on the requested Region".
 */
const globalServices = ['iam', 'route53', 'sts'] as const;

/**
 * One statement that allows, and the denials. A managed policy has at most 6,144 characters without white space; a
 * test checks the size.
 */
export function boundaryStatements(stack: Stack, site: Site, auditArchive: IBucket): PolicyStatement[] {
  return [
    allowBoundedActions(site),
    denyOtherRegions(site),
    denyOtherDatabases(stack),
    denyChangingTheArchive(auditArchive),
    denyChangingTheTrail(stack, site),
    denyLosingLogs(stack, site),
    denyLosingKeys(),
    denySharingKeys(),
    denySharingSnapshots(),
    denyOtherEnvironments(site),
    denyForeignBackups(stack),
    denyForeignKeys(stack),
    denyOpeningTheNetwork(),
    denyOpeningBuckets(),
    denyUnboundedPrincipals(stack, boundaryName(site)),
    denyWeakeningIdentities(),
    denyForeignRoles(stack, site),
  ];
}

/** The allowed actions. Others are denied implicitly. (TOM-3.5) */
function allowBoundedActions({ settings }: Site): PolicyStatement {
  const actions = [...boundedActions, ...(settings.access.instanceConnect ? connectActions : [])];
  return new PolicyStatement({ sid: 'BoundedActions', actions, resources: ['*'] });
}

/**
 * The other region receives backup copies; a recovered site uses its own region only, until its home region answers.
 *
 * A negated condition also matches a request without the key, so a service that does not send `aws:RequestedRegion`
 * would be denied in every region. AWS API requests always contain it ("AWS global condition context keys"). A sign-in
 * to a database is not an API request and lacks some of these keys ("IAM database authentication", limitations).
 * (TOM-2.1)
 */
export function denyOtherRegions(site: Site): PolicyStatement {
  const copies = copyRegion(site);
  const regions = copies === undefined ? [site.region] : [site.region, copies];
  const conditions = { StringNotEquals: { 'aws:RequestedRegion': regions } };
  return denyAllBut('OtherRegions', [...wholeOf(globalServices), 'rds-db:*'], ['*'], conditions);
}

/**
 * Limits sign-ins to databases of the account in the region of the site, by the ARN of the database user. (TOM-2.1,
 * TOM-7.4)
 */
export function denyOtherDatabases(stack: Stack): PolicyStatement {
  const own = stack.formatArn({ service: 'rds-db', ...anyResource });
  return new PolicyStatement({ sid: 'OtherDatabases', effect: Effect.DENY, actions: ['rds-db:*'], notResources: [own] });
}

/**
 * The policies of a role may allow reads; all other actions are denied, including future ones of S3. Writes are denied
 * by the policy of the archive, which excepts two kinds of objects for one role (audit-archive.ts): this policy has no
 * room for the exception. (TOM-3.6)
 */
export function denyChangingTheArchive(archive: IBucket): PolicyStatement {
  return denyAllBut('AuditArchive', ['s3:Get*', 's3:List*', 's3:PutObject'], [archive.bucketArn, archive.arnForObjects('*')]);
}

/** The trails of every site of the deployment. (TOM-3.6) */
export function denyChangingTheTrail(stack: Stack, site: Site): PolicyStatement {
  const trails = stack.formatArn({ service: 'cloudtrail', region: '*', resource: 'trail', resourceName: `${site.deployment}-trail-*` });
  return denyAllBut('AuditTrail', ['cloudtrail:Describe*', 'cloudtrail:Get*', 'cloudtrail:List*'], [trails]);
}

/** Only templates set retention: a role that could shorten it could empty a log group. (TOM-3.6) */
function denyLosingLogs(stack: Stack, site: Site): PolicyStatement {
  // Identifiers of databases and proxies begin with the name of the deployment and `data`, also after a restore.
  const names = [
    logGroupName(site, '*'),
    firewallLogName(site),
    databaseLogPrefix(`${site.deployment}-data*`),
    proxyLogGroupName(`${site.deployment}-data*`),
  ];
  const logGroups = names.map((resourceName) =>
    stack.formatArn({ service: 'logs', region: '*', resource: 'log-group', resourceName, arnFormat: ArnFormat.COLON_RESOURCE_NAME }),
  );
  return deny(
    'Logs',
    [
      'logs:*ssociateKmsKey',
      'logs:Delete*',
      'logs:PutLogG*',
      'logs:PutMetricFilter',
      'logs:PutRetentionPolicy',
      'logs:PutSubscriptionFilter',
    ],
    logGroups,
  );
}

/**
 * A grant allows the use of a key, also in another account. AWS services that encrypt for the role can create grants.
 * The key policies deny the same to every principal (rotated-key.ts). (TOM-7.4)
 */
export function denySharingKeys(): PolicyStatement {
  return deny('KeyGrants', ['kms:CreateGrant'], ['*'], { Bool: { 'kms:GrantIsForAWSResource': 'false' } });
}

/**
 * A snapshot that is shared, exported or copied to another account leaves production. A restore stays possible in this
 * account, in the home or the recovery region, by a deployment of the same environment. (TOM-7.4, TOM-4.2)
 */
function denySharingSnapshots(): PolicyStatement {
  return deny('Snapshots', ['backup:DeleteBackup*', 'backup:PutBackupVault*', 'rds:Delete*', 'rds:Modify*', 'rds:StartExportTask'], ['*']);
}

/**
 * Denies all actions on resources with the tag of another environment: no role of staging restores or copies a
 * snapshot of production, creates one of its database, reads its bucket, or removes the tag first. A snapshot has the
 * tags of its database (rule database-retention). The other denials apply to resources without the tag: a copy without
 * tags is in the account of its deployment.
 *
 * IAM evaluates each resource of a request separately, and RDS supplies the tags of the snapshot that a cluster is
 * restored from (Service Authorization Reference, "Resource types defined by Amazon RDS"). (TOM-7.4, TOM-7.3)
 */
export function denyOtherEnvironments(site: Site): PolicyStatement {
  const tag = `aws:ResourceTag/${environmentTag}`;
  return deny('OtherEnvironments', ['*'], ['*'], {
    StringNotEquals: { [tag]: site.settings.environment },
    Null: { [tag]: 'false' },
  });
}

/**
 * The ARN of a snapshot that another account shares contains that account, and the snapshot has no tags: its restore
 * and copy are denied. ARNs of disk snapshots contain no account; the denial of foreign keys applies to those.
 * (TOM-7.4)
 */
export function denyForeignBackups(stack: Stack): PolicyStatement {
  return denyForeign('ForeignBackups', stack, 'rds', ['rds:Copy*Snapshot', 'rds:Restore*']);
}

/**
 * A backup leaves production when it is copied under a key of another account, and a foreign backup is opened with its
 * own key. Services use keys with the credentials of the caller ("Using grants" and kms:ViaService, KMS developer
 * guide), so this denies both. (TOM-7.4)
 */
export function denyForeignKeys(stack: Stack): PolicyStatement {
  return denyForeign('ForeignKeys', stack, 'kms', [
    'kms:CreateGrant',
    'kms:Decrypt',
    'kms:Encrypt',
    'kms:GenerateDataKey*',
    'kms:ReEncrypt*',
  ]);
}

/** Denies actions on resources of other accounts, in any region. */
function denyForeign(sid: string, stack: Stack, service: string, actions: string[]): PolicyStatement {
  const own = stack.formatArn({ service, region: '*', ...anyResource });
  return new PolicyStatement({ sid, effect: Effect.DENY, actions, notResources: [own] });
}

/**
 * Roles get permissions only under this boundary. `StringNotEquals` also matches where the request or its role has no
 * boundary.
 */
export function denyUnboundedPrincipals(stack: Stack, boundaryOfThem: string): PolicyStatement {
  const boundary = stack.formatArn({ service: 'iam', region: '', resource: 'policy', resourceName: boundaryOfThem });
  return deny('UnboundedRoles', ['iam:AttachRolePolicy', 'iam:CreateRole', 'iam:PutRolePermissionsBoundary', 'iam:PutRolePolicy'], ['*'], {
    StringNotEquals: { 'iam:PermissionsBoundary': boundary },
  });
}

/**
 * A role outside the deployment may have no boundary, so assuming it or passing it to a service is denied.
 * CloudFormation begins the names of the deployment's roles with the name of their stack. The roles for deployment and
 * recovery are excepted by their names: they work by the roles of the CDK bootstrap, and their own permissions name
 * those (rule deployer-role). (TOM-3.5, DSS-5.2)
 */
function denyForeignRoles(stack: Stack, { deployment }: Site): PolicyStatement {
  return new PolicyStatement({
    sid: 'ForeignRoles',
    effect: Effect.DENY,
    actions: ['iam:PassRole', 'sts:AssumeRole'],
    notResources: [stack.formatArn({ service: 'iam', region: '', resource: 'role', resourceName: `${deployment}-*` })],
    conditions: {
      StringNotLike: { 'aws:PrincipalArn': ['deployer', 'recovery'].map((role) => `*:role/${deployment}-${role}-*`) },
    },
  });
}

const anyResource = { resource: '*', arnFormat: ArnFormat.NO_RESOURCE_NAME } as const;

const wholeOf = (services: readonly string[]): string[] => services.map((service) => `${service}:*`);

function denyAllBut(sid: string, notActions: string[], resources: string[], conditions?: Conditions): PolicyStatement {
  return new PolicyStatement({ sid, effect: Effect.DENY, notActions, resources, ...(conditions ? { conditions } : {}) });
}

// What the roles of the deployment may do at most, statement by statement.
import { Effect, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import { ArnFormat, type Stack } from 'aws-cdk-lib/core';
import { boundaryName, databaseLogPrefix, firewallLogName, logGroupName, proxyLogGroupName } from '../config/names';
import type { Site } from '../config/site';
import { environmentTag } from '../labels/labels';
import { boundedServices } from './bounded-services';

/**
 * Of these, the services with one endpoint for the world, in us-east-1; STS has one beside the regional ones.
 * Source: "AWS: Denies access to AWS based on the requested Region".
 */
const globalServices = ['iam', 'route53', 'sts'] as const;

/**
 * What is allowed, and what of it is denied. IAM takes 6,144 characters without white space in a managed policy; a
 * test watches them.
 */
export function boundaryStatements(stack: Stack, site: Site, auditArchive: IBucket): PolicyStatement[] {
  return [
    allowBoundedServices(),
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
    denyUnboundedPrincipals(stack, site),
    denyWeakeningIdentities(),
    denyForeignRoles(stack, site),
  ];
}

/** The outer limit: each other service is denied because nothing allows it. (TOM-3.5) */
function allowBoundedServices(): PolicyStatement {
  return new PolicyStatement({ sid: 'BoundedServices', actions: wholeOf(boundedServices), resources: ['*'] });
}

/**
 * At home the recovery region takes backup copies; recovered, the deployment needs no other region than its own.
 *
 * A negated condition also matches a request without the key, so a service that does not send `aws:RequestedRegion`
 * would be denied everywhere. Requests to the API of AWS always have it ("AWS global condition context keys"). A
 * sign-in to a database is none, and is documented as lacking some of these keys ("IAM database authentication",
 * limitations). (TOM-2.1)
 */
function denyOtherRegions(site: Site): PolicyStatement {
  const regions = site.name === 'home' ? [site.region, site.settings.recoveryRegion] : [site.region];
  const conditions = { StringNotEquals: { 'aws:RequestedRegion': regions } };
  return denyAllBut('OtherRegions', [...wholeOf(globalServices), 'rds-db:*'], ['*'], conditions);
}

/**
 * A sign-in is kept to the databases of the account in the site's own region by the ARN of the database's user.
 * (TOM-2.1, TOM-7.4)
 */
function denyOtherDatabases(stack: Stack): PolicyStatement {
  const own = stack.formatArn({ service: 'rds-db', ...anyResource });
  return new PolicyStatement({ sid: 'OtherDatabases', effect: Effect.DENY, actions: ['rds-db:*'], notResources: [own] });
}

/** Reading is left to the policies of a role; everything else, whatever S3 may add, is out. (TOM-3.6) */
function denyChangingTheArchive(archive: IBucket): PolicyStatement {
  return denyAllBut('AuditArchive', ['s3:Get*', 's3:List*'], [archive.bucketArn, archive.arnForObjects('*')]);
}

/** The trails of every site of the deployment. (TOM-3.6) */
function denyChangingTheTrail(stack: Stack, site: Site): PolicyStatement {
  const trails = stack.formatArn({ service: 'cloudtrail', region: '*', resource: 'trail', resourceName: `${site.deployment}-trail-*` });
  return denyAllBut('AuditTrail', ['cloudtrail:Describe*', 'cloudtrail:Get*', 'cloudtrail:List*'], [trails]);
}

/** Retention is the template's; a role that could shorten it could empty a log group. (TOM-3.6) */
function denyLosingLogs(stack: Stack, site: Site): PolicyStatement {
  // The identifiers of the database and its proxy begin with the deployment's name; `data` follows, restored or not.
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
      'logs:AssociateKmsKey',
      'logs:DeleteLogGroup',
      'logs:DeleteLogStream',
      'logs:DeleteRetentionPolicy',
      'logs:DisassociateKmsKey',
      'logs:PutLogGroupDeletionProtection',
      'logs:PutRetentionPolicy',
    ],
    logGroups,
  );
}

/**
 * Keys are told apart by random ids, so this holds for every key: no role ends or reopens one, changes how often it
 * rotates, or makes a replica with a policy of its own. (TOM-5.5)
 */
function denyLosingKeys(): PolicyStatement {
  return deny(
    'Keys',
    [
      'kms:DeleteAlias',
      'kms:DeleteImportedKeyMaterial',
      'kms:DisableKey',
      'kms:DisableKeyRotation',
      'kms:EnableKeyRotation',
      'kms:ImportKeyMaterial',
      'kms:PutKeyPolicy',
      'kms:ReplicateKey',
      'kms:ScheduleKeyDeletion',
      'kms:UpdateAlias',
      'kms:UpdatePrimaryRegion',
    ],
    ['*'],
  );
}

/**
 * A grant hands the use of a key to somebody, in any account. AWS services that encrypt for the role get theirs. The
 * policies of the keys deny the same to everybody (rotated-key.ts). (TOM-7.4)
 */
function denySharingKeys(): PolicyStatement {
  return deny('KeyGrants', ['kms:CreateGrant'], ['*'], { Bool: { 'kms:GrantIsForAWSResource': 'false' } });
}

/**
 * The firewalls, their logs, the routes and network ACLs around them and the block of public access are the
 * template's: reading is left to the policies of a role. Patterns, because what they leave out is a way round: a rule
 * added above the last one of the DNS firewall undoes it as well as its removal does. Source: Service Authorization
 * Reference. (TOM-6.6, DSS-5.6.2, TOM-3.6)
 */
function denyOpeningTheNetwork(): PolicyStatement {
  const changing = (service: string, ...verbs: string[]): string[] => verbs.map((verb) => `${service}:${verb}*`);
  return deny(
    'Network',
    [
      'ec2:*NetworkAclEntry',
      'ec2:*RouteTable',
      'ec2:*VpcBlockPublicAccessExclusion',
      'ec2:CreateRoute',
      'ec2:DeleteFlowLogs',
      'ec2:ModifyVpcBlockPublicAccessOptions',
      'ec2:ReplaceNetworkAcl*',
      'ec2:ReplaceRoute*',
      'logs:DeleteResourcePolicy',
      'logs:PutResourcePolicy',
      ...changing('network-firewall', 'Associate', 'Create', 'Delete', 'Disassociate', 'Put', 'Update'),
      ...changing('route53resolver', 'Associate', 'Create', 'Delete', 'Disassociate', 'Import', 'Put', 'Update'),
    ],
    ['*'],
  );
}

/**
 * A snapshot that is shared, exported or copied by another account leaves production. What stays possible is to
 * restore it where it lies, and that is in this account, in the home or the recovery region, by a deployment of its
 * environment. (TOM-7.4, TOM-4.2)
 */
function denySharingSnapshots(): PolicyStatement {
  return deny(
    'Snapshots',
    [
      'backup:PutBackupVaultAccessPolicy',
      'ec2:ModifyImageAttribute',
      'ec2:ModifySnapshotAttribute',
      'rds:ModifyDBClusterSnapshotAttribute',
      'rds:ModifyDBSnapshotAttribute',
      'rds:StartExportTask',
    ],
    ['*'],
  );
}

/**
 * Whatever bears the tag of another environment is out of reach: so no role of staging restores or copies a snapshot
 * of production, makes one of its database, reads its bucket, or takes the tag off first. A snapshot has the tags of
 * its database (the rule database-retention). What bears no tag is left to the other denials: a copy that lost its
 * tags is in the account of its deployment.
 *
 * IAM asks for each resource of a request by itself, and RDS tells it the tags of the snapshot that a cluster is
 * restored from (Service Authorization Reference, "Resource types defined by Amazon RDS"). (TOM-7.4, TOM-7.3)
 */
function denyOtherEnvironments(site: Site): PolicyStatement {
  const tag = `aws:ResourceTag/${environmentTag}`;
  return deny('OtherEnvironments', ['*'], ['*'], {
    StringNotEquals: { [tag]: site.settings.environment },
    Null: { [tag]: 'false' },
  });
}

/**
 * A snapshot that another account shares bears its account in its ARN and none of its tags: it is neither restored nor
 * copied here. Disk snapshots have no account in theirs; of those the key tells. (TOM-7.4)
 */
function denyForeignBackups(stack: Stack): PolicyStatement {
  return denyForeign('ForeignBackups', stack, 'rds', ['rds:Copy*Snapshot', 'rds:Restore*']);
}

/**
 * A backup is carried out of production by copying it under a key of another account, and opened elsewhere by its own
 * key. Services use keys in the caller's name ("Using grants" and kms:ViaService, KMS developer guide), so both are
 * denied here. (TOM-7.4)
 */
function denyForeignKeys(stack: Stack): PolicyStatement {
  return denyForeign('ForeignKeys', stack, 'kms', [
    'kms:CreateGrant',
    'kms:Decrypt',
    'kms:Encrypt',
    'kms:GenerateDataKey*',
    'kms:ReEncrypt*',
  ]);
}

/** Denies actions on what is not this account's, in any region. */
function denyForeign(sid: string, stack: Stack, service: string, actions: string[]): PolicyStatement {
  const own = stack.formatArn({ service, region: '*', ...anyResource });
  return new PolicyStatement({ sid, effect: Effect.DENY, actions, notResources: [own] });
}

/**
 * New power only under this boundary. `StringNotEquals` also matches when the request, or the role that it is about,
 * has none.
 */
function denyUnboundedPrincipals(stack: Stack, site: Site): PolicyStatement {
  const boundary = stack.formatArn({ service: 'iam', region: '', resource: 'policy', resourceName: boundaryName(site) });
  return deny('UnboundedRoles', ['iam:AttachRolePolicy', 'iam:CreateRole', 'iam:PutRolePermissionsBoundary', 'iam:PutRolePolicy'], ['*'], {
    StringNotEquals: { 'iam:PermissionsBoundary': boundary },
  });
}

/**
 * No way round: shedding a boundary, rewriting a managed policy (this one too), making users or what they sign in
 * with, trusting another identity provider. What only takes away stays possible, `iam:UpdateAccessKey` with it: stale
 * access keys are disabled so (TOM-3.8), and it makes no key.
 */
function denyWeakeningIdentities(): PolicyStatement {
  return deny(
    'Identities',
    [
      'iam:AddClientIDToOpenIDConnectProvider',
      'iam:AddUserToGroup',
      'iam:AttachGroupPolicy',
      'iam:AttachUserPolicy',
      'iam:CreateAccessKey',
      'iam:CreateLoginProfile',
      'iam:CreateOpenIDConnectProvider',
      'iam:CreatePolicyVersion',
      'iam:CreateSAMLProvider',
      'iam:CreateServiceSpecificCredential',
      'iam:CreateUser',
      'iam:DeletePolicy',
      'iam:DeletePolicyVersion',
      'iam:DeleteRolePermissionsBoundary',
      'iam:DeleteUserPermissionsBoundary',
      'iam:PutGroupPolicy',
      'iam:PutUserPermissionsBoundary',
      'iam:PutUserPolicy',
      'iam:ResetServiceSpecificCredential',
      'iam:SetDefaultPolicyVersion',
      'iam:UpdateAssumeRolePolicy',
      'iam:UpdateLoginProfile',
      'iam:UpdateOpenIDConnectProviderThumbprint',
      'iam:UpdateSAMLProvider',
      'iam:UploadSSHPublicKey',
      'iam:UploadSigningCertificate',
    ],
    ['*'],
  );
}

/**
 * A role outside the deployment may have no boundary, so none is assumed or handed to a service. CloudFormation begins
 * the names of the deployment's roles with that of their stack.
 */
function denyForeignRoles(stack: Stack, site: Site): PolicyStatement {
  const own = stack.formatArn({ service: 'iam', region: '', resource: 'role', resourceName: `${site.deployment}-*` });
  return new PolicyStatement({
    sid: 'ForeignRoles',
    effect: Effect.DENY,
    actions: ['iam:PassRole', 'sts:AssumeRole'],
    notResources: [own],
  });
}

type Conditions = Record<string, Record<string, string | readonly string[]>>;

const anyResource = { resource: '*', arnFormat: ArnFormat.NO_RESOURCE_NAME } as const;

const wholeOf = (services: readonly string[]): string[] => services.map((service) => `${service}:*`);

function deny(sid: string, actions: string[], resources: string[], conditions?: Conditions): PolicyStatement {
  return new PolicyStatement({ sid, effect: Effect.DENY, actions, resources, ...(conditions ? { conditions } : {}) });
}

function denyAllBut(sid: string, notActions: string[], resources: string[], conditions?: Conditions): PolicyStatement {
  return new PolicyStatement({ sid, effect: Effect.DENY, notActions, resources, ...(conditions ? { conditions } : {}) });
}

// Names derived from the configuration, so that one stack can name the resources of another without an export.
import { createHash } from 'node:crypto';
import { copyRegion, type Site } from './site';

/** Name of a stack: `<deployment>-<stack>`. */
export const stackName = (site: Site, stack: string): string => `${site.deployment}-${stack}`;

/**
 * Name of the managed policy that bounds every role. IAM is global, so the region distinguishes the sites. (TOM-3.5)
 */
export const boundaryName = (site: Site): string => `${site.deployment}-boundary-${site.region}`;

/** The default qualifier of the CDK ("Customize AWS CDK bootstrapping"). Templates and contracts contain it. */
export const bootstrapQualifier = 'hnb659fds';

/** Name of a resource of the CDK bootstrap, as in `cdk-hnb659fds-assets-<account>-<region>`. */
export const bootstrapName = (what: string, account: string, region: string): string =>
  `cdk-${bootstrapQualifier}-${what}-${account}-${region}`;

/** The roles of functions whose sessions reach the objects of one site of the lake. (TOM-4.1) */
export const lakeRoles = ['lake-reader', 'lake-writer'] as const;
export type LakeRole = (typeof lakeRoles)[number];

/**
 * Name of such a role, by which its functions and the policy of the archive bucket name it before it exists. IAM is
 * global, so the region distinguishes the sites. At most 64 characters. Changing it replaces the role. (TOM-4.1)
 */
export const lakeRoleName = ({ deployment, region }: Pick<Site, 'deployment' | 'region'>, role: LakeRole): string =>
  `${deployment}-${role}-${region}`;

/** Key of the session tag whose value is the id of the site of a session of these roles. (TOM-4.1) */
export const siteSessionTag = 'rempart:site';

/** Folder of the lake in the archive bucket; the folders of the sites follow, as in `lake/site=1/`. (TOM-7.1) */
export const lakeFolder = 'lake';

/**
 * Names of the vaults of a deployment: `backups` in the region of the site, `copies` in the region that receives the
 * copies. A name is unique in an account and a region, and has at most 50 characters. Changing one replaces the vault,
 * which CloudFormation refuses to delete while it holds recovery points. (DSS-5.4.2)
 */
export const vaultUses = ['backups', 'copies'] as const;
export type VaultUse = (typeof vaultUses)[number];
export const vaultName = ({ deployment }: Pick<Site, 'deployment'>, use: VaultUse): string => `${deployment}-${use}`;

/**
 * Name of the role with which AWS Backup reads the stores, and of the managed policy that bounds it. IAM is global, so
 * the region distinguishes the sites. At most 64 characters. Changing either replaces the role. (DSS-5.4.2, TOM-3.5)
 */
export const backupRoleName = (site: Site): string => `${site.deployment}-backup-${site.region}`;
export const backupBoundaryName = (site: Site): string => `${site.deployment}-backup-boundary-${site.region}`;

/** Name of the managed policy that bounds the role of the validation of restores. (DSS-5.5.1, TOM-3.5) */
export const restoreBoundaryName = (site: Site): string => `${site.deployment}-restore-boundary-${site.region}`;

/**
 * Name of the restore testing plan, in which AWS Backup accepts letters, digits and underscores, at most 50. It is
 * unique in an account and a region. Changing it replaces the plan, and the function validates the jobs of the new
 * one. (DSS-5.5.1)
 */
export const restoreTestsName = ({ deployment }: Pick<Site, 'deployment'>): string => `${deployment.replaceAll('-', '_')}_restore_tests`;

/** Name of the subnet group of restored clusters. Changing it replaces the group. (TOM-7.2) */
export const restoreSubnetsName = ({ deployment }: Pick<Site, 'deployment'>): string => `${deployment}-restore-tests`;

/** Name of the audit trail. (TOM-3.6) */
export const trailName = (site: Site): string => `${site.deployment}-trail-${site.region}`;

/** Prefix of every log group of the deployment, as in `/rempart/production/dns-queries`. (TOM-3.6) */
export const logGroupName = (site: Site, log: string): string => `/rempart/${site.deployment}/${log}`;

/**
 * Name of the role that CloudFormation alone can assume, for any qualifier of the CDK bootstrap template. (TOM-3.6)
 */
export const deploymentRoleName = (account: string, region: string): string => `cdk-*-cfn-exec-role-${account}-${region}`;

/**
 * Identifier of the database cluster. A restored cluster has another one, so that it can be created beside the one
 * that it replaces; the name follows from the snapshot. No name or export that another stack uses may follow from it.
 * (TOM-7.2)
 */
export function databaseIdentifier(site: Site): string {
  const source = site.settings.data.restoreFrom[site.name];
  if (source === undefined) return `${site.deployment}-data`;
  return `${site.deployment}-data-${createHash('sha256').update(source).digest('hex').slice(0, 8)}`;
}

/** Identifiers of the present and former clusters of a deployment, as patterns of IAM. */
export const databaseIdentifiers = ({ deployment }: Site): readonly string[] => [`${deployment}-data`, `${deployment}-data-????????`];

/**
 * Name of the database proxy. A restored cluster is a target of the same proxy, so its host name never changes.
 * (TOM-4.2)
 */
export const databaseProxyName = (site: Site): string => `${site.deployment}-data`;

/**
 * Prefix of the database's log groups, as RDS names them ("Publishing Aurora PostgreSQL logs to Amazon CloudWatch
 * Logs"). (TOM-3.6)
 */
export const databaseLogPrefix = (identifier: string): string => `/aws/rds/cluster/${identifier}`;

/** Log group of the database proxy, as RDS names it ("Monitoring RDS Proxy"). (TOM-3.6) */
export const proxyLogGroupName = (identifier: string): string => `/aws/rds/proxy/${identifier}`;

/** Uses of the buckets of the data stack, of the registry of the VPN, and of the replica of the archive. */
export const dataBuckets = ['archive', 'uploads', 'dead-letters', 'settings', 'vpn-registry', 'replica'] as const;
export type DataBucketUse = (typeof dataBuckets)[number];

/** The buckets that are backed up; lib/storage/data-bucket.ts has the reason for each other one. (DSS-5.4.2) */
export const backedUpDataBuckets = ['uploads', 'settings', 'vpn-registry'] as const satisfies readonly DataBucketUse[];

/** The buckets that a site has: without a region for copies, no replica. (DSS-5.4.2) */
export const dataBucketsOf = (site: Site): readonly DataBucketUse[] =>
  copyRegion(site) === undefined ? dataBuckets.filter((use) => use !== 'replica') : dataBuckets;

/**
 * Name of one of these buckets, by which the audit trail records access to it before it exists. The replica is in the
 * region of the copies; the archive of a site that is recovered there has another name. (TOM-4.8, DSS-5.4.2)
 */
export const dataBucketName = (site: Site, use: DataBucketUse, account: string): string =>
  `${site.deployment}-${use}-${account}-${use === 'replica' ? (copyRegion(site) ?? site.region) : site.region}`;

/** Beginning of the names of the sites' secrets; the id of the site follows. (TOM-4.13) */
export const siteSecretPrefix = (site: Site): string => `${site.deployment}/sites`;

/** Name of the collectors' auto scaling group, by which policies and metrics name it before it exists. (TOM-6.9) */
export const fleetName = (site: Site): string => `${site.deployment}-collectors`;

/**
 * Suffix of the service-linked role by which EC2 Auto Scaling starts the deployment's servers. The role's name, with
 * what AWS puts before it, is at most 64 characters; IAM is global, so the site distinguishes the roles of one
 * account. (TOM-5.5)
 */
export const fleetServiceRoleSuffix = (site: Site): string => `${site.deployment}-${site.name}`;

/** Alias of the key of the VPN's certificate authority, by which people name it: `kms:alias/...`. (TOM-3.2) */
export const vpnAuthorityAlias = (site: Site): string => `${site.deployment}-vpn`;

/** Object with the registry of the VPN's certificates, in the bucket `vpn-registry`. (DSS-5.6.5) */
export const vpnRegistryObject = 'certificates.json';

/** Secret with the deployment's account at the certificate authority, created at run time. (TOM-3.10) */
export const certificateAccountSecret = (site: Site): string => `${site.deployment}/certificate-account`;

/**
 * Name of the web ACL, and with the prefix that WAF requires, of its log group ("Logging web ACL traffic"). (TOM-4.11,
 * TOM-3.6)
 */
export const firewallName = (site: Site): string => `${site.deployment}-edge`;
export const firewallLogName = (site: Site): string => `aws-waf-logs-${firewallName(site)}`;

/**
 * Names of the bucket in which the load balancer lands its logs, and of the bucket of the redacted logs, by which the
 * audit trail records access to them before they exist. (TOM-3.6, TOM-4.13)
 */
export const edgeLogLandingName = (site: Site, account: string): string => `${site.deployment}-edge-landing-${account}-${site.region}`;
export const edgeLogBucketName = (site: Site, account: string): string => `${site.deployment}-edge-logs-${account}-${site.region}`;

/** Name of the queue of landed edge logs, by which its dead-letter queue admits it before it exists. (TOM-4.13) */
export const edgeLogNoticesName = (site: Site): string => `${site.deployment}-edge-log-notices`;

/**
 * The controls: the folders below `lambda/<concern>/`, each with its function. No name ends with another one after a
 * hyphen, so that the functions of no two deployments of one account share a name.
 */
export const controls = [
  'account-environments',
  'backup-freshness',
  'certificate',
  'connection-handler',
  'context-key-rotation',
  'credential-hygiene',
  'database-upkeep',
  'default-security-group',
  'first-datapoint',
  'first-servers',
  'generated-data',
  'ingest',
  'lake-export',
  'lake-upkeep',
  'log-redaction',
  'migrations',
  'no-shared-backups-probe',
  'open-port-guard',
  'password-policy',
  'permission-sets',
  'person-erase',
  'person-export',
  'restore-validation',
  'restored-state',
  'revocation-list',
  'server-replacement',
  'session-archive',
  'session-document',
  'site-admin',
  'site-snapshot',
  'staff-access',
  'staff-reads',
  'tamper-guard',
  'tunnel-watch',
] as const;
export type Control = (typeof controls)[number];

/**
 * Name of the function of a control, by which people, policies and the runbook name it. At most 64 characters.
 * Changing it replaces it. Client VPN invokes functions with its prefix only ("Connection authorization in AWS Client
 * VPN").
 */
export const functionName = (site: Site, control: Control): string =>
  `${control === 'connection-handler' ? 'AWSClientVPN-' : ''}${site.deployment}-${control}`;

/**
 * Name of the document by which people start shells on servers. A document belongs to one region. Changing it replaces
 * the document. (TOM-3.1)
 */
export const shellDocumentName = (site: Site): string => `${site.deployment}-shell`;

/** Log of server sessions, after the prefix of the deployment. (TOM-3.6) */
export const sessionLog = 'sessions';

/** Folder of the server sessions in the audit archive. (TOM-3.6) */
export const sessionPrefix = 'sessions';

/**
 * Name of the role of the function `session-archive`, by which the policy of the audit archive names it before it
 * exists. IAM is global, so the region distinguishes the sites. At most 64 characters. Changing it replaces
 * the role. (TOM-3.6)
 */
export const sessionArchiveRoleName = (site: Site): string => `${site.deployment}-session-archive-${site.region}`;

/** The user of shells on servers, who has no root (services/collector/host/boot.sh). (TOM-3.1) */
export const shellUser = 'shell';

/** The roles that people and deployers assume. (TOM-3.1, TOM-3.9, DSS-5.2) */
export const peopleRoles = [
  'auditor',
  'client-data-team',
  'deployer',
  'emergency',
  'infrastructure-manager',
  'it-team',
  'recovery',
] as const;
export type PeopleRole = (typeof peopleRoles)[number];

/**
 * Name of a role that people assume, by which they switch to it. IAM is global, so the region distinguishes the sites.
 * At most 64 characters. Changing it replaces the role.
 */
export const peopleRoleName = (site: Site, role: PeopleRole): string => `${site.deployment}-${role}-${site.region}`;

/**
 * The alarms and the stack that each is in. The id is the construct's, the end of the alarm's name, and its heading in
 * docs/runbook.md. Changing one makes another alarm, whose history begins anew.
 */
export const alarms = {
  AccessFromOutside: 'account',
  ArchiveBehind: 'collection',
  ArchiveDeliveryFailed: 'collection',
  ArchiveReplicationFailed: 'data',
  ArrayDegraded: 'collection',
  AuditTampered: 'access',
  BackupCopyOverdue: 'backup',
  BackupOverdue: 'backup',
  BackupsShared: 'data',
  BackupsUnsound: 'backup',
  BackupWatchOverdue: 'backup',
  CertificateExpiring: 'edge',
  CertificateFailed: 'edge',
  ClockWrong: 'collection',
  PackagesDiffer: 'collection',
  PatchesMissing: 'collection',
  CollectorUnhealthy: 'collection',
  ConsoleSessionLong: 'access',
  CredentialsEnded: 'access',
  CredentialsUnexamined: 'access',
  DrainUnconfirmed: 'collection',
  EnvironmentBesideProduction: 'account',
  EnvironmentsUnwatched: 'access',
  EdgeLogLinesUnreadable: 'account',
  EdgeLogNoticesFailed: 'account',
  EdgeLogRedactionFailed: 'account',
  EdgeLogsUnredacted: 'account',
  EdgeLogSweepOverdue: 'edge',
  EmergencyRoleUsed: 'access',
  FleetAtMaximum: 'collection',
  FleetBelowMinimum: 'collection',
  HitsRefused: 'collection',
  HitsRejected: 'collection',
  HitsUndelivered: 'collection',
  IngestBehind: 'collection',
  LakeErasureLate: 'data',
  LakeExportLate: 'data',
  LakeExportOverdue: 'data',
  LakeUpkeepMissed: 'data',
  LoadBalancerErrors: 'edge',
  PasswordPolicyDrifted: 'access',
  PasswordWatchOverdue: 'access',
  PermissionSetsDiffer: 'access',
  PermissionSetsUnexamined: 'access',
  PortGuardOverdue: 'access',
  PortOpened: 'access',
  ProbeOverdue: 'data',
  RecordsDropped: 'collection',
  RecordsGivenUp: 'collection',
  RecordsSetAside: 'collection',
  RestoreTestFailed: 'backup',
  RestoreTestSlow: 'backup',
  RestoreTestsMissing: 'backup',
  RestoreValidationOverdue: 'backup',
  RootUnprotected: 'access',
  SessionArchiveOverdue: 'access',
  SessionDocumentDrifted: 'access',
  SessionsUnarchived: 'access',
  SessionWatchOverdue: 'access',
  SiteSnapshotStale: 'collection',
  SpoolAgeing: 'collection',
  SpoolDelayed: 'collection',
  StreamNotRead: 'collection',
  TamperGuardOverdue: 'access',
  TunnelChanged: 'access',
  TunnelDown: 'access',
  TunnelsDown: 'access',
  TunnelWatchOverdue: 'access',
  UnknownSite: 'collection',
  UpkeepOverdue: 'data',
  VpnAuthorityExpiring: 'access',
  VpnConnectionsUnchecked: 'access',
  VpnListExpiring: 'access',
  VpnServerCertificateExpiring: 'access',
  WindowErasureLate: 'data',
} as const;
export type AlarmId = keyof typeof alarms;

/** Name of an alarm: `<deployment>-<stack>-<alarm>`. At most 255 characters. Changing it replaces the alarm. */
export const alarmName = (site: Site, alarm: AlarmId): string => `${stackName(site, alarms[alarm])}-${alarm}`;

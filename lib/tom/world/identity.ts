// Roles, their policies, the instance profile and the service-linked role.
import { functionCalls, interfaceCalls } from '../../../runtime/calls';
import { controlCalls, serverCalls } from '../../config/calls';
import type { Control } from '../../config/names';
import { restoreTestCalls } from '../../config/restore-calls';
import { hitArchiveCalls, proxyCalls, scheduleCalls, trailLogCalls } from '../../config/service-calls';
import type { DeploymentFacts } from '../template/assembly';
import { nameOf } from '../template/names';
import { functionType } from '../template/resource-types';
import { boundaryDeclaration } from './boundary';
import { type Declaration, declare } from './declaration';
import { by, type Form } from './form';
import { bootObjects, certificateGrants, copyGrants } from './identity-values';
import { hasManagementVpn, hasVpn } from './network-addresses';
import { hasPermissionSets, peopleRoleDeclarations } from './people-roles';
import { roleFamily } from './roles';

/** Functions by the beginning of their names, with their control; those in the VPC, and those outside production. */
interface FunctionRole {
  readonly control: Control;
  readonly inVpc?: true;
  /** Name of a role that policies name before it exists. @default - CloudFormation names it */
  readonly roleName?: string;
  /** Name of another boundary. @default - that of every role */
  readonly boundary?: string;
  readonly when?: (facts: DeploymentFacts) => boolean;
}

/** The function that holds each role, by the beginning of the names of function, role and policy. */
export const functionRoles: Readonly<Record<string, FunctionRole>> = {
  'access/ConnectionHandlerFunction': { control: 'connection-handler', when: hasVpn },
  'access/CredentialHygieneFunction': { control: 'credential-hygiene' },
  'access/OpenPortGuardFunction': { control: 'open-port-guard' },
  'access/PasswordPolicyFunction': { control: 'password-policy' },
  'access/PermissionSetsFunction': { control: 'permission-sets', when: hasPermissionSets },
  'access/RevocationListFunction': { control: 'revocation-list', when: hasVpn },
  'access/SessionArchiveFunction': { control: 'session-archive', roleName: '<deployment>-session-archive-<region>' },
  'access/SessionDocumentFunction': { control: 'session-document' },
  'access/TamperGuardFunction': { control: 'tamper-guard' },
  'access/TunnelWatchFunction': { control: 'tunnel-watch', when: hasManagementVpn },
  'backup/FreshnessFunction': { control: 'backup-freshness' },
  'account/EnvironmentsFunction': { control: 'account-environments' },
  'account/EdgeLogRedactionFunction': { control: 'log-redaction' },
  'backup/RestoreValidationFunction': { control: 'restore-validation', boundary: '<deployment>-restore-boundary-<region>' },
  'backup/RestoreValidationReader': { control: 'restored-state', inVpc: true },
  'collection/CollectorsFirstServersFunction': { control: 'first-servers' },
  'collection/CollectorsReplacementFunction': { control: 'server-replacement' },
  'collection/HitIngestFunction': { control: 'ingest', inVpc: true },
  'collection/SiteSnapshotFunction': { control: 'site-snapshot', inVpc: true },
  'data/ContextKeyRotationFunction': { control: 'context-key-rotation', inVpc: true },
  'data/FirstDatapointsFunction': { control: 'first-datapoint' },
  'data/GeneratedDataFunction': { control: 'generated-data', inVpc: true, when: ({ environment }) => environment !== 'production' },
  'data/LakeExportFunction': { control: 'lake-export', inVpc: true },
  'data/LakeUpkeepFunction': { control: 'lake-upkeep', inVpc: true },
  'data/MigrationsFunction': { control: 'migrations', inVpc: true },
  'data/NoSharedBackupsFunction': { control: 'no-shared-backups-probe' },
  'data/PeopleErase': { control: 'person-erase', inVpc: true },
  'data/PeopleExport': { control: 'person-export', inVpc: true },
  'data/SiteAdminFunction': { control: 'site-admin', inVpc: true },
  'data/StaffAccess': { control: 'staff-access', inVpc: true },
  'data/StaffReads': { control: 'staff-reads', inVpc: true },
  'data/UpkeepFunction': { control: 'database-upkeep', inVpc: true },
  'edge/CertificateFunction': { control: 'certificate' },
  'network/DefaultSecurityGroupFunction': { control: 'default-security-group' },
};

interface ScheduleRole {
  readonly name: string;
  readonly starts: string;
  readonly when?: (facts: DeploymentFacts) => boolean;
}

/** Schedules by the beginning of their names, with the words of their descriptions. */
export const scheduleRoles: Readonly<Record<string, ScheduleRole>> = {
  'access/CredentialHygiene': { name: 'credential-hygiene', starts: 'the examination of credentials' },
  'access/PasswordPolicy': { name: 'password-policy', starts: 'the watch over the password policy' },
  'access/PermissionSets': { name: 'permission-sets', starts: 'the examination of permission sets', when: hasPermissionSets },
  'access/RevocationList': { name: 'revocation-list', starts: 'the renewal of the revocation list', when: hasVpn },
  'access/SessionArchive': { name: 'session-archive', starts: 'the export of sessions' },
  'access/SessionDocument': { name: 'session-document', starts: 'the watch over the session document' },
  'access/TamperGuard': { name: 'tamper-guard', starts: 'the examination of the audit' },
  'access/TunnelWatch': { name: 'tunnel-watch', starts: 'the watch over the tunnels', when: hasManagementVpn },
  'backup/Freshness': { name: 'backup-freshness', starts: 'the examination of backups' },
  'account/Environments': { name: 'account-environments', starts: 'the watch over the environments of the account' },
  'account/EdgeLogRedaction': { name: 'log-redaction', starts: 'the sweep of the landing bucket' },
  'collection/SiteSnapshot': { name: 'site-snapshot', starts: 'the snapshot of sites' },
  'data/LakeExport': { name: 'lake-export', starts: 'the export of hits to the lake' },
  'data/LakeUpkeep': { name: 'lake-upkeep', starts: 'the upkeep of the lake' },
  'data/NoSharedBackups': { name: 'no-shared-backups-probe', starts: 'the probe of backups and keys' },
  'data/Upkeep': { name: 'upkeep', starts: 'the upkeep of the database' },
  'edge/Certificate': { name: 'certificate', starts: 'the check of the certificate' },
};

/** Name of the Lambda function of a construct; the CDK writes two equal parts of a path once. */
export const lambdaName = (id: string): string => (id.endsWith('Function') ? id : `${id}Function`);

/** Roles of the account stack are created after their boundary; those of other stacks, after the account stack. */
const afterBoundary = (id: string) => (id.startsWith('account/') ? { roleAfter: ['${account/BoundaryPolicy}'] } : {});

/** Servers and their functions are created after the archive, which receives the records from the first one on. */
const afterHitArchive = [...['ArchiveBehind', 'ArchiveDeliveryFailed', 'HourlyDelivery', 'Log', 'LogStream', 'Permissions', 'Role']]
  .map((name) => `\${collection/HitArchive${name}}`)
  .toSorted();

/** The description names the purpose of the function, in its words: a role is the role of this function. */
const functionDescription = (id: string, control: Control): Form =>
  by(({ assembly, facts }) => {
    const lambda = assembly.ofType(functionType).find((resource) => nameOf(resource, facts) === lambdaName(id));
    return `Function ${control}: ${String(lambda?.at('Description') ?? `<no function ${lambdaName(id)}>`).replaceAll('<', '‹')}`;
  });

const functions: readonly Declaration[] = Object.entries(functionRoles).flatMap(([id, { control, inVpc, roleName, boundary, when }]) =>
  roleFamily({
    role: `${id}Role`,
    policy: `${id}Permissions`,
    service: 'lambda.amazonaws.com',
    roleDescription: functionDescription(id, control),
    policyDescription: `Permissions of the function ${control}`,
    calls: [...(inVpc ? interfaceCalls : []), ...functionCalls, ...controlCalls[control]],
    values: (context) => {
      const { values, ...mode } = control === 'certificate' ? certificateGrants(context.facts) : copyGrants(context.facts);
      return { ...mode, values: { ...values, function: id, recoveryRegion: context.facts.recoveryRegion } };
    },
    classification: 'internal',
    ...(roleName === undefined ? {} : { roleName }),
    ...(boundary === undefined ? {} : { boundary: `arn:aws:iam::\${AWS::AccountId}:policy/${boundary}` }),
    ...afterBoundary(id),
    ...(id.startsWith('collection/Collectors') ? { roleAfter: afterHitArchive, policyAfter: afterHitArchive } : {}),
    ...(when ? { when } : {}),
  }),
);

const schedules: readonly Declaration[] = Object.entries(scheduleRoles).flatMap(([id, { name, starts, when }]) =>
  roleFamily({
    role: `${id}Role`,
    policy: `${id}Permissions`,
    service: 'scheduler.amazonaws.com',
    // "Confused deputy prevention in EventBridge Scheduler": the group of the one schedule.
    source: { StringEquals: { 'aws:SourceArn': `\${${id}Group.Arn}` } },
    roleDescription: `Allows the schedule to start ${starts}`,
    policyDescription: `Permissions of the schedule ${name}`,
    calls: scheduleCalls,
    values: () => ({ values: { schedule: id } }),
    ...afterBoundary(id),
    ...(when ? { when } : {}),
  }),
);

const servers: readonly Declaration[] = [
  ...roleFamily({
    role: 'collection/CollectorsRole',
    policy: 'collection/CollectorsRolePermissions',
    service: 'ec2.amazonaws.com',
    roleDescription: 'Servers of <deployment>-collectors',
    policyDescription: 'Permissions of the servers of <deployment>-collectors',
    calls: serverCalls,
    values: ({ assembly }) => ({ values: { bootObjects: bootObjects(assembly) } }),
    roleAfter: afterHitArchive,
    policyAfter: afterHitArchive,
  }),
  declare(
    'AWS::IAM::InstanceProfile',
    'collection/CollectorsServerTemplateProfile',
    { Roles: ['${collection/CollectorsRole}'] },
    { dependsOn: afterHitArchive },
  ),
  // "Service-linked roles for Amazon EC2 Auto Scaling": the suffix makes it a role of this site.
  declare('AWS::IAM::ServiceLinkedRole', 'account/FleetServiceRole', {
    AWSServiceName: 'autoscaling.amazonaws.com',
    CustomSuffix: by(({ facts }) => `<deployment>-${facts.site}`),
    Description: by(({ facts }) => `Launches the servers of <deployment> at its ${facts.site} site`),
  }),
];

const services: readonly Declaration[] = [
  ...roleFamily({
    role: 'account/AuditTrailLogRole',
    policy: 'account/AuditTrailLogPolicy',
    // No source condition ("Role policy document for CloudTrail to use CloudWatch Logs for monitoring").
    service: 'cloudtrail.amazonaws.com',
    roleDescription: 'Allows the audit trail to write to its log group',
    policyDescription: 'Allows the audit trail to write to its log group',
    calls: trailLogCalls,
    classification: 'confidential',
    roleAfter: ['${account/BoundaryPolicy}'],
  }),
  ...roleFamily({
    role: 'collection/HitArchiveRole',
    policy: 'collection/HitArchivePermissions',
    service: 'firehose.amazonaws.com',
    // "Allow Firehose to assume an IAM role": the external id is the account.
    source: { StringEquals: { 'sts:ExternalId': '${AWS::AccountId}' } },
    roleDescription: 'Allows the delivery of hits to read the stream and to write to the archive',
    policyDescription: 'Permissions of the delivery of hits',
    calls: hitArchiveCalls,
    classification: 'personal',
  }),
  ...roleFamily({
    role: 'backup/RestoreTestsRole',
    policy: 'backup/RestoreTestsPermissions',
    // No source condition: the documentation names none for restore testing.
    service: 'backup.amazonaws.com',
    roleDescription: 'Allows AWS Backup to restore the database of <deployment> for a test',
    policyDescription: 'Permissions of the restore tests of <deployment>',
    calls: restoreTestCalls,
  }),
  ...roleFamily({
    role: 'data/ProxyRole',
    policy: 'data/ProxySignIn',
    service: 'rds.amazonaws.com',
    roleDescription: 'Allows the database proxy to sign in to the database',
    policyDescription: 'Sign-in of the database proxy',
    calls: proxyCalls,
    classification: 'personal',
    policyAfter: ['${data/MigrationsSchema}'],
  }),
];

export const identityDeclarations: readonly Declaration[] = [
  boundaryDeclaration,
  ...functions,
  ...schedules,
  ...servers,
  ...services,
  ...peopleRoleDeclarations,
];

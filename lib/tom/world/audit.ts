// The audit trail, the audit archive and the topic of alarms.
import { shortestAuditDays } from '../figures';
import { hasCopies } from '../template/copies';
import { bucket, bucketArn, expires, kmsEncryption, lockMode, objectsOf, wholeBucket } from './buckets';
import { settingBetween } from './configured';
import { type Declaration, declare } from './declaration';
import { by, type FormLike, harmless, set } from './form';
import { logGroup } from './log-groups';
import {
  admitsLogDelivery,
  admitsService,
  deniesEveryone,
  deploymentRole,
  fromOwn,
  ownAccount,
  policyDocument,
  statement,
} from './statements';
import { tags } from './tags';

const archive = 'account/AuditArchive';
const trailName = '<deployment>-trail-<region>';
const fromTheTrail = { 'aws:SourceArn': `arn:aws:cloudtrail:<region>:${ownAccount}:trail/${trailName}` };
const sessionLog = `arn:aws:logs:<region>:${ownAccount}:log-group:/rempart/<deployment>/sessions`;
const fromTheSessions = { 'aws:SourceArn': [sessionLog, `${sessionLog}:*`] };
const asOwner = { 's3:x-amz-acl': 'bucket-owner-full-control' };

/** Days after which records move to a colder class, and after which a noncurrent version is removed. */
const coldDays = 90;
const noncurrentDays = 30;

/** Requests that would weaken the protection of the archive. Only CloudFormation may send them. (TOM-3.6) */
const weakening = [
  's3:DeleteBucketPolicy',
  's3:PutBucketNotification',
  's3:PutBucketObjectLockConfiguration',
  's3:PutBucketOwnershipControls',
  's3:PutBucketPolicy',
  's3:PutBucketPublicAccessBlock',
  's3:PutBucketVersioning',
  's3:PutEncryptionConfiguration',
  's3:PutLifecycleConfiguration',
  's3:PutReplicationConfiguration',
] as const;

const destruction = [
  's3:BypassGovernanceRetention',
  's3:DeleteBucket',
  's3:DeleteObject',
  's3:DeleteObjectVersion',
  's3:PutObjectLegalHold',
  's3:PutObjectRetention',
] as const;

/**
 * CloudTrail ("Amazon S3 bucket policy for CloudTrail"), flow logs ("Publish flow logs to Amazon S3"), and server
 * sessions ("Export log data to Amazon S3 using the AWS CLI").
 */
const archiveWriters: readonly FormLike[] = [
  admitsService('cloudtrail.amazonaws.com', {
    actions: 's3:GetBucketAcl',
    resources: bucketArn(archive),
    conditions: { StringEquals: fromTheTrail },
  }),
  admitsService('cloudtrail.amazonaws.com', {
    actions: 's3:PutObject',
    resources: objectsOf(archive, `cloudtrail/AWSLogs/${ownAccount}/`),
    conditions: { StringEquals: { ...asOwner, ...fromTheTrail } },
  }),
  admitsService('delivery.logs.amazonaws.com', {
    actions: 's3:PutObject',
    resources: objectsOf(archive, `flow-logs/AWSLogs/aws-account-id=${ownAccount}/`),
    conditions: {
      StringEquals: { ...asOwner, 'aws:SourceAccount': ownAccount },
      ArnLike: { 'aws:SourceArn': `arn:aws:logs:<region>:${ownAccount}:*` },
    },
  }),
  admitsLogDelivery({ actions: ['s3:GetBucketAcl', 's3:ListBucket'], resources: bucketArn(archive) }),
  admitsService('logs.<region>.amazonaws.com', {
    actions: 's3:GetBucketAcl',
    resources: bucketArn(archive),
    conditions: { StringEquals: { 'aws:SourceAccount': ownAccount }, ArnLike: fromTheSessions },
  }),
  admitsService('logs.<region>.amazonaws.com', {
    actions: 's3:PutObject',
    resources: objectsOf(archive, 'sessions/'),
    conditions: { StringEquals: { ...asOwner, 'aws:SourceAccount': ownAccount }, ArnLike: fromTheSessions },
  }),
];

/** Tests of the permission of a caller who exports sessions, and the records of exported days. */
const marks = ['sessions/*/aws-logs-write-test', 'sessions/completed/*'].map((key) => `\${${archive}.Arn}/${key}`);
const notAService = { 'aws:PrincipalIsAWSService': 'false' };

const archiveDenials: readonly FormLike[] = [
  {
    ...{ Action: 's3:PutObject', Effect: 'Deny', NotResource: marks, Principal: { AWS: '*' }, Sid: 'OnlyServicesWrite' },
    Condition: { Bool: notAService },
  },
  deniesEveryone({
    ...{ sid: 'OnlyTheExportMarks', actions: 's3:PutObject', resources: marks },
    conditions: {
      Bool: notAService,
      ArnNotEquals: { 'aws:PrincipalArn': `arn:aws:iam::${ownAccount}:role/<deployment>-session-archive-<region>` },
    },
  }),
  deniesEveryone({
    sid: 'NobodyReplicatesHere',
    actions: ['s3:ObjectOwnerOverrideToBucketOwner', 's3:Replicate*'],
    resources: objectsOf(archive),
  }),
  deniesEveryone({ sid: 'NobodyDestroys', actions: destruction, resources: wholeBucket(archive) }),
  deniesEveryone({
    sid: 'OnlyADeploymentChanges',
    actions: weakening,
    resources: bucketArn(archive),
    conditions: { ArnNotLike: { 'aws:PrincipalArn': deploymentRole } },
  }),
];

const auditArchive = bucket(archive, {
  classification: 'confidential',
  // Each record has its own data key, so the policy of the key can require the encryption context of the trail.
  encryption: kmsEncryption('account/AuditKey', false),
  lifecycle: [
    expires(
      'expire-after-the-lock',
      settingBetween(({ settings }) => settings.audit.retentionDays + 1, shortestAuditDays + 1),
      {
        NoncurrentVersionExpiration: { NoncurrentDays: noncurrentDays },
        Transitions: [{ StorageClass: 'GLACIER_IR', TransitionInDays: coldDays }],
      },
    ),
  ],
  further: {
    ObjectLockConfiguration: {
      ObjectLockEnabled: 'Enabled',
      Rule: {
        DefaultRetention: { Days: settingBetween(({ settings }) => settings.audit.retentionDays, shortestAuditDays), Mode: lockMode },
      },
    },
    ObjectLockEnabled: true,
  },
  deletion: 'Retain',
  notBackedUp: archive,
  statements: [...archiveWriters, ...archiveDenials],
});

const equals = (field: string, ...values: readonly string[]): FormLike => ({ Field: field, Equals: values });
const objectEvents = [equals('eventCategory', 'Data'), equals('resources.type', 'AWS::S3::Object')] as const;

/**
 * Buckets whose every access is recorded, the replica in the region of the copies included. Their names are derived;
 * the trail is created before most of them.
 */
const watchedBuckets = ['archive', 'uploads', 'dead-letters', 'settings', 'vpn-registry', 'edge-logs', 'edge-landing'].map(
  (use) => `arn:aws:s3:::<deployment>-${use}-${ownAccount}-<region>/`,
);
const replica = `arn:aws:s3:::<deployment>-replica-${ownAccount}-<copyRegion>/`;

/**
 * Management events, access to the archive except its own writes, and access to customers' files. (TOM-3.6, TOM-4.8)
 */
const eventSelectors = set(
  { Name: 'Every management event, reads and writes', FieldSelectors: set(equals('eventCategory', 'Management')) },
  {
    Name: 'Access to the audit archive',
    FieldSelectors: set(
      ...objectEvents,
      { Field: 'resources.ARN', StartsWith: [objectsOf(archive).slice(0, -1)] },
      { Field: 'eventName', NotEquals: ['PutObject'] },
    ),
  },
  {
    Name: "Access to customers' files",
    FieldSelectors: set(...objectEvents, {
      Field: 'resources.ARN',
      StartsWith: by(({ facts }) => set(...watchedBuckets, ...(hasCopies(facts) ? [replica] : []))),
    }),
  },
);

const auditTrail = declare(
  'AWS::CloudTrail::Trail',
  'account/AuditTrail',
  {
    AdvancedEventSelectors: eventSelectors,
    CloudWatchLogsLogGroupArn: '${account/AuditTrailLogGroup.Arn}',
    CloudWatchLogsRoleArn: '${account/AuditTrailLogRole.Arn}',
    EnableLogFileValidation: true,
    IncludeGlobalServiceEvents: true,
    InsightSelectors: set({ InsightType: 'ApiCallRateInsight' }, { InsightType: 'ApiErrorRateInsight' }),
    IsLogging: true,
    IsMultiRegionTrail: true,
    KMSKeyId: '${account/AuditKey.Arn}',
    S3BucketName: `\${${archive}}`,
    S3KeyPrefix: 'cloudtrail',
    Tags: tags('confidential'),
    TrailName: trailName,
  },
  { dependsOn: ['${account/AuditArchivePolicy}', '${account/AuditTrailLogPolicy}'] },
);

const topic = '${account/Alarms}';

/**
 * The services that publish to the topic: alarms of CloudWatch alone ("Amazon SNS topic access policy for alarms").
 */
const alarmTopic: readonly Declaration[] = [
  declare('AWS::SNS::Topic', 'account/Alarms', {
    DisplayName: harmless,
    KmsMasterKeyId: '${account/DeploymentKey.Arn}',
    Tags: tags('internal'),
  }),
  declare('AWS::SNS::TopicPolicy', 'account/AlarmsPolicy', {
    PolicyDocument: policyDocument(
      statement('Deny', '*', {
        sid: 'AllowPublishThroughSSLOnly',
        actions: 'sns:Publish',
        resources: topic,
        conditions: { Bool: { 'aws:SecureTransport': 'false' } },
      }),
      admitsService('cloudwatch.amazonaws.com', {
        sid: 'AlarmsOfTheDeployment',
        actions: 'sns:Publish',
        resources: topic,
        conditions: fromOwn('cloudwatch', 'alarm:<deployment>-*'),
      }),
    ),
    Topics: [topic],
  }),
];

export const auditDeclarations: readonly Declaration[] = [
  ...auditArchive,
  logGroup('account/AuditTrailLogGroup', {
    name: '/rempart/<deployment>/trail',
    key: 'account/AuditKey',
    classification: 'confidential',
  }),
  auditTrail,
  ...alarmTopic,
];

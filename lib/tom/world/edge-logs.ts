// The logs of the load balancer: the bucket that it lands them in, the queue of landed objects, and the bucket of the
// redacted logs. (TOM-3.6, TOM-4.13)
import { backupDays, landingDays, shortestLogDays, wholeAddressDays } from '../figures';
import { eventRuleType, mappingType } from '../template/resource-types';
import { bucket, bucketArn, expires, kmsEncryption, objectsOf, onlyServicesWrite, s3Encryption, wholeBucket } from './buckets';
import { settingBetween } from './configured';
import { type Declaration, declare } from './declaration';
import { between, type FormLike, words } from './form';
import { after, redactionPolicies } from './functions-order';
import { admitsService, deniesEveryone, deploymentRole, ownAccount, policyDocument } from './statements';
import { tags } from './tags';

const landing = 'account/EdgeLogLanding';
const logs = 'account/EdgeLogs';
const redaction = 'account/EdgeLogRedaction';

/** The role of the one function that reads the landing bucket and writes the logs. */
const redactionRole = { ArnNotEquals: { 'aws:PrincipalArn': `\${${redaction}FunctionRole.Arn}` } };

/** Requests that would weaken the protection of the logs. Only CloudFormation may send them. (TOM-3.6) */
const onlyADeploymentChanges = (name: string): FormLike =>
  deniesEveryone({
    sid: 'OnlyADeploymentChanges',
    actions: [
      ...['s3:DeleteBucketPolicy', 's3:PutBucketNotification', 's3:PutBucketOwnershipControls', 's3:PutBucketPolicy'],
      ...['s3:PutBucketPublicAccessBlock', 's3:PutBucketVersioning', 's3:PutEncryptionConfiguration', 's3:PutLifecycleConfiguration'],
      's3:PutReplicationConfiguration',
    ],
    resources: bucketArn(name),
    conditions: { ArnNotLike: { 'aws:PrincipalArn': deploymentRole } },
  });

/**
 * Written by load balancers of the account ("Enable access logs"), whose source the service may send; read and emptied
 * by one role.
 */
const landingBucket = bucket(landing, {
  classification: 'personal',
  bucketName: `<deployment>-edge-landing-${ownAccount}-<region>`,
  encryption: s3Encryption,
  lifecycle: [expires('expire', landingDays, { AbortIncompleteMultipartUpload: { DaysAfterInitiation: landingDays } })],
  unversioned: true,
  deletion: 'RetainExceptOnCreate',
  notBackedUp: landing,
  statements: [
    admitsService('logdelivery.elasticloadbalancing.amazonaws.com', {
      actions: 's3:PutObject',
      resources: ['access', 'connection'].map((log) => objectsOf(landing, `${log}/AWSLogs/${ownAccount}/`)),
      conditions: {
        StringEqualsIfExists: { 'aws:SourceAccount': ownAccount },
        ArnLikeIfExists: { 'aws:SourceArn': `arn:aws:elasticloadbalancing:<region>:${ownAccount}:loadbalancer/*` },
      },
    }),
    onlyServicesWrite(landing),
    onlyADeploymentChanges(landing),
    deniesEveryone({
      sid: 'OnlyTheRedactionReads',
      actions: ['s3:DeleteObject*', 's3:GetObject*'],
      resources: objectsOf(landing),
      conditions: redactionRole,
    }),
  ],
});

/** Days after which a noncurrent version of whole addresses is removed: the next day. */
const nextDay = 1;

const logBucket = bucket(logs, {
  classification: 'personal',
  bucketName: `<deployment>-edge-logs-${ownAccount}-<region>`,
  encryption: kmsEncryption('account/DeploymentKey'),
  lifecycle: [
    expires(
      'expire',
      settingBetween(({ settings }) => settings.edge.logDays, shortestLogDays),
      { NoncurrentVersionExpiration: { NoncurrentDays: backupDays } },
    ),
    expires('whole-addresses-expire', wholeAddressDays, {
      NoncurrentVersionExpiration: { NoncurrentDays: nextDay },
      Prefix: 'whole/',
    }),
  ],
  deletion: 'RetainExceptOnCreate',
  notBackedUp: logs,
  statements: [
    deniesEveryone({
      sid: 'NobodyDestroys',
      actions: ['s3:DeleteBucket', 's3:DeleteObject', 's3:DeleteObjectVersion'],
      resources: wholeBucket(logs),
    }),
    onlyADeploymentChanges(logs),
    deniesEveryone({ sid: 'OnlyTheRedactionWrites', actions: 's3:PutObject', resources: objectsOf(logs), conditions: redactionRole }),
  ],
});

const notices = `\${${redaction}Notices.Arn}`;
const noticesName = '<deployment>-edge-log-notices';

/** Longest retention of SQS ("Amazon SQS message quotas"). */
const messageSeconds = 14 * 86_400;

const queue = (id: string, further: Readonly<Record<string, FormLike>>): Declaration =>
  declare(
    'AWS::SQS::Queue',
    `${redaction}${id}`,
    { KmsMasterKeyId: '${account/DeploymentKey.Arn}', MessageRetentionPeriod: messageSeconds, ...further, Tags: tags('internal') },
    { deletion: 'Delete', replacement: 'Delete' },
  );

const queuePolicy = (id: string, ...admissions: readonly FormLike[]): Declaration => {
  const Resource = `\${${redaction}${id}.Arn}`;
  const plain = { actions: 'sqs:*', resources: Resource, conditions: { Bool: { 'aws:SecureTransport': 'false' } } };
  return declare('AWS::SQS::QueuePolicy', `${redaction}${id}Policy`, {
    Queues: [`\${${redaction}${id}}`],
    PolicyDocument: policyDocument(deniesEveryone(plain), ...admissions),
  });
};

/** A message is delivered again after six of the longest runs ("Configuring an SQS queue to use with Lambda"). */
const visibilitySeconds = 1800;

const noticeQueues = [
  queue('Notices', {
    QueueName: noticesName,
    RedriveAllowPolicy: { redrivePermission: 'denyAll' },
    RedrivePolicy: { deadLetterTargetArn: `\${${redaction}NoticeDeadLetters.Arn}`, maxReceiveCount: 3 },
    VisibilityTimeout: visibilitySeconds,
  }),
  queuePolicy(
    'Notices',
    admitsService('events.amazonaws.com', {
      sid: 'LandedObjects',
      actions: 'sqs:SendMessage',
      resources: notices,
      conditions: { ArnEquals: { 'aws:SourceArn': `\${${redaction}Rule.Arn}` } },
    }),
  ),
  queue('NoticeDeadLetters', {
    RedriveAllowPolicy: { redrivePermission: 'byQueue', sourceQueueArns: [`arn:aws:sqs:<region>:${ownAccount}:${noticesName}`] },
  }),
  queuePolicy('NoticeDeadLetters'),
];

/** Each landed object is a message ("Amazon S3 events"). */
const rule = declare(
  eventRuleType,
  `${redaction}Rule`,
  {
    Description: words,
    EventPattern: { source: ['aws.s3'], 'detail-type': ['Object Created'], detail: { bucket: { name: [`\${${landing}}`] } } },
    Targets: [
      {
        Id: 'Notices',
        Arn: notices,
        DeadLetterConfig: { Arn: `\${${redaction}FunctionDeadLetters.Arn}` },
        RetryPolicy: { MaximumRetryAttempts: 20, MaximumEventAgeInSeconds: 3600 },
      },
    ],
    Tags: tags(),
  },
  { dependsOn: after('account', 'EdgeLogLandingPolicy') },
);

const mapping = declare(
  mappingType,
  `${redaction}Mapping`,
  {
    FunctionName: `\${${redaction}Function}`,
    EventSourceArn: notices,
    BatchSize: between(1, 10),
    FunctionResponseTypes: ['ReportBatchItemFailures'],
    ScalingConfig: { MaximumConcurrency: between(2, 100) },
    Tags: tags(),
  },
  { dependsOn: after('account', ...redactionPolicies) },
);

export const edgeLogDeclarations: readonly Declaration[] = [...landingBucket, ...logBucket, ...noticeQueues, rule, mapping];

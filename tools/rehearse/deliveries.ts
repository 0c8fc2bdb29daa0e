// What AWS services do for the deployment: they deliver logs, publish alarms, invoke functions, take roles and use
// keys. The list comes from the resources that cause each request.
import { type JsonObject, listOf, type Resource, valueAt } from '../../lib/tom/template/assembly';
import { nameOf } from '../../lib/tom/template/names';
import {
  alarmType,
  balancerType,
  bucketType,
  functionType,
  logGroupType,
  roleType,
  scheduleType,
  secretType,
  trailType,
} from '../../lib/tom/template/resource-types';
import { type StandIn, standInAccount } from './stand-in';

/** A request of an AWS service. */
export interface Delivery {
  /** Name of the resource that causes the request. */
  readonly cause: string;
  readonly service: string;
  readonly action: string;
  /** Resource whose policy decides. */
  readonly on: Resource;
  /** ARN of the request. */
  readonly resource: string;
  readonly context: Readonly<Record<string, string>>;
  /**
   * Whether the service sends neither source account nor source ARN, so that the policy cannot refuse a stranger's.
   */
  readonly withoutSource?: boolean;
}

type Deliveries = (resource: Resource, standIn: StandIn) => readonly Delivery[];

const flowLogType = 'AWS::EC2::FlowLog';
const ruleType = 'AWS::Events::Rule';
const subscriptionType = 'AWS::Logs::SubscriptionFilter';
const rotationType = 'AWS::SecretsManager::RotationSchedule';

const byType: readonly (readonly [string, Deliveries])[] = [
  [alarmType, alarmDeliveries],
  [balancerType, accessLogDeliveries],
  [flowLogType, flowLogDeliveries],
  [functionType, functionDeliveries],
  [logGroupType, logGroupDeliveries],
  [rotationType, rotationDeliveries],
  [ruleType, eventDeliveries],
  [scheduleType, scheduleDeliveries],
  [trailType, exportDeliveries],
  [subscriptionType, subscriptionDeliveries],
  [trailType, trailDeliveries],
];

/** Every request that AWS services make for the resources of a deployment. */
export function deliveriesOf(standIn: StandIn): readonly Delivery[] {
  return byType.flatMap(([type, deliveries]) => standIn.assembly.ofType(type).flatMap((resource) => deliveries(resource, standIn)));
}

const source = (arn: string): Record<string, string> => ({ 'aws:SourceAccount': standInAccount, 'aws:SourceArn': arn });

/** A request on a resource that a property refers to; none if the property refers to no resource. */
function on(cause: Resource, property: string, standIn: StandIn, rest: Omit<Delivery, 'cause' | 'on' | 'resource'>): readonly Delivery[] {
  const target = standIn.assembly.target(cause.at(property), cause.stack);
  if (!target) return [];
  return [{ cause: nameOf(cause, standIn.assembly.facts), on: target, resource: standIn.arnOf(target), ...rest }];
}

/** The use of the key of a resource by a service for another resource. */
function keyUse(
  cause: Resource,
  keyed: Resource,
  property: string,
  standIn: StandIn,
  rest: Pick<Delivery, 'service' | 'context'>,
): readonly Delivery[] {
  const key = standIn.assembly.target(keyed.at(property), keyed.stack);
  if (!key) return [];
  const shared = { cause: nameOf(cause, standIn.assembly.facts), on: key, resource: standIn.arnOf(key), ...rest };
  return ['kms:GenerateDataKey', 'kms:Decrypt'].map((action) => ({ ...shared, action }));
}

/** "Amazon SNS and encryption: Enable compatibility between event sources from AWS services and encrypted topics" */
function alarmDeliveries(alarm: Resource, standIn: StandIn): readonly Delivery[] {
  const service = 'cloudwatch.amazonaws.com';
  const context = source(standIn.arnOf(alarm));
  return listOf(alarm.at('AlarmActions')).flatMap((action, index) => {
    const topic = standIn.assembly.target(action, alarm.stack);
    if (topic?.type !== 'AWS::SNS::Topic') return [];
    return [
      ...on(alarm, `AlarmActions.${index}`, standIn, { service, action: 'sns:Publish', context }),
      ...keyUse(alarm, topic, 'KmsMasterKeyId', standIn, { service, context }),
    ];
  });
}

/** "Encrypt log data in CloudWatch Logs using AWS Key Management Service" */
function logGroupDeliveries(group: Resource, standIn: StandIn): readonly Delivery[] {
  const context = { 'kms:EncryptionContext:aws:logs:arn': standIn.arnOf(group).replace(/:\*$/, '') };
  return keyUse(group, group, 'KmsKeyId', standIn, { service: `logs.${standIn.assembly.facts.region}.amazonaws.com`, context });
}

/** "Log group-level subscription filters": the permission of the function names the log group with its streams. */
function subscriptionDeliveries(filter: Resource, standIn: StandIn): readonly Delivery[] {
  const name = String(standIn.properties(filter).LogGroupName);
  const group = `arn:aws:logs:${standIn.assembly.facts.region}:${standInAccount}:log-group:${name}:*`;
  return on(filter, 'DestinationArn', standIn, {
    ...{ service: 'logs.amazonaws.com', action: 'lambda:InvokeFunction', context: source(group) },
  });
}

/** "Access logs for your Application Load Balancer": the service sends no source. */
function accessLogDeliveries(balancer: Resource, standIn: StandIn): readonly Delivery[] {
  const attributes = listOf(standIn.properties(balancer).LoadBalancerAttributes);
  const value = (key: string): string | undefined =>
    attributes.map((pair) => pair as JsonObject).find(({ Key }) => Key === key)?.Value as string | undefined;
  return ['access', 'connection'].flatMap((kind) => {
    const name = value(`${kind}_logs.s3.bucket`);
    const bucket = standIn.assembly.ofType(bucketType).find((candidate) => standIn.properties(candidate).BucketName === name);
    if (!bucket || name === undefined) return [];
    const cause = nameOf(balancer, standIn.assembly.facts);
    const prefix = value(`${kind}_logs.s3.prefix`);
    const resource = `${standIn.arnOf(bucket)}/${prefix}/AWSLogs/${standInAccount}/elasticloadbalancing/example.log.gz`;
    return [
      {
        cause,
        service: 'logdelivery.elasticloadbalancing.amazonaws.com',
        action: 's3:PutObject',
        on: bucket,
        resource,
        context: {},
        withoutSource: true,
      },
    ];
  });
}

/** "Publish flow logs to Amazon S3" */
function flowLogDeliveries(flowLog: Resource, standIn: StandIn): readonly Delivery[] {
  const destination = String(standIn.properties(flowLog).LogDestination ?? '');
  const bucket = standIn.assembly.ofType(bucketType).find((candidate) => destination.startsWith(standIn.arnOf(candidate)));
  if (!bucket) return [];
  const { region } = standIn.assembly.facts;
  const context = { ...source(`arn:aws:logs:${region}:${standInAccount}:*`), 's3:x-amz-acl': 'bucket-owner-full-control' };
  const path = destination.slice(standIn.arnOf(bucket).length).replace(/\/$/, '');
  const resource = `${standIn.arnOf(bucket)}${path}/AWSLogs/aws-account-id=${standInAccount}/example.parquet`;
  const cause = nameOf(flowLog, standIn.assembly.facts);
  const service = 'delivery.logs.amazonaws.com';
  return [
    { cause, service, action: 's3:PutObject', on: bucket, resource, context },
    ...['s3:GetBucketAcl', 's3:ListBucket'].map((action) => ({
      cause,
      service,
      action,
      on: bucket,
      resource: standIn.arnOf(bucket),
      context,
    })),
    ...keyUse(
      flowLog,
      bucket,
      'BucketEncryption.ServerSideEncryptionConfiguration.0.ServerSideEncryptionByDefault.KMSMasterKeyID',
      standIn,
      { service, context },
    ),
  ];
}

/** "Amazon S3 bucket policy for CloudTrail" and "Configure AWS KMS key policies for CloudTrail" */
function trailDeliveries(trail: Resource, standIn: StandIn): readonly Delivery[] {
  const { region } = standIn.assembly.facts;
  const { TrailName, S3KeyPrefix } = standIn.properties(trail);
  const arn = `arn:aws:cloudtrail:${region}:${standInAccount}:trail/${String(TrailName)}`;
  const service = 'cloudtrail.amazonaws.com';
  const bucket = standIn.assembly.target(trail.at('S3BucketName'), trail.stack);
  if (!bucket) return [];
  const cause = nameOf(trail, standIn.assembly.facts);
  const acl = { 's3:x-amz-acl': 'bucket-owner-full-control' };
  const object = `${standIn.arnOf(bucket)}/${String(S3KeyPrefix)}/AWSLogs/${standInAccount}/CloudTrail/example.json.gz`;
  const encryption = { ...source(arn), 'kms:EncryptionContext:aws:cloudtrail:arn': arn };
  return [
    { cause, service, action: 's3:PutObject', on: bucket, resource: object, context: { ...source(arn), ...acl } },
    { cause, service, action: 's3:GetBucketAcl', on: bucket, resource: standIn.arnOf(bucket), context: source(arn) },
    ...on(trail, 'KMSKeyId', standIn, { service, action: 'kms:GenerateDataKey', context: encryption }),
    ...on(trail, 'KMSKeyId', standIn, { service, action: 'kms:DescribeKey', context: source(arn) }),
    // CloudTrail sends no source here ("Role policy document for CloudTrail to use CloudWatch Logs for monitoring").
    ...on(trail, 'CloudWatchLogsRoleArn', standIn, { service, action: 'sts:AssumeRole', context: {}, withoutSource: true }),
  ];
}

/** "Export log data to Amazon S3 using the AWS CLI": the log group of sessions to the archive of the trail. */
function exportDeliveries(trail: Resource, standIn: StandIn): readonly Delivery[] {
  const bucket = standIn.assembly.target(trail.at('S3BucketName'), trail.stack);
  const groups = standIn.assembly.ofType(logGroupType);
  const group = groups.find((candidate) => /^\/rempart\/[^/]+\/sessions$/.test(String(standIn.properties(candidate).LogGroupName)));
  if (!bucket || !group) return [];
  const service = `logs.${standIn.assembly.facts.region}.amazonaws.com`;
  const cause = nameOf(group, standIn.assembly.facts);
  const object = `${standIn.arnOf(bucket)}/sessions/2026/11/28/example/000000.gz`;
  // Both notations of the ARN of a log group.
  return [standIn.arnOf(group), standIn.arnOf(group).replace(/:\*$/, '')].flatMap((arn) => {
    const context = { ...source(arn), 's3:x-amz-acl': 'bucket-owner-full-control' };
    return [
      { cause, service, action: 's3:PutObject', on: bucket, resource: object, context },
      { cause, service, action: 's3:GetBucketAcl', on: bucket, resource: standIn.arnOf(bucket), context },
      // The policy of the key cannot refuse a stranger, whose export would go to a bucket with the same name.
      ...keyUse(
        group,
        bucket,
        'BucketEncryption.ServerSideEncryptionConfiguration.0.ServerSideEncryptionByDefault.KMSMasterKeyID',
        standIn,
        { service, context: { 'kms:EncryptionContext:aws:s3:arn': object } },
      ).map((use) => ({ ...use, withoutSource: true })),
    ];
  });
}

/** "Defining Lambda function permissions with an execution role" */
function functionDeliveries(resource: Resource, standIn: StandIn): readonly Delivery[] {
  return on(resource, 'Role', standIn, { service: 'lambda.amazonaws.com', action: 'sts:AssumeRole', context: {}, withoutSource: true });
}

/** "Execution role for EventBridge Scheduler" */
function scheduleDeliveries(schedule: Resource, standIn: StandIn): readonly Delivery[] {
  const group = standIn.assembly.target(schedule.at('GroupName'), schedule.stack);
  const context = group ? source(standIn.arnOf(group)) : {};
  return on(schedule, 'Target.RoleArn', standIn, { service: 'scheduler.amazonaws.com', action: 'sts:AssumeRole', context });
}

/**
 * "Using resource-based policies for Amazon EventBridge": the target, and the queue of events that it does not take.
 */
function eventDeliveries(rule: Resource, standIn: StandIn): readonly Delivery[] {
  return listOf(rule.at('Targets')).flatMap((_, index) =>
    ['Arn', 'DeadLetterConfig.Arn'].flatMap((path) => eventDelivery(rule, `Targets.${index}.${path}`, standIn)),
  );
}

/** One delivery of an event to a function, or to a queue, whose key EventBridge uses. */
function eventDelivery(rule: Resource, path: string, standIn: StandIn): readonly Delivery[] {
  const service = 'events.amazonaws.com';
  const context = source(standIn.arnOf(rule));
  const target = standIn.assembly.target(rule.at(path), rule.stack);
  const isQueue = target?.type === 'AWS::SQS::Queue';
  return [
    ...on(rule, path, standIn, { service, action: isQueue ? 'sqs:SendMessage' : 'lambda:InvokeFunction', context }),
    ...(isQueue ? keyUse(rule, target, 'KmsMasterKeyId', standIn, { service, context }) : []),
  ];
}

/** "Rotation by Lambda function: permissions" */
function rotationDeliveries(rotation: Resource, standIn: StandIn): readonly Delivery[] {
  const secret = standIn.assembly.target(rotation.at('SecretId'), rotation.stack);
  if (secret?.type !== secretType) return [];
  const context = source(standIn.arnOf(secret));
  return on(rotation, 'RotationLambdaARN', standIn, { service: 'secretsmanager.amazonaws.com', action: 'lambda:InvokeFunction', context });
}

/** Whether a resource is a role, whose trust policy decides. */
export const isRole = ({ type }: Resource): boolean => type === roleType;

/** The policy that decides on a request of a service. */
export const trustOf = (role: Resource, standIn: StandIn) => valueAt(standIn.properties(role), 'AssumeRolePolicyDocument');

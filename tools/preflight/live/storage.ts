// Buckets: their policies, the logs that services write to them, and the events of the audit archive.
import { GetBucketNotificationConfigurationCommand, GetBucketPolicyCommand, ListObjectsV2Command } from '@aws-sdk/client-s3';
import type { Deployment } from '../deployment';
import { type Check, type Line, laterLine } from '../line';
import { ofType, type Resource, resolveText } from '../templates';

const bucketsOf = (resources: readonly Resource[]): readonly Resource[] => ofType(resources, 'AWS::S3::Bucket');

/** The name of a bucket: the template's, which outlives the stack, or the one that CloudFormation made. */
const nameOf = async ({ pseudo, deployed }: Deployment, bucket: Resource): Promise<string | undefined> =>
  resolveText(bucket.properties.BucketName, pseudo) ?? (await deployed.find(bucket));

/**
 * Each retained bucket has its policy, also after its stack is gone, and no statement that a service added. (TOM-5.7)
 */
export function bucketPolicyCheck(deployment: Deployment): Check {
  const { s3, region } = deployment.account;
  const lineOf = async (bucket: Resource): Promise<Line> => {
    const Bucket = await nameOf(deployment, bucket);
    const check = `policy of ${Bucket ?? `${bucket.logicalId} of ${bucket.stack}`}`;
    const wanted = 'the statements of the template';
    if (Bucket === undefined) return laterLine(check, wanted);
    const command = `aws s3api get-bucket-policy --bucket ${Bucket} --region ${region}`;
    try {
      const { Policy = '{}' } = await s3.send(new GetBucketPolicyCommand({ Bucket }));
      const { Statement = [] } = JSON.parse(Policy) as { readonly Statement?: readonly { readonly Sid?: string }[] };
      const added = Statement.map(({ Sid = '' }) => Sid).filter((sid) => sid.startsWith('AWSLogDelivery'));
      const found = added.length === 0 ? wanted : `statements that a service added: ${added.join(', ')}`;
      return { check, verdict: added.length === 0 ? 'ready' : 'change', found, wanted, command };
    } catch (error) {
      const { name } = error as Error;
      if (name === 'NoSuchBucket') return laterLine(check, wanted, command, 'no bucket');
      if (name !== 'NoSuchBucketPolicy') throw error;
      return { check, verdict: 'change', found: 'no policy', wanted, command: `npx cdk deploy ${bucket.stack}` };
    }
  };
  const retained = bucketsOf(deployment.resources).filter(({ deletionPolicy = '' }) => deletionPolicy.startsWith('Retain'));
  return { name: 'policies of buckets', run: () => Promise.all(retained.map(lineOf)) };
}

/** Buckets that services of AWS write logs to: log files arrive. (TOM-3.6) */
export function logDeliveryCheck(deployment: Deployment): Check {
  const { s3, region } = deployment.account;
  const lineOf = async (bucket: Resource): Promise<Line> => {
    const Bucket = await deployment.deployed.find(bucket);
    const wanted = 'log files within an hour of the deployment';
    if (Bucket === undefined) return laterLine(`logs in ${bucket.logicalId} of ${bucket.stack}`, wanted);
    const { KeyCount: objects = 0 } = await s3.send(new ListObjectsV2Command({ Bucket, MaxKeys: 1 }));
    return {
      check: `logs in ${Bucket}`,
      verdict: objects > 0 ? 'ready' : 'change',
      found: objects > 0 ? 'log files' : 'no object',
      wanted,
      command: `aws s3 ls s3://${Bucket} --recursive --region ${region}`,
    };
  };
  return { name: 'logs in buckets', run: () => Promise.all(logBuckets(deployment.resources).map(lineOf)) };
}

/** Buckets whose policy lets a service write. */
function logBuckets(resources: readonly Resource[]): readonly Resource[] {
  const written = new Set(
    ofType(resources, 'AWS::S3::BucketPolicy')
      .filter(({ properties }) => /"Service":/.test(JSON.stringify(properties)))
      .map(({ stack, properties }) => `${stack}/${(properties.Bucket as { Ref?: string }).Ref}`),
  );
  return bucketsOf(resources).filter(({ stack, logicalId }) => written.has(`${stack}/${logicalId}`));
}

/** The buckets of records send their events to EventBridge. (TOM-3.6) */
export function archiveEventCheck(deployment: Deployment): Check {
  const { s3, region } = deployment.account;
  const lineOf = async (bucket: Resource): Promise<Line> => {
    const Bucket = await deployment.deployed.find(bucket);
    const check = `events of ${Bucket ?? `${bucket.logicalId} of ${bucket.stack}`}`;
    const wanted = 'sent to EventBridge';
    if (Bucket === undefined) return laterLine(check, wanted);
    const command = `aws s3api get-bucket-notification-configuration --bucket ${Bucket} --region ${region}`;
    const { EventBridgeConfiguration } = await s3.send(new GetBucketNotificationConfigurationCommand({ Bucket }));
    const isSent = EventBridgeConfiguration !== undefined;
    return { check, verdict: isSent ? 'ready' : 'change', found: isSent ? wanted : 'not sent', wanted, command };
  };
  const senders = bucketsOf(deployment.resources).filter(({ properties }) => /"EventBridgeEnabled":true/.test(JSON.stringify(properties)));
  return { name: 'events of buckets', run: () => Promise.all(senders.map(lineOf)) };
}

// // Permissions to read the stream and to use a data bucket: by name, and with the key through the service only.
// (TOM-3.5)
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { IStream } from 'aws-cdk-lib/aws-kinesis';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { Stack } from 'aws-cdk-lib/core';
import type { Construct, IConstruct } from 'constructs';
import { type DataBucketUse, dataBucketName } from '../config/names';
import type { Site } from '../config/site';
import { accountInFindings, acknowledgeWildcard } from '../labels/exceptions';

/**
 * The list of AWSLambdaKinesisExecutionRole and of "Grant Firehose access to a Kinesis data stream", without the
 * actions that require all streams.
 */
export function readStream(scope: Construct, hitStream: IStream, key: IKey): PolicyStatement[] {
  return [
    new PolicyStatement({
      actions: [
        'kinesis:DescribeStream',
        'kinesis:DescribeStreamSummary',
        'kinesis:GetRecords',
        'kinesis:GetShardIterator',
        'kinesis:ListShards',
      ],
      resources: [hitStream.streamArn],
    }),
    useKey(scope, key, 'kinesis', 'kms:Decrypt'),
  ];
}

/** Permission to use a key through one service only. */
export function useKey(scope: Construct, key: IKey, service: string, ...actions: string[]): PolicyStatement {
  return new PolicyStatement({
    actions,
    resources: [key.keyArn],
    conditions: { StringEquals: { 'kms:ViaService': `${service}.${Stack.of(scope).region}.amazonaws.com` } },
  });
}

/**
 * ARN of objects in a bucket of the data stack, by path, as in `hits/*`. The bucket is named rather than imported, so
 * the policy and the exception for its wildcard contain the name.
 */
export function objectsOf(scope: Construct, site: Site, use: DataBucketUse, path: string): string {
  const { account } = Stack.of(scope);
  return Stack.of(scope).formatArn({
    service: 's3',
    region: '',
    account: '',
    resource: dataBucketName(site, use, account),
    resourceName: path,
  });
}

/** Acknowledges the wildcard of {@link objectsOf} on a policy. */
export function acknowledgeObjects(policy: IConstruct, site: Site, use: DataBucketUse, path: string, reason: string): void {
  acknowledgeWildcard(policy, { resource: `arn:aws:s3:::${dataBucketName(site, use, accountInFindings(site))}/${path}`, reason });
}

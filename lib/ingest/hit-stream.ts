// The stream of hits, from the collectors to the database and the archive.
import { Stream, StreamEncryption, StreamMode } from 'aws-cdk-lib/aws-kinesis';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { Duration, RemovalPolicy } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import type { Site } from '../config/site';
import { leaveOutOfBackups } from '../labels/backup';
import { acknowledgeStanding } from '../labels/exceptions';
import { classify, serves } from '../labels/labels';

export interface HitStreamProps {
  readonly site: Site;
  /**
   * Encrypts the records. Changing it leaves older records under the old key, which must exist until they expire.
   * (TOM-5.5)
   */
  readonly key: IKey;
}

/**
 * Retains every record for 7 days, though readers are usually seconds behind: no hit is lost when the database fails
 * over a weekend and is restored on Monday. The ingest discards a record after 6 days, which leaves a day for its dead
 * letter. Firehose also retries writes to the archive until the retention ends ("Troubleshoot errors in Amazon Data
 * Firehose").
 *
 * The stream is retained in every environment, except when its first deployment is rolled back: unread records exist
 * nowhere else. It has no fixed name, so a new stream can exist beside a retained one. Kinesis accepts TLS only.
 * (TOM-5.1, TOM-5.5)
 */
export class HitStream extends Stream {
  constructor(scope: Construct, id: string, { site, key }: HitStreamProps) {
    const { mode, shards } = site.settings.collection.stream;
    super(scope, id, {
      ...(mode === 'provisioned' && shards !== undefined
        ? { streamMode: StreamMode.PROVISIONED, shardCount: shards }
        : { streamMode: StreamMode.ON_DEMAND }),
      encryption: StreamEncryption.KMS,
      encryptionKey: key,
      retentionPeriod: Duration.hours(168),
      removalPolicy: RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
    });
    serves(this, 'TOM-5.1', 'TOM-5.5', 'TOM-7.1', 'DSS-5.4.1');
    acknowledgeStanding(this, {
      id: 'AwsSolutions::AwsSolutions-KDS3',
      reason: 'TOM-5.5 requires a key of the deployment; the rule requires the AWS managed key.',
    });
    // Pseudonymous data is personal data.
    classify(this, 'personal');
    leaveOutOfBackups(this, 'The archive has each hit within minutes, and AWS Backup has no backups of streams.');
  }
}

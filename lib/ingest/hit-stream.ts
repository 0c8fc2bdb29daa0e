// The stream of hits, from the collectors to the database and the archive.

import { Stream, StreamEncryption, StreamMode } from 'aws-cdk-lib/aws-kinesis';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { Duration, RemovalPolicy } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import type { Site } from '../config/site';
import { acknowledgeStanding } from '../labels/exceptions';
import { classify, serves } from '../labels/labels';

export interface HitStreamProps {
  readonly site: Site;
  /**
   * Encrypts the records. Changing it leaves older records under the old key, which must be there until they are gone.
   * (TOM-5.5)
   */
  readonly key: IKey;
}

/**
 * Keeps every record for 7 days, though it is usually read within seconds: a database that is away over a weekend and
 * is restored on Monday costs no hit, and the 6 days after which the ingest gives a record up leave a day to keep it
 * aside. The same for an archive that cannot be written: Firehose goes on until the retention ends ("Troubleshoot
 * errors in Amazon Data Firehose").
 *
 * Retained in every environment, except when its first deployment is rolled back: what is in it is nowhere else yet.
 * It has no fixed name, so that the next one can be made beside it. Kinesis speaks TLS alone. (TOM-5.1, TOM-5.5)
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
      reason: 'TOM-5.5 asks for a key of the deployment where the rule would have the one of the provider.',
    });
    // Pseudonymous is personal still.
    classify(this, 'personal');
  }
}

// Exceptions that every bucket of the deployment has from the rule packs.
import type { IConstruct } from 'constructs';
import { acknowledgeInPacks, acknowledgeStanding } from './exceptions';

/**
 * S3 encrypts server access logs with its own keys only ("Enabling Amazon S3 server access logging"), which TOM-5.5
 * does not allow.
 */
const noAccessLog =
  'The audit trail records access to the bucket as data events, under our own key; S3 does not encrypt its access logs with one.';

const noReplica = 'A backup is copied to the other region each day; a bucket without backups has the reason in its metadata.';

/** Acknowledges, for one bucket, that it has no server access log, and no replica unless it has one. */
export function acknowledgeBucketExceptions(bucket: IConstruct, { isReplicated = false }: { readonly isReplicated?: boolean } = {}): void {
  acknowledgeStanding(bucket, { id: 'AwsSolutions::AwsSolutions-S1', reason: noAccessLog });
  acknowledgeInPacks(bucket, { rule: 'S3BucketLoggingEnabled', reason: noAccessLog });
  if (!isReplicated) acknowledgeInPacks(bucket, { rule: 'S3BucketReplicationEnabled', reason: noReplica });
}

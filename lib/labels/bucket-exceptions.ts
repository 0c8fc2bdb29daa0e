// What the packs ask of every bucket and no bucket of the house has, with the reasons.
import type { IConstruct } from 'constructs';
import { acknowledge } from './exceptions';

/** S3 writes server access logs under keys of its own alone ("Enabling Amazon S3 server access logging"), which TOM-5.5 does not admit. */
const accessLog = {
  rules: [
    'AwsSolutions::AwsSolutions-S1',
    'NIST.800.53.R5::NIST.800.53.R5-S3BucketLoggingEnabled',
    'HIPAA.Security::HIPAA.Security-S3BucketLoggingEnabled',
    'PCI.DSS.321::PCI.DSS.321-S3BucketLoggingEnabled',
  ],
  reason: 'The audit trail records access to the bucket as data events, under our own key; S3 does not encrypt its access logs with one.',
} as const;

const replication = {
  rules: [
    'NIST.800.53.R5::NIST.800.53.R5-S3BucketReplicationEnabled',
    'HIPAA.Security::HIPAA.Security-S3BucketReplicationEnabled',
    'PCI.DSS.321::PCI.DSS.321-S3BucketReplicationEnabled',
  ],
  reason: 'The copy in the recovery region comes with the backup and recovery stacks, which own the bucket and the key there.',
} as const;

/** Acknowledges, for one bucket, that it has no server access log and no replica. */
export function acknowledgeBucketExceptions(bucket: IConstruct): void {
  for (const { rules, reason } of [accessLog, replication]) {
    for (const id of rules) acknowledge(bucket, { id, reason, owner: 'platform', expires: '2027-05-31' });
  }
}

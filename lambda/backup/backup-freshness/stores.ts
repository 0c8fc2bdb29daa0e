// The stores that are backed up: whether they exist, since when, and whether their settings allow what is promised.
import type { DBCluster, DBClusterSnapshot } from '@aws-sdk/client-rds';
import type { Bucket } from '@aws-sdk/client-s3';
import type { ProbeFinding } from '../../../runtime/probe';
import { day, hour, keptDays } from './points';

/** Settings of a bucket on which its continuous backup depends. */
export interface BucketState {
  readonly versioned: boolean;
  /** Whether S3 reports the events of the bucket to EventBridge. */
  readonly reportsEvents: boolean;
}

/** A store as the account has it. */
export interface Store {
  readonly arn: string;
  /** ARNs by which recovery points may name the store. */
  readonly names: readonly string[];
  readonly createdAt?: Date | undefined;
  /** Whether a continuous backup of the store can hold its present data. */
  readonly reportsEvents: boolean;
  /** Whether the account has the store no longer; a finding reports it. */
  readonly isGone?: true;
  readonly findings: readonly ProbeFinding[];
}

/** "Working with automated backups": the latest restorable time is usually within the last 5 minutes. */
const longestLag = hour;
/** Beginning of the names of what a restore test makes ("Restore testing", data deletion), and the key of its tag. */
const restoreTest = 'awsbackup-restore-test';
/** A test ends within hours; a bucket is emptied by a rule of its lifecycle, "which can take up to several days". */
const testEnds = { cluster: day, bucket: 5 * day };
/** As for recovery points: 30 days and 12 hours. */
const snapshotEnds = keptDays * day + 12 * hour;

const finding = (id: string, resource: string, found: string, required: string, fix: string): ProbeFinding => ({
  ...{ id: `${id}::${resource}`, resource, found, required, fix },
});

const vanished = (arn: string) =>
  finding('vanished', arn, 'not in the account', 'a store that the plan backs up', 'Restore it from the newest recovery point.');

/** The store of a bucket; a bucket that is gone has no state. */
export function bucketStore(arn: string, state: BucketState | undefined, buckets: readonly Bucket[]): Store {
  const name = arn.slice('arn:aws:s3:::'.length);
  const named = { arn, names: [arn], createdAt: buckets.find(({ Name }) => Name === name)?.CreationDate };
  if (state === undefined) return { ...named, reportsEvents: false, isGone: true, findings: [vanished(arn)] };
  const fix = 'Deploy the stack of the bucket again.';
  return {
    ...named,
    reportsEvents: state.versioned && state.reportsEvents,
    findings: [
      ...(state.versioned ? [] : [finding('versioning', arn, 'versioning is off', 'versioning, which backups require', fix)]),
      ...(state.reportsEvents
        ? []
        : [finding('events', arn, 'no events to EventBridge', 'events, by which the continuous backup works', fix)]),
    ],
  };
}

/** The store of a cluster; its points name it by its identifier or by its resource id. */
export function clusterStore(arn: string, clusters: readonly DBCluster[], now: Date): Store {
  const cluster = clusters.find(({ DBClusterArn }) => DBClusterArn === arn);
  if (cluster === undefined) return { arn, names: [arn], reportsEvents: false, isGone: true, findings: [vanished(arn)] };
  const { DbClusterResourceId: id, ClusterCreateTime: createdAt, BackupRetentionPeriod: days, LatestRestorableTime: latest } = cluster;
  const beginning = arn.slice(0, arn.lastIndexOf(':') + 1);
  const lags = createdAt !== undefined && now.getTime() - Math.max(createdAt.getTime(), latest?.getTime() ?? 0) > longestLag;
  const fix = 'Deploy the data stack again.';
  return {
    ...{ arn, names: [arn, ...(id === undefined ? [] : [beginning + id, beginning + id.toLowerCase()])], createdAt, reportsEvents: false },
    findings: [
      ...(days === keptDays ? [] : [finding('native', arn, `native backups kept ${days ?? 0} days`, `kept ${keptDays} days`, fix)]),
      ...(lags
        ? [finding('lag', arn, `restorable until ${latest?.toISOString() ?? 'no time'}`, 'within the last hour', 'Ask AWS Support.')]
        : []),
    ],
  };
}

/** Manual and final snapshots of the deployment outside the vaults, after the day of their deletion. */
export function snapshotFindings(snapshots: readonly DBClusterSnapshot[], region: string, deployment: string, now: Date): ProbeFinding[] {
  return snapshots
    .filter(({ DBClusterIdentifier: of = '' }) => of === `${deployment}-data` || of.startsWith(`${deployment}-data-`))
    .filter(({ SnapshotType, DBClusterSnapshotIdentifier: id = '' }) => SnapshotType === 'manual' && !id.startsWith('awsbackup:'))
    .filter(({ SnapshotCreateTime: at }) => at === undefined || now.getTime() - at.getTime() > snapshotEnds)
    .map(({ DBClusterSnapshotIdentifier: id = '', SnapshotCreateTime: at }) => ({
      id: `snapshot::${region}::${id}`,
      resource: `cluster snapshot ${id} in ${region}`,
      found: `made on ${at?.toISOString() ?? 'an unknown day'}`,
      required: `deleted after ${keptDays} days`,
      fix: `Delete it: aws rds delete-db-cluster-snapshot --region ${region} --db-cluster-snapshot-identifier ${id}.`,
    }));
}

const isOver = (at: Date | undefined, limit: number, now: Date) => at === undefined || now.getTime() - at.getTime() > limit;

/** Clusters and buckets that restore tests left. */
export function leftovers(clusters: readonly DBCluster[], buckets: readonly Bucket[], now: Date): ProbeFinding[] {
  const required = 'deleted at the end of the restore test';
  const leftClusters = clusters
    .filter(
      ({ TagList = [], DBClusterIdentifier: id = '' }) => id.startsWith(restoreTest) || TagList.some(({ Key }) => Key === restoreTest),
    )
    .filter(({ ClusterCreateTime: at }) => isOver(at, testEnds.cluster, now))
    .map(({ DBClusterArn: arn = '', DBClusterIdentifier: id = '' }) =>
      finding(
        'leftover',
        arn,
        'a cluster of a restore test',
        required,
        `Delete its instances, then it: aws rds delete-db-cluster --skip-final-snapshot --db-cluster-identifier ${id}.`,
      ),
    );
  const leftBuckets = buckets
    .filter(({ Name = '', CreationDate: at }) => Name.startsWith(restoreTest) && isOver(at, testEnds.bucket, now))
    .map(({ Name = '' }) =>
      finding(
        'leftover',
        `arn:aws:s3:::${Name}`,
        'a bucket of a restore test',
        required,
        `Empty and delete it: aws s3 rb --force s3://${Name}.`,
      ),
    );
  return [...leftClusters, ...leftBuckets];
}

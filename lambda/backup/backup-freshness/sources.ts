// The calls that the function makes: to vaults and databases in both regions, and to buckets.
import {
  BackupClient,
  type BackupJob,
  type CopyJob,
  DescribeBackupVaultCommand,
  type DescribeBackupVaultOutput,
  paginateListBackupJobs,
  paginateListCopyJobs,
  paginateListRecoveryPointsByBackupVault,
  type RecoveryPointByBackupVault,
} from '@aws-sdk/client-backup';
import {
  type DBCluster,
  type DBClusterSnapshot,
  paginateDescribeDBClusterSnapshots,
  paginateDescribeDBClusters,
  RDSClient,
} from '@aws-sdk/client-rds';
import {
  type Bucket,
  GetBucketNotificationConfigurationCommand,
  GetBucketVersioningCommand,
  paginateListBuckets,
  S3Client,
} from '@aws-sdk/client-s3';
import type { BucketState } from './stores';

/** One region with a vault. */
export interface Region {
  readonly region: string;
  /** ARN and name of the vault. */
  readonly arn: string;
  readonly name: string;
  vault(): Promise<DescribeBackupVaultOutput>;
  points(): Promise<RecoveryPointByBackupVault[]>;
  /** Completed backup jobs that wrote into the vault, of the last 30 days. */
  backupJobs(): Promise<BackupJob[]>;
  /** Completed copy jobs from the region, of the last 30 days. */
  copyJobs(): Promise<CopyJob[]>;
  clusters(): Promise<DBCluster[]>;
  clusterSnapshots(): Promise<DBClusterSnapshot[]>;
}

export interface Buckets {
  list(): Promise<Bucket[]>;
  /** The settings of a bucket; nothing for a bucket that is gone. */
  state(name: string): Promise<BucketState | undefined>;
}

/** AWS Backup throttles an account as a whole; the SDK waits longer before each further attempt. */
const maxAttempts = 8;

async function all<Page, Item>(pages: AsyncIterable<Page>, items: (page: Page) => readonly Item[] | undefined): Promise<Item[]> {
  const found: Item[] = [];
  for await (const page of pages) found.push(...(items(page) ?? []));
  return found;
}

/** The region of a vault, by the ARN of the vault. */
export function regionOf(arn: string): Region {
  const [, , , region = '', , , name = ''] = arn.split(':');
  const backup = new BackupClient({ region, maxAttempts });
  const rds = new RDSClient({ region, maxAttempts });
  const client = backup;
  return {
    ...{ region, arn, name },
    vault: () => backup.send(new DescribeBackupVaultCommand({ BackupVaultName: name })),
    points: () =>
      all(paginateListRecoveryPointsByBackupVault({ client }, { BackupVaultName: name }), ({ RecoveryPoints }) => RecoveryPoints),
    backupJobs: () =>
      all(paginateListBackupJobs({ client }, { ByBackupVaultName: name, ByState: 'COMPLETED' }), ({ BackupJobs }) => BackupJobs),
    copyJobs: () => all(paginateListCopyJobs({ client }, { ByState: 'COMPLETED' }), ({ CopyJobs }) => CopyJobs),
    clusters: () => all(paginateDescribeDBClusters({ client: rds }, {}), ({ DBClusters }) => DBClusters),
    clusterSnapshots: () => all(paginateDescribeDBClusterSnapshots({ client: rds }, {}), ({ DBClusterSnapshots }) => DBClusterSnapshots),
  };
}

/** The buckets of the account; those of the deployment are in the region of the function. */
export function bucketsOfAccount(): Buckets {
  const client = new S3Client({ maxAttempts });
  return {
    list: () => all(paginateListBuckets({ client }, {}), ({ Buckets }) => Buckets),
    async state(Bucket) {
      try {
        const { Status } = await client.send(new GetBucketVersioningCommand({ Bucket }));
        const { EventBridgeConfiguration } = await client.send(new GetBucketNotificationConfigurationCommand({ Bucket }));
        return { versioned: Status === 'Enabled', reportsEvents: EventBridgeConfiguration !== undefined };
      } catch (error) {
        if (error instanceof Error && error.name === 'NoSuchBucket') return undefined;
        throw error;
      }
    },
  };
}

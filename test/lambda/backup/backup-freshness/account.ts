// The mocked account of the tests of backup-freshness: the clients' `send` returns outputs with the SDK's types.
import * as backup from '@aws-sdk/client-backup';
import * as rds from '@aws-sdk/client-rds';
import * as s3 from '@aws-sdk/client-s3';
import type { handler as Handler } from '../../../../lambda/backup/backup-freshness/handler';
import { ageMetric } from '../../../../lambda/backup/backup-freshness/report-ages';
import { loadHandler } from '../../load-handler';
import { restoreAfterEach } from '../../restore';

export const hour = 3_600_000;
const day = 24 * hour;
export const now = Date.UTC(2027, 2, 30, 12);
const account = '111111111111';
export const cluster = `arn:aws:rds:eu-west-3:${account}:cluster:production-data`;
export const bucket = 'production-uploads-111111111111-eu-west-3';
export const vaultOf = (region: string, name: string) => `arn:aws:backup:${region}:${account}:backup-vault:production-${name}`;
export const keyOf = (region: string, name: string) => `arn:aws:kms:${region}:${account}:key/${name}`;
export const dataKey = keyOf('eu-west-3', 'data');
const variables = {
  DEPLOYMENT: 'production',
  STORES: `${cluster},arn:aws:s3:::${bucket}`,
  VAULTS: `${vaultOf('eu-west-3', 'backups')},${vaultOf('eu-central-1', 'copies')}`,
  KEYS: dataKey,
  METRIC_NAMESPACE: 'Rempart/Probes',
};

type Point = backup.RecoveryPointByBackupVault;

/** What the mocked account holds, by region. */
export interface Region {
  vault: Omit<backup.DescribeBackupVaultCommandOutput, '$metadata'>;
  points: Point[];
  snapshots: rds.DBClusterSnapshot[];
}

export interface Account {
  readonly regions: Record<string, Region>;
  jobs: backup.BackupJob[];
  copies: backup.CopyJob[];
  clusters: rds.DBCluster[];
  buckets: s3.Bucket[];
  versioning: Omit<s3.GetBucketVersioningCommandOutput, '$metadata'> | Error;
  notifications: Omit<s3.GetBucketNotificationConfigurationCommandOutput, '$metadata'>;
  denied?: string;
}

export const at = (hoursAgo: number) => new Date(now - hoursAgo * hour);

/** A point of a store whose data is so many hours old; it was completed an hour later. */
export const point = (id: string, ResourceArn: string, hoursAgo: number, EncryptionKeyArn: string, more: Partial<Point> = {}): Point => ({
  ...{ RecoveryPointArn: `arn:aws:backup:eu-west-3:${account}:recovery-point:${id}`, ResourceArn, Status: 'COMPLETED' },
  ...{ CreationDate: at(hoursAgo), InitiationDate: at(hoursAgo), CompletionDate: at(hoursAgo - 1), IsEncrypted: true, EncryptionKeyArn },
  ...{ Lifecycle: { DeleteAfterDays: 30 }, CalculatedLifecycle: { DeleteAt: new Date(now - hoursAgo * hour + 30 * day) } },
  ...more,
});

/** Twice a day for four days: the newest is `newest` hours old. */
const series = (store: string, key: string, newest: number) =>
  Array.from({ length: 8 }, (_, index) => point(`${store.slice(-6)}-${key.slice(-6)}-${index}`, store, newest + 12 * index, key));

export const continuous = (more: Partial<Point> = {}) =>
  point(`continuous:${bucket}-1`, `arn:aws:s3:::${bucket}`, 90, keyOf('eu-west-3', 'backups'), {
    ...{ Status: 'AVAILABLE', CalculatedLifecycle: {} },
    ...more,
  });

export function region(name: string, vault: string, newest: number): Region {
  const key = keyOf(name, vault);
  return {
    vault: {
      ...{ BackupVaultName: `production-${vault}`, EncryptionKeyArn: key, CreationDate: at(97) },
      ...{ Locked: true, MinRetentionDays: 30, MaxRetentionDays: 30 },
    },
    points: [
      ...series(cluster, vault === 'backups' ? dataKey : key, newest),
      ...series(`arn:aws:s3:::${bucket}`, key, newest),
      ...(vault === 'backups' ? [continuous()] : []),
    ],
    snapshots: [],
  };
}

/** An account in order. */
export const inOrder = (): Account => ({
  regions: { 'eu-west-3': region('eu-west-3', 'backups', 8), 'eu-central-1': region('eu-central-1', 'copies', 9) },
  ...{ jobs: [], copies: [] },
  clusters: [
    {
      ...{ DBClusterArn: cluster, DBClusterIdentifier: 'production-data', DbClusterResourceId: 'cluster-ABC', BackupRetentionPeriod: 30 },
      ...{ ClusterCreateTime: at(97), LatestRestorableTime: at(0.05) },
    },
  ],
  buckets: [{ Name: bucket, CreationDate: at(97) }],
  versioning: { Status: 'Enabled' },
  notifications: { EventBridgeConfiguration: {} },
});

/** The account of the test at hand, and what the function wrote. */
export const state: { held: Account; written: string[] } = { held: inOrder(), written: [] };

/** Pages of two: the number of the next page is its token. */
function paged<Item, Name extends string>(items: readonly Item[], name: Name, token: string | undefined, next: string): object {
  const page = Number(token ?? 0);
  const rest = items.length > (page + 1) * 2 ? { [next]: String(page + 1) } : {};
  return { [name]: items.slice(page * 2, page * 2 + 2), ...rest };
}

function answer(command: object, regionName: string): object {
  const name = command.constructor.name;
  const { regions } = state.held;
  const place = regions[regionName];
  if (place === undefined || name === state.held.denied) throw Object.assign(new Error('no'), { name: 'AccessDeniedException' });
  if (command instanceof backup.DescribeBackupVaultCommand) return place.vault;
  if (command instanceof backup.ListRecoveryPointsByBackupVaultCommand)
    return paged(place.points, 'RecoveryPoints', command.input.NextToken, 'NextToken');
  if (command instanceof backup.ListBackupJobsCommand) return paged(state.held.jobs, 'BackupJobs', command.input.NextToken, 'NextToken');
  if (command instanceof backup.ListCopyJobsCommand) return paged(state.held.copies, 'CopyJobs', command.input.NextToken, 'NextToken');
  if (command instanceof rds.DescribeDBClustersCommand) return paged(state.held.clusters, 'DBClusters', command.input.Marker, 'Marker');
  if (command instanceof rds.DescribeDBClusterSnapshotsCommand)
    return paged(place.snapshots, 'DBClusterSnapshots', command.input.Marker, 'Marker');
  if (command instanceof s3.ListBucketsCommand)
    return paged(state.held.buckets, 'Buckets', command.input.ContinuationToken, 'ContinuationToken');
  if (command instanceof s3.GetBucketVersioningCommand) {
    if (state.held.versioning instanceof Error) throw state.held.versioning;
    return state.held.versioning;
  }
  if (command instanceof s3.GetBucketNotificationConfigurationCommand) return state.held.notifications;
  throw new Error(`the mock knows no ${name}`);
}

export const loaded = (changed: Readonly<Record<string, string | undefined>> = {}) =>
  loadHandler<{ handler: typeof Handler }>(
    'backup/backup-freshness',
    { ...variables, AWS_REGION: 'eu-west-3', ...changed },
    { '@aws-sdk/client-backup': backup, '@aws-sdk/client-rds': rds, '@aws-sdk/client-s3': s3 },
  ).handler;

/** Runs the function; the ages in hours by vault, and the evidence. */
export async function run(changed: Readonly<Record<string, string>> = {}) {
  await loaded(changed)();
  return evidence();
}

export function evidence() {
  const lines = state.written.map((line) => JSON.parse(line));
  const ages = Object.fromEntries(lines.flatMap((line) => (ageMetric in line ? [[line.Vault, line[ageMetric]]] : [])));
  return { ages, lines, ...lines.at(-1) };
}

export const idsOf = ({ findings }: { findings: { id: string }[] }) => findings.map(({ id }) => id);

/** Before each test, an account in order whose clients answer at noon. */
export function useAccount(): void {
  restoreAfterEach();
  beforeEach(() => {
    jest.useFakeTimers({ now });
    state.held = inOrder();
    state.written = [];
    jest.spyOn(process.stdout, 'write').mockImplementation((line) => {
      state.written.push(String(line));
      return true;
    });
    for (const { prototype } of [backup.BackupClient, rds.RDSClient, s3.S3Client]) {
      jest.spyOn(prototype, 'send').mockImplementation(async function (
        this: { config: { region: () => Promise<string> } },
        command: object,
      ) {
        return answer(command, await this.config.region());
      } as never);
    }
  });
  afterEach(() => jest.useRealTimers());
}

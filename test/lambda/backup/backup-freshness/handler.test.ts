// The function as Lambda calls it: the ages of backups, their line of metrics, and what it cannot read.
import * as backup from '@aws-sdk/client-backup';
import * as rds from '@aws-sdk/client-rds';
import * as s3 from '@aws-sdk/client-s3';
import { ageMetric } from '../../../../lambda/backup/backup-freshness/report-ages';
import { backupAge } from '../../../../lib/config/metrics';
import { declaredActions, recordSends } from '../../declared-calls';
import {
  type Account,
  at,
  bucket,
  cluster,
  continuous,
  evidence,
  hour,
  inOrder,
  keyOf,
  loaded,
  now,
  type Region,
  region,
  run,
  state,
  useAccount,
  vaultOf,
} from './account';

const sentActions = recordSends(backup.BackupClient, rds.RDSClient, s3.S3Client);
useAccount();

test('an account in order: both ages with the tolerance of clocks, no finding, and the metric that the alarm reads', async () => {
  const found = await run();
  // Between two runs a copy was up to 12 hours and one hour of its completion old.
  expect(found.ages).toEqual({ 'production-backups': 8.09, 'production-copies': 9.09 });
  expect(found).toMatchObject({ Probe: 'backup-freshness', Findings: 0, Completed: 1, unseen: [] });
  expect(found.looked).toMatchObject({ stores: 2, 'recovery points in eu-west-3': 17, 'nights without a point in eu-west-3': 0 });
  expect(ageMetric).toBe(backupAge);
  expect(found.lines[0]._aws.CloudWatchMetrics).toEqual([
    { Namespace: 'Rempart/Probes', Dimensions: [['Deployment', 'Vault']], Metrics: [{ Name: backupAge, Unit: 'None' }] },
  ]);
});

test('the age that a store had before its newest point was usable counts too', async () => {
  state.held.regions['eu-central-1'] = region('eu-central-1', 'copies', 2);
  state.held.regions['eu-central-1'].points = state.held.regions['eu-central-1'].points.filter(
    ({ CreationDate }) => CreationDate?.getTime() !== now - 14 * hour,
  );
  // The point of 2 hours ago became usable 1 hour ago, when the one before was 25 hours old.
  expect((await run()).ages['production-copies']).toBe(25.09);
});

test.each<[string, Partial<backup.RecoveryPointByBackupVault>]>([
  ['is not complete', { Status: 'PARTIAL' }],
  ['is being made', { Status: 'CREATING' }],
  ['has expired', { Status: 'EXPIRED' }],
  ['is not encrypted', { IsEncrypted: false }],
  ['is under another key', { EncryptionKeyArn: 'arn:aws:kms:eu-west-3:999999999999:key/theirs' }],
  ['is under the key of the other region', { EncryptionKeyArn: keyOf('eu-central-1', 'copies') }],
  ['is kept for 35 days', { Lifecycle: { DeleteAfterDays: 35 } }],
  ['goes to cold storage', { Lifecycle: { DeleteAfterDays: 30, MoveToColdStorageAfterDays: 1 } }],
  ['has no date', { CreationDate: undefined }],
  ['is of the future', { CreationDate: new Date(now + hour) }],
])('a newest point that %s does not count', async (_, changed) => {
  const place = state.held.regions['eu-west-3'] as Region;
  place.points = place.points.map((one) =>
    one.ResourceArn === cluster && one.CreationDate?.getTime() === now - 8 * hour ? { ...one, ...changed } : one,
  );
  expect((await run()).ages['production-backups']).toBe(20.09);
});

test('a copy counts from the data of its source, and a scan of a bucket from its begin', async () => {
  const place = state.held.regions['eu-central-1'] as Region;
  place.points = place.points.map((one) => ({ ...one, CompletionDate: at(0.5) }));
  expect((await run()).ages['production-copies']).toBeGreaterThan(90);
  state.written = [];
  state.held = inOrder();
  const home = state.held.regions['eu-west-3'] as Region;
  home.points = home.points
    .filter(({ RecoveryPointArn }) => !RecoveryPointArn?.includes('continuous'))
    .map((one) => ({ ...one, InitiationDate: new Date((one.CreationDate?.getTime() ?? 0) - 10 * hour) }));
  expect((await run()).ages['production-backups']).toBe(18.09);
});

test.each<[string, (account: Account) => void]>([
  ['stopped', (account) => account.regions['eu-west-3']?.points.push(continuous({ Status: 'STOPPED' }))],
  ['deprived of events', (account) => Object.assign(account, { notifications: {} })],
  ['deprived of versions', (account) => Object.assign(account, { versioning: { Status: 'Suspended' } })],
])('a continuous backup that is %s holds no present data', async (name, change) => {
  const home = state.held.regions['eu-west-3'] as Region;
  home.points = home.points.filter((one) => one.ResourceArn === cluster || one.RecoveryPointArn?.includes('continuous'));
  expect((await run()).ages['production-backups']).toBe(8.09);
  state.written = [];
  if (name === 'stopped') home.points = home.points.filter(({ RecoveryPointArn }) => !RecoveryPointArn?.includes('continuous'));
  change(state.held);
  expect((await run()).ages['production-backups']).toBeGreaterThan(90);
});

test('a store without a point is as old as itself, and a recovered site has no copies', async () => {
  const home = state.held.regions['eu-west-3'] as Region;
  home.points = home.points.filter((one) => one.ResourceArn !== cluster);
  expect((await run({ VAULTS: vaultOf('eu-west-3', 'backups') })).ages).toEqual({ 'production-backups': 97.09 });
});

test('points that name the cluster by its resource id are its points', async () => {
  const home = state.held.regions['eu-west-3'] as Region;
  home.points = home.points.map((one) =>
    one.ResourceArn === cluster ? { ...one, ResourceArn: `${cluster.slice(0, -'production-data'.length)}cluster-abc` } : one,
  );
  expect((await run()).ages['production-backups']).toBe(8.09);
});

test.each([
  ['DescribeBackupVaultCommand', 'vault production-backups in eu-west-3: AccessDeniedException', {}],
  ['ListRecoveryPointsByBackupVaultCommand', 'vault production-copies in eu-central-1: AccessDeniedException', {}],
  ['ListCopyJobsCommand', 'vault production-copies in eu-central-1: AccessDeniedException', { 'production-backups': 8.09 }],
  [
    'DescribeDBClustersCommand',
    `${cluster}: Error: the clusters could not be read`,
    { 'production-backups': 8.09, 'production-copies': 9.09 },
  ],
  ['ListBucketsCommand', 'buckets: AccessDeniedException', { 'production-backups': 8.09, 'production-copies': 9.09 }],
  [
    'GetBucketVersioningCommand',
    `arn:aws:s3:::${bucket}: AccessDeniedException`,
    { 'production-backups': 8.09, 'production-copies': 9.09 },
  ],
  ['DescribeDBClusterSnapshotsCommand', 'cluster snapshots in eu-west-3', { 'production-backups': 8.09, 'production-copies': 9.09 }],
])('a run without %s fails, after the evidence of the others, and reports no age that it could not read', async (denied, told, ages) => {
  state.held.denied = denied;
  await expect(loaded()()).rejects.toThrow('expected a complete run for production');
  const found = evidence();
  expect(found).toMatchObject({ Completed: 0, ages });
  expect(found.unseen).toEqual(expect.arrayContaining([expect.stringContaining(told)]));
  expect(Object.keys(found.ages)).toEqual(Object.keys(ages));
});

test('an unknown age is a failure, not an age: no point, and the creation of the store cannot be read', async () => {
  state.held.denied = 'DescribeDBClustersCommand';
  for (const place of Object.values(state.held.regions)) place.points = place.points.filter((one) => one.ResourceArn !== cluster);
  await expect(loaded()()).rejects.toThrow('expected a complete run');
  expect(evidence().unseen).toEqual(expect.arrayContaining([`${cluster}: no recovery point in eu-west-3, and no date of its creation`]));
});

test('a variable of another form is an error before any call', () => {
  expect(() => loaded({ VAULTS: 'production-backups' })).toThrow('VAULTS: expected the ARN of a backup vault');
});

test('makes the calls that its contract declares, and no others', () => {
  expect(sentActions()).toEqual(declaredActions('backup-freshness'));
});

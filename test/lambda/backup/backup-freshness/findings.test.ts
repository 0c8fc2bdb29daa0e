// The findings of the function: retention, missing nights, settings of stores, and what remains outside vaults.
import {
  type Account,
  at,
  bucket,
  cluster,
  dataKey,
  hour,
  idsOf,
  now,
  point,
  type Region,
  run,
  state,
  useAccount,
  vaultOf,
} from './account';

useAccount();

const old = (hoursAgo: number) => point('old', cluster, hoursAgo, dataKey);

test.each<[string, (account: Account) => void, string]>([
  ['a vault without a lock', ({ regions }) => Object.assign(regions['eu-west-3']?.vault ?? {}, { Locked: false }), 'lock::eu-west-3'],
  [
    'a lock of other days',
    ({ regions }) => Object.assign(regions['eu-central-1']?.vault ?? {}, { MaxRetentionDays: 60 }),
    'lock::eu-central-1',
  ],
  ['a point that is kept', ({ regions }) => regions['eu-west-3']?.points.push(old(30 * 24 + 13)), 'kept::'],
  ['a point that cannot be deleted', ({ regions }) => regions['eu-west-3']?.points.push({ ...old(740), Status: 'EXPIRED' }), 'expired::'],
  [
    'a point with another day',
    ({ regions }) => regions['eu-west-3']?.points.push({ ...old(40), CalculatedLifecycle: { DeleteAt: at(-24) } }),
    'day::',
  ],
  ['a point that is never deleted', ({ regions }) => regions['eu-west-3']?.points.push({ ...old(40), CalculatedLifecycle: {} }), 'day::'],
  ['a point that is gone', (account) => account.jobs.push({ RecoveryPointArn: 'gone', CreationDate: at(28 * 24) }), 'gone::gone'],
  [
    'a copy that is gone',
    (account) =>
      account.copies.push({
        ...{ DestinationBackupVaultArn: vaultOf('eu-central-1', 'copies'), DestinationRecoveryPointArn: 'copy', CreationDate: at(48) },
      }),
    'gone::copy',
  ],
  [
    'a night without a point',
    ({ regions }) => {
      const home = regions['eu-west-3'] as Region;
      home.points = home.points.filter(
        ({ CreationDate, ResourceArn }) => ResourceArn !== cluster || ![20, 32].includes((now - (CreationDate?.getTime() ?? 0)) / hour),
      );
    },
    `night::eu-west-3::${cluster}`,
  ],
  [
    'a bucket that is gone',
    (account) => Object.assign(account, { versioning: Object.assign(new Error('x'), { name: 'NoSuchBucket' }) }),
    'vanished::',
  ],
  ['a cluster that is gone', (account) => Object.assign(account, { clusters: [] }), `vanished::${cluster}`],
  ['native backups of a week', ({ clusters }) => Object.assign(clusters[0] ?? {}, { BackupRetentionPeriod: 7 }), `native::${cluster}`],
  ['native backups that lag', ({ clusters }) => Object.assign(clusters[0] ?? {}, { LatestRestorableTime: at(2) }), `lag::${cluster}`],
  [
    'a bucket without a continuous backup',
    ({ regions }) => {
      const home = regions['eu-west-3'] as Region;
      home.points = home.points.filter(({ RecoveryPointArn }) => !RecoveryPointArn?.includes('continuous'));
    },
    `continuous::arn:aws:s3:::${bucket}`,
  ],
  [
    'an old manual snapshot in the other region',
    ({ regions }) =>
      regions['eu-central-1']?.snapshots.push({
        ...{ DBClusterIdentifier: 'production-data-0a1b2c3d', SnapshotType: 'manual', DBClusterSnapshotIdentifier: 'final' },
        SnapshotCreateTime: at(31 * 24),
      }),
    'snapshot::eu-central-1::final',
  ],
  [
    'a cluster of a restore test',
    ({ clusters }) =>
      clusters.push({ DBClusterArn: 'left', TagList: [{ Key: 'awsbackup-restore-test', Value: 'x' }], ClusterCreateTime: at(25) }),
    'leftover::left',
  ],
  [
    'a bucket of a restore test',
    ({ buckets }) => buckets.push({ Name: 'awsbackup-restore-test-1', CreationDate: at(121) }),
    'leftover::arn:aws:s3:::awsbackup-restore-test-1',
  ],
])('%s is found', async (_, change, id) => {
  change(state.held);
  const found = await run();
  expect(idsOf(found).filter((one) => one.startsWith(id))).toHaveLength(1);
  expect(found.Findings).toBe(found.findings.length);
});

test('what is not wrong yet is no finding: a day of 30 and 11 hours, a copy job of another vault, a test that runs', async () => {
  state.held.regions['eu-west-3']?.points.push(old(30 * 24 + 11));
  state.held.copies.push({ DestinationBackupVaultArn: 'another', DestinationRecoveryPointArn: 'x', CreationDate: at(48) });
  state.held.jobs.push({ RecoveryPointArn: 'expired', CreationDate: at(29 * 24 + 1) }, { CreationDate: at(1) });
  state.held.clusters.push({ DBClusterArn: 'test', TagList: [{ Key: 'awsbackup-restore-test', Value: 'x' }], ClusterCreateTime: at(5) });
  state.held.buckets.push({ Name: 'awsbackup-restore-test-2', CreationDate: at(30) });
  state.held.regions['eu-west-3']?.snapshots.push(
    { DBClusterIdentifier: 'production-data', SnapshotType: 'manual', DBClusterSnapshotIdentifier: 'new', SnapshotCreateTime: at(24) },
    { DBClusterIdentifier: 'staging-data', SnapshotType: 'manual', DBClusterSnapshotIdentifier: 'theirs', SnapshotCreateTime: at(999) },
    {
      DBClusterIdentifier: 'production-data',
      SnapshotType: 'manual',
      DBClusterSnapshotIdentifier: 'awsbackup:job-1',
      SnapshotCreateTime: at(999),
    },
    {
      DBClusterIdentifier: 'production-data',
      SnapshotType: 'automated',
      DBClusterSnapshotIdentifier: 'rds:1',
      SnapshotCreateTime: at(999),
    },
  );
  expect(idsOf(await run())).toEqual([]);
});

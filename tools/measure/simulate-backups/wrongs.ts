// What is truly wrong in the simulated account, by the ids of the findings that must report it.
import { type Account, cluster, stores } from './account';
import { current } from './continuous';
import { day, hour, type Vault } from './vault';

/** Ids of the findings that the state of the account calls for. `leeway` is the clock error of the function. */
export function wrongs(account: Account, now: number, leeway: number): readonly string[] {
  const { weather, home, copies } = account;
  const ofBuckets = (kind: string, set: ReadonlySet<string>) => [...set].map((store) => `${kind}::${store}`);
  return [
    ...ofBuckets('vanished', weather.vanished),
    ...ofBuckets('events', new Set([...weather.silentBuckets].filter((store) => !weather.vanished.has(store)))),
    ...ofBuckets('versioning', new Set([...weather.unversionedBuckets].filter((store) => !weather.vanished.has(store)))),
    ...(weather.nativeDays === 30 ? [] : [`native::${cluster}`]),
    ...account.manualSnapshots.map(({ DBClusterSnapshotIdentifier: id }) => `snapshot::${home.region}::${id}`),
    ...account.leftClusters
      .filter(({ ClusterCreateTime: at }) => now - leeway - (at?.getTime() ?? 0) > day)
      .map(({ DBClusterArn: arn }) => `leftover::${arn}`),
    ...account.leftBuckets
      .filter(({ CreationDate: at }) => now - leeway - (at?.getTime() ?? 0) > 5 * day)
      .map(({ Name }) => `leftover::arn:aws:s3:::${Name}`),
    ...stores
      .filter((store) => store !== cluster && now - leeway - account.createdAt > 2 * day && !current(account, store))
      .map((store) => `continuous::${store}`),
    ...[home, copies].flatMap((vault) => wrongsOf(vault, now, leeway)),
    ...account.deletedEarly.filter(({ job }) => now + leeway < job + 29 * day).map(({ arn }) => `gone::${arn}`),
  ];
}

function wrongsOf(vault: Vault, now: number, leeway: number): readonly string[] {
  const ofPoints = [...vault.held.values()].flatMap(({ record, restorable }) => {
    const { RecoveryPointArn: arn, Status, CreationDate, CalculatedLifecycle } = record;
    if (Status === 'EXPIRED') return [`expired::${arn}`];
    if (Status === 'COMPLETED' && !restorable) return [`unfit::${arn}`];
    const ahead = (CreationDate?.getTime() ?? 0) - now - leeway > hour / 12;
    if (Status === 'COMPLETED' && ahead) return [`unfit::${arn}`];
    const end = CalculatedLifecycle?.DeleteAt?.getTime();
    return Status === 'COMPLETED' && end !== undefined && now - leeway > end + 12 * hour ? [`kept::${arn}`] : [];
  });
  return [...(vault.locked ? [] : [`lock::${vault.region}`]), ...ofPoints];
}

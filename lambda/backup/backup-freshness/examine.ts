// Examines the backups of a deployment in both regions: ages, retention, and the stores they are made of.
import type { RecoveryPointByBackupVault } from '@aws-sdk/client-backup';
import type { DBCluster } from '@aws-sdk/client-rds';
import type { Bucket } from '@aws-sdk/client-s3';
import type { ProbeFinding, ProbeResult } from '../../../runtime/probe';
import { highestAge } from './ages';
import { day, hour, isContinuous, keptDays, usablePoint } from './points';
import { missingNights, nightFindings, pointsOfCopies, pointsOfJobs, retentionFindings, type VaultContents } from './retention';
import type { Buckets, Region } from './sources';
import { bucketStore, clusterStore, leftovers, type Store, snapshotFindings } from './stores';

export interface Scope {
  readonly deployment: string;
  /** ARNs of the stores that are backed up. */
  readonly stores: readonly string[];
  /** ARNs of keys that encrypt points besides the keys of the vaults. */
  readonly keys: readonly string[];
}

export interface Sources {
  /** The region of the stores and their backups. */
  readonly home: Region;
  /** The region of the copies. @default - no copies */
  readonly copies?: Region;
  readonly buckets: Buckets;
}

/** The result of a run, with the highest age in hours by vault; a vault that could not be read has none. */
export interface Examined extends ProbeResult {
  readonly ages: Readonly<Record<string, number>>;
}

/** Time in which a new store gets its first continuous backup. */
const firstBackup = 2 * day;

/** Examines everything. A failure is reported in `unseen` and does not prevent the rest. */
export async function examine({ home, copies, buckets }: Sources, scope: Scope, now: Date): Promise<Examined> {
  const unseen: string[] = [];
  const read = async <Result>(resource: string, source: () => Promise<Result>): Promise<Result | undefined> => {
    try {
      return await source();
    } catch (error) {
      unseen.push(`${resource}: ${error instanceof Error ? `${error.name}: ${error.message}` : String(error)}`);
      return undefined;
    }
  };
  const clusters = await read(`clusters in ${home.region}`, home.clusters);
  const listed = await read('buckets', buckets.list);
  const stores: Store[] = [];
  for (const arn of scope.stores) {
    const store = await read(arn, () => storeOf(arn, { clusters, listed, buckets, now }));
    stores.push(store ?? { arn, names: [arn], reportsEvents: false, findings: [] });
  }
  const findings = [...stores.flatMap((store) => store.findings), ...leftovers(clusters ?? [], listed ?? [], now)];
  const looked: Record<string, number> = { stores: stores.length };
  const ages: Record<string, number> = {};
  for (const place of [home, ...(copies ? [copies] : [])]) {
    const { region } = place;
    const snapshots = await read(`cluster snapshots in ${region}`, place.clusterSnapshots);
    findings.push(...snapshotFindings(snapshots ?? [], region, scope.deployment, now));
    const contents = await read(`vault ${place.name} in ${region}`, () => contentsOf(place, home, scope.keys));
    if (contents === undefined) continue;
    looked[`recovery points in ${region}`] = contents.points.length;
    findings.push(...retentionFindings(contents, now));
    const judged = stores.map((store) => judge(store, contents, { now, isHome: place === home }));
    findings.push(...judged.flatMap((one) => one.findings));
    unseen.push(...judged.flatMap((one) => one.unseen));
    looked[`nights without a point in ${region}`] = judged.reduce((sum, { nights }) => sum + nights, 0);
    const known = judged.flatMap(({ age }) => (age === undefined ? [] : [age]));
    if (known.length > 0) ages[place.name] = Math.max(...known) / hour;
  }
  return { ages, looked, findings, unseen };
}

interface Account {
  readonly clusters: readonly DBCluster[] | undefined;
  readonly listed: readonly Bucket[] | undefined;
  readonly buckets: Buckets;
  readonly now: Date;
}

async function storeOf(arn: string, { clusters, listed, buckets, now }: Account): Promise<Store> {
  if (arn.startsWith('arn:aws:s3:::')) return bucketStore(arn, await buckets.state(arn.slice('arn:aws:s3:::'.length)), listed ?? []);
  if (clusters === undefined) throw new Error('the clusters could not be read');
  return clusterStore(arn, clusters, now);
}

async function contentsOf(place: Region, home: Region, keys: readonly string[]): Promise<VaultContents> {
  const vault = await place.vault();
  const points = await place.points();
  const jobs = place === home ? pointsOfJobs(await home.backupJobs()) : pointsOfCopies(await home.copyJobs(), place.arn);
  return { region: place.region, vault, keys: keys.filter((key) => key.split(':')[3] === place.region), points, jobs };
}

interface Judged {
  /** In milliseconds. */
  readonly age?: number;
  readonly nights: number;
  readonly findings: readonly ProbeFinding[];
  readonly unseen: readonly string[];
}

/** The age of a store in a vault, its missing nights, and whether it has the continuous backup that it should have. */
function judge(store: Store, contents: VaultContents, { now, isHome }: { readonly now: Date; readonly isHome: boolean }): Judged {
  const { region, vault } = contents;
  const own = contents.points.filter(({ ResourceArn = '' }) => store.names.includes(ResourceArn));
  const usable = (points: readonly RecoveryPointByBackupVault[], reportsEvents = store.reportsEvents) =>
    points.flatMap((point) => usablePoint(point, contents, { now, reportsEvents }) ?? []);
  const [at, all] = [now.getTime(), usable(own)];
  const start = Math.max(at - keptDays * day, store.createdAt?.getTime() ?? 0, vault.CreationDate?.getTime() ?? 0);
  const instants = usable(own.filter((point) => !isContinuous(point))).map((point) => point.dataAt(at));
  const nights = missingNights(instants, start, at);
  const findings = [
    ...nightFindings(store.arn, region, nights.news),
    ...(isHome && store.arn.startsWith('arn:aws:s3:') && at - start > firstBackup && usable(own.filter(isContinuous), true).length === 0
      ? [continuousFinding(store.arn)]
      : []),
  ];
  if (all.length === 0 && store.isGone) return { nights: nights.count, findings, unseen: [] };
  if (all.length === 0 && store.createdAt === undefined) {
    return { nights: nights.count, findings, unseen: [`${store.arn}: no recovery point in ${region}, and no date of its creation`] };
  }
  return { age: highestAge(all, store.createdAt?.getTime() ?? 0, at), nights: nights.count, findings, unseen: [] };
}

const continuousFinding = (arn: string): ProbeFinding => ({
  id: `continuous::${arn}`,
  resource: arn,
  found: 'no continuous recovery point in order',
  required: 'a continuous backup',
  fix: 'Read the status of the continuous recovery point; the next run of the plan creates another.',
});

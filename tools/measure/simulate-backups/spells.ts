// Spells: faults that befall the simulated account for hours, and end.
import type { BackupJob, CopyJob } from '@aws-sdk/client-backup';
import { type Account, cluster, stores } from './account';
import { follow, stop } from './continuous';
import type { Faults, SpellKind } from './faults';
import { day, hour } from './vault';

/** What the function cannot do at present: the number of spells that prevent each. */
export interface Obstacles {
  readonly denied: Record<'home' | 'copies' | 'buckets', number>;
  throttled: number;
  notStarted: number;
}

export interface Spell {
  readonly account: Account;
  readonly obstacles: Obstacles;
  readonly faults: Faults;
  readonly at: number;
  readonly until: number;
}

/** How each kind begins, and what ends it. */
const effects: Readonly<Record<SpellKind, (spell: Spell) => () => void>> = {
  'all backup jobs fail': ({ account }) => membersOf(account.weather.failing.backups, stores),
  'all copy jobs fail': ({ account }) => membersOf(account.weather.failing.copies, stores),
  'jobs of one store fail': ({ account, faults }) => membersOf(account.weather.failing.backups, [faults.one(stores)]),
  'a vault denies': ({ obstacles, faults }) => counted(obstacles.denied, faults.one(['home', 'copies'] as const)),
  'buckets deny': ({ obstacles }) => counted(obstacles.denied, 'buckets'),
  'calls are throttled': ({ obstacles }) => counted(obstacles, 'throttled'),
  'the function is not started': ({ obstacles }) => counted(obstacles, 'notStarted'),
  'a bucket reports no events': (spell) => bucketWithout(spell, spell.account.weather.silentBuckets),
  'a bucket has no versions': (spell) => bucketWithout(spell, spell.account.weather.unversionedBuckets),
  'a store vanishes': (spell) => bucketWithout(spell, spell.account.weather.vanished),
  'a continuous backup is stopped': ({ account, faults, at }) => {
    const store = faults.one(stores.filter((name) => name !== cluster));
    stop(account, store, at);
    return membersOf(account.weather.failing.backups, [store]);
  },
  'a point is deleted early': ({ account, faults, at }) => {
    const young = ({ CreationDate }: BackupJob | CopyJob) => (CreationDate?.getTime() ?? 0) > at - 25 * day;
    const written = [
      ...account.backupJobs.filter(young).map((job) => ({ vault: account.home, arn: job.RecoveryPointArn, job: job.CreationDate })),
      ...account.copyJobs
        .filter(young)
        .map((job) => ({ vault: account.copies, arn: job.DestinationRecoveryPointArn, job: job.CreationDate })),
    ].filter(({ vault, arn }) => arn !== undefined && vault.held.has(arn));
    if (written.length > 0) {
      const { vault, arn = '', job } = faults.one(written);
      vault.held.delete(arn);
      account.deletedEarly.push({ arn, job: job?.getTime() ?? 0 });
    }
    return () => undefined;
  },
  'a point is not deleted': (spell) => undeleted(spell, {}),
  'a point expires undeleted': (spell) => undeleted(spell, { Status: 'EXPIRED' }),
  'the lock is removed': ({ account, faults }) => {
    const vault = faults.one([account.home, account.copies]);
    vault.locked = false;
    return () => {
      vault.locked = true;
    };
  },
  'native backups are shortened': ({ account }) => {
    account.weather.nativeDays = 7;
    return () => {
      account.weather.nativeDays = 30;
    };
  },
  'a manual snapshot is left': ({ account, at }) =>
    listed(account.manualSnapshots, {
      ...{ DBClusterIdentifier: 'production-data', SnapshotType: 'manual', DBClusterSnapshotIdentifier: `before-release-${at}` },
      SnapshotCreateTime: new Date(at - 31 * day),
    }),
  'a restore test leaves a cluster': ({ account, at }) => {
    const id = `restored-${at}`;
    const arn = cluster.replace('production-data', id);
    const TagList = [{ Key: 'awsbackup-restore-test', Value: 'monthly' }];
    return listed(account.leftClusters, { DBClusterIdentifier: id, DBClusterArn: arn, TagList, ClusterCreateTime: new Date(at) });
  },
  'a restore test leaves a bucket': ({ account, at }) =>
    listed(account.leftBuckets, { Name: `awsbackup-restore-test-${at}`, CreationDate: new Date(at) }),
};

/** Begins a spell, and has it end in time. */
export function begin(kind: SpellKind, spell: Spell): void {
  const end = effects[kind](spell);
  spell.account.at(spell.until, end);
}

/** A store that is in a set already stays in it until the earlier spell ends. */
function membersOf(set: Set<string>, members: readonly string[]): () => void {
  const added = members.filter((member) => !set.has(member));
  for (const member of added) set.add(member);
  return () => {
    for (const member of added) set.delete(member);
  };
}

function counted<Name extends string>(counts: Record<Name, number>, name: Name): () => void {
  counts[name]++;
  return () => {
    counts[name]--;
  };
}

function listed<Item>(list: Item[], item: Item): () => void {
  list.push(item);
  return () => void list.splice(list.indexOf(item), 1);
}

function bucketWithout({ account, faults, at, until }: Spell, set: Set<string>): () => void {
  const store = faults.one(stores.filter((name) => name !== cluster));
  const end = membersOf(set, [store]);
  follow(account, store, at);
  return () => {
    end();
    follow(account, store, until);
  };
}

/** The oldest point of a vault stays after its day, at most until the spell ends. */
function undeleted({ account, faults }: Spell, changed: { readonly Status?: 'EXPIRED' }): () => void {
  const vault = faults.one([account.home, account.copies]);
  const [oldest] = [...vault.held.values()]
    .filter(({ record }) => record.CalculatedLifecycle !== undefined && record.Status === 'COMPLETED')
    .sort((a, b) => (a.record.CreationDate?.getTime() ?? 0) - (b.record.CreationDate?.getTime() ?? 0));
  const arn = oldest?.record.RecoveryPointArn;
  const end = oldest?.record.CalculatedLifecycle?.DeleteAt?.getTime();
  if (oldest === undefined || arn === undefined || end === undefined) return () => undefined;
  account.undeleted.add(arn);
  if (changed.Status) account.at(end, () => vault.put({ ...oldest, restorable: false, record: { ...oldest.record, ...changed } }));
  account.at(end + 30 * hour, () => void vault.held.delete(arn));
  return () => undefined;
}

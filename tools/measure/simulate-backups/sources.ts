// The simulated account as the function reads it, with denials and throttling.

import type { Sources } from '../../../lambda/backup/backup-freshness/examine';
import type { Buckets, Region } from '../../../lambda/backup/backup-freshness/sources';
import { type Account, bucketNames, cluster, regions } from './account';
import type { Obstacles } from './spells';
import { hour, type Vault } from './vault';

const failure = (name: string) => Object.assign(new Error('refused'), { name });

/** Share of the calls that fail while AWS throttles, after all attempts of the SDK. */
const throttledShare = 0.2;

export function sourcesOf(account: Account, obstacles: Obstacles, random: () => number, now: () => number): Sources {
  const read = async <Result>(place: keyof Obstacles['denied'], result: () => Result): Promise<Result> => {
    if (obstacles.denied[place] > 0) throw failure('AccessDeniedException');
    if (obstacles.throttled > 0 && random() < throttledShare) throw failure('ThrottlingException');
    return result();
  };
  const region = (place: 'home' | 'copies', vault: Vault): Region => ({
    ...{ region: regions[place], arn: vault.arn, name: vault.name },
    vault: () => read(place, () => vault.describe()),
    points: () => read(place, () => vault.list()),
    backupJobs: () => read(place, () => account.backupJobs),
    copyJobs: () => read(place, () => account.copyJobs),
    clusters: () => read(place, () => [clusterOf(account, now()), ...account.leftClusters]),
    clusterSnapshots: () => read(place, () => (place === 'home' ? [...account.manualSnapshots] : [])),
  });
  return { home: region('home', account.home), copies: region('copies', account.copies), buckets: bucketsOf(account, read) };
}

const clusterOf = (account: Account, now: number) => ({
  ...{ DBClusterArn: cluster, DBClusterIdentifier: 'production-data', ClusterCreateTime: new Date(account.createdAt) },
  ...{ BackupRetentionPeriod: account.weather.nativeDays, LatestRestorableTime: new Date(now - hour / 20) },
});

type Read = <Result>(place: 'buckets', result: () => Result) => Promise<Result>;

function bucketsOf(account: Account, read: Read): Buckets {
  const { silentBuckets, unversionedBuckets, vanished } = account.weather;
  const present = () => bucketNames.filter((name) => !vanished.has(`arn:aws:s3:::${name}`));
  return {
    list: () =>
      read('buckets', () => [...present().map((Name) => ({ Name, CreationDate: new Date(account.createdAt) })), ...account.leftBuckets]),
    state: (name) =>
      read('buckets', () => {
        const arn = `arn:aws:s3:::${name}`;
        if (vanished.has(arn)) return undefined;
        return { versioned: !unversionedBuckets.has(arn), reportsEvents: !silentBuckets.has(arn) };
      }),
  };
}

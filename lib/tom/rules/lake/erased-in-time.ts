// DSS-4.2: raw hits, exports and versions of the lake end in time for an erased person to be gone within 30 days.
import { erasureDays } from '../../figures';
import { type Finding, finding, type Guard, guardWhere, type Rule, remove, replace, set } from '../../rule';
import { type Assembly, isObject, type Json, listOf, type Resource, valueAt } from '../../template/assembly';
import { holdsLake, isReplica, lifecyclesOf } from '../../template/lake';
import { bucketType } from '../../template/resource-types';

/** S3 ends an object at the midnight (UTC) after its days ("Lifecycle elements to describe lifecycle actions"). */
const midnightDays = 1;

/** Days until the upkeep has rewritten the files of a person: one, with an alarm after 12 hours. */
const upkeepDays = 3;

/**
 * Days until the replica has the delete marker of a replaced file: minutes, without a promise of S3, and an alarm on
 * what fails. ("Replicating delete markers between buckets")
 */
const markerDays = 2;

/** Days of the longest month. */
const monthDays = 31;

const rules = 'LifecycleConfiguration.Rules';
const fix = 'Restore the lifecycle rules of the archive in DataBucket.';

/** Raw hits, those that Firehose could not deliver to their folder, and exports of a person. */
const rawFolders = ['hits/', 'hits-errors/', 'exports/'];

/** The folders of a bucket: exports are not replicated (the rule archive-replicated). */
const rawFoldersOf = (bucket: Resource, assembly: Assembly): readonly string[] =>
  rawFolders.filter((folder) => folder !== 'exports/' || !isReplica(bucket, assembly));

export const erasedInTime: Rule = {
  name: 'erased-in-time',
  requires: `raw hits, exports and replaced files of the lake end so that an erased person is gone within ${erasureDays} days`,
  types: [bucketType],
  check(bucket, assembly) {
    if (!holdsLake(bucket, assembly)) return 'not-applicable';
    const { keepMonths } = assembly.facts.settings.data;
    return [
      ...rawFoldersOf(bucket, assembly).flatMap((folder) => rawFindings(bucket, folder)),
      ...versionFindings(bucket, isReplica(bucket, assembly) ? markerDays : 0),
      ...endFindings(bucket, (keepMonths + 1) * monthDays, (keepMonths + 2) * monthDays),
      ...lockFindings(bucket),
    ];
  },
  guards: [
    ...[...rawFolders, 'lake/'].flatMap((folder) => [
      ofFolder(folder, '', remove),
      ofFolder(folder, '.Status', replace('Disabled')),
      ofFolder(folder, '.Prefix', replace('other/')),
      ofFolder(folder, '.ExpirationInDays', remove, replace(3650)),
      ofFolder(folder, '.NoncurrentVersionExpiration.NoncurrentDays', remove, replace(30)),
      ofFolder(folder, '.NoncurrentVersionExpiration.NewerNoncurrentVersions', set(3)),
      ofFolder(folder, '.ObjectSizeGreaterThan', set(128)),
    ]),
    ofFolder('lake/', '.ExpirationInDays', replace(14)),
    guardWhere(bucketType, holdsLake, 'Properties.ObjectLockEnabled', set(true)),
    guardWhere(bucketType, holdsLake, 'Properties.ObjectLockConfiguration', set({ ObjectLockEnabled: 'Enabled' })),
  ],
  reads: [{ type: bucketType, path: `Properties.${rules}` }],
};

/** Days after which an object of a folder, and after it its version, is gone; `undefined` for one that stays. */
const daysOf = (bucket: Resource, folder: string, path: string): number | undefined =>
  lifecyclesOf(bucket, folder)
    .filter((rule) => valueAt(rule, 'NoncurrentVersionExpiration.NewerNoncurrentVersions') === undefined)
    .map((rule) => valueAt(rule, path))
    .find((days): days is number => typeof days === 'number');

const objectDays = (bucket: Resource, folder: string): number | undefined => daysOf(bucket, folder, 'ExpirationInDays');
const versionDays = (bucket: Resource, folder: string): number | undefined =>
  daysOf(bucket, folder, 'NoncurrentVersionExpiration.NoncurrentDays');

/** A hit can arrive until the person is erased: its object ends by the first rule, and its version by the second. */
function rawFindings(bucket: Resource, folder: string): readonly Finding[] {
  const days = (objectDays(bucket, folder) ?? Infinity) + (versionDays(bucket, folder) ?? Infinity) + 2 * midnightDays;
  const required = `a rule for ${folder} whose days until the end of objects and of versions are ${erasureDays - 2 * midnightDays} at most`;
  return days <= erasureDays ? [] : [finding(bucket, `raw::${folder}`, `Properties.${rules}`, required, fix)];
}

/** The upkeep replaces the file of a person; the version ends by the rule, in the replica from its marker on. */
function versionFindings(bucket: Resource, delay: number): readonly Finding[] {
  const most = erasureDays - upkeepDays - delay - midnightDays;
  const required = `a rule for lake/ that ends noncurrent versions after ${most} days at most`;
  return (versionDays(bucket, 'lake/') ?? Infinity) <= most ? [] : [finding(bucket, 'versions', `Properties.${rules}`, required, fix)];
}

/** The upkeep removes a day in time; what it leaves ends a month later, and nothing ends before. */
function endFindings(bucket: Resource, least: number, most: number): readonly Finding[] {
  const days = objectDays(bucket, 'lake/') ?? Infinity;
  const required = `a rule for lake/ that ends objects after ${least} to ${most} days`;
  return days >= least && days <= most ? [] : [finding(bucket, 'end', `Properties.${rules}`, required, fix)];
}

/** A locked version cannot be removed. */
function lockFindings(bucket: Resource): readonly Finding[] {
  const path = ['ObjectLockEnabled', 'ObjectLockConfiguration'].find((name) => ![undefined, false].includes(bucket.at(name) as never));
  return path === undefined ? [] : [finding(bucket, 'lock', `Properties.${path}`, 'no object lock', 'Remove it: hits must be erasable.')];
}

function ofFolder(folder: string, below: string, ...breaks: Guard['breaks']): Guard {
  const pathsOf = (bucket: Resource): readonly string[] =>
    listOf(bucket.at(rules)).flatMap((rule: Json, index) =>
      isObject(rule) && rule.Prefix === folder ? [`Properties.${rules}.${index}${below}`] : [],
    );
  return guardWhere(bucketType, holdsLake, pathsOf, ...breaks);
}

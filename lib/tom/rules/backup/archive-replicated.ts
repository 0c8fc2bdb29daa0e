// DSS-5.4.2: raw hits and the lake are replicated to the other region within 15 minutes, under a key of that region.
import { isDeepStrictEqual } from 'node:util';
import { replicationMinutes } from '../../figures';
import { append, type Finding, finding, type Guard, guardWhere, type Rule, remove, replace, set } from '../../rule';
import { type Assembly, isObject, type Json, type JsonObject, listOf, type Resource } from '../../template/assembly';
import { canonical } from '../../template/canonical';
import { copyRegionOf, hasCopies } from '../../template/copies';
import { isArchive, isReplica, replicaArn } from '../../template/lake';
import { bucketType, keyAliasType, roleType } from '../../template/resource-types';
import { newResource } from '../bypass';

const path = 'Properties.ReplicationConfiguration';
const each = `${path}.Rules.*`;
const fix = 'Restore ArchiveReplication of lib/storage.';

/** Raw hits, those in error, and the lake. A replica of the exports would keep them after their end. */
const folders = ['hits/', 'hits-errors/', 'lake/'];

export const archiveReplicated: Rule = {
  name: 'archive-replicated',
  requires: `the folders of hits and of the lake, and no others, are replicated to the other region within ${replicationMinutes} minutes`,
  types: [bucketType],
  check(bucket, assembly) {
    const found = bucket.at('ReplicationConfiguration');
    if (!isArchive(bucket, assembly)) {
      return found === undefined ? 'not-applicable' : [finding(bucket, 'replicated', path, 'no replica but that of the archive', fix)];
    }
    if (!hasCopies(assembly.facts)) {
      const required = 'a replica in the home region, which does not answer';
      return [finding(bucket, 'home-is-gone', path, required, 'Set backup.homeAnswers when the home region answers again.')];
    }
    return [...ruleFindings(bucket, assembly), ...roleFindings(bucket, assembly), ...targetFindings(bucket, assembly)];
  },
  guards: [
    ofArchive(path, remove),
    ofArchive(`${path}.Role`, replace('arn:aws:iam::111111111111:role/another')),
    ofArchive(`${path}.Rules`, replace([]), append({ Status: 'Enabled', Filter: { Prefix: 'exports/' } })),
    ofArchive(each, remove),
    ofArchive(`${each}.Status`, replace('Disabled')),
    ofArchive(`${each}.Priority`, remove, replace('first')),
    ofArchive(`${each}.Filter.Prefix`, remove, replace('other/'), replace('')),
    ofArchive(`${each}.Filter.TagFilter`, set({ Key: 'a', Value: 'b' })),
    ofArchive(`${each}.DeleteMarkerReplication.Status`, replace('Disabled')),
    ofArchive(`${each}.SourceSelectionCriteria.SseKmsEncryptedObjects.Status`, replace('Disabled')),
    ofArchive(`${each}.Destination.Bucket`, replace('arn:aws:s3:::theirs')),
    ofArchive(`${each}.Destination.Account`, set('999999999999')),
    ofArchive(`${each}.Destination.StorageClass`, set('GLACIER')),
    ofArchive(`${each}.Destination.EncryptionConfiguration`, remove),
    ofArchive(`${each}.Destination.EncryptionConfiguration.ReplicaKmsKeyID`, replace('arn:aws:kms:eu-central-1:999999999999:key/theirs')),
    ofArchive(`${each}.Destination.ReplicationTime`, remove),
    ofArchive(`${each}.Destination.Metrics`, remove),
    guardWhere(bucketType, isReplica, 'Properties.BucketName', replace('another')),
    guardWhere(bucketType, isReplica, 'Properties.VersioningConfiguration.Status', replace('Suspended')),
  ],
  bypasses: [
    {
      name: 'a bucket with a replica in another account',
      beside: bucketType,
      resources: {
        Further: newResource(bucketType, {
          ReplicationConfiguration: {
            Role: 'arn:aws:iam::111111111111:role/x',
            Rules: [{ Destination: { Bucket: 'arn:aws:s3:::theirs' } }],
          },
        }),
      },
    },
  ],
  reads: [
    { type: bucketType, path: 'Properties' },
    { type: keyAliasType, path: 'Properties' },
  ],
};

/** The one form of a rule, without its id and its priority. */
function wanted(Prefix: string, { facts }: Assembly): JsonObject {
  const enabled = { Status: 'Enabled' };
  const time = { Minutes: replicationMinutes };
  const key = `arn:aws:kms:${copyRegionOf(facts)}:\${AWS::AccountId}:alias/${facts.deployment}-archive-replica`;
  return {
    DeleteMarkerReplication: enabled,
    Destination: {
      Bucket: replicaArn(facts),
      EncryptionConfiguration: { ReplicaKmsKeyID: key },
      Metrics: { ...enabled, EventThreshold: time },
      ReplicationTime: { ...enabled, Time: time },
    },
    Filter: { Prefix },
    SourceSelectionCriteria: { SseKmsEncryptedObjects: enabled },
    Status: 'Enabled',
  };
}

const rulesOf = (bucket: Resource, assembly: Assembly): readonly JsonObject[] =>
  listOf(canonical(bucket.at('ReplicationConfiguration.Rules') ?? [], bucket.stack, assembly)).filter(isObject);

function ruleFindings(bucket: Resource, assembly: Assembly): readonly Finding[] {
  const rules = rulesOf(bucket, assembly);
  const isWanted = ({ Id: _, Priority, ...rule }: JsonObject, folder: string): boolean =>
    isDeepStrictEqual(rule, wanted(folder, assembly)) &&
    typeof Priority === 'number' &&
    rules.filter((other) => other.Priority === Priority).length === 1;
  const others = rules.flatMap((rule, index): readonly Finding[] => {
    if (folders.some((folder) => isWanted(rule, folder))) return [];
    const required = `a rule that replicates one of ${folders.join(', ')} to ${replicaArn(assembly.facts)}, with a priority of its own`;
    return [{ id: `rule::${index}`, path: `${path}.Rules.${index}`, found: rule as Json, required, fix }];
  });
  const missing = folders.filter((folder) => !rules.some((rule) => isWanted(rule, folder)));
  return [...others, ...missing.map((folder) => finding(bucket, `folder::${folder}`, `${path}.Rules`, `a rule for ${folder}`, fix))];
}

function roleFindings(bucket: Resource, assembly: Assembly): readonly Finding[] {
  if (assembly.target(bucket.at('ReplicationConfiguration.Role'), bucket.stack)?.type === roleType) return [];
  return [finding(bucket, 'role', `${path}.Role`, 'a role of the deployment', fix)];
}

/** The bucket and the key that the rules name, in the stack of the other region. */
function targetFindings(bucket: Resource, assembly: Assembly): readonly Finding[] {
  const { facts } = assembly;
  const there = (type: string) => assembly.ofType(type).filter(({ stack }) => stack.region === copyRegionOf(facts));
  const nameOf = (resource: Resource) => `arn:aws:s3:::${String(canonical(resource.at('BucketName') ?? '', resource.stack, assembly))}`;
  const replica = there(bucketType).find((other) => nameOf(other) === replicaArn(facts));
  const alias = there(keyAliasType).some((other) => other.at('AliasName') === `alias/${facts.deployment}-archive-replica`);
  return [
    ...(replica?.at('VersioningConfiguration.Status') === 'Enabled'
      ? []
      : [finding(bucket, 'replica', path, `a versioned bucket ${replicaArn(facts)} in ${copyRegionOf(facts)}`, fix)]),
    ...(alias ? [] : [finding(bucket, 'key', path, `a key with the alias ${facts.deployment}-archive-replica`, fix)]),
  ];
}

function ofArchive(at: string, ...breaks: Guard['breaks']): Guard {
  return guardWhere(bucketType, (bucket, assembly) => isArchive(bucket, assembly) && hasCopies(assembly.facts), at, ...breaks);
}

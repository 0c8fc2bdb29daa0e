import { archiveReplicated } from '../../../../../lib/tom/rules/backup/archive-replicated';
import { Assembly, type Json, type JsonObject } from '../../../../../lib/tom/template/assembly';
import { answers, att, changed, facts, join, type Resources, ref, resource, stack } from '../example';

const account = ref('AWS::AccountId');
const enabled = { Status: 'Enabled' };
const time = { Minutes: 15 };
const destination: JsonObject = {
  Bucket: join('arn:aws:s3:::production-replica-', account, '-eu-central-1'),
  EncryptionConfiguration: { ReplicaKmsKeyID: join('arn:aws:kms:eu-central-1:', account, ':alias/production-archive-replica') },
  Metrics: { ...enabled, EventThreshold: time },
  ReplicationTime: { ...enabled, Time: time },
};
const rule = (Prefix: string, Priority: number, more: JsonObject = {}): JsonObject => ({
  ...{ Priority, Filter: { Prefix }, Status: 'Enabled', DeleteMarkerReplication: enabled },
  ...{ SourceSelectionCriteria: { SseKmsEncryptedObjects: enabled }, Destination: destination },
  ...more,
});
const others = [rule('hits-errors/', 2), rule('lake/', 3)];
const hits = (more: JsonObject): JsonObject => ({ Role: att('Role'), Rules: [rule('hits/', 1, more), ...others] });

const data: Resources = {
  Role: resource('AWS::IAM::Role'),
  Archive: resource('AWS::S3::Bucket', { ReplicationConfiguration: hits({}) }),
};
const recovery: Resources = {
  Replica: resource('AWS::S3::Bucket', {
    BucketName: join('production-replica-', account, '-eu-central-1'),
    VersioningConfiguration: { Status: 'Enabled' },
  }),
  Alias: resource('AWS::KMS::Alias', { AliasName: 'alias/production-archive-replica' }),
};

function verdict(archive: Resources, other: Resources = recovery, region = 'eu-central-1') {
  const receiving = stack(other, { name: 'production-recovery', region });
  return answers(archiveReplicated, new Assembly(facts, [stack(archive, { name: 'production-data' }), receiving])).Archive;
}
const withRules = (...rules: JsonObject[]) => changed(data, 'Archive', { ReplicationConfiguration: { Role: att('Role'), Rules: rules } });
const withHits = (more: JsonObject) => changed(data, 'Archive', { ReplicationConfiguration: hits(more) });

test('three folders with one form each comply, in any order', () => {
  expect(verdict(data)).toBe('compliant');
  expect(verdict(withRules(...others, rule('hits/', 1)))).toBe('compliant');
});

test.each<[string, JsonObject]>([
  ['a rule that is off', { Status: 'Disabled' }],
  ['no delete markers: a replaced file would stay for ever', { DeleteMarkerReplication: { Status: 'Disabled' } }],
  ['no objects under a key of KMS', { SourceSelectionCriteria: { SseKmsEncryptedObjects: { Status: 'Disabled' } } }],
  ['objects with a tag alone', { Filter: { Prefix: 'hits/', TagFilter: { Key: 'a', Value: 'b' } } }],
  ['a folder below', { Filter: { Prefix: 'hits/day=2026-01-01/' } }],
  ['no time', { Destination: { ...destination, ReplicationTime: { Status: 'Disabled', Time: time } } }],
  ['no metrics', { Destination: { ...destination, Metrics: { Status: 'Disabled' } } }],
  ['a bucket of others', { Destination: { ...destination, Bucket: 'arn:aws:s3:::theirs' } }],
  ['another account', { Destination: { ...destination, Account: '999999999999' } }],
  [
    'a key of the archive',
    { Destination: { ...destination, EncryptionConfiguration: { ReplicaKmsKeyID: 'arn:aws:kms:eu-west-3:111111111111:key/a' } } },
  ],
])('%s does not', (_, more) => {
  expect(verdict(withHits(more))).toEqual(['rule::0', 'folder::hits/']);
});

test.each<[string, Resources, string[]]>([
  [
    'no replication',
    changed(data, 'Archive', { ReplicationConfiguration: undefined }),
    ['folder::hits/', 'folder::hits-errors/', 'folder::lake/', 'role'],
  ],
  ['a folder less', withRules(...others), ['folder::hits/']],
  ['exports of persons', withRules(rule('hits/', 1), ...others, rule('exports/', 4)), ['rule::3']],
  ['two rules of one priority', withRules(rule('hits/', 2), ...others), ['rule::0', 'rule::1', 'folder::hits/', 'folder::hits-errors/']],
  [
    'a role of others',
    changed(data, 'Archive', { ReplicationConfiguration: { ...hits({}), Role: 'arn:aws:iam::999999999999:role/x' } as Json }),
    ['role'],
  ],
])('%s: no', (_, archive, ids) => {
  expect(verdict(archive)).toEqual(ids);
});

test('the bucket and the key of the rules exist in the other region, and the bucket keeps versions', () => {
  expect(verdict(data, changed(recovery, 'Replica', { VersioningConfiguration: { Status: 'Suspended' } }))).toEqual(['replica']);
  expect(verdict(data, changed(recovery, 'Replica', { BucketName: 'another' }))).toEqual(['replica']);
  expect(verdict(data, changed(recovery, 'Alias', { AliasName: 'alias/another' }))).toEqual(['key']);
  expect(verdict(data, recovery, 'eu-west-1')).toEqual(['replica', 'key']);
});

test('a recovered site has none until its home answers; no other bucket has one', () => {
  const gone = { site: 'recovery', region: 'eu-central-1' } as const;
  const alone = (resources: Resources) =>
    answers(
      archiveReplicated,
      new Assembly({ ...facts, ...gone }, [stack(resources, { name: 'production-data', region: 'eu-central-1' })]),
    );
  expect(alone(data).Archive).toEqual(['home-is-gone']);
  const further = {
    ...data,
    Further: resource('AWS::S3::Bucket', { ReplicationConfiguration: hits({}) }),
    Plain: resource('AWS::S3::Bucket'),
  };
  expect(answers(archiveReplicated, new Assembly(facts, [stack(further, { name: 'production-data' })]))).toMatchObject({
    Further: ['replicated'],
    Plain: 'not-applicable',
  });
});

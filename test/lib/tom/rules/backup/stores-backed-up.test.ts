import { storesBackedUp } from '../../../../../lib/tom/rules/backup/stores-backed-up';
import type { JsonObject, ResourceJson } from '../../../../../lib/tom/template/assembly';
import { storesLeftOut } from '../../../../../lib/tom/world/backup-stores';
import { answers, changed, type Resources, resource, without } from '../example';
import { backups, selected, selection, withCopies } from './example-backups';

const tagged = { Tags: [{ Key: 'rempart:backup', Value: 'daily' }] };
const because = (reason: string | undefined) => ({ Metadata: { 'rempart:not-backed-up': reason ?? '' } });
const reasonOf = (store: string) => because(storesLeftOut[store]);
const stores: Resources = {
  ...backups,
  OfClusters: selection(selected({ 'Fn::Sub': 'arn:aws:rds:eu-west-3:${AWS::AccountId}:cluster:*' })),
  Uploads: resource('AWS::S3::Bucket', { ...tagged, BucketName: 'production-uploads-111111111111-eu-west-3' }),
  DatabaseCluster: resource('AWS::RDS::DBCluster', tagged),
  Hits: resource('AWS::Kinesis::Stream', {}, reasonOf('data/Hits')),
};
const verdicts = (resources: Resources) => answers(storesBackedUp, withCopies(resources));
const withSelection = (more: JsonObject) => ({ ...stores, Selection: selection(selected('arn:aws:s3:::production-*', more)) });
const left = (store: ResourceJson) => ({ ...stores, Hits: store });

test('selected stores and those with a listed reason comply', () => {
  const { Uploads, DatabaseCluster, Hits } = verdicts(stores);
  expect([Uploads, DatabaseCluster, Hits]).toEqual(['compliant', 'compliant', 'compliant']);
});

test.each<[string, Resources, string[]]>([
  ['without a tag', changed(stores, 'Uploads', { Tags: [] }), ['backup']],
  ['with another tag', changed(stores, 'Uploads', { Tags: [{ Key: 'rempart:backup', Value: 'weekly' }] }), ['backup']],
  ['of another name than the selection', changed(stores, 'Uploads', { BucketName: 'uploads' }), ['selection']],
  ['without a selection', without(stores, 'Selection'), ['selection']],
  [
    'whose selection has no plan',
    { ...stores, Selection: changed(stores, 'Selection', { BackupPlanId: 'other' }).Selection as ResourceJson },
    ['selection'],
  ],
  ['that a selection excepts', withSelection({ NotResources: ['arn:aws:s3:::production-uploads*'] }), ['selection']],
  ['with a selection for another deployment', withSelection({ Conditions: { StringEquals: [] } }), ['selection']],
  ['with a tag and a reason', { ...stores, Uploads: { ...(stores.Uploads as ResourceJson), ...because('Not needed.') } }, ['both']],
  ['with an own reason', { ...stores, Uploads: resource('AWS::S3::Bucket', {}, because('Not needed.')) }, ['backup']],
])('a bucket %s does not', (_, resources, ids) => {
  expect(verdicts(resources).Uploads).toEqual(ids);
});

test.each<[string, ResourceJson]>([
  ['without a reason', resource('AWS::Kinesis::Stream')],
  ['with the reason of another store', resource('AWS::Kinesis::Stream', {}, reasonOf('data/DeadLetters'))],
])('a stream %s does not', (_, stream) => {
  expect(verdicts(left(stream)).Hits).toEqual(['backup']);
});

test.each(['AWS::DynamoDB::Table', 'AWS::EC2::Volume', 'AWS::EFS::FileSystem', 'AWS::EC2::LaunchTemplate'])(
  'a further %s does not',
  (type) => {
    expect(verdicts({ ...stores, Further: resource(type) }).Further).toEqual(['backup']);
  },
);

test('a cluster is not selected as a bucket is', () => {
  expect(verdicts(without(stores, 'OfClusters')).DatabaseCluster).toEqual(['selection']);
});

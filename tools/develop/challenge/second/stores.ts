// Buckets, the stream, the delivery to the archive, and secrets of the store.
import { type Challenge, fieldsAt, itemOf, put, resourceOfType } from '../challenge';
import { bucketWith, parameter, rewrite } from './places';

const destination = 'ExtendedS3DestinationConfiguration';

export const storeChallenges: readonly Challenge[] = [
  {
    clause: 'DSS-5.4.3',
    kind: 'J',
    title: 'old versions of uploads of which the newest stays for ever',
    change: ({ data }) =>
      put(
        itemOf(bucketWith(data, 'Uploads').properties, 'LifecycleConfiguration/Rules', { Id: 'versions-as-long-as-backups' }),
        'NoncurrentVersionExpiration/NewerNoncurrentVersions',
        1,
      ),
  },
  {
    clause: 'DSS-4.2',
    kind: 'J',
    title: 'a lifecycle rule of exports with a prefix that no export has',
    change: ({ data }) =>
      put(itemOf(bucketWith(data, 'Archive').properties, 'LifecycleConfiguration/Rules', { Prefix: 'exports/' }), 'Prefix', 'export/'),
  },
  {
    clause: 'TOM-4.2',
    kind: 'A',
    title: 'a block of public policies that a parameter of the stack decides',
    change: ({ data }) =>
      put(
        bucketWith(data, 'Uploads').properties,
        'PublicAccessBlockConfiguration/BlockPublicPolicy',
        parameter(data, 'BlockPublicPolicy', 'true'),
      ),
  },
  {
    clause: 'DSS-4.2',
    kind: 'J',
    title: 'an archive whose objects nobody can erase for ten years',
    change: ({ data }) =>
      Object.assign(bucketWith(data, 'Archive').properties, {
        ObjectLockConfiguration: { ObjectLockEnabled: 'Enabled', Rule: { DefaultRetention: { Mode: 'COMPLIANCE', Years: 10 } } },
        ObjectLockEnabled: true,
      }),
  },
  {
    clause: 'TOM-7.1',
    kind: 'J',
    title: 'files of the lake that a session of one site writes for all',
    change: ({ data }) =>
      rewrite(
        resourceOfType(data, 'AWS::IAM::ManagedPolicy', 'LakeRolesWriter').resource,
        '/lake/site=${aws:PrincipalTag/rempart:site}/',
        '/lake/',
      ),
  },
  {
    clause: 'TOM-4.2',
    kind: 'B',
    title: 'a delivery of hits with a copy of the source records in a bucket that a parameter names',
    change: ({ collection }) => {
      const { properties } = resourceOfType(collection, 'AWS::KinesisFirehose::DeliveryStream');
      const settings = fieldsAt(properties, destination);
      settings.S3BackupMode = 'Enabled';
      settings.S3BackupConfiguration = {
        BucketARN: parameter(collection, 'RawHits', 'arn:aws:s3:::raw-hits'),
        CompressionFormat: 'GZIP',
        RoleARN: settings.RoleARN ?? '',
      };
    },
  },
  {
    clause: 'TOM-2.1',
    kind: 'J',
    title: 'a replica of the context key in London',
    change: ({ data }) => put(resourceOfType(data, 'AWS::SecretsManager::Secret').properties, 'ReplicaRegions', [{ Region: 'eu-west-2' }]),
  },
];

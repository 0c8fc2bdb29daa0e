// Buckets, the stream, the delivery to the archive, and secrets of the store.
import { add, attribute, type Challenge, fieldsAt, itemOf, otherAccount, put, ref, resourceOfType } from '../challenge';
import { addRole, bucketWith, parameter, rewrite } from './places';

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
    kind: 'I',
    title: 'a replication of the archive to a bucket of another account',
    change: ({ data }) => {
      const role = addRole(data, 'ReplicationRole', 's3.amazonaws.com');
      put(bucketWith(data, 'Archive').properties, 'ReplicationConfiguration', {
        Role: attribute(String(role.Ref)),
        Rules: [
          {
            DeleteMarkerReplication: { Status: 'Disabled' },
            Destination: {
              Account: otherAccount,
              Bucket: 'arn:aws:s3:::lake-eu-west-3',
              AccessControlTranslation: { Owner: 'Destination' },
            },
            Filter: { Prefix: 'hits/' },
            Priority: 1,
            Status: 'Enabled',
          },
        ],
      });
    },
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
    clause: 'TOM-4.2',
    kind: 'J',
    title: 'a bucket of uploads in which access control lists count',
    change: ({ data }) => put(bucketWith(data, 'Uploads').properties, 'OwnershipControls/Rules/0/ObjectOwnership', 'ObjectWriter'),
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
    title: 'a delivery of hits under one site for all',
    change: ({ collection }) =>
      rewrite(resourceOfType(collection, 'AWS::KinesisFirehose::DeliveryStream').resource, '{site:(.site|tostring),', '{site:\\"all\\",'),
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
    clause: 'TOM-5.5',
    kind: 'J',
    title: 'a delivery of hits without encryption of its own',
    change: ({ collection }) =>
      put(resourceOfType(collection, 'AWS::KinesisFirehose::DeliveryStream').properties, `${destination}/EncryptionConfiguration`, {
        NoEncryptionConfig: 'NoEncryption',
      }),
  },
  {
    clause: 'TOM-3.10',
    kind: 'J',
    title: 'a rotation of the context key every 999 days',
    change: ({ data }) =>
      put(resourceOfType(data, 'AWS::SecretsManager::RotationSchedule').properties, 'RotationRules', {
        ScheduleExpression: 'rate(999 days)',
      }),
  },
  {
    clause: 'TOM-2.1',
    kind: 'J',
    title: 'a replica of the context key in London',
    change: ({ data }) => put(resourceOfType(data, 'AWS::SecretsManager::Secret').properties, 'ReplicaRegions', [{ Region: 'eu-west-2' }]),
  },
  {
    clause: 'TOM-3.10',
    kind: 'J',
    title: 'a context key of ten digits',
    change: ({ data }) => {
      const generated = fieldsAt(resourceOfType(data, 'AWS::SecretsManager::Secret').properties, 'GenerateSecretString');
      Object.assign(generated, { ExcludeLowercase: true, ExcludeUppercase: true, PasswordLength: 10 });
    },
  },
  {
    clause: 'TOM-3.10',
    kind: 'I',
    title: 'a resource policy of the context key for a role of another account',
    change: ({ data }) => {
      add(data, 'ContextKeyPolicy', 'AWS::SecretsManager::ResourcePolicy', {
        ResourcePolicy: {
          Statement: [
            {
              Action: 'secretsmanager:GetSecretValue',
              Effect: 'Allow',
              Principal: { AWS: `arn:aws:iam::${otherAccount}:role/reports` },
              Resource: '*',
            },
          ],
          Version: '2012-10-17',
        },
        SecretId: ref(resourceOfType(data, 'AWS::SecretsManager::Secret').id),
      });
    },
  },
];

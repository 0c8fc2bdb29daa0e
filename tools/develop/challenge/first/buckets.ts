// Buckets: their policies, lifecycle, locks, encryption and copies.
import {
  add,
  addStatement,
  attribute,
  type Challenge,
  itemOf,
  listAt,
  otherAccount,
  put,
  ref,
  resourceOfType,
  statementOf,
  sub,
} from '../challenge';

const secure = { Bool: { 'aws:SecureTransport': 'false' } };
const versioned = { NumericLessThan: { 's3:TlsVersion': 1.2 } };
const defaults = 'BucketEncryption/ServerSideEncryptionConfiguration/0';

export const bucketChallenges: readonly Challenge[] = [
  {
    clause: 'TOM-5.7',
    kind: 'F',
    title: 'an archive that refuses reads without TLS and accepts writes',
    change({ data }) {
      const statement = statementOf(resourceOfType(data, 'AWS::S3::BucketPolicy', 'ArchivePolicy').properties, 'PolicyDocument', {
        Condition: secure,
      });
      statement.Action = ['s3:Get*', 's3:List*'];
    },
  },
  {
    clause: 'TOM-5.7',
    kind: 'J',
    title: 'an uploads bucket that accepts TLS 1.1',
    change({ data }) {
      const statement = statementOf(resourceOfType(data, 'AWS::S3::BucketPolicy', 'UploadsPolicy').properties, 'PolicyDocument', {
        Condition: versioned,
      });
      put(statement, 'Condition/NumericLessThan/s3:TlsVersion', 1.1);
    },
  },
  {
    clause: 'TOM-5.7',
    kind: 'F',
    title: 'a refusal of connections without TLS for the bucket and not for its objects',
    change({ data }) {
      const { properties } = resourceOfType(data, 'AWS::S3::BucketPolicy', 'SettingsPolicy');
      statementOf(properties, 'PolicyDocument', { Condition: secure }).Resource = attribute(
        resourceOfType(data, 'AWS::S3::Bucket', 'Settings').id,
      );
    },
  },
  {
    clause: 'TOM-7.3',
    kind: 'F',
    title: 'an archive with a second account beside its own in the refusal of other accounts',
    change({ data }) {
      const statement = statementOf(resourceOfType(data, 'AWS::S3::BucketPolicy', 'ArchivePolicy').properties, 'PolicyDocument', {
        Sid: 'NoOtherAccount',
      });
      put(statement, 'Condition/StringNotEquals/aws:PrincipalAccount', [ref('AWS::AccountId'), otherAccount]);
    },
  },
  {
    clause: 'TOM-3.6',
    kind: 'F',
    title: 'a bucket policy of the audit archive that admits every account of the organization',
    change({ account }) {
      const bucket = resourceOfType(account, 'AWS::S3::Bucket', 'AuditArchive').id;
      addStatement(resourceOfType(account, 'AWS::S3::BucketPolicy', 'AuditArchivePolicy').properties, 'PolicyDocument', {
        Sid: 'Auditors',
        Effect: 'Allow',
        Principal: { AWS: '*' },
        Action: 's3:Get*',
        Resource: sub(`\${${bucket}.Arn}/*`),
        Condition: { StringEquals: { 'aws:PrincipalOrgID': ['o-a1b2c3d4e5'] } },
      });
    },
  },
  {
    clause: 'TOM-4.2',
    kind: 'J',
    title: 'an uploads bucket with the text "false" for a part of its public access block',
    change({ data }) {
      put(resourceOfType(data, 'AWS::S3::Bucket', 'Uploads').properties, 'PublicAccessBlockConfiguration/RestrictPublicBuckets', 'false');
    },
  },
  {
    clause: 'TOM-4.2',
    kind: 'J',
    title: 'an archive whose objects belong to their writers',
    change({ data }) {
      put(resourceOfType(data, 'AWS::S3::Bucket', 'Archive').properties, 'OwnershipControls/Rules/0/ObjectOwnership', 'ObjectWriter');
    },
  },
  {
    clause: 'TOM-6.7',
    kind: 'I',
    title: 'a second lifecycle rule of the archive that deletes old versions of hits after a day',
    change({ data }) {
      listAt(resourceOfType(data, 'AWS::S3::Bucket', 'Archive').properties, 'LifecycleConfiguration/Rules').push({
        Id: 'save-money',
        Prefix: 'hits/',
        Status: 'Enabled',
        NoncurrentVersionExpiration: { NoncurrentDays: 1 },
      });
    },
  },
  {
    clause: 'TOM-4.10',
    kind: 'I',
    title: 'a second lifecycle rule of the uploads bucket that expires every object after a week',
    change({ data }) {
      listAt(resourceOfType(data, 'AWS::S3::Bucket', 'Uploads').properties, 'LifecycleConfiguration/Rules').push({
        Id: 'clean',
        Status: 'Enabled',
        ExpirationInDays: 7,
      });
    },
  },
  {
    clause: 'TOM-6.7',
    kind: 'J',
    title: 'a settings bucket with suspended versioning',
    change({ data }) {
      put(resourceOfType(data, 'AWS::S3::Bucket', 'Settings').properties, 'VersioningConfiguration/Status', 'Suspended');
    },
  },
  {
    clause: 'TOM-3.6',
    kind: 'J',
    title: 'an audit archive with a lock in governance mode',
    change({ account }) {
      const { properties } = resourceOfType(account, 'AWS::S3::Bucket', 'AuditArchive');
      put(properties, 'ObjectLockConfiguration/Rule/DefaultRetention/Mode', 'GOVERNANCE');
    },
  },
  {
    clause: 'TOM-3.6',
    kind: 'J',
    title: 'an audit archive with a lock of one day',
    change({ account }) {
      const { properties } = resourceOfType(account, 'AWS::S3::Bucket', 'AuditArchive');
      put(properties, 'ObjectLockConfiguration/Rule/DefaultRetention/Days', 1);
    },
  },
  {
    clause: 'TOM-5.5',
    kind: 'J',
    title: 'a dead-letter bucket encrypted with the key that AWS manages',
    change({ data }) {
      const { properties } = resourceOfType(data, 'AWS::S3::Bucket', 'DeadLetters');
      put(
        properties,
        `${defaults}/ServerSideEncryptionByDefault/KMSMasterKeyID`,
        sub('arn:aws:kms:eu-west-3:${AWS::AccountId}:alias/aws/s3'),
      );
    },
  },
  {
    clause: 'TOM-5.5',
    kind: 'J',
    title: 'an uploads bucket that accepts keys of its clients',
    change({ data }) {
      put(resourceOfType(data, 'AWS::S3::Bucket', 'Uploads').properties, `${defaults}/BlockedEncryptionTypes/EncryptionType`, ['NONE']);
    },
  },
  {
    clause: 'TOM-2.1',
    kind: 'I',
    title: 'a replication of the archive to a bucket of another account in the United States',
    change({ data }) {
      resourceOfType(data, 'AWS::S3::Bucket', 'Archive').properties.ReplicationConfiguration = {
        Role: sub('arn:aws:iam::${AWS::AccountId}:role/production-replication'),
        Rules: [
          {
            Id: 'copy',
            Priority: 1,
            Status: 'Enabled',
            Filter: { Prefix: '' },
            DeleteMarkerReplication: { Status: 'Disabled' },
            Destination: { Bucket: 'arn:aws:s3:::production-archive-us-east-1', Account: otherAccount },
          },
        ],
      };
    },
  },
  {
    clause: 'TOM-7.3',
    kind: 'B',
    title: 'a notification of every upload to a queue of another account',
    change({ data }) {
      put(resourceOfType(data, 'AWS::S3::Bucket', 'Uploads').properties, 'NotificationConfiguration/QueueConfigurations', [
        { Event: 's3:ObjectCreated:*', Queue: `arn:aws:sqs:eu-west-3:${otherAccount}:uploads` },
      ]);
    },
  },
  {
    clause: 'TOM-2.1',
    kind: 'J',
    title: 'an uploads bucket with transfer acceleration, through locations outside the region',
    change({ data }) {
      resourceOfType(data, 'AWS::S3::Bucket', 'Uploads').properties.AccelerateConfiguration = { AccelerationStatus: 'Enabled' };
    },
  },
  {
    clause: 'TOM-5.5',
    kind: 'I',
    title: 'a second bucket for exports, with the encryption that S3 has by default',
    change({ data }) {
      const { properties } = resourceOfType(data, 'AWS::S3::Bucket', 'Archive');
      const { PublicAccessBlockConfiguration = {}, OwnershipControls = {}, Tags = [] } = structuredClone(properties);
      add(data, 'Exports0A1B2C3D', 'AWS::S3::Bucket', {
        BucketName: sub('production-exports-${AWS::AccountId}-eu-west-3'),
        PublicAccessBlockConfiguration,
        OwnershipControls,
        VersioningConfiguration: { Status: 'Enabled' },
        Tags,
      });
    },
  },
  {
    clause: 'DSS-5.4.1',
    kind: 'J',
    title: 'an archive of personal data with the classification "public"',
    change({ data }) {
      itemOf(resourceOfType(data, 'AWS::S3::Bucket', 'Archive').properties, 'Tags', { Key: 'rempart:classification' }).Value = 'public';
    },
  },
  {
    clause: 'DSS-5.4.1',
    kind: 'J',
    title: 'a stream with its classification under a key in another case',
    change({ data }) {
      const { properties } = resourceOfType(data, 'AWS::Kinesis::Stream');
      itemOf(properties, 'Tags', { Key: 'rempart:classification' }).Key = 'rempart:Classification';
    },
  },
  {
    clause: 'TOM-5.7',
    kind: 'I',
    title: 'a second bucket policy of the uploads bucket, which replaces the first',
    change({ data }) {
      const bucket = resourceOfType(data, 'AWS::S3::Bucket', 'Uploads').id;
      add(data, 'UploadsTeam0A1B2C3D', 'AWS::S3::BucketPolicy', {
        Bucket: ref(bucket),
        PolicyDocument: {
          Version: '2012-10-17',
          Statement: [
            {
              Effect: 'Allow',
              Principal: { AWS: sub('arn:aws:iam::${AWS::AccountId}:root') },
              Action: 's3:DeleteObjectVersion',
              Resource: sub(`\${${bucket}.Arn}/*`),
            },
          ],
        },
      });
    },
  },
];

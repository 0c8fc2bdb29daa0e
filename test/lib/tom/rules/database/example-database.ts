// A database with its proxy, schema and buckets, as the templates of the house have them.
import type { JsonObject } from '../../../../../lib/tom/template/assembly';
import { audit, boundaryPolicy, denials } from '../audit/example-audit';
import { att, join, type Resources, ref, resource } from '../example';
import { network, zone } from '../network/example-network';

const port = { IpProtocol: 'tcp', FromPort: 5432, ToPort: 5432 };
const isolated = [ref('isolated0'), ref('isolated1')];
const checksum = 'a'.repeat(64);

const ownOf = (service: string) => join('arn:', ref('AWS::Partition'), `:${service}:*:`, ref('AWS::AccountId'), ':*');

export const sharing: Readonly<Record<string, JsonObject>> = {
  snapshots: {
    Effect: 'Deny',
    Action: [
      'backup:PutBackupVaultAccessPolicy',
      'ec2:ModifySnapshotAttribute',
      'rds:ModifyDBClusterSnapshotAttribute',
      'rds:ModifyDBSnapshotAttribute',
      'rds:StartExportTask',
    ],
    Resource: '*',
  },
  environments: {
    Effect: 'Deny',
    Action: '*',
    Resource: '*',
    Condition: {
      StringNotEquals: { 'aws:ResourceTag/rempart:environment': 'production' },
      Null: { 'aws:ResourceTag/rempart:environment': 'false' },
    },
  },
  foreignBackups: { Effect: 'Deny', Action: ['rds:Copy*Snapshot', 'rds:Restore*'], NotResource: ownOf('rds') },
  foreignKeys: {
    Effect: 'Deny',
    Action: ['kms:CreateGrant', 'kms:Decrypt', 'kms:Encrypt', 'kms:GenerateDataKey*', 'kms:ReEncrypt*'],
    NotResource: ownOf('kms'),
  },
  grants: { Effect: 'Deny', Action: 'kms:CreateGrant', Resource: '*', Condition: { Bool: { 'kms:GrantIsForAWSResource': 'false' } } },
};

const instance = (number: number, tier: number) =>
  resource('AWS::RDS::DBInstance', {
    DBClusterIdentifier: ref('Cluster'),
    DBInstanceClass: 'db.serverless',
    AvailabilityZone: zone(number),
    PromotionTier: tier,
    PubliclyAccessible: false,
    CACertificateIdentifier: 'rds-ca-rsa4096-g1',
  });

export const parameters: Readonly<Record<string, string>> = {
  'rds.force_ssl': '1',
  ssl_min_protocol_version: 'TLSv1.2',
  shared_preload_libraries: 'pg_stat_statements,pgaudit',
  'pgaudit.log': 'ddl,role',
  'pgaudit.log_parameter': '0',
  log_connections: '1',
  log_disconnections: '1',
  log_statement: 'none',
  log_min_duration_statement: '-1',
  log_parameter_max_length_on_error: '0',
  log_error_verbosity: 'terse',
};

const cluster: Resources = {
  Cluster: resource(
    'AWS::RDS::DBCluster',
    {
      DBClusterIdentifier: 'production-data',
      DBSubnetGroupName: ref('Subnets'),
      DBClusterParameterGroupName: ref('Parameters'),
      VpcSecurityGroupIds: [att('DatabaseGroup', 'GroupId')],
      EnableIAMDatabaseAuthentication: true,
      ManageMasterUserPassword: true,
      MasterUserSecret: { KmsKeyId: att('Key') },
      StorageEncrypted: true,
      KmsKeyId: att('Key'),
      PerformanceInsightsKmsKeyId: att('Key'),
      EnableCloudwatchLogsExports: ['postgresql'],
      BackupRetentionPeriod: 30,
      DeleteAutomatedBackups: false,
      CopyTagsToSnapshot: true,
      DeletionProtection: true,
    },
    { DeletionPolicy: 'Snapshot', UpdateReplacePolicy: 'Snapshot' },
  ),
  Writer: instance(0, 0),
  Reader: instance(1, 1),
  Subnets: resource('AWS::RDS::DBSubnetGroup', { SubnetIds: isolated }),
  Parameters: resource('AWS::RDS::DBClusterParameterGroup', { Parameters: { ...parameters } }),
  DatabaseLog: resource('AWS::Logs::LogGroup', { LogGroupName: '/aws/rds/cluster/production-data/postgresql' }),
  ProxyLog: resource('AWS::Logs::LogGroup', { LogGroupName: '/aws/rds/proxy/production-data' }),
  Proxy: resource('AWS::RDS::DBProxy', {
    DBProxyName: 'production-data',
    DefaultAuthScheme: 'IAM_AUTH',
    RequireTLS: true,
    VpcSubnetIds: isolated,
    VpcSecurityGroupIds: [att('ProxyGroup', 'GroupId')],
  }),
};

const groups: Resources = {
  Targets: resource(
    'AWS::RDS::DBProxyTargetGroup',
    { DBProxyName: ref('Proxy'), TargetGroupName: 'default', DBClusterIdentifiers: [ref('Cluster')] },
    { DependsOn: ['Schema', 'Writer'] },
  ),
  DatabaseGroup: resource('AWS::EC2::SecurityGroup', { VpcId: ref('Vpc') }),
  ProxyGroup: resource('AWS::EC2::SecurityGroup', {
    SecurityGroupIngress: [{ ...port, SourceSecurityGroupId: att('FunctionGroup', 'GroupId') }],
  }),
  FunctionGroup: resource('AWS::EC2::SecurityGroup', { VpcId: ref('Vpc') }),
  FromProxy: resource('AWS::EC2::SecurityGroupIngress', {
    ...port,
    GroupId: att('DatabaseGroup', 'GroupId'),
    SourceSecurityGroupId: att('ProxyGroup', 'GroupId'),
  }),
};

const functions: Resources = {
  Migrate: resource('AWS::Lambda::Function', {
    ReservedConcurrentExecutions: 1,
    Environment: { Variables: { ENVIRONMENT: 'production' } },
  }),
  Schema: resource('Custom::DatabaseMigrations', {
    ServiceToken: att('Migrate'),
    Checksum: checksum,
    Database: att('Cluster', 'DBClusterResourceId'),
  }),
  Export: resource('AWS::Lambda::Function', { Environment: { Variables: { DATABASE_HOST: 'proxy' } } }, { DependsOn: ['Schema'] }),
  Rotate: resource('AWS::Lambda::Function', { Environment: { Variables: { DATABASE_HOST: 'cluster', MASTER_SECRET: 'master' } } }),
  Secret: resource('AWS::SecretsManager::Secret', { GenerateSecretString: { PasswordLength: 64 }, KmsKeyId: att('Key') }),
  Rotation: resource('AWS::SecretsManager::RotationSchedule', {
    SecretId: ref('Secret'),
    RotationLambdaARN: att('Rotate'),
    RotationRules: { AutomaticallyAfterDays: 90 },
  }),
};

const selector = (...starts: JsonObject[]): JsonObject => ({
  FieldSelectors: [
    { Field: 'eventCategory', Equals: ['Data'] },
    { Field: 'resources.type', Equals: ['AWS::S3::Object'] },
    { Field: 'resources.ARN', StartsWith: starts },
  ],
});

const buckets: Resources = {
  Uploads: resource(
    'AWS::S3::Bucket',
    {
      BucketName: join('production-uploads-', ref('AWS::AccountId')),
      VersioningConfiguration: { Status: 'Enabled' },
      LifecycleConfiguration: { Rules: [{ Status: 'Enabled', NoncurrentVersionExpiration: { NoncurrentDays: 30 } }] },
      NotificationConfiguration: { EventBridgeConfiguration: { EventBridgeEnabled: true } },
      Tags: [{ Key: 'rempart:classification', Value: 'personal' }],
    },
    { DeletionPolicy: 'RetainExceptOnCreate', UpdateReplacePolicy: 'Retain' },
  ),
  FileTrail: resource('AWS::CloudTrail::Trail', {
    AdvancedEventSelectors: [selector(join('arn:aws:s3:::production-uploads-', ref('AWS::AccountId'), '/'))],
  }),
};

/** All of it, with the network and the audit that it stands in. */
export const database: Resources = {
  ...network,
  ...audit,
  Key: resource('AWS::KMS::Key', {
    KeyPolicy: {
      Statement: [
        { Effect: 'Allow', Principal: { AWS: join('arn:aws:iam::', ref('AWS::AccountId'), ':root') }, Action: 'kms:*', Resource: '*' },
        { Effect: 'Allow', Principal: { Service: 'logs.eu-west-3.amazonaws.com' }, Action: 'kms:Encrypt', Resource: '*' },
      ],
    },
  }),
  Boundary: resource('AWS::IAM::ManagedPolicy', {
    ManagedPolicyName: 'boundary',
    PolicyDocument: boundaryPolicy({ ...denials, ...sharing }),
  }),
  ...cluster,
  ...groups,
  ...functions,
  ...buckets,
};

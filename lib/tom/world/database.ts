// The database, its proxy, its secrets and its logs.
import { databaseIdentifier } from '../../config/names';
import { siteOf } from '../../config/site';
import { backupDays, longestSecretDays } from '../figures';
import type { DeploymentFacts } from '../template/assembly';
import { databasePort } from '../template/databases';
import { dailyBackup } from './backup-stores';
import { setting } from './configured';
import { databaseParameters } from './database-parameters';
import { type Declaration, declare } from './declaration';
import { by, type FormLike, harmless } from './form';
import { logGroup } from './log-groups';
import { tags } from './tags';

const engine = 'aurora-postgresql';
const engineVersion = '17.7';
const family = 'aurora-postgresql17';
const dataKey = '${data/DataKey.Arn}';
const cluster = '${data/DatabaseCluster}';

/** Days for which Database Insights keeps measurements without charge. */
const insightDays = 7;

/** Certificate of the server; the clients trust its authority ("Using SSL/TLS to encrypt a connection"). (TOM-5.7) */
const certificateAuthority = 'rds-ca-rsa4096-g1';

/** Isolated subnets, one in each zone. (TOM-4.2) */
const isolatedSubnets = ['1', '2', '3'].map((zone) => `\${network/VpcisolatedSubnet${zone}Subnet}`);

/** The zone of an instance: the first, second and third of the region ("Fn::GetAZs"). (TOM-6.3) */
const zone = (index: number): string => `\${Fn::Select [${index},"\${Fn::GetAZs \\"\\"}"]}`;

/** Identifier of the cluster by the configuration. */
export const identifierOf = ({ deployment, site, settings, otherDeployments }: DeploymentFacts): string =>
  databaseIdentifier(siteOf(deployment, site, settings, otherDeployments));

const twoDigits = (hour: number): string => String(hour).padStart(2, '0');

const backupWindow = setting(({ settings: { data } }) => `${twoDigits(data.backupHour)}:00-${twoDigits(data.backupHour)}:30`);

const maintenanceWindow = setting(({ settings: { data } }) => {
  const { day, hour } = data.maintenance;
  return `${day}:${twoDigits(hour)}:00-${day}:${twoDigits(hour)}:59`;
});

/** New, or restored from the snapshot of the configuration, which contains the name and the master user. (TOM-7.2) */
function origin({ site, settings: { account, data } }: DeploymentFacts): Readonly<Record<string, FormLike>> {
  const snapshot = data.restoreFrom[site];
  if (snapshot === undefined) return { DatabaseName: 'rempart', MasterUsername: 'rempart_master' };
  return { SnapshotIdentifier: account === undefined ? snapshot : snapshot.replaceAll(account, '${AWS::AccountId}') };
}

const clusterProperties: Readonly<Record<string, FormLike>> = {
  BackupRetentionPeriod: backupDays,
  CopyTagsToSnapshot: true,
  DBClusterIdentifier: setting(identifierOf),
  DBClusterParameterGroupName: '${data/DatabaseParameters}',
  DBSubnetGroupName: '${data/DatabaseSubnets}',
  DatabaseInsightsMode: 'standard',
  DeleteAutomatedBackups: false,
  DeletionProtection: true,
  EnableCloudwatchLogsExports: ['postgresql', 'iam-db-auth-error'],
  EnableHttpEndpoint: false,
  EnableIAMDatabaseAuthentication: true,
  Engine: engine,
  EngineVersion: engineVersion,
  KmsKeyId: dataKey,
  // RDS generates the password and rotates it every seven days ("Password management with Amazon Aurora").
  ManageMasterUserPassword: true,
  MasterUserSecret: { KmsKeyId: dataKey },
  PerformanceInsightsEnabled: true,
  PerformanceInsightsKmsKeyId: dataKey,
  PerformanceInsightsRetentionPeriod: insightDays,
  Port: databasePort,
  PreferredBackupWindow: backupWindow,
  PreferredMaintenanceWindow: maintenanceWindow,
  ServerlessV2ScalingConfiguration: {
    MaxCapacity: setting(({ settings }) => settings.data.capacity.maximum),
    MinCapacity: setting(({ settings }) => settings.data.capacity.minimum),
  },
  StorageEncrypted: true,
  StorageType: setting(({ settings: { data } }) => (data.storage === 'io-optimized' ? 'aurora-iopt1' : 'aurora')),
  Tags: tags('personal', dailyBackup),
  VpcSecurityGroupIds: ['${data/DatabaseSecurityGroup.GroupId}'],
};

const databaseCluster: readonly Declaration[] = [
  declare('AWS::RDS::DBSubnetGroup', 'data/DatabaseSubnets', {
    DBSubnetGroupDescription: harmless,
    SubnetIds: isolatedSubnets,
    Tags: tags('personal'),
  }),
  declare('AWS::RDS::DBClusterParameterGroup', 'data/DatabaseParameters', {
    Description: harmless,
    Family: family,
    Parameters: Object.fromEntries(databaseParameters.map(({ name, value }) => [name, value])),
    Tags: tags('personal'),
  }),
  declare(
    'AWS::RDS::DBCluster',
    'data/DatabaseCluster',
    by(({ facts }) => ({ ...clusterProperties, ...origin(facts) })),
    {
      // A cluster that a restored one replaces holds the data that was written after the snapshot. (TOM-7.2)
      deletion: 'Snapshot',
      replacement: 'Retain',
      dependsOn: ['${data/DatabaseLogiamdbautherror}', '${data/DatabaseLogpostgresql}'],
    },
  ),
];

/** An instance of the cluster, in a zone of its own. Tiers 0 and 1 scale a reader with the writer. (TOM-6.3) */
const instance = (id: string, index: number): Declaration =>
  declare(
    'AWS::RDS::DBInstance',
    `data/Database${id}`,
    {
      AutoMinorVersionUpgrade: false,
      AvailabilityZone: zone(index),
      CACertificateIdentifier: certificateAuthority,
      DBClusterIdentifier: cluster,
      DBInstanceClass: setting(({ settings }) => settings.data.instanceClass),
      Engine: engine,
      PreferredMaintenanceWindow: maintenanceWindow,
      PromotionTier: setting(({ settings: { data } }) => (data.readerScaling === 'independent' ? 2 : Math.min(index, 1))),
      PubliclyAccessible: false,
      Tags: tags('personal'),
    },
    {
      deletion: 'Delete',
      replacement: 'Delete',
      ...(index === 0 ? {} : { dependsOn: ['${data/DatabaseWriter}'] }),
      when: ({ settings }) => settings.data.readers >= index,
    },
  );

const instanceIds = ['Writer', 'Reader1', 'Reader2'] as const;

/** The proxy signs in with IAM and admits IAM over TLS; its log contains no statements. (TOM-3.10, TOM-5.7) */
const databaseProxy: readonly Declaration[] = [
  declare(
    'AWS::RDS::DBProxy',
    'data/Proxy',
    {
      DBProxyName: '<deployment>-data',
      DebugLogging: false,
      DefaultAuthScheme: 'IAM_AUTH',
      EngineFamily: 'POSTGRESQL',
      IdleClientTimeout: 900,
      RequireTLS: true,
      RoleArn: '${data/ProxyRole.Arn}',
      Tags: tags('personal'),
      VpcSecurityGroupIds: ['${data/ProxySecurityGroup.GroupId}'],
      VpcSubnetIds: isolatedSubnets,
    },
    { dependsOn: ['${data/ProxyLog}'] },
  ),
  declare(
    'AWS::RDS::DBProxyTargetGroup',
    'data/ProxyTargets',
    {
      ConnectionPoolConfigurationInfo: { ConnectionBorrowTimeout: 30, MaxConnectionsPercent: 90, MaxIdleConnectionsPercent: 30 },
      DBClusterIdentifiers: [cluster],
      DBProxyName: '${data/Proxy}',
      TargetGroupName: 'default',
    },
    {
      // After the writer, the schema and the permission to sign in: without them every connection fails.
      dependsOn: [
        ...['${data/DatabaseFromMigrations}', '${data/DatabaseFromProxy}', '${data/DatabaseWriter}', '${data/MigrationsSchema}'],
        ...['${data/ProxySignIn}', '${data/ProxyToDatabase}'],
      ],
    },
  ),
];

/** The key of site contexts: generated, never in a template, and rotated. (TOM-3.10) */
const contextKey: readonly Declaration[] = [
  declare(
    'AWS::SecretsManager::Secret',
    'data/ContextKey',
    {
      Description: harmless,
      GenerateSecretString: {
        ExcludePunctuation: true,
        GenerateStringKey: 'key',
        IncludeSpace: false,
        PasswordLength: 64,
        SecretStringTemplate: '{"version":1}',
      },
      KmsKeyId: dataKey,
      Tags: tags('confidential'),
    },
    { deletion: 'Delete', replacement: 'Delete' },
  ),
  declare(
    'AWS::SecretsManager::RotationSchedule',
    'data/ContextKeyRotationSchedule',
    {
      RotateImmediatelyOnUpdate: false,
      RotationLambdaARN: '${data/ContextKeyRotationFunction.Arn}',
      RotationRules: { AutomaticallyAfterDays: longestSecretDays },
      SecretId: '${data/ContextKey}',
    },
    { dependsOn: ['${data/ContextKeyRotationInvoked}'] },
  ),
];

/** A log that RDS writes, under the name that RDS requires. */
const databaseLog = (id: string, name: FormLike): Declaration =>
  logGroup(`data/${id}`, { name, key: 'data/DataKey', classification: 'confidential' });

const clusterLog = (log: string): Declaration =>
  databaseLog(
    `DatabaseLog${log.replaceAll('-', '')}`,
    setting((facts) => `/aws/rds/cluster/${identifierOf(facts)}/${log}`),
  );

export const databaseDeclarations: readonly Declaration[] = [
  ...databaseCluster,
  ...instanceIds.map(instance),
  ...databaseProxy,
  ...contextKey,
  clusterLog('postgresql'),
  clusterLog('iam-db-auth-error'),
  databaseLog('ProxyLog', '/aws/rds/proxy/<deployment>-data'),
];

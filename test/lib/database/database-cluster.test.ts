import { databaseVersion } from '../../../lib/database/database-cluster';
import { clusterParameters } from '../../../lib/database/parameters';
import { allowedValues, familyParameters } from '../../../lib/tom/template/database-parameters';
import type { Choice } from '../stacks/account-stack';
import { dataStack, only, resourcesOf } from '../stacks/data-stack';

const snapshot = 'arn:aws:rds:eu-west-3:111111111111:cluster-snapshot:awsbackup:job-1';
const restored: Choice = { settings: { data: { restoreFrom: { home: snapshot } } } };
const dataKey = { 'Fn::GetAtt': ['DataKey17AFBB84', 'Arn'] };
const cluster = (choice: Choice = {}) => only(choice, 'AWS::RDS::DBCluster');
const instances = (choice: Choice = {}) => Object.values(resourcesOf(choice, 'AWS::RDS::DBInstance')).map(({ Properties }) => Properties);

describe('the cluster', () => {
  test('is of the release with long-term support, and stays on it', () => {
    expect(cluster()).toMatchObject({ Engine: 'aurora-postgresql', EngineVersion: '17.7', DatabaseName: 'rempart', Port: 5432 });
    expect(only({}, 'AWS::RDS::DBClusterParameterGroup').Family).toBe(databaseVersion.family);
    for (const instance of instances()) expect(instance.AutoMinorVersionUpgrade).toBe(false);
  });

  test('is encrypted with the data key wherever it keeps something', () => {
    const { StorageEncrypted, KmsKeyId, MasterUserSecret, PerformanceInsightsKmsKeyId } = cluster();
    expect([StorageEncrypted, KmsKeyId, MasterUserSecret, PerformanceInsightsKmsKeyId]).toEqual([
      true,
      dataKey,
      { KmsKeyId: dataKey },
      dataKey,
    ]);
    for (const { Properties } of Object.values(resourcesOf({}, 'AWS::Logs::LogGroup'))) {
      if (/^\/aws\/rds\//.test(String(Properties.LogGroupName))) expect(Properties.KmsKeyId).toEqual(dataKey);
    }
  });

  test('has a password managed by RDS, and IAM authentication', () => {
    expect(cluster()).toMatchObject({ ManageMasterUserPassword: true, EnableIAMDatabaseAuthentication: true, EnableHttpEndpoint: false });
    expect(cluster()).not.toHaveProperty('MasterUserPassword');
  });

  test('keeps backups for 30 days, leaves a snapshot when it goes, and itself when it is replaced', () => {
    expect(cluster()).toMatchObject({
      BackupRetentionPeriod: 30,
      DeleteAutomatedBackups: false,
      DeletionProtection: true,
      CopyTagsToSnapshot: true,
    });
    dataStack().template.hasResource('AWS::RDS::DBCluster', { DeletionPolicy: 'Snapshot', UpdateReplacePolicy: 'Retain' });
  });

  test('writes its logs to groups that are there before it', () => {
    expect(cluster().EnableCloudwatchLogsExports).toEqual(['postgresql', 'iam-db-auth-error']);
    const [made] = Object.values(resourcesOf({}, 'AWS::RDS::DBCluster'));
    const groups = Object.entries(resourcesOf({}, 'AWS::Logs::LogGroup')).filter(([id]) => made?.DependsOn?.includes(id));
    expect(groups.map(([, { Properties }]) => Properties.LogGroupName)).toEqual([
      '/aws/rds/cluster/example-data/postgresql',
      '/aws/rds/cluster/example-data/iam-db-auth-error',
    ]);
  });

  test('has the windows and the capacity of the configuration', () => {
    const data = { capacity: { minimum: 0.5, maximum: 4 }, backupHour: 22, maintenance: { day: 'tue', hour: 7 } };
    const choice: Choice = { settings: { data } };
    expect(cluster(choice)).toMatchObject({
      ServerlessV2ScalingConfiguration: { MinCapacity: 0.5, MaxCapacity: 4 },
      PreferredBackupWindow: '22:00-22:30',
      PreferredMaintenanceWindow: 'tue:07:00-tue:07:59',
    });
  });

  test.each([
    [{}, 'aurora'],
    [{ storage: 'standard' }, 'aurora'],
    [{ storage: 'io-optimized' }, 'aurora-iopt1'],
  ])('has with %o the storage %s, which is never left out', (data, type) => {
    expect(cluster({ settings: { data } }).StorageType).toBe(type);
  });

  test('keeps its parameters as text, without a row of customers in a log', () => {
    expect(only({}, 'AWS::RDS::DBClusterParameterGroup').Parameters).toEqual(clusterParameters);
    expect(clusterParameters).toMatchObject({ log_statement: 'none', log_error_verbosity: 'terse', 'pgaudit.log_parameter': '0' });
  });

  test('sets parameters that its family has, each to a value of a list, so that RDS takes them', () => {
    expect(familyParameters.size).toBeGreaterThan(300);
    for (const [name, value] of Object.entries(clusterParameters)) {
      expect([name, familyParameters.has(name), allowedValues[name]?.test(value)]).toEqual([name, true, true]);
    }
    for (const name of Object.keys(allowedValues)) expect([name, familyParameters.has(name)]).toEqual([name, true]);
  });
});

describe('a restored cluster', () => {
  test('begins with the snapshot, and gets a password of its own', () => {
    expect(cluster(restored)).toMatchObject({ SnapshotIdentifier: snapshot, ManageMasterUserPassword: true, KmsKeyId: dataKey });
    for (const property of ['MasterUsername', 'DatabaseName']) expect(cluster(restored)).not.toHaveProperty(property);
  });

  test('differs in nothing else', () => {
    const same = (choice: Choice) => {
      const { SnapshotIdentifier: _, MasterUsername: __, DatabaseName: ___, DBClusterIdentifier: ____, ...rest } = cluster(choice);
      return rest;
    };
    expect(same(restored)).toEqual(same({}));
  });

  test('is restored at its own site alone', () => {
    expect(cluster({ ...restored, site: 'recovery' })).not.toHaveProperty('SnapshotIdentifier');
  });
});

describe('the instances', () => {
  test('are a writer and a standby of its class, each in a zone of its own', () => {
    expect(
      instances().map(({ AvailabilityZone, PromotionTier, DBInstanceClass }) => [AvailabilityZone, PromotionTier, DBInstanceClass]),
    ).toEqual([
      [{ 'Fn::Select': [0, { 'Fn::GetAZs': '' }] }, 2, 'db.serverless'],
      [{ 'Fn::Select': [1, { 'Fn::GetAZs': '' }] }, 2, 'db.serverless'],
    ]);
  });

  test.each([
    ['with-writer', [0, 1, 1]],
    ['independent', [2, 2, 2]],
  ])('have tiers by which readers scale %s, whichever instance is the writer', (readerScaling, tiers) => {
    const found = instances({ settings: { data: { readerScaling, readers: 2 } } });
    expect(found.map(({ PromotionTier }) => PromotionTier)).toEqual(tiers);
  });

  test('are never public, and have certificates of 4096 bits', () => {
    for (const instance of instances())
      expect(instance).toMatchObject({ PubliclyAccessible: false, CACertificateIdentifier: 'rds-ca-rsa4096-g1' });
  });

  test.each([
    [0, 1],
    [2, 3],
  ])('are with %i readers %i', (readers, count) => {
    expect(instances({ environment: 'staging', settings: { data: { readers } } })).toHaveLength(count);
  });
});

test('only the proxy and the migrations are admitted, on the port of the database', () => {
  const group = { 'Fn::GetAtt': ['DatabaseSecurityGroup5C91FDCB', 'GroupId'] };
  const admitted = Object.values(resourcesOf({}, 'AWS::EC2::SecurityGroupIngress')).filter(
    ({ Properties }) => JSON.stringify(Properties.GroupId) === JSON.stringify(group),
  );
  expect(
    admitted.map(({ Properties: { Description, FromPort, ToPort, IpProtocol } }) => [Description, FromPort, ToPort, IpProtocol]),
  ).toEqual([
    ['Migrations', 5432, 5432, 'tcp'],
    ['Queries of the proxy', 5432, 5432, 'tcp'],
  ]);
});

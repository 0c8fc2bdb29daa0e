// Database cluster, its proxy, its parameters and its secrets.
import { add, attribute, type Challenge, put, ref, resourceOfType, subnetImport } from '../challenge';
import { addRole, parameter } from './places';

const parameters = 'AWS::RDS::DBClusterParameterGroup';

export const databaseChallenges: readonly Challenge[] = [
  {
    clause: 'TOM-6.7',
    kind: 'A',
    title: 'a retention of backups without a value, which RDS sets to one day',
    change: ({ data }) => put(resourceOfType(data, 'AWS::RDS::DBCluster').properties, 'BackupRetentionPeriod', ref('AWS::NoValue')),
  },
  {
    clause: 'TOM-6.3',
    kind: 'H',
    title: 'a reader of the database in the zone of its writer, selected from another list',
    change: ({ data }) =>
      put(resourceOfType(data, 'AWS::RDS::DBInstance', 'DatabaseReader1').properties, 'AvailabilityZone', {
        'Fn::Select': [0, { 'Fn::GetAZs': ref('AWS::Region') }],
      }),
  },
  {
    clause: 'TOM-4.2',
    kind: 'I',
    title: 'a zero-ETL integration of the database with a warehouse that a parameter names',
    change: ({ data }) => {
      add(data, 'Analytics', 'AWS::RDS::Integration', {
        IntegrationName: 'production-analytics',
        SourceArn: attribute(resourceOfType(data, 'AWS::RDS::DBCluster').id, 'DBClusterArn'),
        TargetArn: parameter(data, 'Warehouse', 'arn:aws:redshift-serverless:eu-west-3:210987654321:namespace/analytics'),
      });
    },
  },
  {
    clause: 'TOM-4.2',
    kind: 'F',
    title: 'a role with which the database itself exports to S3',
    change: ({ data }) => {
      const role = addRole(data, 'DatabaseExportRole', 'rds.amazonaws.com');
      put(resourceOfType(data, 'AWS::RDS::DBCluster').properties, 'AssociatedRoles', [
        { FeatureName: 's3Export', RoleArn: attribute(String(role.Ref)) },
      ]);
    },
  },
  {
    clause: 'TOM-7.2',
    kind: 'B',
    title: 'a subnet group of the database whose third subnet is a private one',
    change: ({ data, network }) =>
      put(resourceOfType(data, 'AWS::RDS::DBSubnetGroup').properties, 'SubnetIds/2', subnetImport(network, 'private', 3)),
  },
  {
    clause: 'TOM-7.4',
    kind: 'A',
    title: 'a database from a snapshot that a parameter names',
    change: ({ data }) =>
      put(
        resourceOfType(data, 'AWS::RDS::DBCluster').properties,
        'SnapshotIdentifier',
        parameter(data, 'Snapshot', 'arn:aws:rds:eu-west-3:210987654321:cluster-snapshot:staging-data'),
      ),
  },
  {
    clause: 'DSS-5.3.3',
    kind: 'J',
    title: 'a database that accepts passwords under MD5 beside SCRAM',
    change: ({ data }) => put(resourceOfType(data, parameters).properties, 'Parameters/rds.accepted_password_auth_method', 'md5+scram'),
  },
  {
    clause: 'TOM-3.6',
    kind: 'I',
    title: 'a parameter group of the writer that overrides the audit of the cluster',
    change: ({ data }) => {
      const group = add(data, 'WriterParameters', 'AWS::RDS::DBParameterGroup', {
        Description: 'Parameters of the writer',
        Family: 'aurora-postgresql17',
        Parameters: { 'pgaudit.log': 'none', log_connections: '0', log_min_duration_statement: '1000' },
      });
      put(resourceOfType(data, 'AWS::RDS::DBInstance', 'DatabaseWriter').properties, 'DBParameterGroupName', group);
    },
  },
  {
    clause: 'TOM-4.13',
    kind: 'J',
    title: 'a database that logs slow statements with their parameters in full',
    change: ({ data }) => {
      const { properties } = resourceOfType(data, parameters);
      put(properties, 'Parameters/log_min_duration_statement', '5000');
      put(properties, 'Parameters/log_parameter_max_length', '-1');
    },
  },
  {
    clause: 'TOM-4.1',
    kind: 'F',
    title: 'a database proxy that signs in as the master user for clients without IAM authentication',
    change: ({ data }) => {
      const { properties } = resourceOfType(data, 'AWS::RDS::DBProxy');
      properties.DefaultAuthScheme = 'NONE';
      const secret = attribute(resourceOfType(data, 'AWS::RDS::DBCluster').id, 'MasterUserSecret.SecretArn');
      properties.Auth = [
        { AuthScheme: 'SECRETS', ClientPasswordAuthType: 'POSTGRES_SCRAM_SHA_256', IAMAuth: 'DISABLED', SecretArn: secret },
      ];
    },
  },
  {
    clause: 'TOM-7.4',
    kind: 'J',
    title: 'snapshots of the database without its tags, by which the boundary distinguishes their environment',
    change: ({ data }) => put(resourceOfType(data, 'AWS::RDS::DBCluster').properties, 'CopyTagsToSnapshot', false),
  },
  {
    clause: 'TOM-4.2',
    kind: 'H',
    title: 'a database that admits a prefix list from a parameter in place of its proxy',
    change: ({ data }) => {
      const { properties } = resourceOfType(data, 'AWS::EC2::SecurityGroupIngress', 'DatabaseFromProxy');
      delete properties.SourceSecurityGroupId;
      properties.SourcePrefixListId = parameter(data, 'ReportingNetworks', 'pl-0123456789abcdef0');
    },
  },
];

// The database: its settings, instances, proxy, copies and the ways to it.
import {
  add,
  addStatement,
  attribute,
  type Challenge,
  drop,
  importOf,
  itemOf,
  listAt,
  otherAccount,
  put,
  ref,
  resourceOfType,
  section,
  statementWith,
  sub,
  subnetImport,
} from '../challenge';

const cluster = 'AWS::RDS::DBCluster';
const instance = 'AWS::RDS::DBInstance';
const parameters = 'AWS::RDS::DBClusterParameterGroup';

export const databaseChallenges: readonly Challenge[] = [
  {
    clause: 'TOM-5.7',
    kind: 'J',
    title: 'a database that accepts connections without TLS, with the switch as a number',
    change({ data }) {
      put(resourceOfType(data, parameters).properties, 'Parameters/rds.force_ssl', 0);
    },
  },
  {
    clause: 'TOM-5.7',
    kind: 'J',
    title: 'a database that accepts TLS 1.1',
    change({ data }) {
      put(resourceOfType(data, parameters).properties, 'Parameters/ssl_min_protocol_version', 'TLSv1.1');
    },
  },
  {
    clause: 'TOM-3.6',
    kind: 'J',
    title: 'a database audit of roles and not of definitions',
    change({ data }) {
      put(resourceOfType(data, parameters).properties, 'Parameters/pgaudit.log', 'role');
    },
  },
  {
    clause: 'DSS-5.3.3',
    kind: 'J',
    title: 'a database that stores passwords as MD5',
    change({ data }) {
      const { properties } = resourceOfType(data, parameters);
      put(properties, 'Parameters/rds.accepted_password_auth_method', 'md5+scram');
      put(properties, 'Parameters/password_encryption', 'md5');
    },
  },
  {
    clause: 'TOM-7.2',
    kind: 'I',
    title: 'a second cluster for reports, restored from a snapshot beside the first',
    change({ data }) {
      const { properties, resource } = resourceOfType(data, cluster);
      const {
        MasterUsername: _,
        MasterUserSecret: __,
        ManageMasterUserPassword: ___,
        DatabaseName: ____,
        ...same
      } = structuredClone(properties);
      const copy = { ...same, DBClusterIdentifier: 'production-reports', SnapshotIdentifier: 'production-data-final' };
      add(data, 'Reports0A1B2C3D', cluster, copy, { DeletionPolicy: resource.DeletionPolicy ?? '', UpdateReplacePolicy: 'Retain' });
    },
  },
  {
    clause: 'TOM-4.2',
    kind: 'section',
    title: 'a reader with a public address under a condition that holds in the home region',
    change({ data }) {
      section(data, 'Conditions').Reporting = { 'Fn::Equals': [ref('AWS::Region'), 'eu-west-3'] };
      const reader = resourceOfType(data, instance, 'DatabaseReader');
      reader.properties.PubliclyAccessible = { 'Fn::If': ['Reporting', true, false] };
    },
  },
  {
    clause: 'TOM-6.3',
    kind: 'H',
    title: 'a standby in the zone of the writer, which the text "0" selects',
    change({ data }) {
      put(resourceOfType(data, instance, 'DatabaseReader').properties, 'AvailabilityZone/Fn::Select/0', '0');
    },
  },
  {
    clause: 'TOM-4.2',
    kind: 'B',
    title: 'a subnet group of the database with a subnet of servers',
    change({ data, network }) {
      put(resourceOfType(data, 'AWS::RDS::DBSubnetGroup').properties, 'SubnetIds/2', subnetImport(network, 'private', 3));
    },
  },
  {
    clause: 'DSS-5.4.3',
    kind: 'J',
    title: 'backups of the database kept for 35 days',
    change({ data }) {
      put(resourceOfType(data, cluster).properties, 'BackupRetentionPeriod', 35);
    },
  },
  {
    clause: 'TOM-6.7',
    kind: 'section',
    title: 'backups of the database kept for one day, by a mapping of regions',
    change({ data }) {
      section(data, 'Mappings').Backups = { 'eu-west-3': { Days: 1 }, 'eu-central-1': { Days: 30 } };
      put(resourceOfType(data, cluster).properties, 'BackupRetentionPeriod', { 'Fn::FindInMap': ['Backups', ref('AWS::Region'), 'Days'] });
    },
  },
  {
    clause: 'TOM-2.1',
    kind: 'A',
    title: 'a database that joins a global cluster of the company',
    change({ data }) {
      section(data, 'Parameters').CompanyCluster = { Type: 'String', Default: 'company-data' };
      put(resourceOfType(data, cluster).properties, 'GlobalClusterIdentifier', ref('CompanyCluster'));
    },
  },
  {
    clause: 'TOM-3.10',
    kind: 'K',
    title: 'a master password by dynamic reference, which is never rotated',
    change({ data }) {
      const { properties } = resourceOfType(data, cluster);
      drop(properties, 'ManageMasterUserPassword');
      drop(properties, 'MasterUserSecret');
      properties.MasterUserPassword = '{{resolve:secretsmanager:production/master:SecretString:password}}';
    },
  },
  {
    clause: 'TOM-4.2',
    kind: 'J',
    title: 'a database with the HTTP endpoint of the Data API',
    change({ data }) {
      put(resourceOfType(data, cluster).properties, 'EnableHttpEndpoint', 'true');
    },
  },
  {
    clause: 'TOM-4.2',
    kind: 'I',
    title: 'a second endpoint of the database proxy in the subnets of servers',
    change({ data, network }) {
      const { id, properties } = resourceOfType(data, 'AWS::RDS::DBProxy');
      add(data, 'ProxyReports0A1B2C3D', 'AWS::RDS::DBProxyEndpoint', {
        DBProxyEndpointName: 'production-data-reports',
        DBProxyName: ref(id),
        TargetRole: 'READ_ONLY',
        VpcSecurityGroupIds: properties.VpcSecurityGroupIds ?? [],
        VpcSubnetIds: [1, 2, 3].map((zone) => subnetImport(network, 'private', zone)),
      });
    },
  },
  {
    clause: 'TOM-5.7',
    kind: 'J',
    title: 'a database proxy with the text "false" for the requirement of TLS',
    change({ data }) {
      put(resourceOfType(data, 'AWS::RDS::DBProxy').properties, 'RequireTLS', 'false');
    },
  },
  {
    clause: 'TOM-4.1',
    kind: 'F',
    title: 'a sign-in of the database proxy as every user',
    change({ data }) {
      const { properties } = resourceOfType(data, 'AWS::IAM::ManagedPolicy', 'ProxySignIn');
      const { id } = resourceOfType(data, cluster);
      statementWith(properties, 'PolicyDocument', 'rds-db:connect').Resource = sub(
        `arn:aws:rds-db:eu-west-3:\${AWS::AccountId}:dbuser:\${${id}.DBClusterResourceId}/rempart_*`,
      );
    },
  },
  {
    clause: 'TOM-4.1',
    kind: 'I',
    title: 'a database proxy that signs in with the master password beside IAM',
    change({ data }) {
      const secret = attribute(resourceOfType(data, cluster).id, 'MasterUserSecret.SecretArn');
      resourceOfType(data, 'AWS::RDS::DBProxy').properties.Auth = [{ AuthScheme: 'SECRETS', IAMAuth: 'DISABLED', SecretArn: secret }];
      addStatement(resourceOfType(data, 'AWS::IAM::ManagedPolicy', 'ProxySignIn').properties, 'PolicyDocument', {
        Effect: 'Allow',
        Action: 'secretsmanager:GetSecretValue',
        Resource: secret,
      });
    },
  },
  {
    clause: 'TOM-4.2',
    kind: 'B',
    title: 'a database with a role for exports to S3',
    change({ data }) {
      resourceOfType(data, cluster).properties.AssociatedRoles = [
        { FeatureName: 's3Export', RoleArn: sub('arn:aws:iam::${AWS::AccountId}:role/production-exports') },
      ];
    },
  },
  {
    clause: 'TOM-6.7',
    kind: 'section',
    title: 'a database that a replacement deletes, with the text "false" for its protection',
    change({ data }) {
      const { resource, properties } = resourceOfType(data, cluster);
      resource.UpdateReplacePolicy = 'Delete';
      properties.DeletionProtection = 'false';
    },
  },
  {
    clause: 'TOM-4.2',
    kind: 'I',
    title: 'a second ingress of the database from a private range wider than the VPC',
    change({ data }) {
      add(data, 'DatabaseFromOffice0A1B2C3D', 'AWS::EC2::SecurityGroupIngress', {
        Description: 'Migrations',
        GroupId: attribute(resourceOfType(data, 'AWS::EC2::SecurityGroup', 'DatabaseSecurityGroup').id, 'GroupId'),
        IpProtocol: '6',
        FromPort: 5432,
        ToPort: 5432,
        CidrIp: '10.0.0.0/8',
      });
    },
  },
  {
    clause: 'TOM-6.6',
    kind: 'J',
    title: 'an ingress of the database on every port, with the protocol -1',
    change({ data }) {
      put(resourceOfType(data, 'AWS::EC2::SecurityGroupIngress', 'DatabaseFromProxy').properties, 'IpProtocol', '-1');
    },
  },
  {
    clause: 'TOM-4.2',
    kind: 'I',
    title: 'a third instance of the cluster, for reports, with a public address',
    change({ data }) {
      const { properties } = resourceOfType(data, instance, 'DatabaseReader');
      add(data, 'Reports0A1B2C3D', instance, { ...structuredClone(properties), PromotionTier: 15, PubliclyAccessible: 'true' });
    },
  },
  {
    clause: 'TOM-4.2',
    kind: 'I',
    title: 'a share of the database cluster with another account',
    change({ data }) {
      add(data, 'Share0A1B2C3D', 'AWS::RAM::ResourceShare', {
        Name: 'production-data',
        AllowExternalPrincipals: true,
        Principals: [otherAccount],
        ResourceArns: [attribute(resourceOfType(data, cluster).id, 'DBClusterArn')],
      });
    },
  },
  {
    clause: 'TOM-5.5',
    kind: 'A',
    title: 'performance insights with a key outside the deployment',
    change({ data }) {
      put(resourceOfType(data, cluster).properties, 'PerformanceInsightsKmsKeyId', { 'Fn::ImportValue': 'company-shared:InsightsKeyArn' });
    },
  },
  {
    clause: 'TOM-7.3',
    kind: 'J',
    title: 'a database with the tag of the staging environment',
    change({ data }) {
      itemOf(resourceOfType(data, cluster).properties, 'Tags', { Key: 'rempart:environment' }).Value = 'staging';
    },
  },
  {
    clause: 'TOM-4.2',
    kind: 'B',
    title: 'collectors in the security group of functions that use the database',
    change({ data, collection }) {
      const group = attribute(resourceOfType(data, 'AWS::EC2::SecurityGroup', 'AccessSecurityGroup').id, 'GroupId');
      const template = resourceOfType(collection, 'AWS::EC2::LaunchTemplate');
      listAt(template.properties, 'LaunchTemplateData/NetworkInterfaces/0/Groups').push(importOf(data, group));
    },
  },
];

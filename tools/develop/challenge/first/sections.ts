// Sections and attributes of the templates, and systems beside those of the deployment.
import {
  add,
  attribute,
  type Challenge,
  fieldsAt,
  functionNamed,
  listAt,
  otherAccount,
  put,
  ref,
  resourceOfType,
  resourcesOfType,
  section,
  sub,
  subnetImport,
} from '../challenge';

export const sectionChallenges: readonly Challenge[] = [
  {
    clause: 'TOM-3.5',
    kind: 'section',
    title: 'a macro of the company that rewrites the template of the account',
    change({ account }) {
      account.Transform = ['CompanyDefaults'];
    },
  },
  {
    clause: 'TOM-6.6',
    kind: 'section',
    title: 'resources of the network included from a bucket',
    change({ network }) {
      network.Transform = [{ Name: 'AWS::Include', Parameters: { Location: 's3://company-snippets/network.yaml' } }];
    },
  },
  {
    clause: 'TOM-3.5',
    kind: 'section',
    title: 'statements of a policy included from a bucket',
    change({ data }) {
      const policy = resourceOfType(data, 'AWS::IAM::ManagedPolicy', 'UpkeepFunctionPermissions');
      listAt(policy.properties, 'PolicyDocument/Statement').push({
        'Fn::Transform': { Name: 'AWS::Include', Parameters: { Location: 's3://company-snippets/statement.json' } },
      });
    },
  },
  {
    clause: 'TOM-4.1',
    kind: 'section',
    title: 'migrations under a condition of a parameter',
    change({ data }) {
      section(data, 'Parameters').Migrate = { Type: 'String', Default: 'false' };
      section(data, 'Conditions').Migrate = { 'Fn::Equals': [ref('Migrate'), 'true'] };
      resourceOfType(data, 'Custom::DatabaseMigrations').resource.Condition = 'Migrate';
    },
  },
  {
    clause: 'TOM-4.1',
    kind: 'section',
    title: 'a database proxy and its functions before the migrations',
    change({ data }) {
      const { id } = resourceOfType(data, 'Custom::DatabaseMigrations');
      for (const resource of Object.values(data.Resources)) {
        if (Array.isArray(resource.DependsOn)) resource.DependsOn = resource.DependsOn.filter((other) => other !== id);
      }
    },
  },
  {
    clause: 'TOM-6.3',
    kind: 'section',
    title: 'a standby that exists in the recovery region only',
    change({ data }) {
      section(data, 'Conditions').Standby = { 'Fn::Equals': [ref('AWS::Region'), 'eu-central-1'] };
      resourceOfType(data, 'AWS::RDS::DBInstance', 'DatabaseReader').resource.Condition = 'Standby';
    },
  },
  {
    clause: 'TOM-5.7',
    kind: 'section',
    title: 'a switch of TLS in the database by a mapping of environments',
    change({ data }) {
      section(data, 'Mappings').Tls = { production: { Force: '0' }, staging: { Force: '1' } };
      const { properties } = resourceOfType(data, 'AWS::RDS::DBClusterParameterGroup');
      put(properties, 'Parameters/rds.force_ssl', { 'Fn::FindInMap': ['Tls', 'production', 'Force'] });
    },
  },
  {
    clause: 'TOM-3.6',
    kind: 'section',
    title: 'an audit archive and its policy that a removed stack deletes',
    change({ account }) {
      resourceOfType(account, 'AWS::S3::Bucket', 'AuditArchive').resource.DeletionPolicy = 'Delete';
      resourceOfType(account, 'AWS::S3::BucketPolicy', 'AuditArchivePolicy').resource.DeletionPolicy = 'Delete';
    },
  },
  {
    clause: 'TOM-6.2',
    kind: 'section',
    title: 'a command in metadata that takes a disk out of the mirror, which the boot script runs',
    change({ collection }) {
      const { resource, id, properties } = resourceOfType(collection, 'AWS::EC2::LaunchTemplate');
      fieldsAt(resource, 'Metadata')['AWS::CloudFormation::Init'] = {
        config: { commands: { '01': { command: 'mdadm /dev/md/spool --fail /dev/sdg --remove /dev/sdg' } } },
      };
      listAt(properties, 'LaunchTemplateData/UserData/Fn::Base64/Fn::Join/1').push(
        'cfn-init --stack production-collection --region eu-west-3 --resource ',
        id,
        '\n',
      );
    },
  },
  {
    clause: 'TOM-4.2',
    kind: 'section',
    title: 'an output with the address of the database, which another stack of the company imports',
    change({ data }) {
      const { id } = resourceOfType(data, 'AWS::EC2::SecurityGroup', 'DatabaseSecurityGroup');
      section(data, 'Outputs').Partner = { Value: attribute(id, 'GroupId'), Export: { Name: 'company:ProductionDatabaseGroup' } };
      add(data, 'FromCompany0A1B2C3D', 'AWS::EC2::SecurityGroupIngress', {
        GroupId: attribute(id, 'GroupId'),
        IpProtocol: 'tcp',
        FromPort: 5432,
        ToPort: 5432,
        SourceSecurityGroupId: { 'Fn::ImportValue': 'company:ReportingGroup' },
      });
    },
  },
  {
    clause: 'DSS-5.4.3',
    kind: 'I',
    title: 'a backup plan with copies in the United States, deleted after seven days',
    change({ data }) {
      const vault = add(data, 'Vault0A1B2C3D', 'AWS::Backup::BackupVault', { BackupVaultName: 'production-extra' });
      add(data, 'Plan0A1B2C3D', 'AWS::Backup::BackupPlan', {
        BackupPlan: {
          BackupPlanName: 'production-extra',
          BackupPlanRule: [
            {
              RuleName: 'daily',
              TargetBackupVault: vault,
              ScheduleExpression: 'cron(0 2 * * ? *)',
              Lifecycle: { DeleteAfterDays: 7 },
              CopyActions: [{ DestinationBackupVaultArn: sub('arn:aws:backup:us-east-1:${AWS::AccountId}:backup-vault:production') }],
            },
          ],
        },
      });
    },
  },
  {
    clause: 'TOM-4.4',
    kind: 'I',
    title: 'a user pool with passwords of eight characters and open registration',
    change({ edge }) {
      add(edge, 'People0A1B2C3D', 'AWS::Cognito::UserPool', {
        UserPoolName: 'production-people',
        AdminCreateUserConfig: { AllowAdminCreateUserOnly: false },
        Policies: { PasswordPolicy: { MinimumLength: 8, RequireLowercase: true, RequireNumbers: true, RequireUppercase: true } },
      });
    },
  },
  {
    clause: 'TOM-5.3',
    kind: 'I',
    title: 'a transfer server for plain FTP beside SFTP',
    change({ data, network }) {
      add(data, 'Transfer0A1B2C3D', 'AWS::Transfer::Server', {
        Domain: 'S3',
        EndpointType: 'VPC',
        EndpointDetails: {
          VpcId: resourceOfType(data, 'AWS::EC2::SecurityGroup', 'DatabaseSecurityGroup').properties.VpcId ?? '',
          SubnetIds: [subnetImport(network, 'private', 1)],
        },
        Protocols: ['SFTP', 'FTP'],
        IdentityProviderType: 'AWS_LAMBDA',
        IdentityProviderDetails: { Function: attribute(functionNamed(data, 'site-admin').id) },
      });
    },
  },
  {
    clause: 'TOM-5.2',
    kind: 'I',
    title: 'a public API for the export of persons without authentication',
    change({ data }) {
      const target = attribute(functionNamed(data, 'person-export').id);
      add(data, 'PublicApi0A1B2C3D', 'AWS::ApiGatewayV2::Api', { Name: 'production-export', ProtocolType: 'HTTP', Target: target });
      add(data, 'PublicApiPermission0A1B2C3D', 'AWS::Lambda::Permission', {
        Action: 'lambda:InvokeFunction',
        FunctionName: target,
        Principal: 'apigateway.amazonaws.com',
        SourceArn: sub('arn:aws:execute-api:eu-west-3:${AWS::AccountId}:${PublicApi0A1B2C3D}/*'),
      });
    },
  },
  {
    clause: 'TOM-6.8',
    kind: 'I',
    title: 'a server beside the fleet, with its launch template and a public address',
    change({ collection, network }) {
      const { id } = resourceOfType(collection, 'AWS::EC2::LaunchTemplate');
      add(collection, 'Bastion0A1B2C3D', 'AWS::EC2::Instance', {
        LaunchTemplate: { LaunchTemplateId: ref(id), Version: attribute(id, 'LatestVersionNumber') },
        NetworkInterfaces: [{ DeviceIndex: '0', SubnetId: subnetImport(network, 'public', 1), AssociatePublicIpAddress: true }],
      });
    },
  },
  {
    clause: 'TOM-7.3',
    kind: 'I',
    title: 'a subscription of the alarms by a queue of another account in the United States',
    change({ account }) {
      const topic = ref(resourceOfType(account, 'AWS::SNS::Topic').id);
      add(account, 'Outside0A1B2C3D', 'AWS::SNS::Subscription', {
        TopicArn: topic,
        Protocol: 'sqs',
        Endpoint: `arn:aws:sqs:us-east-1:${otherAccount}:alarms`,
        Region: 'us-east-1',
      });
    },
  },
  {
    clause: 'DSS-4.4',
    kind: 'section',
    title: 'alarms of the collection whose actions are the pseudo parameter for no value',
    change({ collection }) {
      for (const { properties } of resourcesOfType(collection, 'AWS::CloudWatch::Alarm')) {
        if (properties.OKActions) properties.AlarmActions = ref('AWS::NoValue');
      }
    },
  },
];

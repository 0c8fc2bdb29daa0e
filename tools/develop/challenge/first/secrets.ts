// Secrets: where they must not be, who reads them, and their rotation.
import {
  add,
  attribute,
  type Challenge,
  drop,
  functionNamed,
  itemOf,
  otherAccount,
  permissionsOf,
  put,
  ref,
  resourceOfType,
  rewriteBoot,
  scheduleOf,
  section,
  statementWith,
  sub,
} from '../challenge';

const secret = 'AWS::SecretsManager::Secret';
const rotation = 'AWS::SecretsManager::RotationSchedule';
const password = 'Winter2026!';

export const secretChallenges: readonly Challenge[] = [
  {
    clause: 'TOM-3.10',
    kind: 'K',
    title: 'a context key with its value in the template',
    change({ data }) {
      const { properties } = resourceOfType(data, secret, 'ContextKey');
      drop(properties, 'GenerateSecretString');
      properties.SecretString = '{"version":1,"key":"c29tZWJvZHkgY29waWVkIHRoaXMgaGVyZSBmb3IgYSB0ZXN0"}';
    },
  },
  {
    clause: 'TOM-2.1',
    kind: 'I',
    title: 'a replica of the context key in the United States',
    change({ data }) {
      resourceOfType(data, secret, 'ContextKey').properties.ReplicaRegions = [{ Region: 'us-east-1' }];
    },
  },
  {
    clause: 'TOM-3.10',
    kind: 'J',
    title: 'a rotation of the context key every thousand days',
    change({ data }) {
      put(resourceOfType(data, rotation).properties, 'RotationRules', { ScheduleExpression: 'rate(999 days)', Duration: '4h' });
    },
  },
  {
    clause: 'TOM-3.10',
    kind: 'B',
    title: 'a rotation of a second secret in place of the context key',
    change({ data }) {
      const properties = structuredClone(resourceOfType(data, secret, 'ContextKey').properties);
      put(resourceOfType(data, rotation).properties, 'SecretId', add(data, 'ContextKeyNext0A1B2C3D', secret, properties));
    },
  },
  {
    clause: 'TOM-3.10',
    kind: 'B',
    title: 'a rotation of the context key by the function that exports persons',
    change({ data }) {
      put(resourceOfType(data, rotation).properties, 'RotationLambdaARN', attribute(functionNamed(data, 'person-export').id));
    },
  },
  {
    clause: 'TOM-3.10',
    kind: 'I',
    title: 'a resource policy of the context key for another account',
    change({ data }) {
      add(data, 'ContextKeyShare0A1B2C3D', 'AWS::SecretsManager::ResourcePolicy', {
        SecretId: ref(resourceOfType(data, secret, 'ContextKey').id),
        BlockPublicPolicy: true,
        ResourcePolicy: {
          Version: '2012-10-17',
          Statement: [{ Effect: 'Allow', Principal: { AWS: otherAccount }, Action: 'secretsmanager:GetSecretValue', Resource: '*' }],
        },
      });
    },
  },
  {
    clause: 'TOM-3.10',
    kind: 'K',
    title: 'a context key in an environment variable, by a dynamic reference in a substitution',
    change({ data }) {
      const { id } = resourceOfType(data, secret, 'ContextKey');
      const value = sub(`{{resolve:secretsmanager:\${${id}}:SecretString:key}}`);
      put(functionNamed(data, 'person-erase').properties, 'Environment/Variables/CONTEXT_KEY', value);
    },
  },
  {
    clause: 'TOM-3.10',
    kind: 'K',
    title: 'a password in the metadata of a template',
    change({ network }) {
      section(network, 'Metadata').Monitoring = { user: 'rempart_master', password };
    },
  },
  {
    clause: 'TOM-3.10',
    kind: 'K',
    title: 'a password as the default of a parameter that the function description quotes',
    change({ data }) {
      section(data, 'Parameters').MaintenancePassword = { Type: 'String', NoEcho: true, Default: password };
      put(functionNamed(data, 'site-admin').properties, 'Description', sub('Creates sites (rempart_maintenance ${MaintenancePassword})'));
    },
  },
  {
    clause: 'TOM-3.10',
    kind: 'K',
    title: 'an access token in the boot script of the servers',
    change({ collection }) {
      rewriteBoot(collection, 'METRICS_GROUP=', 'UPLOAD_TOKEN=9f86d081884c7d659a2feaa0c55ad015a3bf4f1b\nMETRICS_GROUP=');
    },
  },
  {
    clause: 'TOM-3.10',
    kind: 'K',
    title: 'a password in a tag of the launched servers',
    change({ collection }) {
      const specification = itemOf(
        resourceOfType(collection, 'AWS::EC2::LaunchTemplate').properties,
        'LaunchTemplateData/TagSpecifications',
        {
          ResourceType: 'instance',
        },
      );
      itemOf(specification, 'Tags', { Key: 'rempart:owner' }).Value = `platform-team:${password}`;
    },
  },
  {
    clause: 'TOM-3.10',
    kind: 'K',
    title: 'a password in a parameter of Systems Manager of the type String',
    change({ data }) {
      add(data, 'MaintenanceParameter0A1B2C3D', 'AWS::SSM::Parameter', {
        Name: '/production/database/password',
        Type: 'String',
        Value: password,
      });
    },
  },
  {
    clause: 'TOM-3.10',
    kind: 'K',
    title: 'a master password in the input of a schedule',
    change({ data }) {
      const { id } = resourceOfType(data, 'AWS::RDS::DBCluster');
      const { properties } = scheduleOf(data, 'database-upkeep');
      const input = `{"password":"{{resolve:secretsmanager:\${${id}.MasterUserSecret.SecretArn}:SecretString:password}}"}`;
      put(properties, 'Target/Input', sub(input));
    },
  },
  {
    clause: 'TOM-3.10',
    kind: 'K',
    title: 'an access key of a user with its secret as an output',
    change({ account }) {
      const user = add(account, 'Deployer0A1B2C3D', 'AWS::IAM::User', { UserName: 'production-deployer' });
      add(account, 'DeployerKey0A1B2C3D', 'AWS::IAM::AccessKey', { UserName: user });
      section(account, 'Outputs').DeployerSecret = { Value: attribute('DeployerKey0A1B2C3D', 'SecretAccessKey') };
    },
  },
  {
    clause: 'TOM-3.8',
    kind: 'K',
    title: 'a user of the console whose password needs no change',
    change({ account }) {
      add(account, 'Operator0A1B2C3D', 'AWS::IAM::User', {
        UserName: 'operator',
        LoginProfile: { Password: '{{resolve:ssm-secure:/company/operator}}', PasswordResetRequired: false },
      });
    },
  },
  {
    clause: 'TOM-3.10',
    kind: 'F',
    title: 'a function that creates sites with the right to read every secret',
    change({ data }) {
      const statement = statementWith(permissionsOf(data, 'site-admin').properties, 'PolicyDocument', 'secretsmanager:CreateSecret');
      statement.Resource = sub('arn:aws:secretsmanager:eu-west-3:${AWS::AccountId}:secret:*');
    },
  },
  {
    clause: 'TOM-3.10',
    kind: 'I',
    title: 'an inline policy that gives the certificate function every secret',
    change({ edge }) {
      const { id } = resourceOfType(edge, 'AWS::IAM::Role', ({ Description }) => String(Description).startsWith('Function certificate:'));
      add(edge, 'CertificateExtra0A1B2C3D', 'AWS::IAM::RolePolicy', {
        RoleName: ref(id),
        PolicyName: 'extra',
        PolicyDocument: {
          Version: '2012-10-17',
          Statement: [{ Effect: 'Allow', Action: 'secretsmanager:Get*', Resource: '*' }],
        },
      });
    },
  },
  {
    clause: 'TOM-3.10',
    kind: 'G',
    title: 'an invocation of the rotation function by Secrets Manager for any account',
    change({ data }) {
      const { properties } = resourceOfType(data, 'AWS::Lambda::Permission', 'ContextKeyRotationInvoked');
      drop(properties, 'SourceAccount');
      drop(properties, 'SourceArn');
    },
  },
  {
    clause: 'TOM-5.5',
    kind: 'J',
    title: 'a context key encrypted with the key that AWS manages',
    change({ data }) {
      put(resourceOfType(data, secret, 'ContextKey').properties, 'KmsKeyId', 'alias/aws/secretsmanager');
    },
  },
  {
    clause: 'TOM-3.10',
    kind: 'F',
    title: 'a rotation function without the right to write the new version',
    change({ data }) {
      const statement = statementWith(
        permissionsOf(data, 'context-key-rotation').properties,
        'PolicyDocument',
        'secretsmanager:PutSecretValue',
      );
      statement.Action = ['secretsmanager:DescribeSecret', 'secretsmanager:UpdateSecretVersionStage'];
    },
  },
];

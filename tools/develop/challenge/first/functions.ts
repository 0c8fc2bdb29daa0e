// Functions whose control cannot run, or runs with other code, and ways to call them.
import {
  add,
  attribute,
  type Challenge,
  drop,
  functionNamed,
  importOf,
  otherAccount,
  put,
  ref,
  resourceOfType,
  resourcesOfType,
  scheduleOf,
  section,
  sub,
} from '../challenge';

const custom = 'Custom::DatabaseMigrations';

export const functionChallenges: readonly Challenge[] = [
  {
    clause: 'TOM-5.1',
    kind: 'E',
    title: 'an ingest with a timeout of three seconds',
    change({ collection }) {
      put(functionNamed(collection, 'ingest').properties, 'Timeout', 3);
    },
  },
  {
    clause: 'TOM-7.4',
    kind: 'E',
    title: 'a probe of shared backups without concurrency',
    change({ data }) {
      functionNamed(data, 'no-shared-backups-probe').properties.ReservedConcurrentExecutions = 0;
    },
  },
  {
    clause: 'DSS-5.3.2',
    kind: 'E',
    title: 'a certificate function with the code of the function for default security groups',
    change({ edge, network }) {
      const { Code = {} } = functionNamed(network, 'default-security-group').properties;
      put(functionNamed(edge, 'certificate').properties, 'Code', structuredClone(Code));
    },
  },
  {
    clause: 'TOM-6.2',
    kind: 'E',
    title: 'a replacement of servers with a handler that its bundle does not export',
    change({ collection }) {
      put(functionNamed(collection, 'server-replacement').properties, 'Handler', 'index.main');
    },
  },
  {
    clause: 'TOM-4.13',
    kind: 'E',
    title: 'an ingest with a layer of another account',
    change({ collection }) {
      const { properties } = functionNamed(collection, 'ingest');
      properties.Layers = [`arn:aws:lambda:eu-west-3:${otherAccount}:layer:telemetry:7`];
      put(properties, 'Environment/Variables/AWS_LAMBDA_EXEC_WRAPPER', '/opt/telemetry');
    },
  },
  {
    clause: 'DSS-5.6.3',
    kind: 'E',
    title: 'a function for default security groups with inline code that revokes no rule',
    change({ network }) {
      put(functionNamed(network, 'default-security-group').properties, 'Code', {
        ZipFile: 'exports.handler = async () => ({ PhysicalResourceId: "default" });',
      });
    },
  },
  {
    clause: 'TOM-7.4',
    kind: 'E',
    title: 'a probe of shared backups without the recovery region',
    change({ data }) {
      put(functionNamed(data, 'no-shared-backups-probe').properties, 'Environment/Variables/REGIONS', 'eu-west-3');
    },
  },
  {
    clause: 'TOM-7.4',
    kind: 'C',
    title: 'a probe of shared backups that publishes in another namespace than its alarms read',
    change({ data }) {
      put(functionNamed(data, 'no-shared-backups-probe').properties, 'Environment/Variables/METRIC_NAMESPACE', 'Rempart/probes');
    },
  },
  {
    clause: 'TOM-5.7',
    kind: 'E',
    title: 'an export of persons that accepts every certificate',
    change({ data }) {
      put(functionNamed(data, 'person-export').properties, 'Environment/Variables/NODE_TLS_REJECT_UNAUTHORIZED', '0');
    },
  },
  {
    clause: 'TOM-3.5',
    kind: 'E',
    title: 'an erasure of persons that loads a module from its temporary folder',
    change({ data }) {
      put(functionNamed(data, 'person-erase').properties, 'Environment/Variables/NODE_OPTIONS', '--require=/tmp/agent.cjs');
    },
  },
  {
    clause: 'DSS-4.2',
    kind: 'E',
    title: 'an upkeep with a number of months that it refuses',
    change({ data }) {
      put(functionNamed(data, 'database-upkeep').properties, 'Environment/Variables/KEEP_MONTHS', '1');
    },
  },
  {
    clause: 'DSS-4.2',
    kind: 'E',
    title: 'an upkeep whose window keeps hits longer than is configured',
    change({ data }) {
      put(functionNamed(data, 'database-upkeep').properties, 'Environment/Variables/HOT_DAYS', '400');
    },
  },
  {
    clause: 'DSS-4.2',
    kind: 'E',
    title: 'an upkeep of the database with a disabled schedule',
    change({ data }) {
      scheduleOf(data, 'database-upkeep').properties.State = 'DISABLED';
    },
  },
  {
    clause: 'TOM-7.4',
    kind: 'E',
    title: 'a probe of shared backups whose schedule ends',
    change({ data }) {
      scheduleOf(data, 'no-shared-backups-probe').properties.EndDate = '2027-01-31T00:00:00Z';
    },
  },
  {
    clause: 'DSS-5.3.2',
    kind: 'J',
    title: 'a check of the certificate on every twenty-ninth of February',
    change({ edge }) {
      put(scheduleOf(edge, 'certificate').properties, 'ScheduleExpression', 'cron(40 2 29 2 ? *)');
    },
  },
  {
    clause: 'DSS-4.2',
    kind: 'B',
    title: 'an upkeep of the database with the scheduler role of the probe',
    change({ data }) {
      const { properties } = scheduleOf(data, 'database-upkeep');
      put(properties, 'Target/RoleArn', attribute(resourceOfType(data, 'AWS::IAM::Role', 'NoSharedBackupsRole').id));
    },
  },
  {
    clause: 'TOM-4.1',
    kind: 'B',
    title: 'migrations that the function for first datapoints receives',
    change({ data }) {
      put(resourceOfType(data, custom).properties, 'ServiceToken', attribute(functionNamed(data, 'first-datapoint').id));
    },
  },
  {
    clause: 'TOM-4.1',
    kind: 'E',
    title: 'migrations with the SQL files of a layer',
    change({ data }) {
      const { properties } = functionNamed(data, 'migrations');
      properties.Layers = [sub('arn:aws:lambda:eu-west-3:${AWS::AccountId}:layer:migrations:1')];
      put(properties, 'Environment/Variables/MIGRATIONS_FOLDER', '/opt/migrations');
    },
  },
  {
    clause: 'DSS-4.2',
    kind: 'E',
    title: 'an export of persons with the maintenance user of the database',
    change({ data }) {
      put(functionNamed(data, 'person-export').properties, 'Environment/Variables/DATABASE_USER', 'rempart_maintenance');
    },
  },
  {
    clause: 'DSS-5.6.3',
    kind: 'B',
    title: 'a restriction of the group of endpoints in place of the default security group',
    change({ network }) {
      const group = attribute(resourceOfType(network, 'AWS::EC2::SecurityGroup', 'EndpointsSecurityGroup').id, 'GroupId');
      put(resourceOfType(network, 'Custom::VpcRestrictDefaultSG').properties, 'SecurityGroupId', group);
    },
  },
  {
    clause: 'TOM-4.2',
    kind: 'I',
    title: 'a function URL without authorization for the export of persons',
    change({ data }) {
      const { id } = functionNamed(data, 'person-export');
      add(data, 'ExportUrl0A1B2C3D', 'AWS::Lambda::Url', { AuthType: 'NONE', TargetFunctionArn: attribute(id) });
      add(data, 'ExportUrlPermission0A1B2C3D', 'AWS::Lambda::Permission', {
        Action: 'lambda:InvokeFunctionUrl',
        FunctionName: ref(id),
        FunctionUrlAuthType: 'NONE',
        Principal: '*',
      });
    },
  },
  {
    clause: 'TOM-4.2',
    kind: 'I',
    title: 'a permission for the organization to invoke the export of persons',
    change({ data }) {
      add(data, 'ExportForCompany0A1B2C3D', 'AWS::Lambda::Permission', {
        Action: 'lambda:*',
        FunctionName: attribute(functionNamed(data, 'person-export').id),
        Principal: '*',
        PrincipalOrgID: 'o-a1b2c3d4e5',
      });
    },
  },
  {
    clause: 'TOM-4.2',
    kind: 'I',
    title: 'a destination in another account for the results of the export of persons',
    change({ data }) {
      add(data, 'ExportResults0A1B2C3D', 'AWS::Lambda::EventInvokeConfig', {
        FunctionName: ref(functionNamed(data, 'person-export').id),
        Qualifier: '$LATEST',
        DestinationConfig: { OnSuccess: { Destination: `arn:aws:sqs:eu-west-3:${otherAccount}:exports` } },
      });
    },
  },
  {
    clause: 'TOM-4.2',
    kind: 'B',
    title: 'an ingest in the security group that reaches the database without its proxy',
    change({ data, collection }) {
      const group = attribute(resourceOfType(data, 'AWS::EC2::SecurityGroup', 'MigrationsSecurityGroup').id, 'GroupId');
      section(data, 'Outputs').MigrationsGroup = { Value: group, Export: { Name: 'production-data:MigrationsGroup' } };
      put(functionNamed(collection, 'ingest').properties, 'VpcConfig/SecurityGroupIds', [importOf(data, group)]);
    },
  },
  {
    clause: 'TOM-6.2',
    kind: 'E',
    title: 'a replacement of servers at the recovery of an array, without a schedule',
    change({ collection }) {
      const { properties } = resourceOfType(collection, 'AWS::Events::Rule');
      put(properties, 'EventPattern/detail/state/value', ['OK']);
      drop(properties, 'ScheduleExpression');
    },
  },
  {
    clause: 'TOM-6.2',
    kind: 'F',
    title: 'a permission to invoke the replacement of servers for another rule',
    change({ collection }) {
      const { id } = functionNamed(collection, 'server-replacement');
      const permission = resourceOfType(collection, 'AWS::Lambda::Permission', ({ FunctionName }) =>
        JSON.stringify(FunctionName).includes(id),
      );
      permission.properties.SourceArn = sub('arn:aws:events:eu-west-3:${AWS::AccountId}:rule/production-replacement');
    },
  },
  {
    clause: 'TOM-5.5',
    kind: 'J',
    title: 'environment variables of every data function without the deployment key',
    change({ data }) {
      for (const { properties } of resourcesOfType(data, 'AWS::Lambda::Function')) drop(properties, 'KmsKeyArn');
    },
  },
  {
    clause: 'TOM-6.1',
    kind: 'E',
    title: 'a first deployment that waits for one healthy server',
    change({ collection }) {
      put(functionNamed(collection, 'first-servers').properties, 'Environment/Variables/SERVERS', '1');
    },
  },
];

// Functions whose control cannot run, or runs something else.
import {
  add,
  at,
  attribute,
  type Challenge,
  fieldsAt,
  functionNamed,
  logGroupNamed,
  put,
  ref,
  resourceOfType,
  scheduleOf,
  subnetImport,
} from '../challenge';
import { exchange, parameter, variables } from './places';

export const functionChallenges: readonly Challenge[] = [
  {
    clause: 'TOM-4.9',
    kind: 'E',
    title: 'migrations whose code is an inline handler that reports success',
    change: ({ data }) =>
      put(functionNamed(data, 'migrations').properties, 'Code', {
        ZipFile: "exports.handler = async (event) => ({ PhysicalResourceId: event.PhysicalResourceId ?? 'schema' });",
      }),
  },
  {
    clause: 'DSS-4.2',
    kind: 'E',
    title: 'two functions that exchange the code of erasure and export',
    change: ({ data }) =>
      exchange(functionNamed(data, 'person-erase').properties, functionNamed(data, 'person-export').properties, 'Code/S3Key'),
  },
  {
    clause: 'TOM-7.4',
    kind: 'E',
    title: 'a probe of shared backups in the home region alone',
    change: ({ data }) => put(variables(data, 'no-shared-backups-probe'), 'REGIONS', 'eu-west-3'),
  },
  {
    clause: 'TOM-7.4',
    kind: 'E',
    title: 'a probe of shared keys without the key of the customers',
    change: ({ data }) => {
      const keys = variables(data, 'no-shared-backups-probe');
      const [first, , , , last] = at(keys, 'KEYS/Fn::Join/1') as Array<string>;
      keys.KEYS = { 'Fn::Join': ['', [first ?? '', ',', last ?? '']] };
    },
  },
  {
    clause: 'TOM-3.5',
    kind: 'E',
    title: 'a layer of another account that the ingest function loads before its handler',
    change: ({ collection }) => {
      functionNamed(collection, 'ingest').properties.Layers = ['arn:aws:lambda:eu-west-3:184161586896:layer:opentelemetry-nodejs-0_13_0:1'];
      variables(collection, 'ingest').AWS_LAMBDA_EXEC_WRAPPER = '/opt/otel-handler';
    },
  },
  {
    clause: 'TOM-5.7',
    kind: 'E',
    title: 'a function that accepts any certificate of its peers',
    change: ({ collection }) => {
      variables(collection, 'site-snapshot').NODE_TLS_REJECT_UNAUTHORIZED = '0';
    },
  },
  {
    clause: 'TOM-3.10',
    kind: 'E',
    title: 'an endpoint of Secrets Manager for the ingest function that another host answers',
    change: ({ collection }) => {
      variables(collection, 'ingest').AWS_ENDPOINT_URL_SECRETS_MANAGER = 'https://secretsmanager.eu-west-3.vpce.example.net';
    },
  },
  {
    clause: 'TOM-5.1',
    kind: 'E',
    title: 'an event source mapping that starts at a point in time',
    change: ({ collection }) => {
      const { properties } = resourceOfType(collection, 'AWS::Lambda::EventSourceMapping');
      Object.assign(properties, { StartingPosition: 'AT_TIMESTAMP', StartingPositionTimestamp: 1_798_761_600 });
    },
  },
  {
    clause: 'TOM-5.8',
    kind: 'E',
    title: 'a filter of the event source mapping that discards unreadable records without a trace',
    change: ({ collection }) =>
      put(resourceOfType(collection, 'AWS::Lambda::EventSourceMapping').properties, 'FilterCriteria', {
        Filters: [{ Pattern: JSON.stringify({ data: { site: [{ exists: true }] } }) }],
      }),
  },
  {
    clause: 'TOM-5.1',
    kind: 'J',
    title: 'an event source mapping that gives up records after ten minutes',
    change: ({ collection }) =>
      Object.assign(resourceOfType(collection, 'AWS::Lambda::EventSourceMapping').properties, { MaximumRecordAgeInSeconds: 600 }),
  },
  {
    clause: 'TOM-6.2',
    kind: 'E',
    title: 'a rule of the replacement of servers on the alarm of the spool, and a weekly sweep',
    change: ({ collection }) => {
      const { properties } = resourceOfType(collection, 'AWS::Events::Rule');
      const alarm = resourceOfType(collection, 'AWS::CloudWatch::Alarm', 'CollectorsAlarmsSpoolDelayed');
      put(properties, 'EventPattern/resources', [attribute(alarm.id)]);
      put(properties, 'ScheduleExpression', 'rate(7 days)');
    },
  },
  {
    clause: 'TOM-6.2',
    kind: 'E',
    title: 'a replacement of servers that reads a metric nobody publishes',
    change: ({ collection }) => put(variables(collection, 'server-replacement'), 'METRIC', 'ArraysDegraded'),
  },
  {
    clause: 'DSS-4.2',
    kind: 'E',
    title: 'an erasure function with a reserved concurrency of zero',
    change: ({ data }) => put(functionNamed(data, 'person-erase').properties, 'ReservedConcurrentExecutions', 0),
  },
  {
    clause: 'DSS-5.3.2',
    kind: 'E',
    title: 'a schedule of the certificate check with a date of its end',
    change: ({ edge }) => put(scheduleOf(edge, 'certificate').properties, 'EndDate', '2027-01-01T00:00:00Z'),
  },
  {
    clause: 'DSS-4.2',
    kind: 'E',
    title: 'a schedule of the upkeep on a date that no February has',
    change: ({ data }) => put(scheduleOf(data, 'database-upkeep').properties, 'ScheduleExpression', 'cron(15 4 30 2 ? *)'),
  },
  {
    clause: 'TOM-7.4',
    kind: 'E',
    title: 'two schedules that exchange the probe of backups and the upkeep of the database',
    change: ({ data }) =>
      exchange(scheduleOf(data, 'no-shared-backups-probe').properties, scheduleOf(data, 'database-upkeep').properties, 'Target/Arn'),
  },
  {
    clause: 'DSS-5.6.3',
    kind: 'B',
    title: 'a control of the default security group that revokes the rules of another group',
    change: ({ network }) => {
      const group = attribute(resourceOfType(network, 'AWS::EC2::SecurityGroup', 'EndpointsSecurityGroup').id, 'GroupId');
      put(variables(network, 'default-security-group'), 'SECURITY_GROUP_ID', group);
      put(resourceOfType(network, 'Custom::VpcRestrictDefaultSG').properties, 'SecurityGroupId', group);
    },
  },
  {
    clause: 'TOM-3.10',
    kind: 'E',
    title: 'a rotation of the context key that ends before it connects',
    change: ({ data }) => put(functionNamed(data, 'context-key-rotation').properties, 'Timeout', 2),
  },
  {
    clause: 'TOM-4.8',
    kind: 'E',
    title: 'an event source mapping of a published version, whose code stays as it is',
    change: ({ collection }) => {
      const version = add(collection, 'IngestVersion', 'AWS::Lambda::Version', {
        FunctionName: ref(functionNamed(collection, 'ingest').id),
      });
      put(resourceOfType(collection, 'AWS::Lambda::EventSourceMapping').properties, 'FunctionName', version);
    },
  },
  {
    clause: 'TOM-3.5',
    kind: 'I',
    title: 'a function URL without authentication for the administration of sites',
    change: ({ data }) => {
      const { id } = functionNamed(data, 'site-admin');
      add(data, 'SiteAdminUrl', 'AWS::Lambda::Url', { AuthType: 'NONE', TargetFunctionArn: attribute(id) });
      add(data, 'SiteAdminUrlInvoked', 'AWS::Lambda::Permission', {
        Action: 'lambda:InvokeFunctionUrl',
        FunctionName: attribute(id),
        FunctionUrlAuthType: 'NONE',
        Principal: '*',
      });
    },
  },
  {
    clause: 'TOM-3.4',
    kind: 'E',
    title: 'an ingest function that logs errors alone, so that its metric filters find no counts',
    change: ({ collection }) =>
      Object.assign(fieldsAt(functionNamed(collection, 'ingest').properties, 'LoggingConfig'), { ApplicationLogLevel: 'ERROR' }),
  },
  {
    clause: 'TOM-3.4',
    kind: 'B',
    title: 'an ingest function that logs to the log group of the archive',
    change: ({ collection }) =>
      put(functionNamed(collection, 'ingest').properties, 'LoggingConfig/LogGroup', ref(logGroupNamed(collection, '/hit-archive').id)),
  },
  {
    clause: 'DSS-5.6.4',
    kind: 'H',
    title: 'a function with access to the database in the subnets of the proxies',
    change: ({ data, network }) =>
      put(
        functionNamed(data, 'site-admin').properties,
        'VpcConfig/SubnetIds',
        [1, 2, 3].map((zone) => subnetImport(network, 'public', zone)),
      ),
  },
  {
    clause: 'TOM-4.1',
    kind: 'A',
    title: 'a schema whose checksum is a parameter, so that new migrations do not run',
    change: ({ data }) =>
      put(
        resourceOfType(data, 'Custom::DatabaseMigrations').properties,
        'Checksum',
        parameter(data, 'SchemaChecksum', 'b0254d2e0872d1b42aa1548e'),
      ),
  },
  {
    clause: 'TOM-7.4',
    kind: 'B',
    title: 'a first run of the probe that invokes the upkeep and accepts no datapoint',
    change: ({ data }) => {
      const { properties } = resourceOfType(data, 'Custom::FirstDatapoint', 'NoSharedBackups');
      put(properties, 'Invoke', ref(functionNamed(data, 'database-upkeep').id));
      put(properties, 'AtLeast', '0');
    },
  },
  {
    clause: 'TOM-3.4',
    kind: 'E',
    title: 'a runtime of the export function that stays at one version without patches',
    change: ({ data }) =>
      put(functionNamed(data, 'person-export').properties, 'RuntimeManagementConfig', {
        RuntimeVersionArn: 'arn:aws:lambda:eu-west-3::runtime:0b3f3a1c5d2e4f60718293a4b5c6d7e8f90112233445566778899aabbccddeef',
        UpdateRuntimeOn: 'Manual',
      }),
  },
];

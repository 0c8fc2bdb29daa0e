// Functions whose control cannot run, or runs something else.
import { add, attribute, type Challenge, fieldsAt, functionNamed, listAt, put, ref, resourceOfType, scheduleOf } from '../challenge';
import { exchange, keyNamed, parameter, variables } from './places';

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
    title: 'a probe of shared keys without the key of the customers',
    change: ({ data }) => {
      const keys = variables(data, 'no-shared-backups-probe');
      const parts = listAt(keys, 'KEYS/Fn::Join/1');
      const index = parts.findIndex((part) => JSON.stringify(part).includes(`"${keyNamed(data, 'DataKey').id}"`));
      if (index < 0) throw new Error('KEYS: expected the data key, got none');
      parts.splice(index, 2);
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
    clause: 'TOM-3.10',
    kind: 'E',
    title: 'an endpoint of Secrets Manager for the ingest function that another host answers',
    change: ({ collection }) => {
      variables(collection, 'ingest').AWS_ENDPOINT_URL_SECRETS_MANAGER = 'https://secretsmanager.eu-west-3.vpce.example.net';
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
    clause: 'TOM-3.4',
    kind: 'E',
    title: 'an ingest function that logs errors alone, so that its metric filters find no counts',
    change: ({ collection }) =>
      Object.assign(fieldsAt(functionNamed(collection, 'ingest').properties, 'LoggingConfig'), { ApplicationLogLevel: 'ERROR' }),
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
];

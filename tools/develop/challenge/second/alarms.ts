// Alarms that cannot ring, ring late or reach nobody.
import {
  add,
  alarmNamed,
  type Challenge,
  fieldsAt,
  itemOf,
  logGroupNamed,
  otherAccount,
  put,
  ref,
  resourceOfType,
  resourcesOfType,
} from '../challenge';
import { keyNamed, mentioning, parameter } from './places';

export const alarmChallenges: readonly Challenge[] = [
  {
    clause: 'DSS-4.4',
    kind: 'C',
    title: 'an alarm of the stream that takes a missing count of invocations for an invocation',
    change: ({ collection }) =>
      put(
        alarmNamed(collection, 'StreamNotRead').properties,
        'Metrics/0/Expression',
        'IF(FILL(incoming, 0) > 0 AND FILL(invoked, 1) == 0, 1, 0)',
      ),
  },
  {
    clause: 'DSS-4.4',
    kind: 'C',
    title: 'an alarm of a delayed spool in a unit that collectors do not publish',
    change: ({ collection }) => put(alarmNamed(collection, 'SpoolDelayed').properties, 'Unit', 'Milliseconds'),
  },
  {
    clause: 'TOM-6.2',
    kind: 'C',
    title: 'an alarm of degraded arrays on the average of the fleet',
    change: ({ collection }) => put(alarmNamed(collection, 'ArrayDegraded').properties, 'Statistic', 'Average'),
  },
  {
    clause: 'TOM-6.1',
    kind: 'C',
    title: 'an alarm of a fleet below its minimum that rings after a day',
    change: ({ collection }) =>
      Object.assign(alarmNamed(collection, 'FleetBelowMinimum').properties, { EvaluationPeriods: 24, Period: 3600, Statistic: 'Maximum' }),
  },
  {
    clause: 'TOM-7.4',
    kind: 'C',
    title: 'an alarm of shared backups with the name of the control in place of its probe as dimension',
    change: ({ data }) =>
      put(itemOf(alarmNamed(data, 'BackupsShared').properties, 'Dimensions', { Name: 'Probe' }), 'Value', 'no-shared-backups'),
  },
  {
    clause: 'DSS-4.4',
    kind: 'G',
    title: 'a topic that accepts the alarms of the edge stack alone',
    change: ({ account }) => {
      const policy = resourceOfType(account, 'AWS::SNS::TopicPolicy');
      const source = mentioning(policy.properties, 'PolicyDocument', ':alarm:production-*');
      source.Condition = JSON.parse(JSON.stringify(source.Condition).replace(':alarm:production-*', ':alarm:production-edge-*'));
    },
  },
  {
    clause: 'DSS-4.4',
    kind: 'I',
    title: 'a mute rule of alarms every night for twelve hours',
    change: ({ data }) => {
      add(data, 'Nights', 'AWS::CloudWatch::AlarmMuteRule', {
        Name: 'production-nights',
        Rule: { Schedule: { Expression: 'cron(0 19 * * *)', Duration: 'PT12H', Timezone: 'Europe/Paris' } },
        MuteTargets: { AlarmNames: [ref(alarmNamed(data, 'BackupsShared').id), 'production-edge-LoadBalancerErrors'] },
      });
    },
  },
  {
    clause: 'DSS-4.4',
    kind: 'A',
    title: 'an alarm whose actions a parameter of the stack turns off',
    change: ({ edge }) => put(alarmNamed(edge, 'LoadBalancerErrors').properties, 'ActionsEnabled', parameter(edge, 'AlarmActions', 'true')),
  },
  {
    clause: 'DSS-4.4',
    kind: 'C',
    title: 'a metric of records set aside with a dimension that its alarm does not name',
    change: ({ collection }) =>
      put(resourceOfType(collection, 'AWS::Logs::MetricFilter', 'HitIngestSetAside').properties, 'MetricTransformations/0/Dimensions', [
        { Key: 'Site', Value: '$.message.site' },
      ]),
  },
  {
    clause: 'TOM-3.4',
    kind: 'I',
    title: 'a transformer that deletes the counts from the log of the ingest function before its metric filters',
    change: ({ collection }) => {
      const group = logGroupNamed(collection, '/functions/ingest');
      add(collection, 'LeanLog', 'AWS::Logs::Transformer', {
        LogGroupIdentifier: ref(group.id),
        TransformerConfig: [{ ParseJSON: {} }, { DeleteKeys: { WithKeys: ['message.setAside', 'message.rejected'] } }],
      });
      for (const filter of resourcesOfType(collection, 'AWS::Logs::MetricFilter', 'HitIngest'))
        filter.properties.ApplyOnTransformedLogs = true;
    },
  },
  {
    clause: 'DSS-4.4',
    kind: 'C',
    title: 'an alarm of the load balancer that returns the timeouts in place of their sum',
    change: ({ edge }) => {
      const { properties } = alarmNamed(edge, 'LoadBalancerErrors');
      fieldsAt(properties, 'Metrics/0').ReturnData = false;
      itemOf(properties, 'Metrics', { Id: 'e504' }).ReturnData = true;
    },
  },
  {
    clause: 'TOM-2.1',
    kind: 'I',
    title: 'a subscription of an address outside the account to the topic of alarms',
    change: ({ account }) => {
      add(account, 'Vendor', 'AWS::SNS::Subscription', {
        TopicArn: ref(resourceOfType(account, 'AWS::SNS::Topic').id),
        Protocol: 'sqs',
        Endpoint: `arn:aws:sqs:us-east-1:${otherAccount}:pager`,
      });
    },
  },
  {
    clause: 'DSS-4.4',
    kind: 'F',
    title: 'a key of the deployment with which alarms encrypt a message but decrypt no data key',
    change: ({ account }) => {
      mentioning(keyNamed(account, 'DeploymentKey').properties, 'KeyPolicy', '"cloudwatch.amazonaws.com"').Action = 'kms:GenerateDataKey*';
    },
  },
  {
    clause: 'DSS-4.4',
    kind: 'C',
    title: 'an alarm of the age of records on the metric of a function that reads no stream',
    change: ({ collection }) => {
      const snapshot = resourceOfType(collection, 'AWS::Lambda::Function', 'SiteSnapshot');
      put(alarmNamed(collection, 'IngestBehind').properties, 'Dimensions/0/Value', ref(snapshot.id));
    },
  },
];

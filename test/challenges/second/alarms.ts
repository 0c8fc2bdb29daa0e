// Alarms that cannot ring, ring late or reach nobody.
import {
  add,
  alarmNamed,
  attribute,
  type Challenge,
  fieldsAt,
  itemOf,
  listAt,
  logGroupNamed,
  otherAccount,
  put,
  ref,
  resourceOfType,
  resourcesOfType,
} from '../challenge';
import { keyNamed, mentioning, parameter, share } from './places';

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
    clause: 'DSS-4.2',
    kind: 'C',
    title: 'an alarm of overdue upkeep that takes a missing run for a run',
    change: ({ data }) => put(alarmNamed(data, 'UpkeepOverdue').properties, 'Metrics/0/Expression', 'FILL(runs, 1) - FILL(failed, 0)'),
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
    clause: 'TOM-7.4',
    kind: 'C',
    title: 'an alarm of an overdue probe that keeps its state while nothing is measured',
    change: ({ data }) => put(alarmNamed(data, 'ProbeOverdue').properties, 'TreatMissingData', 'ignore'),
  },
  {
    clause: 'DSS-4.4',
    kind: 'I',
    title: 'a second topic without subscribers for the alarm of refused hits',
    change: ({ account, collection }) => {
      const topic = add(account, 'Notices', 'AWS::SNS::Topic', {
        DisplayName: 'Notices',
        KmsMasterKeyId: attribute(keyNamed(account, 'DeploymentKey').id),
        Tags: [{ Key: 'rempart:classification', Value: 'internal' }],
      });
      put(alarmNamed(collection, 'HitsRefused').properties, 'AlarmActions', [share(account, 'ExportsOutputRefNotices', topic)]);
    },
  },
  {
    clause: 'DSS-4.4',
    kind: 'B',
    title: 'a topic of alarms under the key that AWS manages for SNS, which alarms cannot use',
    change: ({ account }) => put(resourceOfType(account, 'AWS::SNS::Topic').properties, 'KmsMasterKeyId', 'alias/aws/sns'),
  },
  {
    clause: 'DSS-4.4',
    kind: 'G',
    title: 'a topic that accepts the alarms of the edge stack alone',
    change: ({ account }) => {
      const policy = resourceOfType(account, 'AWS::SNS::TopicPolicy');
      const source = mentioning(policy.properties, 'PolicyDocument', ':alarm:*');
      source.Condition = JSON.parse(JSON.stringify(source.Condition).replace(':alarm:*', ':alarm:production-edge-*'));
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
    clause: 'DSS-5.3.2',
    kind: 'C',
    title: 'an alarm of an expiring certificate on the day after its expiry',
    change: ({ edge }) => put(alarmNamed(edge, 'CertificateExpiring').properties, 'Threshold', 0),
  },
  {
    clause: 'TOM-5.1',
    kind: 'C',
    title: 'an alarm of refused hits on the responses to faulty requests',
    change: ({ collection }) => put(alarmNamed(collection, 'HitsRefused').properties, 'MetricName', 'HTTPCode_Target_4XX_Count'),
  },
  {
    clause: 'TOM-7.1',
    kind: 'C',
    title: 'a metric filter of stray hits that looks beside the message of the JSON log',
    change: ({ collection }) =>
      put(resourceOfType(collection, 'AWS::Logs::MetricFilter', 'HitIngestStrayHits').properties, 'FilterPattern', '{ $.stray > 0 }'),
  },
  {
    clause: 'TOM-7.3',
    kind: 'C',
    title: 'a metric filter of rejected hits in the namespace of staging',
    change: ({ collection }) =>
      put(
        resourceOfType(collection, 'AWS::Logs::MetricFilter', 'HitIngestRejectedHits').properties,
        'MetricTransformations/0/MetricNamespace',
        'Rempart/staging',
      ),
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
        TransformerConfig: [{ ParseJSON: {} }, { DeleteKeys: { WithKeys: ['message.overfull', 'message.rejected'] } }],
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
    clause: 'DSS-4.4',
    kind: 'C',
    title: 'an alarm of dropped records that notifies of a lack of data alone',
    change: ({ collection }) => {
      const { properties } = alarmNamed(collection, 'RecordsDropped');
      properties.InsufficientDataActions = listAt(properties, 'AlarmActions');
      properties.AlarmActions = [];
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

// Alarms that cannot ring, or reach no person.
import {
  add,
  addStatement,
  alarmNamed,
  at,
  attribute,
  type Challenge,
  drop,
  functionNamed,
  importOf,
  itemOf,
  logGroupNamed,
  otherAccount,
  put,
  ref,
  resourceOfType,
  section,
  statementOf,
  sub,
} from '../challenge';

const filter = 'AWS::Logs::MetricFilter';
const topic = 'AWS::SNS::Topic';

export const alarmChallenges: readonly Challenge[] = [
  {
    clause: 'TOM-3.4',
    kind: 'C',
    title: 'an alarm with the text "false" for its actions',
    change({ edge }) {
      alarmNamed(edge, 'LoadBalancerErrors').properties.ActionsEnabled = 'false';
    },
  },
  {
    clause: 'DSS-4.4',
    kind: 'C',
    title: 'an alarm to a second topic without subscriptions',
    change({ account, data }) {
      const { properties } = resourceOfType(account, topic);
      const KmsMasterKeyId = importOf(account, at(properties, 'KmsMasterKeyId'));
      const quiet = add(data, 'Quiet0A1B2C3D', topic, { ...structuredClone(properties), KmsMasterKeyId });
      put(alarmNamed(data, 'BackupsShared').properties, 'AlarmActions', [quiet]);
    },
  },
  {
    clause: 'TOM-6.9',
    kind: 'C',
    title: 'an alarm of the largest fleet with a threshold above the maximum',
    change({ collection }) {
      put(alarmNamed(collection, 'FleetAtMaximum').properties, 'Threshold', 41);
    },
  },
  {
    clause: 'TOM-6.1',
    kind: 'C',
    title: 'an alarm of the smallest fleet that compares the other way',
    change({ collection }) {
      put(alarmNamed(collection, 'FleetBelowMinimum').properties, 'ComparisonOperator', 'GreaterThanThreshold');
    },
  },
  {
    clause: 'TOM-7.4',
    kind: 'C',
    title: 'an alarm of shared backups with a dimension in another case',
    change({ data }) {
      itemOf(alarmNamed(data, 'BackupsShared').properties, 'Dimensions', { Name: 'Deployment' }).Value = 'Production';
    },
  },
  {
    clause: 'TOM-7.4',
    kind: 'C',
    title: 'an alarm of the overdue probe that ignores missing data',
    change({ data }) {
      put(alarmNamed(data, 'ProbeOverdue').properties, 'TreatMissingData', 'ignore');
    },
  },
  {
    clause: 'TOM-5.1',
    kind: 'C',
    title: 'an alarm of refused hits that rings after a day of refusals',
    change({ collection }) {
      const { properties } = alarmNamed(collection, 'HitsRefused');
      properties.EvaluationPeriods = 1440;
      properties.DatapointsToAlarm = 1440;
    },
  },
  {
    clause: 'TOM-6.2',
    kind: 'C',
    title: 'an alarm of degraded arrays on the average of the fleet',
    change({ collection }) {
      put(alarmNamed(collection, 'ArrayDegraded').properties, 'Statistic', 'Average');
    },
  },
  {
    clause: 'DSS-4.2',
    kind: 'C',
    title: 'an alarm of the overdue upkeep that counts a missing run as a run',
    change({ data }) {
      put(
        itemOf(alarmNamed(data, 'UpkeepOverdue').properties, 'Metrics', { Id: 'expr_1' }),
        'Expression',
        'FILL(runs, 1) - FILL(failed, 0)',
      );
    },
  },
  {
    clause: 'TOM-5.1',
    kind: 'C',
    title: 'an alarm of an unread stream that repeats the last invocation',
    change({ collection }) {
      const expression = itemOf(alarmNamed(collection, 'StreamNotRead').properties, 'Metrics', { Id: 'expr_1' });
      expression.Expression = 'IF(FILL(incoming, 0) > 0 AND FILL(invoked, REPEAT) == 0, 1, 0)';
    },
  },
  {
    clause: 'TOM-5.1',
    kind: 'C',
    title: 'an alarm of the load balancer on one error out of four',
    change({ edge }) {
      const { properties } = alarmNamed(edge, 'LoadBalancerErrors');
      itemOf(properties, 'Metrics', { Id: 'expr_1' }).ReturnData = false;
      itemOf(properties, 'Metrics', { Id: 'e500' }).ReturnData = true;
    },
  },
  {
    clause: 'TOM-5.1',
    kind: 'C',
    title: 'a metric filter of records set aside with a pattern that no record has',
    change({ collection }) {
      const { properties } = resourceOfType(collection, filter, 'HitIngestSetAsideRecords');
      properties.FilterPattern = '{ $.message.set_aside > 0 }';
    },
  },
  {
    clause: 'TOM-5.1',
    kind: 'C',
    title: 'a metric filter of rejected hits that counts zero',
    change({ collection }) {
      put(resourceOfType(collection, filter, 'HitIngestRejectedHits').properties, 'MetricTransformations/0/MetricValue', '0');
    },
  },
  {
    clause: 'TOM-7.1',
    kind: 'B',
    title: 'a metric filter of unknown sites on the log group of another function',
    change({ collection }) {
      const group = logGroupNamed(collection, '/functions/site-snapshot').id;
      put(resourceOfType(collection, filter, 'HitIngestStrayHits').properties, 'LogGroupName', ref(group));
    },
  },
  {
    clause: 'TOM-5.9',
    kind: 'C',
    title: 'an ingest that logs fatal errors alone, so that its metric filters find nothing',
    change({ collection }) {
      put(functionNamed(collection, 'ingest').properties, 'LoggingConfig/ApplicationLogLevel', 'FATAL');
    },
  },
  {
    clause: 'TOM-5.9',
    kind: 'C',
    title: 'an ingest that logs in text, which metric filters of JSON do not match',
    change({ collection }) {
      put(functionNamed(collection, 'ingest').properties, 'LoggingConfig/LogFormat', 'Text');
    },
  },
  {
    clause: 'TOM-3.4',
    kind: 'C',
    title: 'a topic that admits alarms of the staging deployment',
    change({ account }) {
      const statement = statementOf(resourceOfType(account, 'AWS::SNS::TopicPolicy').properties, 'PolicyDocument', {
        Sid: 'AlarmsOfTheDeployment',
      });
      put(statement, 'Condition/ArnLike', { 'aws:SourceArn': sub('arn:aws:cloudwatch:eu-west-3:${AWS::AccountId}:alarm:staging-*') });
    },
  },
  {
    clause: 'TOM-3.4',
    kind: 'I',
    title: 'a second topic policy without alarms, which replaces the first',
    change({ account }) {
      const { id } = resourceOfType(account, topic);
      add(account, 'AlarmsTeamPolicy0A1B2C3D', 'AWS::SNS::TopicPolicy', {
        Topics: [ref(id)],
        PolicyDocument: {
          Version: '2012-10-17',
          Statement: [
            { Effect: 'Allow', Principal: { AWS: sub('arn:aws:iam::${AWS::AccountId}:root') }, Action: 'sns:Subscribe', Resource: ref(id) },
          ],
        },
      });
    },
  },
  {
    clause: 'TOM-3.4',
    kind: 'C',
    title: 'a topic with the key that AWS manages, which CloudWatch may not use',
    change({ account }) {
      put(resourceOfType(account, topic).properties, 'KmsMasterKeyId', 'alias/aws/sns');
    },
  },
  {
    clause: 'TOM-3.4',
    kind: 'F',
    title: 'a deployment key that lets alarms decrypt and not encrypt',
    change({ account }) {
      const { properties } = resourceOfType(account, 'AWS::KMS::Key', 'DeploymentKey');
      statementOf(properties, 'KeyPolicy', { Sid: 'AlarmsOfTheDeployment' }).Action = 'kms:Decrypt';
    },
  },
  {
    clause: 'TOM-5.7',
    kind: 'I',
    title: 'a subscription of the alarms over HTTP without TLS',
    change({ account }) {
      add(account, 'Chat0A1B2C3D', 'AWS::SNS::Subscription', {
        TopicArn: ref(resourceOfType(account, topic).id),
        Protocol: 'http',
        Endpoint: 'http://chat.example.com/hooks/alarms',
      });
    },
  },
  {
    clause: 'TOM-3.4',
    kind: 'C',
    title: 'an alarm with its topic among the actions for insufficient data',
    change({ edge }) {
      const { properties } = alarmNamed(edge, 'CertificateExpiring');
      properties.InsufficientDataActions = properties.AlarmActions ?? [];
      drop(properties, 'AlarmActions');
    },
  },
  {
    clause: 'TOM-3.4',
    kind: 'section',
    title: 'an alarm of failed certificates under a condition that never holds',
    change({ edge }) {
      section(edge, 'Conditions').Alarms = { 'Fn::Not': [{ 'Fn::Equals': [ref('AWS::Partition'), 'aws'] }] };
      alarmNamed(edge, 'CertificateFailed').resource.Condition = 'Alarms';
    },
  },
  {
    clause: 'TOM-3.4',
    kind: 'G',
    title: 'a topic that accepts alarms of every account',
    change({ account }) {
      const { properties } = resourceOfType(account, 'AWS::SNS::TopicPolicy');
      statementOf(properties, 'PolicyDocument', { Sid: 'AlarmsOfTheDeployment' }).Condition = {
        ArnLike: { 'aws:SourceArn': ['arn:aws:cloudwatch:eu-west-3:*:alarm:*'] },
      };
    },
  },
  {
    clause: 'TOM-3.4',
    kind: 'F',
    title: 'a topic whose subscriptions another account may remove',
    change({ account }) {
      const { id } = resourceOfType(account, topic);
      addStatement(resourceOfType(account, 'AWS::SNS::TopicPolicy').properties, 'PolicyDocument', {
        Effect: 'Allow',
        Principal: { AWS: otherAccount },
        Action: ['sns:SetTopicAttributes', 'sns:Unsubscribe'],
        Resource: ref(id),
      });
    },
  },
  {
    clause: 'TOM-5.1',
    kind: 'B',
    title: 'an alarm of late hits on the function that publishes sites',
    change({ collection }) {
      const { id } = functionNamed(collection, 'site-snapshot');
      itemOf(alarmNamed(collection, 'IngestBehind').properties, 'Dimensions', { Name: 'FunctionName' }).Value = ref(id);
    },
  },
  {
    clause: 'TOM-6.9',
    kind: 'B',
    title: 'an alarm of ageing hits whose action is the policy of requests',
    change({ collection }) {
      const { id } = resourceOfType(collection, 'AWS::AutoScaling::ScalingPolicy', 'CollectorsScalingRequests');
      put(alarmNamed(collection, 'SpoolAgeing').properties, 'AlarmActions', [attribute(id)]);
    },
  },
];

// Alarms that notify no topic of the deployment, or a topic that does not receive them.
import type { Bypass } from '../../rule';
import { alarmType, topicType } from '../../template/resource-types';

const raised = { MetricName: 'x', Threshold: 1, ComparisonOperator: 'GreaterThanThreshold' };

export const unactionableAlarms: readonly Bypass[] = [
  { name: 'an alarm without actions', resources: { Silent: { Type: alarmType, Properties: raised } } },
  {
    name: 'an alarm that notifies a topic of another account',
    resources: { Leak: { Type: alarmType, Properties: { ...raised, AlarmActions: ['arn:aws:sns:eu-west-3:x:topic'] } } },
  },
  {
    name: 'an alarm that notifies a topic to which CloudWatch cannot publish',
    resources: {
      Undelivered: {
        Type: alarmType,
        Properties: {
          ...raised,
          AlarmName: 'production-example-Undelivered',
          AlarmDescription: 'It is wrong. Severity: page. Runbook: docs/runbook.md#undelivered',
          AlarmActions: [{ Ref: 'Unreachable' }],
        },
      },
      Unreachable: { Type: topicType },
    },
  },
];

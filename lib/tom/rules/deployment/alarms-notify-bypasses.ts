// Alarms that nobody is notified of, or that nobody can act on.
import type { Bypass } from '../../rule';
import { alarmType } from '../../template/alarms';

const raised = { MetricName: 'x', Threshold: 1, ComparisonOperator: 'GreaterThanThreshold' };

export const unheardAlarms: readonly Bypass[] = [
  { name: 'an alarm without actions', resources: { Silent: { Type: alarmType, Properties: raised } } },
  {
    name: "an alarm that notifies a stranger's topic",
    resources: { Leak: { Type: alarmType, Properties: { ...raised, AlarmActions: ['arn:aws:sns:eu-west-3:x:topic'] } } },
  },
  {
    name: 'an alarm that notifies a topic of its own, which CloudWatch cannot publish to',
    resources: {
      Unheard: {
        Type: alarmType,
        Properties: {
          ...raised,
          AlarmName: 'production-example-Unheard',
          AlarmDescription: 'It is wrong. Severity: page. Runbook: docs/runbook.md#unheard',
          AlarmActions: [{ Ref: 'Unreachable' }],
        },
      },
      Unreachable: { Type: 'AWS::SNS::Topic' },
    },
  },
];

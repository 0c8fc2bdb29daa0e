// The alarms of the redaction of the load balancer's logs, and the metric filters that they read. (TOM-4.13)
import { alarm, type Metric, none, ofFunction } from './alarms-form';
import { type Declaration, declare } from './declaration';
import { between } from './form';

const namespace = 'Rempart/<deployment>';
const fiveMinutes = 300;

/** Age in seconds of a raw object that raises an alarm, at the latest: two sweeps and the delay of the metric. */
const longestRaw = 1800;

/** In the stack of the topic, no reference leads from an alarm to the policy of the topic. */
const dependsOn = ['${account/AlarmsPolicy}'];

const redaction = { of: 'EdgeLogRedaction', silence: 'fine', every: fiveMinutes, dependsOn } as const;
const oldestRaw: Metric = { namespace, name: 'OldestRawEdgeLog', statistic: 'Maximum' };

/** A number that the function writes to its log, as a metric. */
const logged = (name: string, field: string, above: number): Declaration =>
  declare('AWS::Logs::MetricFilter', `account/EdgeLogRedaction${name}`, {
    LogGroupName: '${account/EdgeLogRedactionFunctionLog}',
    FilterPattern: `{ $.message.${field} > ${above} }`,
    MetricTransformations: [{ MetricNamespace: namespace, MetricName: name, MetricValue: `$.message.${field}` }],
  });

export const edgeLogAlarms: readonly Declaration[] = [
  logged('OldestRawEdgeLog', 'oldestRawSeconds', -1),
  logged('FaultyEdgeLogLines', 'faulty', 0),
  alarm({
    ...{ ...redaction, id: 'EdgeLogsUnredacted', severity: 'page', metric: oldestRaw },
    raised: { above: between(600, longestRaw) },
  }),
  alarm({
    ...{ ...redaction, id: 'EdgeLogRedactionFailed', severity: 'ticket', raised: { above: none } },
    metric: ofFunction('Errors', 'account/EdgeLogRedactionFunction'),
  }),
  alarm({
    ...{ ...redaction, id: 'EdgeLogNoticesFailed', severity: 'ticket', raised: { above: none } },
    metric: {
      ...{ namespace: 'AWS/SQS', name: 'ApproximateNumberOfMessagesVisible', statistic: 'Maximum' },
      dimensions: [{ Name: 'QueueName', Value: '${account/EdgeLogRedactionNoticeDeadLetters.QueueName}' }],
    },
  }),
  alarm({
    ...{ ...redaction, id: 'EdgeLogLinesUnreadable', severity: 'ticket', raised: { above: none } },
    metric: { namespace, name: 'FaultyEdgeLogLines', statistic: 'Sum' },
  }),
  alarm({
    ...{ id: 'EdgeLogSweepOverdue', of: 'LogSweep', severity: 'ticket', silence: 'failure', dependsOn: ['${edge/LogSweepFirstSweep}'] },
    ...{ metric: oldestRaw, every: 900, periods: 2, raised: { below: none } },
  }),
];

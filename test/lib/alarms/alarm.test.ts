import { Template } from 'aws-cdk-lib/assertions';
import { Alarm, ComparisonOperator, Metric } from 'aws-cdk-lib/aws-cloudwatch';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { App, Stack } from 'aws-cdk-lib/core';
import { alarmAbove, tell } from '../../../lib/alarms/alarm';
import { serves, writeClauseMetadata } from '../../../lib/labels/labels';

const metric = new Metric({ namespace: 'Example', metricName: 'Wrong' });

function built(add: (stack: Stack, topic: Topic) => void) {
  const stack = new Stack(new App({ analyticsReporting: false }), 'scratch');
  serves(stack, 'TOM-6.2');
  writeClauseMetadata(stack);
  add(stack, new Topic(stack, 'Topic'));
  const [alarm] = Object.values(Template.fromStack(stack).findResources('AWS::CloudWatch::Alarm'));
  return alarm;
}

test('an alarm rings above its value, in as many periods as it says, and is silent without data', () => {
  const { Properties } = built((stack, topic) => {
    alarmAbove(stack, 'Wrong', { metric, above: 3, periods: 2, description: 'It is wrong. Mend it.', topic });
  }) ?? { Properties: undefined };
  expect(Properties).toMatchObject({
    MetricName: 'Wrong',
    Threshold: 3,
    EvaluationPeriods: 2,
    ComparisonOperator: 'GreaterThanThreshold',
    TreatMissingData: 'notBreaching',
    AlarmDescription: 'It is wrong. Mend it.',
  });
});

test('people are told when it begins and when it is over, and its clause stands beside those of what it watches', () => {
  const alarm = built((stack, topic) => {
    const comparisonOperator = ComparisonOperator.LESS_THAN_THRESHOLD;
    tell(new Alarm(stack, 'Low', { metric, threshold: 1, evaluationPeriods: 1, comparisonOperator }), topic);
  });
  expect(alarm?.Properties).toMatchObject({ AlarmActions: [{ Ref: expect.any(String) }], OKActions: [{ Ref: expect.any(String) }] });
  expect(alarm?.Metadata['rempart:tom']).toEqual(['TOM-3.4', 'TOM-6.2']);
});

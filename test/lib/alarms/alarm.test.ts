// Alarms in a template: name, description, comparison and actions; lib/alarms alone creates them.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Template } from 'aws-cdk-lib/assertions';
import { Metric } from 'aws-cdk-lib/aws-cloudwatch';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { App, CfnResource, Duration, Stack } from 'aws-cdk-lib/core';
import { alarmAbove, alarmAtLeast, alarmBelow, alarmOnSilence, scalingAlarm } from '../../../lib/alarms/alarm';
import { serves, writeClauseMetadata } from '../../../lib/labels/labels';
import { siteFor } from '../stacks/account-stack';

const site = siteFor();
const metric = new Metric({ namespace: 'Example', metricName: 'Wrong', period: Duration.minutes(1) });
const description = 'It is wrong.';
const severity = 'page';

function built(add: (stack: Stack, alarmTopic: Topic) => void) {
  const stack = new Stack(new App({ analyticsReporting: false }), 'scratch');
  serves(stack, 'TOM-6.2');
  writeClauseMetadata(stack);
  add(stack, new Topic(stack, 'Topic'));
  const [alarm] = Object.values(Template.fromStack(stack).findResources('AWS::CloudWatch::Alarm'));
  if (!alarm) throw new Error('no alarm was made');
  return alarm;
}

const topic = [{ Ref: expect.stringMatching(/^Topic/) }];

test('an alarm has a fixed name, and a description that ends with severity and runbook entry', () => {
  const { Properties, Metadata } = built((stack, alarmTopic) => {
    alarmAbove(stack, 'HitsRefused', { site, alarmTopic, metric, above: 3, periods: 2, description, severity });
  });
  expect(Properties).toMatchObject({
    AlarmName: 'example-collection-HitsRefused',
    AlarmDescription: 'It is wrong. Severity: page. Runbook: docs/runbook.md#hitsrefused',
    MetricName: 'Wrong',
    Threshold: 3,
    EvaluationPeriods: 2,
    ComparisonOperator: 'GreaterThanThreshold',
    TreatMissingData: 'notBreaching',
    AlarmActions: topic,
    OKActions: topic,
  });
  expect(Metadata['rempart:tom']).toEqual(['TOM-3.4']);
});

test('the configuration sets the prefix of the runbook', () => {
  const runbook = 'https://git.example.com/rempart/docs/runbook.md';
  const { Properties } = built((stack, alarmTopic) => {
    alarmAbove(stack, 'HitsRefused', {
      site: siteFor({ settings: { alarms: { runbook } } }),
      alarmTopic,
      metric,
      above: 3,
      description,
      severity,
    });
  });
  expect(Properties.AlarmDescription).toBe(`It is wrong. Severity: page. Runbook: ${runbook}#hitsrefused`);
});

test('an alarm at a value is raised at that value', () => {
  const { Properties } = built((stack, alarmTopic) => {
    alarmAtLeast(stack, 'ArrayDegraded', { site, alarmTopic, metric, atLeast: 1, description, severity });
  });
  expect(Properties).toMatchObject({ Threshold: 1, ComparisonOperator: 'GreaterThanOrEqualToThreshold', TreatMissingData: 'notBreaching' });
});

test('an alarm below a value maintains its state without data', () => {
  const { Properties } = built((stack, alarmTopic) => {
    alarmBelow(stack, 'CertificateExpiring', { site, alarmTopic, metric, below: 14, description, severity });
  });
  expect(Properties).toMatchObject({ Threshold: 14, ComparisonOperator: 'LessThanThreshold', TreatMissingData: 'ignore' });
});

test('an alarm on silence is raised by missing data, and created after the first datapoint', () => {
  const alarm = built((stack, alarmTopic) => {
    const firstDatapoint = new CfnResource(stack, 'First', { type: 'Custom::FirstDatapoint' });
    alarmOnSilence(stack, 'ProbeOverdue', { site, alarmTopic, metric, below: 1, periods: 3, description, severity, firstDatapoint });
  });
  expect(alarm.Properties).toMatchObject({ Threshold: 1, ComparisonOperator: 'LessThanThreshold', TreatMissingData: 'breaching' });
  expect(alarm.DependsOn).toEqual(['First']);
});

test('an alarm that scales sends no notification, and has severity none', () => {
  const { Properties } = built((stack) => {
    scalingAlarm(stack, 'SpoolAgeing', { site, metric, atLeast: 60, description, action: { bind: () => ({ alarmActionArn: 'policy' }) } });
  });
  expect(Properties).toMatchObject({
    AlarmDescription: 'It is wrong. Severity: none. Runbook: docs/runbook.md#spoolageing',
    AlarmActions: ['policy'],
    TreatMissingData: 'ignore',
  });
  expect(Properties).not.toHaveProperty('OKActions');
});

const lib = join(__dirname, '../../../lib');
const makesAlarm = /\bnew (?:Alarm|CompositeAlarm|CfnAlarm|CfnCompositeAlarm)\(|\.createAlarm\(/;
const makers = (files: readonly (readonly [file: string, text: string])[]) =>
  files.filter(([, text]) => makesAlarm.test(text)).map(([file]) => file);

test('only lib/alarms creates alarms', () => {
  const files = readdirSync(lib, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.ts'));
  expect(makers(files.map((file) => [file, readFileSync(join(lib, file), 'utf8')] as const))).toEqual([join('alarms', 'alarm.ts')]);
  expect(makers([['a.ts', "metric.createAlarm(this, 'X')"] as const])).toEqual(['a.ts']);
});

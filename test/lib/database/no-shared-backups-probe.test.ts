// Function and schedule of the probe, and its alarms on findings and on missing runs.
import { Template } from 'aws-cdk-lib/assertions';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { App, Stack } from 'aws-cdk-lib/core';
import { probeMetrics } from '../../../lib/config/metrics';
import { settingsSchema } from '../../../lib/config/settings/settings';
import { siteOf } from '../../../lib/config/site';
import { NoSharedBackupsProbe } from '../../../lib/database/no-shared-backups-probe';
import { FirstDatapoints } from '../../../lib/functions/first-datapoint';
import { evidenceLine } from '../../../runtime/probe';
import { only, policyOf, resourcesOf } from '../stacks/data-stack';

const alarms = (choice = {}) =>
  Object.values(resourcesOf(choice, 'AWS::CloudWatch::Alarm'))
    .map(({ Properties }) => Properties)
    .filter(({ Namespace }) => Namespace === probeMetrics.namespace);
const variables = (site: 'home' | 'recovery') =>
  (only({ site }, 'AWS::Lambda::Function', 'NoSharedBackupsFunction').Environment as { Variables: Record<string, unknown> }).Variables;

test('the home site reads the recovery region too, the recovery site its own region, and both every key', () => {
  expect(variables('home')).toMatchObject({ DEPLOYMENT: 'example', REGIONS: 'eu-west-3,eu-central-1' });
  expect(variables('recovery').REGIONS).toBe('eu-central-1');
  const { 'Fn::Join': joined } = variables('home').KEYS as { 'Fn::Join': [string, unknown[]] };
  expect(joined[1].filter((part) => part !== ',')).toHaveLength(3);
});

test('runs every day', () => {
  expect(only({}, 'AWS::Scheduler::Schedule', 'NoSharedBackups')).toMatchObject({ ScheduleExpression: 'cron(40 5 * * ? *)' });
});

test('only reads, and only the configured keys and those with the tag of the deployment', () => {
  const { Statement } = policyOf({}, 'NoSharedBackupsFunction') as {
    Statement: { Action: string | string[]; Resource: string | string[]; Condition?: unknown }[];
  };
  const granted = Statement.flatMap(({ Action }) => Action).filter((action) => /^(ec2|rds|kms):/.test(action));
  expect(granted.filter((action) => !/:(Describe|Get|List)/.test(action)).sort()).toEqual(['kms:Decrypt', 'kms:GenerateDataKey']);
  const ofKeys = Statement.filter(({ Action }) => Action.includes('kms:GetKeyPolicy'));
  expect(ofKeys).toEqual(
    expect.arrayContaining([
      expect.objectContaining({
        Resource: 'arn:aws:kms:*:111111111111:key/*',
        Condition: { StringEquals: { 'aws:ResourceTag/rempart:deployment': 'example' } },
      }),
    ]),
  );
  const [configured, ...others] = ofKeys.filter(({ Condition }) => Condition === undefined);
  expect([configured?.Resource.length, others]).toEqual([3, []]);
  expect(configured?.Resource).not.toContain('*');
});

test('raises an alarm at the first finding, and when no run has completed for 36 hours', () => {
  expect(alarms()).toMatchObject([
    { MetricName: 'Findings', Threshold: 0, ComparisonOperator: 'GreaterThanThreshold', EvaluationPeriods: 1, Period: 86_400 },
    { MetricName: 'Completed', Threshold: 1, EvaluationPeriods: 3, Period: 43_200, TreatMissingData: 'breaching' },
  ]);
});

test('the alarms are on the metrics that a run writes', () => {
  const run = {
    probe: 'no-shared-backups-probe',
    clause: 'TOM-7.4',
    deployment: 'example',
    namespace: probeMetrics.namespace,
    at: new Date(0),
  };
  const line = JSON.parse(evidenceLine(run, { looked: {}, findings: [], unseen: [] }));
  for (const { Namespace, MetricName, Dimensions } of alarms()) {
    const [directive] = line._aws.CloudWatchMetrics;
    expect(directive.Namespace).toBe(Namespace);
    expect(directive.Metrics.map(({ Name }: { Name: string }) => Name)).toContain(MetricName);
    const dimensions = directive.Dimensions[0].map((Name: string) => ({ Name, Value: line[Name] }));
    expect(dimensions).toEqual(Dimensions);
  }
});

test('alarms go to the topic, where there is one', () => {
  const site = siteOf('production', 'home', settingsSchema.parse({ environment: 'production', owner: 'platform' }), []);
  const stack = new Stack(new App({ analyticsReporting: false }), 'scratch', { env: { region: site.region } });
  const key = new Key(stack, 'Key');
  const firstDatapoints = new FirstDatapoints(stack, 'FirstDatapoints', { site, key });
  const keys = { 'account/DeploymentKey': key, 'account/AuditKey': key, 'data/DataKey': key };
  new NoSharedBackupsProbe(stack, 'Probe', { site, key, keys, firstDatapoints, alarmTopic: new Topic(stack, 'Topic') });
  const found = Object.values(Template.fromStack(stack).findResources('AWS::CloudWatch::Alarm'));
  expect(found.map(({ Properties }) => Properties.AlarmActions)).toEqual([[{ Ref: expect.any(String) }], [{ Ref: expect.any(String) }]]);
});

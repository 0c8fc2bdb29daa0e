// A schedule starts its function and nothing else, and what it cannot start is kept.
import { Match, Template } from 'aws-cdk-lib/assertions';
import { Key } from 'aws-cdk-lib/aws-kms';
import { App, Duration, Stack } from 'aws-cdk-lib/core';
import { settingsSchema } from '../../../lib/config/settings';
import { siteOf } from '../../../lib/config/site';
import { ControlFunction } from '../../../lib/functions/control-function';
import { FunctionSchedule, type FunctionScheduleProps } from '../../../lib/functions/schedule';

function made(more: Partial<FunctionScheduleProps> = {}): Template {
  const site = siteOf('production', 'home', settingsSchema.parse({ environment: 'production', owner: 'platform' }), []);
  const stack = new Stack(new App({ analyticsReporting: false }), 'scratch', { env: { region: site.region } });
  const key = new Key(stack, 'Key');
  const control = new ControlFunction(stack, 'Control', {
    site,
    control: 'default-security-group',
    description: 'Does something',
    environment: {},
    key,
    permissions: [],
    timeout: Duration.seconds(30),
  });
  new FunctionSchedule(stack, 'Schedule', { control, name: 'look', description: 'Looks', expression: 'rate(1 minute)', key, ...more });
  return Template.fromStack(stack);
}

test('starts the function in UTC, encrypted, and keeps what it cannot start', () => {
  const template = made();
  template.hasResourceProperties('AWS::Scheduler::ScheduleGroup', { Name: 'scratch-look' });
  template.hasResourceProperties('AWS::Scheduler::Schedule', {
    ScheduleExpression: 'rate(1 minute)',
    ScheduleExpressionTimezone: 'UTC',
    FlexibleTimeWindow: { Mode: 'OFF' },
    State: Match.absent(),
    KmsKeyArn: { 'Fn::GetAtt': [Match.stringLikeRegexp('^Key'), 'Arn'] },
    Target: {
      Arn: { 'Fn::GetAtt': [Match.stringLikeRegexp('^ControlFunction'), 'Arn'] },
      DeadLetterConfig: { Arn: { 'Fn::GetAtt': [Match.stringLikeRegexp('^ControlDeadLetters'), 'Arn'] } },
      RetryPolicy: { MaximumRetryAttempts: 10, MaximumEventAgeInSeconds: 86_400 },
    },
  });
});

test('what would come too late is not started any more', () => {
  made({ repeatFor: Duration.minutes(5) }).hasResourceProperties('AWS::Scheduler::Schedule', {
    Target: { RetryPolicy: { MaximumEventAgeInSeconds: 300 } },
  });
});

test('the role is for schedules of its group alone and has its permissions before the schedule is there', () => {
  const template = made();
  template.hasResourceProperties('AWS::IAM::Role', {
    AssumeRolePolicyDocument: {
      Statement: [
        Match.objectLike({
          Principal: { Service: 'scheduler.amazonaws.com' },
          Condition: { StringEquals: { 'aws:SourceArn': { 'Fn::GetAtt': [Match.stringLikeRegexp('^ScheduleGroup'), 'Arn'] } } },
        }),
      ],
    },
  });
  const policies = template.findResources('AWS::IAM::ManagedPolicy');
  const [id, policy] = Object.entries(policies).find(([logicalId]) => logicalId.startsWith('Schedule')) ?? [];
  expect(policy?.Properties.PolicyDocument.Statement.flatMap(({ Action }: { Action: unknown }) => Action)).toEqual([
    'lambda:InvokeFunction',
    'sqs:SendMessage',
    'kms:Decrypt',
    'kms:GenerateDataKey',
  ]);
  template.hasResource('AWS::Scheduler::Schedule', { DependsOn: Match.arrayWith([id]) });
});

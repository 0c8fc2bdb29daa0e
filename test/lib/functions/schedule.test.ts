// A schedule of a function: its group, retries, dead letters and role.
import { Match, Template } from 'aws-cdk-lib/assertions';
import { Key } from 'aws-cdk-lib/aws-kms';
import { App, Duration, Stack } from 'aws-cdk-lib/core';
import { settingsSchema } from '../../../lib/config/settings/settings';
import { siteOf } from '../../../lib/config/site';
import { ControlFunction } from '../../../lib/functions/control-function';
import { scheduleFunction } from '../../../lib/functions/schedule';

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
scheduleFunction(stack, {
  site,
  name: 'thing',
  starts: 'the thing',
  description: 'The thing, every hour',
  control,
  key,
  expression: 'rate(1 hour)',
  retries: { attempts: 3, age: Duration.minutes(30) },
});
const template = Template.fromStack(stack);

test('it starts the function at its time, with the given retries, and sends failed starts to the dead letters', () => {
  template.hasResourceProperties('AWS::Scheduler::Schedule', {
    ScheduleExpression: 'rate(1 hour)',
    ScheduleExpressionTimezone: 'UTC',
    KmsKeyArn: stack.resolve(key.keyArn),
    Target: {
      Arn: stack.resolve(control.function.functionArn),
      DeadLetterConfig: { Arn: stack.resolve(control.deadLetters.queueArn) },
      RetryPolicy: { MaximumRetryAttempts: 3, MaximumEventAgeInSeconds: 1800 },
    },
  });
});

test('its role trusts only its group, and may invoke only the one function', () => {
  template.hasResourceProperties('AWS::Scheduler::ScheduleGroup', { Name: 'scratch-thing' });
  template.hasResourceProperties('AWS::IAM::Role', {
    AssumeRolePolicyDocument: {
      Statement: [Match.objectLike({ Condition: { StringEquals: { 'aws:SourceArn': { 'Fn::GetAtt': ['Group', 'Arn'] } } } })],
    },
  });
  template.hasResourceProperties('AWS::IAM::ManagedPolicy', {
    Description: 'Permissions of the schedule thing',
    PolicyDocument: {
      Statement: [
        Match.objectLike({ Action: 'lambda:InvokeFunction', Resource: stack.resolve(control.function.functionArn) }),
        Match.objectLike({ Action: 'sqs:SendMessage', Resource: stack.resolve(control.deadLetters.queueArn) }),
        Match.objectLike({ Action: ['kms:Decrypt', 'kms:GenerateDataKey'] }),
      ],
    },
  });
});

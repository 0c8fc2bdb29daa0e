// A schedule of a function: started by its group alone, handed over as often as it is said to.
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
  name: 'thing',
  starts: 'the thing',
  description: 'The thing, every hour',
  control,
  key,
  expression: 'rate(1 hour)',
  retries: { attempts: 3, age: Duration.minutes(30) },
});
const template = Template.fromStack(stack);

test('it starts the function at its time, tries again as it is told, and keeps what it cannot hand over', () => {
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

test('its role is taken for its group alone, and starts the one function', () => {
  template.hasResourceProperties('AWS::Scheduler::ScheduleGroup', { Name: 'scratch-thing' });
  template.hasResourceProperties('AWS::IAM::Role', {
    AssumeRolePolicyDocument: {
      Statement: [Match.objectLike({ Condition: { StringEquals: { 'aws:SourceArn': { 'Fn::GetAtt': ['Group', 'Arn'] } } } })],
    },
  });
  template.hasResourceProperties('AWS::IAM::ManagedPolicy', {
    Description: 'What the schedule of the thing may do',
    PolicyDocument: {
      Statement: [
        Match.objectLike({ Action: 'lambda:InvokeFunction', Resource: stack.resolve(control.function.functionArn) }),
        Match.objectLike({ Action: 'sqs:SendMessage', Resource: stack.resolve(control.deadLetters.queueArn) }),
        Match.objectLike({ Action: ['kms:Decrypt', 'kms:GenerateDataKey'] }),
      ],
    },
  });
});

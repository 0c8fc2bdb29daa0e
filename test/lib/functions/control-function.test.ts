// A function of the house: the settings that every one has, and nothing it may do beyond what is said.
import { Match, Template } from 'aws-cdk-lib/assertions';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { Key } from 'aws-cdk-lib/aws-kms';
import { App, Duration, Stack } from 'aws-cdk-lib/core';
import { settingsSchema } from '../../../lib/config/settings';
import { siteOf } from '../../../lib/config/site';
import { ControlFunction } from '../../../lib/functions/control-function';

const site = siteOf('production', 'home', settingsSchema.parse({ environment: 'production', owner: 'platform' }), []);
const stack = new Stack(new App({ analyticsReporting: false }), 'scratch', { env: { region: site.region } });
const key = new Key(stack, 'Key');
new ControlFunction(stack, 'Control', {
  site,
  control: 'default-security-group',
  description: 'Does something',
  environment: { GREETING: 'hello' },
  key,
  permissions: [new PolicyStatement({ actions: ['ec2:DescribeVpcs'], resources: ['*'] })],
  timeout: Duration.seconds(30),
  reservedConcurrency: 2,
});
const template = Template.fromStack(stack);
const keyArn = stack.resolve(key.keyArn);

test('runs on the newest runtime, encrypted, bounded, with its own log', () => {
  template.hasResourceProperties('AWS::Lambda::Function', {
    Runtime: 'nodejs24.x',
    Architectures: ['arm64'],
    KmsKeyArn: keyArn,
    Environment: { Variables: { GREETING: 'hello' } },
    Timeout: 30,
    ReservedConcurrentExecutions: 2,
    LoggingConfig: { LogFormat: 'JSON', LogGroup: { Ref: Match.stringLikeRegexp('^ControlLog') } },
    DeadLetterConfig: { TargetArn: { 'Fn::GetAtt': [Match.stringLikeRegexp('^ControlDeadLetters'), 'Arn'] } },
  });
  template.hasResource('AWS::Logs::LogGroup', {
    DeletionPolicy: 'RetainExceptOnCreate',
    Properties: { LogGroupName: '/rempart/production/functions/default-security-group', KmsKeyId: keyArn, RetentionInDays: 400 },
  });
});

test('its dead letters are encrypted and refuse plain connections', () => {
  template.hasResourceProperties('AWS::SQS::Queue', { KmsMasterKeyId: keyArn, MessageRetentionPeriod: 14 * 24 * 3600 });
  template.hasResourceProperties('AWS::SQS::QueuePolicy', {
    PolicyDocument: { Statement: [Match.objectLike({ Effect: 'Deny', Condition: { Bool: { 'aws:SecureTransport': 'false' } } })] },
  });
});

test('its role has one managed policy, which is there before the function, and nothing inline', () => {
  template.resourceCountIs('AWS::IAM::Policy', 0);
  template.hasResourceProperties('AWS::IAM::Role', { Policies: Match.absent(), ManagedPolicyArns: Match.absent() });
  const [policy] = Object.keys(template.findResources('AWS::IAM::ManagedPolicy'));
  template.hasResource('AWS::Lambda::Function', { DependsOn: Match.arrayWith([policy]) });
  template.hasResourceProperties('AWS::IAM::ManagedPolicy', {
    PolicyDocument: {
      Statement: [
        Match.objectLike({ Action: ['logs:CreateLogStream', 'logs:PutLogEvents'] }),
        Match.objectLike({ Action: 'sqs:SendMessage' }),
        Match.objectLike({ Action: ['kms:Decrypt', 'kms:GenerateDataKey'], Resource: keyArn }),
        Match.objectLike({ Action: 'ec2:DescribeVpcs' }),
      ],
    },
  });
});

// The settings of every function, and its permissions, which are those of the template only.
import { Match, Template } from 'aws-cdk-lib/assertions';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { Key } from 'aws-cdk-lib/aws-kms';
import { App, Duration, Stack } from 'aws-cdk-lib/core';
import { HIPAASecurityChecks, NIST80053R5Checks } from 'cdk-nag';
import { type Settings, settingsSchema } from '../../../lib/config/settings/settings';
import { siteOf } from '../../../lib/config/site';
import { ControlFunction, type ControlFunctionProps } from '../../../lib/functions/control-function';
import { type Exception, exceptionMetadataKey } from '../../../lib/labels/exceptions';

function functionStack(environment: Settings['environment'], concurrency: Pick<ControlFunctionProps, 'reservedConcurrency'>) {
  const site = siteOf('production', 'home', settingsSchema.parse({ environment, owner: 'platform' }), []);
  const app = new App({ analyticsReporting: false });
  const stack = new Stack(app, 'scratch', { env: { region: site.region } });
  const key = new Key(stack, 'Key');
  new ControlFunction(stack, 'Control', {
    site,
    control: 'default-security-group',
    description: 'Does something',
    environment: { GREETING: 'hello' },
    key,
    permissions: [new PolicyStatement({ actions: ['ec2:DescribeVpcs'], resources: ['*'] })],
    timeout: Duration.seconds(30),
    ...concurrency,
  });
  return { app, stack, template: Template.fromStack(stack), keyArn: stack.resolve(key.keyArn) };
}

const { template, keyArn } = functionStack('production', { reservedConcurrency: 2 });

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

test('its dead-letter queue is encrypted, requires TLS, and accepts no messages of other queues', () => {
  template.hasResourceProperties('AWS::SQS::Queue', {
    KmsMasterKeyId: keyArn,
    MessageRetentionPeriod: 14 * 24 * 3600,
    RedriveAllowPolicy: { redrivePermission: 'denyAll' },
  });
  template.hasResourceProperties('AWS::SQS::QueuePolicy', {
    PolicyDocument: { Statement: [Match.objectLike({ Effect: 'Deny', Condition: { Bool: { 'aws:SecureTransport': 'false' } } })] },
  });
});

test('its role has one managed policy, created before the function, and no inline policy', () => {
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

test('its log is deleted with the stack outside production, so that the stack can be created again with the same names', () => {
  functionStack('staging', {}).template.hasResource('AWS::Logs::LogGroup', { DeletionPolicy: 'Delete', UpdateReplacePolicy: 'Delete' });
});

describe.each([
  ['without', {}, 2],
  ['with', { reservedConcurrency: 1 }, 0],
] as const)('%s reserved concurrency', (_, concurrency, expected) => {
  const { app, stack, template: own } = functionStack('production', concurrency);
  const about = (text: string): boolean => text.includes('LambdaConcurrency');

  test('the function has that setting', () => {
    const [lambda] = Object.values(own.findResources('AWS::Lambda::Function'));
    expect(lambda?.Properties.ReservedConcurrentExecutions).toBe('reservedConcurrency' in concurrency ? 1 : undefined);
  });

  test('each objection of the rule packs has an acknowledgement', () => {
    const found = [new NIST80053R5Checks(), new HIPAASecurityChecks()].flatMap((pack) =>
      pack.validateScope(app).violations.filter(({ ruleName }) => about(ruleName)),
    );
    const acknowledged = stack.node
      .findAll()
      .flatMap(({ node }) => node.metadata.filter(({ type, data }) => type === exceptionMetadataKey && about((data as Exception).id)));
    expect([found.length, acknowledged.length]).toEqual([expected, expected]);
  });
});

/**
 * "AWS::Lambda::Function", the properties whose update requires replacement; a named function cannot be replaced under
 * its logical id.
 */
const replacing = ['CapacityProviderConfig', 'DurableConfig', 'FunctionName', 'PackageType', 'TenancyConfig'];

test('has a fixed name, and sets no other property that replaces the function', () => {
  const [{ Properties } = { Properties: {} }] = Object.values(template.findResources('AWS::Lambda::Function'));
  expect(Object.keys(Properties).filter((name) => replacing.includes(name))).toEqual(['FunctionName']);
  expect(Properties.FunctionName).toBe('production-default-security-group');
});

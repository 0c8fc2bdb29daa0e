import { deadLetters } from '../../../../../lib/tom/rules/deployment/dead-letters';
import type { JsonObject } from '../../../../../lib/tom/template/assembly';
import { answers, att, changed, type Resources, ref, resource, without } from '../example';

const admission: JsonObject = {
  Effect: 'Allow',
  Principal: { Service: 'events.amazonaws.com' },
  Action: 'sqs:SendMessage',
  Resource: att('Queue'),
  Condition: { ArnEquals: { 'aws:SourceArn': att('Rule') } },
};
const admitting = (statement: JsonObject) => ({ Queues: [ref('Queue')], PolicyDocument: { Statement: [{ ...admission, ...statement }] } });
const target = { Id: 'Function', Arn: att('Function'), DeadLetterConfig: { Arn: att('Queue') } };
const good: Resources = {
  Queue: resource('AWS::SQS::Queue', { RedriveAllowPolicy: { redrivePermission: 'denyAll' } }),
  QueuePolicy: resource('AWS::SQS::QueuePolicy', admitting({})),
  Function: resource('AWS::Lambda::Function', { DeadLetterConfig: { TargetArn: att('Queue') } }),
  Schedule: resource('AWS::Scheduler::Schedule', { Target: { Arn: att('Function'), DeadLetterConfig: { Arn: att('Queue') } } }),
  Rule: resource('AWS::Events::Rule', { Targets: [target] }),
};
const says = (id: string, resources: Resources) => answers(deadLetters, resources)[id];

test('functions, schedules and rules with a dead-letter queue of the deployment comply', () => {
  expect(answers(deadLetters, good)).toEqual({ Queue: 'compliant', Function: 'compliant', Schedule: 'compliant', Rule: 'compliant' });
});

test.each(['arn:aws:sqs:eu-west-3:111111111111:other', att('Function'), undefined])(
  'another queue, or none, does not comply: %j',
  (arn) => {
    expect(says('Function', changed(good, 'Function', { DeadLetterConfig: { TargetArn: arn as never } }))).toEqual(['queue']);
    expect(says('Schedule', changed(good, 'Schedule', { Target: { DeadLetterConfig: { Arn: arn as never } } }))).toEqual(['queue']);
    expect(says('Rule', changed(good, 'Rule', { Targets: [target, { ...target, DeadLetterConfig: { Arn: arn as never } }] }))).toEqual([
      'queue::1',
    ]);
  },
);

test.each<[string, JsonObject]>([
  ['another service', { Principal: { Service: 'sns.amazonaws.com' } }],
  ['another action', { Action: 'sqs:ReceiveMessage' }],
  ['another queue', { Resource: 'arn:aws:sqs:eu-west-3:111111111111:other' }],
  ['another rule', { Condition: { ArnEquals: { 'aws:SourceArn': 'arn:aws:events:eu-west-3:111111111111:rule/other' } } }],
  ['every rule of every account', { Condition: {} }],
  ['nobody', { Effect: 'Deny' }],
])('a queue that admits %s does not serve a rule', (_, statement) => {
  expect(says('Rule', changed(good, 'QueuePolicy', admitting(statement)))).toEqual(['admission::0']);
});

test('a queue without a policy, or with the policy of another queue, does not comply', () => {
  expect(says('Rule', without(good, 'QueuePolicy'))).toEqual(['admission::0']);
  expect(says('Rule', changed(good, 'QueuePolicy', { Queues: [ref('Other')] }))).toEqual(['admission::0']);
});

test.each<[string, JsonObject | undefined, boolean]>([
  ['nobody', { redrivePermission: 'denyAll' }, true],
  ['a queue of the deployment', { redrivePermission: 'byQueue', sourceQueueArns: [att('Queue')] }, true],
  ['a queue elsewhere', { redrivePermission: 'byQueue', sourceQueueArns: ['arn:aws:sqs:eu-west-3:111111111111:other'] }, false],
  ['queues that it does not name', { redrivePermission: 'byQueue' }, false],
  ['every queue', { redrivePermission: 'allowAll' }, false],
  ['every queue, by leaving it out', undefined, false],
])('who may move dead letters to a queue: %s', (_, policy, complies) => {
  expect(says('Queue', changed(good, 'Queue', { RedriveAllowPolicy: policy }))).toEqual(complies ? 'compliant' : ['redrive']);
});

test('a queue may name its source by the fixed name of a queue of the stack', () => {
  const sourceQueueArns = (name: string) => ['', `arn:aws:sqs:eu-west-3:`, ref('AWS::AccountId'), `:${name}`];
  const named = (name: string) => ({
    ...good,
    Source: resource('AWS::SQS::Queue', { QueueName: 'notices', RedriveAllowPolicy: { redrivePermission: 'denyAll' } }),
    Letters: resource('AWS::SQS::Queue', {
      RedriveAllowPolicy: { redrivePermission: 'byQueue', sourceQueueArns: [{ 'Fn::Join': ['', sourceQueueArns(name)] }] },
    }),
  });
  expect(says('Letters', named('notices'))).toBe('compliant');
  expect(says('Letters', named('other'))).toEqual(['redrive']);
});

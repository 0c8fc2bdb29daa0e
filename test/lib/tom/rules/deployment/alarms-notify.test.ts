import { alarmsNotify } from '../../../../../lib/tom/rules/deployment/alarms-notify';
import type { Json, JsonObject, ResourceJson } from '../../../../../lib/tom/template/assembly';
import { answers, changed, type Resources, ref, resource, without } from '../example';

const service = { Service: 'cloudwatch.amazonaws.com' };
const account = ref('AWS::AccountId');
const arn = { 'Fn::Sub': 'arn:aws:cloudwatch:eu-west-3:${AWS::AccountId}:alarm:production-*' };
const own = { StringEquals: { 'aws:SourceAccount': account }, ArnLike: { 'aws:SourceArn': arn } };
const publish = { Effect: 'Allow', Principal: service, Action: 'sns:Publish', Resource: ref('Topic'), Condition: own };
const encrypt = { Effect: 'Allow', Principal: service, Action: ['kms:Decrypt', 'kms:GenerateDataKey*'], Resource: '*', Condition: own };
const overTls = {
  Effect: 'Deny',
  Principal: '*',
  Action: 'sns:Publish',
  Resource: '*',
  Condition: { Bool: { 'aws:SecureTransport': 'false' } },
};
const document = (...Statement: Json[]): JsonObject => ({ Version: '2012-10-17', Statement });

const named = {
  AlarmName: 'production-example-Wrong',
  AlarmDescription: 'It is wrong. Severity: page. Runbook: docs/runbook.md#wrong',
  AlarmActions: [ref('Topic')],
};
const sound: Resources = {
  Wrong: resource('AWS::CloudWatch::Alarm', named),
  Topic: resource('AWS::SNS::Topic', { KmsMasterKeyId: ref('Key') }),
  Policy: resource('AWS::SNS::TopicPolicy', { Topics: [ref('Topic')], PolicyDocument: document(overTls, publish) }),
  Key: resource('AWS::KMS::Key', { KeyPolicy: document(encrypt) }),
  Steps: resource('AWS::AutoScaling::ScalingPolicy'),
  Queue: resource('AWS::SQS::Queue'),
};
const alarm = (properties: Readonly<Record<string, Json | undefined>>, rest: Partial<ResourceJson> = {}) => {
  const resources = changed(sound, 'Wrong', properties);
  return answers(alarmsNotify, { ...resources, Wrong: { ...(resources.Wrong as ResourceJson), ...rest } }).Wrong;
};
const topic = (resources: Resources) => answers(alarmsNotify, resources).Topic;

test('an alarm that notifies people, or scales a fleet, complies', () => {
  expect(answers(alarmsNotify, sound)).toMatchObject({ Wrong: 'compliant', Topic: 'compliant' });
  const none = 'It is wrong. Severity: none. Runbook: https://git.example.com/runbook.md#wrong';
  expect(alarm({ AlarmActions: [ref('Steps')], AlarmDescription: none })).toBe('compliant');
  expect(alarm({ AlarmActions: [ref('Steps'), ref('Topic')], ActionsEnabled: true }, { Type: 'AWS::CloudWatch::CompositeAlarm' })).toBe(
    'compliant',
  );
});

test('a topic that no alarm notifies is not its concern', () => {
  expect(topic({ ...sound, Wrong: resource('AWS::CloudWatch::Alarm', { ...named, AlarmActions: [ref('Steps')] }) })).toBe('not-applicable');
});

test.each<[string, Readonly<Record<string, Json | undefined>>, string[]]>([
  ['has no actions', { AlarmActions: undefined }, ['actions', 'runbook']],
  ['has none of them', { AlarmActions: [] }, ['actions', 'runbook']],
  ['notifies only when it is over', { AlarmActions: undefined, OKActions: [ref('Topic')] }, ['actions', 'runbook']],
  ['notifies a stranger', { AlarmActions: ['arn:aws:sns:eu-west-3:x:y'] }, ['actions', 'runbook']],
  ['notifies a stranger too', { AlarmActions: [ref('Topic'), 'arn:aws:sns:eu-west-3:x:y'] }, ['actions']],
  ['notifies a queue', { AlarmActions: [ref('Queue')] }, ['actions', 'runbook']],
  ['is muted', { ActionsEnabled: false }, ['muted']],
  ['may be muted', { ActionsEnabled: ref('Choice') }, ['muted']],
  ['is muted by another', { ActionsSuppressor: 'x' }, ['suppressed']],
  ['has no description', { AlarmDescription: undefined }, ['runbook']],
  ['has no runbook entry', { AlarmDescription: 'It is wrong. Severity: page.' }, ['runbook']],
  ['has the entry of another', { AlarmDescription: 'It is wrong. Severity: page. Runbook: docs/runbook.md#right' }, ['runbook']],
  ['has no severity', { AlarmDescription: 'It is wrong. Runbook: docs/runbook.md#wrong' }, ['runbook']],
  ['notifies people of nothing', { AlarmDescription: 'It is wrong. Severity: none. Runbook: docs/runbook.md#wrong' }, ['runbook']],
  ['pages nobody', { AlarmActions: [ref('Steps')] }, ['runbook']],
  ['has no name', { AlarmName: undefined }, ['runbook']],
  ['missing data raises at once', { TreatMissingData: 'breaching' }, ['first-datapoint']],
])('an alarm that %s does not', (_, properties, ids) => {
  expect(alarm(properties)).toEqual(ids);
});

const first = 'Custom::FirstDatapoint';
const ofUpkeep = (MetricName: string) => ({
  Namespace: 'AWS/Lambda',
  MetricName,
  Dimensions: [
    { Name: 'FunctionName', Value: ref('Upkeep') },
    { Name: 'Resource', Value: 'x' },
  ],
});
/** The answer about an alarm on silence whose metric or metrics are these, and the resource that it waits for. */
const silent = (metric: JsonObject, wait?: ResourceJson) =>
  answers(alarmsNotify, {
    ...sound,
    Wrong: resource('AWS::CloudWatch::Alarm', { ...named, ...metric, TreatMissingData: 'breaching' }, { DependsOn: ['Queue', 'First'] }),
    ...(wait ? { First: wait } : {}),
  }).Wrong;

test('an alarm that missing data raises waits for the first datapoint of its metric', () => {
  const metric = ofUpkeep('Invocations');
  const wait = { ...metric, Statistic: 'Sum', Dimensions: [...metric.Dimensions].reverse() };
  expect(silent(metric, resource(first, wait))).toBe('compliant');
  expect(silent(metric, resource('Custom::Another', wait))).toEqual(['first-datapoint']);
  expect(silent(metric)).toEqual(['first-datapoint']);
  expect(silent({}, resource(first, wait))).toEqual(['first-datapoint']);
  expect(silent({}, resource(first))).toEqual(['first-datapoint']);
});

test.each<[string, JsonObject]>([
  ['name', { MetricName: 'Errors' }],
  ['namespace', { Namespace: 'Rempart/Probes' }],
  ['function', { Dimensions: [{ Name: 'FunctionName', Value: ref('Another') }, ofUpkeep('').Dimensions[1] as JsonObject] }],
  ['dimension', { Dimensions: [ofUpkeep('').Dimensions[0] as JsonObject] }],
  ['dimensions', { Dimensions: [] }],
])('a wait for a metric with another %s is not its own', (_, other) => {
  expect(silent(ofUpkeep('Invocations'), resource(first, { ...ofUpkeep('Invocations'), ...other }))).toEqual(['first-datapoint']);
});

test('an alarm on an expression waits for each of its metrics: the first run alone may be one that failed', () => {
  const stat = (name: string) => ({ Id: name.toLowerCase(), MetricStat: { Metric: ofUpkeep(name), Period: 60, Stat: 'Sum' } });
  const metrics = { Metrics: [{ Id: 'e', Expression: 'invocations - errors' }, stat('Invocations'), stat('Errors')] };
  expect(silent(metrics, resource(first, { ...ofUpkeep('Invocations'), Failures: 'Errors' }))).toBe('compliant');
  expect(silent(metrics, resource(first, ofUpkeep('Invocations')))).toEqual(['first-datapoint']);
  expect(silent(metrics, resource(first, { ...ofUpkeep('Invocations'), Failures: 'Throttles' }))).toEqual(['first-datapoint']);
});

const policy = (...statements: Json[]) => changed(sound, 'Policy', { PolicyDocument: document(...statements) });

test.each<[string, Resources, string[]]>([
  ['has no policy', without(sound, 'Policy'), ['policy']],
  ['has the policy of another', changed(sound, 'Policy', { Topics: [ref('Another')] }), ['policy']],
  ['admits another service', policy({ ...publish, Principal: { Service: 'events.amazonaws.com' } }), ['policy']],
  ['admits CloudWatch to read', policy({ ...publish, Action: 'sns:GetTopicAttributes' }), ['policy']],
  ['admits the alarms of every account', policy({ ...publish, Condition: { ArnLike: { 'aws:SourceArn': arn } } }), ['policy']],
  ...[':alarm:*', ':alarm:staging-*', ':alarm:production-data-*'].map((end): [string, Resources, string[]] => [
    `admits the alarms ${end}`,
    policy({ ...publish, Condition: { ...own, ArnLike: { 'aws:SourceArn': { 'Fn::Sub': arn['Fn::Sub'].replace(/:alarm:.+/, end) } } } }),
    ['policy'],
  ]),
  ['admits those of another', policy({ ...publish, Condition: { StringEquals: { 'aws:SourceAccount': '999999999999' } } }), ['policy']],
  [
    'admits some alarms',
    policy({ ...publish, Condition: { ...own, ArnLike: { 'aws:SourceArn': 'arn:aws:cloudwatch:x:${AWS.AccountId}:alarm:a' } } }),
    ['policy'],
  ],
  [
    'admits on a further condition',
    policy({ ...publish, Condition: { ...own, Bool: { 'aws:MultiFactorAuthPresent': 'true' } } }),
    ['policy'],
  ],
  ['denies it, too', policy(publish, { Effect: 'Deny', Principal: '*', Action: 'sns:*', Resource: '*' }), ['denied']],
  ['has no key', changed(sound, 'Topic', { KmsMasterKeyId: undefined }), ['key']],
  ['has the key of AWS', changed(sound, 'Topic', { KmsMasterKeyId: 'alias/aws/sns' }), ['key']],
  ['has a key that does not admit CloudWatch', changed(sound, 'Key', { KeyPolicy: document({ ...encrypt, Principal: '*' }) }), ['key']],
  ['has a key for reading alone', changed(sound, 'Key', { KeyPolicy: document({ ...encrypt, Action: 'kms:Decrypt' }) }), ['key']],
])('a topic that %s does not', (_, resources, ids) => {
  expect(topic(resources)).toEqual(ids);
});

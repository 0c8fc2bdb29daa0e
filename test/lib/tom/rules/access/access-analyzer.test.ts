import { accessAnalyzer } from '../../../../../lib/tom/rules/access/access-analyzer';
import { answers, att, changed, type Resources, resource, without } from '../example';

const role = (name: string) => [
  { Property: 'resource', Contains: [`:role/production-${name}-`] },
  { Property: 'principal.AWS', Eq: ['444455556666'] },
];
const example: Resources = {
  Trail: resource('AWS::CloudTrail::Trail'),
  Analyzer: resource('AWS::AccessAnalyzer::Analyzer', {
    Type: 'ACCOUNT',
    ArchiveRules: [{ RuleName: 'auditor', Filter: role('auditor') }],
  }),
  Findings: resource('AWS::SQS::Queue'),
  Rule: resource('AWS::Events::Rule', {
    EventPattern: { source: ['aws.access-analyzer'], 'detail-type': ['Access Analyzer Finding'], detail: { status: ['ACTIVE'] } },
    Targets: [{ Id: 'Findings', Arn: att('Findings') }],
  }),
  Alarm: resource('AWS::CloudWatch::Alarm', {
    ...{ Namespace: 'AWS/SQS', MetricName: 'NumberOfMessagesSent', Statistic: 'Sum', Period: 3600, EvaluationPeriods: 1 },
    ...{ ComparisonOperator: 'GreaterThanThreshold', Threshold: 0 },
    Dimensions: [{ Name: 'QueueName', Value: { 'Fn::GetAtt': ['Findings', 'QueueName'] } }],
  }),
};
const pattern = (more: object) => ({
  ...{ source: ['aws.access-analyzer'], 'detail-type': ['Access Analyzer Finding'], detail: { status: ['ACTIVE'] }, ...more },
});
const archives = (...Filter: object[]) => changed(example, 'Analyzer', { ArchiveRules: [{ RuleName: 'x', Filter }] as never });
const verdict = (resources: Resources) => answers(accessAnalyzer, resources).Trail;

test('an analyzer whose findings raise an alarm complies, with or without archived roles', () => {
  expect(verdict(example)).toBe('compliant');
  expect(verdict(changed(example, 'Analyzer', { ArchiveRules: undefined }))).toBe('compliant');
  expect(verdict(changed(example, 'Rule', { State: 'ENABLED' }))).toBe('compliant');
});

test.each<[string, Resources, string[]]>([
  ['no analyzer', without(example, 'Analyzer'), ['analyzer']],
  ['an analyzer of unused access', changed(example, 'Analyzer', { Type: 'ACCOUNT_UNUSED_ACCESS' }), ['analyzer']],
  ['findings of all buckets in the archive', archives({ Property: 'resourceType', Eq: ['AWS::S3::Bucket'] }), ['archive::0']],
  ['findings of every principal in the archive', archives(role('auditor')[0] as object), ['archive::0']],
  ['findings of a principal in the archive', archives(role('auditor')[1] as object), ['archive::0']],
  [
    'findings of every role in the archive',
    archives({ Property: 'resource', Contains: [':role/'] }, role('x')[1] as object),
    ['archive::0'],
  ],
  ['an archive rule without a filter', archives(), ['archive::0']],
  ['no rule of events', without(example, 'Rule'), ['events']],
  ['a rule that is off', changed(example, 'Rule', { State: 'DISABLED' }), ['events']],
  ['a rule of another service', changed(example, 'Rule', { EventPattern: pattern({ source: ['aws.s3'] }) }), ['events']],
  [
    'a rule of previews',
    changed(example, 'Rule', { EventPattern: pattern({ 'detail-type': ['Access Preview State Change'] }) }),
    ['events'],
  ],
  ['a rule of resolved findings', changed(example, 'Rule', { EventPattern: pattern({ detail: { status: ['RESOLVED'] } }) }), ['events']],
  ['a rule without a queue', changed(example, 'Rule', { Targets: [{ Id: 'X', Arn: 'x' }] }), ['events']],
  ['no alarm', without(example, 'Alarm'), ['events']],
  ['an alarm on ten findings', changed(example, 'Alarm', { Threshold: 10 }), ['events']],
  ['an alarm on another queue', changed(example, 'Alarm', { Dimensions: [{ Name: 'QueueName', Value: 'x' }] }), ['events']],
  ['an alarm that is late', changed(example, 'Alarm', { EvaluationPeriods: 2 }), ['events']],
  ['an alarm that is muted', changed(example, 'Alarm', { ActionsEnabled: false }), ['events']],
  ['an alarm on received messages', changed(example, 'Alarm', { MetricName: 'NumberOfMessagesReceived' }), ['events']],
])('%s does not', (_, resources, ids) => {
  expect(verdict(resources)).toEqual(ids);
});

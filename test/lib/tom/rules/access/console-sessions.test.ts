import { consoleSessions } from '../../../../../lib/tom/rules/access/console-sessions';
import type { JsonObject } from '../../../../../lib/tom/template/assembly';
import { answers, att, changed, join, type Resources, ref, resource } from '../example';

const root = join('arn:aws:iam::', ref('AWS::AccountId'), ':root');
const trust = (Condition: JsonObject): JsonObject => ({
  AssumeRolePolicyDocument: { Statement: [{ Effect: 'Allow', Action: 'sts:AssumeRole', Principal: { AWS: root }, Condition }] },
});
const aged = (age: string | string[], operator = 'NumericLessThanEquals') => trust({ [operator]: { 'aws:MultiFactorAuthAge': age } });
const permissionSet = trust({
  ArnLike: { 'aws:PrincipalArn': 'arn:aws:iam::111111111111:role/aws-reserved/sso.amazonaws.com/*AWSReservedSSO_it-team_*' },
});
const pattern = (seconds: number, roles = '*:role/aws-reserved/sso.amazonaws.com/*') =>
  `{ ($.eventName = "AssumeRoleWithSAML") && ($.requestParameters.roleArn = "${roles}") && ($.requestParameters.durationSeconds > ${seconds}) }`;

const example: Resources = {
  Role: resource('AWS::IAM::Role', aged('28800')),
  Sessions: resource('AWS::Logs::MetricFilter', {
    ...{ FilterPattern: pattern(28_800), LogGroupName: '/rempart/production/trail' },
    MetricTransformations: [{ MetricNamespace: 'Rempart/production', MetricName: 'LongConsoleSessions', MetricValue: '1' }],
  }),
  Log: resource('AWS::Logs::LogGroup', { LogGroupName: '/rempart/production/trail' }),
  Trail: resource('AWS::CloudTrail::Trail', { CloudWatchLogsLogGroupArn: att('Log') }),
  Topic: resource('AWS::SNS::Topic'),
  Alarm: resource('AWS::CloudWatch::Alarm', {
    ...{ MetricName: 'LongConsoleSessions', Namespace: 'Rempart/production', Statistic: 'Sum', AlarmActions: [ref('Topic')] },
    ...{ ComparisonOperator: 'GreaterThanThreshold', Threshold: 0, EvaluationPeriods: 1 },
  }),
};
const says = (resources: Resources) => answers(consoleSessions, resources).Role;
const age = 'age::AssumeRolePolicyDocument.Statement.0';

test('a recent sign-in, and a permission set, comply beside the alarm', () => {
  expect(says(example)).toBe('compliant');
  expect(says(changed(example, 'Role', permissionSet))).toBe('compliant');
});

test('a role of a service is not judged', () => {
  const service = { Statement: [{ Effect: 'Allow', Action: 'sts:AssumeRole', Principal: { Service: 'lambda.amazonaws.com' } }] };
  expect(says(changed(example, 'Role', { AssumeRolePolicyDocument: service }))).toBe('not-applicable');
});

test.each<[string, string, JsonObject, string[]]>([
  ['a sign-in of any age', 'Role', trust({}), [age]],
  ['a sign-in of twelve hours', 'Role', aged('43200'), [age]],
  ['one of two ages', 'Role', aged(['28800', '43200']), [age]],
  ['an age that may be absent', 'Role', aged('28800', 'NumericLessThanEqualsIfExists'), [age]],
  ['a least age', 'Role', aged('28800', 'NumericGreaterThanEquals'), [age]],
  ['a filter that counts from twelve hours', 'Sessions', { FilterPattern: pattern(43_200) }, ['alarm']],
  ['a filter on one permission set', 'Sessions', { FilterPattern: pattern(28_800, '*AWSReservedSSO_it-team_*') }, ['alarm']],
  ['an alarm that notifies nobody', 'Alarm', { AlarmActions: [] }, ['alarm']],
  ['an alarm on another metric', 'Alarm', { MetricName: 'EmergencyRoleUses' }, ['alarm']],
  ['a filter on another log', 'Sessions', { LogGroupName: '/rempart/production/dns' }, ['alarm']],
  ['an alarm on the least count', 'Alarm', { Statistic: 'Minimum' }, ['alarm']],
  ['an alarm after several sessions', 'Alarm', { Threshold: 10 }, ['alarm']],
])('%s does not', (_, id, properties, ids) => expect(says(changed(example, id, properties))).toEqual(ids));

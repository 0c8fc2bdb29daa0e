// The rule people-roles on the emergency role, which is bound to no network: an alarm reports each use of it.
import { peopleRoles } from '../../../../../lib/tom/rules/access/people-roles';
import type { Json, JsonObject } from '../../../../../lib/tom/template/assembly';
import { answers, att, join, type Resources, ref, resource } from '../example';

describe('the emergency role', () => {
  const name = 'production-emergency-eu-west-3';
  const trust = {
    ...{ Effect: 'Allow', Action: 'sts:AssumeRole', Principal: { AWS: join('arn:aws:iam::', ref('AWS::AccountId'), ':root') } },
    Condition: {
      Bool: { 'aws:MultiFactorAuthPresent': 'true' },
      StringEquals: { 'aws:PrincipalTag/rempart:team': 'emergency', 'sts:RoleSessionName': '${aws:username}' },
    },
  };
  const isRole = '($.requestParameters.roleArn = "arn:aws:iam::${AWS::AccountId}:role/production-emergency-eu-west-3")';
  const isRefused = '($.errorMessage = "*:role/production-emergency-eu-west-3*")';
  const whole = `{ ($.eventName = "AssumeRole*") && (${isRole} || ${isRefused}) }`;
  const example = ({ pattern = whole, count = {}, alarm = {}, log = '/rempart/production/trail' }: Alarmed): Resources => ({
    Role: resource('AWS::IAM::Role', { AssumeRolePolicyDocument: { Statement: [trust] }, MaxSessionDuration: 3600, RoleName: name }),
    Log: resource('AWS::Logs::LogGroup', { LogGroupName: '/rempart/production/trail' }),
    Trail: resource('AWS::CloudTrail::Trail', { CloudWatchLogsLogGroupArn: att('Log') }),
    Filter: resource('AWS::Logs::MetricFilter', {
      ...{ FilterPattern: { 'Fn::Sub': pattern }, LogGroupName: log },
      MetricTransformations: [{ MetricName: 'Uses', MetricNamespace: 'Rempart/production', MetricValue: '1', ...count }],
    }),
    Topic: resource('AWS::SNS::Topic'),
    Alarm: resource('AWS::CloudWatch::Alarm', {
      ...{ MetricName: 'Uses', Namespace: 'Rempart/production', Statistic: 'Sum', AlarmActions: [ref('Topic')] },
      ...{ ComparisonOperator: 'GreaterThanThreshold', Threshold: 0, EvaluationPeriods: 1, ...alarm },
    }),
  });

  interface Alarmed {
    readonly pattern?: string;
    readonly count?: JsonObject;
    readonly alarm?: JsonObject;
    readonly log?: Json;
  }
  const verdict = (alarmed: Alarmed): unknown => answers(peopleRoles, example(alarmed)).Role;

  test('is used from anywhere with MFA, and an alarm reports each use', () => {
    expect(verdict({})).toBe('compliant');
    expect(verdict({ log: ref('Log') })).toBe('compliant');
    expect(verdict({ pattern: `{ ${isRefused} || ${isRole} }` })).toBe('compliant');
  });

  test.each<[string, Alarmed]>([
    ['of another role', { pattern: whole.replaceAll('emergency', 'it-team') }],
    ['by roles alone', { pattern: whole.replace('{', '{ ($.userIdentity.type = "AssumedRole") &&') }],
    ['by all but users', { pattern: whole.replace('{', '{ ($.userIdentity.type != "IAMUser") &&') }],
    ['by one request of AWS STS', { pattern: whole.replace('AssumeRole*', 'AssumeRole') }],
    ['by requests with SAML', { pattern: whole.replace('AssumeRole*', 'AssumeRoleWithSAML') }],
    ['in one region', { pattern: whole.replace('{', '{ ($.awsRegion = "eu-west-3") &&') }],
    ['without MFA', { pattern: whole.replace('{', '{ ($.userIdentity.sessionContext.attributes.mfaAuthenticated = "false") &&') }],
    ['that are not refused', { pattern: `{ ($.eventName = "AssumeRole*") && ${isRole} }` }],
    ['that are refused', { pattern: `{ ($.eventName = "AssumeRole*") && ${isRefused} }` }],
    ['by a pattern that is not read', { pattern: '{ $.eventName = %Assume% }' }],
    ['in another log', { log: '/rempart/production/dns' }],
    ['as nothing', { count: { MetricValue: '0' } }],
    ['by a part of them', { count: { Dimensions: [{ Key: 'User', Value: '$.userIdentity.userName' }] } }],
    ['in another namespace', { count: { MetricNamespace: 'Elsewhere' } }],
    ['from the second on', { alarm: { Threshold: 1 } }],
    ['by the least of them', { alarm: { Statistic: 'Minimum' } }],
    ['when there are none', { alarm: { ComparisonOperator: 'LessThanThreshold' } }],
    ['in five periods', { alarm: { EvaluationPeriods: 5 } }],
    ['of one dimension', { alarm: { Dimensions: [{ Name: 'User', Value: 'stranger' }] } }],
    ['to nobody', { alarm: { AlarmActions: [] } }],
    ['to a topic elsewhere', { alarm: { AlarmActions: ['arn:aws:sns:eu-west-3:210987654321:stranger'] } }],
  ])('with an alarm on uses %s does not comply', (_, alarmed) => {
    expect(verdict(alarmed)).toEqual(['alarm']);
  });
});

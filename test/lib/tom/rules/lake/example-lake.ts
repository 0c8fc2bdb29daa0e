// The lake with its bucket, its roles and its functions, in a stack of data.
import { evaluateRule } from '../../../../../lib/tom/evaluate';
import type { Rule } from '../../../../../lib/tom/rule';
import { Assembly, type Json, type JsonObject } from '../../../../../lib/tom/template/assembly';
import { att, facts, type Resources, ref, resource, stack } from '../example';

const object = (below: string): Json => ({ 'Fn::Sub': `\${Archive.Arn}/${below}` });
const versions = { NoncurrentVersionExpiration: { NoncurrentDays: 14 } };

export const trust = (...functions: readonly string[]): JsonObject => ({
  Version: '2012-10-17',
  Statement: [
    {
      Effect: 'Allow',
      Principal: { AWS: functions.map((id) => att(id)) },
      Action: ['sts:AssumeRole', 'sts:TagSession'],
      Condition: {
        Null: { 'aws:RequestTag/rempart:site': 'false' },
        'ForAllValues:StringEquals': { 'aws:TagKeys': 'rempart:site' },
      },
    },
  ],
});

const permissions = (role: string, ...actions: readonly string[]) =>
  resource('AWS::IAM::ManagedPolicy', {
    Roles: [ref(role)],
    PolicyDocument: {
      Statement: [{ Effect: 'Allow', Action: [...actions], Resource: object('lake/site=${!aws:PrincipalTag/rempart:site}/*') }],
    },
  });

const serviceTrust = (Service: string): JsonObject => ({
  Statement: [{ Effect: 'Allow', Action: 'sts:AssumeRole', Principal: { Service } }],
});
const functionRole = resource('AWS::IAM::Role', { AssumeRolePolicyDocument: serviceTrust('lambda.amazonaws.com') });
const schedule = (id: string) => resource('AWS::Scheduler::Schedule', { Target: { Arn: att(id) } });
const role = (name: string) => ({ 'Fn::Sub': `arn:aws:iam::\${AWS::AccountId}:role/production-${name}-eu-west-3` });

export const lake: Resources = {
  Topic: resource('AWS::SNS::Topic'),
  Archive: resource('AWS::S3::Bucket', {
    LifecycleConfiguration: {
      Rules: [
        { Prefix: 'hits/', Status: 'Enabled', ExpirationInDays: 14, ...versions },
        { Prefix: 'hits-errors/', Status: 'Enabled', ExpirationInDays: 14, ...versions },
        { Prefix: 'exports/', Status: 'Enabled', ExpirationInDays: 14, ...versions },
        { Prefix: 'lake/', Status: 'Enabled', ExpirationInDays: 27 * 31, ...versions },
      ],
    },
  }),
  ArchivePolicy: resource('AWS::S3::BucketPolicy', {
    Bucket: ref('Archive'),
    PolicyDocument: {
      Statement: [
        {
          ...{ Sid: 'OnlyRolesOfTheLake', Effect: 'Deny', Principal: { AWS: '*' }, Action: 's3:*', Resource: object('lake/*') },
          Condition: { ArnNotEquals: { 'aws:PrincipalArn': ['lake-writer', 'lake-reader', 'replication'].map((name) => role(name)) } },
        },
      ],
    },
  }),
  PeopleExportRole: functionRole,
  LakeExportFunctionRole: functionRole,
  LakeUpkeepFunctionRole: functionRole,
  LakeRolesReaderRole: resource('AWS::IAM::Role', { AssumeRolePolicyDocument: trust('PeopleExportRole') }),
  LakeRolesReaderPermissions: permissions('LakeRolesReaderRole', 's3:GetObject'),
  LakeRolesWriterRole: resource('AWS::IAM::Role', { AssumeRolePolicyDocument: trust('LakeExportFunctionRole', 'LakeUpkeepFunctionRole') }),
  LakeRolesWriterPermissions: permissions('LakeRolesWriterRole', 's3:DeleteObject', 's3:GetObject', 's3:PutObject'),
  Log: resource('AWS::Logs::LogGroup'),
  LakeExportFunction: resource('AWS::Lambda::Function', {
    Environment: { Variables: { LAKE_AFTER_DAYS: '10' } },
    LoggingConfig: { LogGroup: ref('Log') },
  }),
  LakeUpkeepFunction: resource('AWS::Lambda::Function', { Environment: { Variables: { KEEP_MONTHS: '25' } } }),
  UpkeepFunction: resource('AWS::Lambda::Function', { Environment: { Variables: { HOT_DAYS: '35' } } }),
  LakeExportSchedule: schedule('LakeExportFunction'),
  LakeUpkeepSchedule: schedule('LakeUpkeepFunction'),
  Filter: resource('AWS::Logs::MetricFilter', {
    LogGroupName: ref('Log'),
    FilterPattern: '{ $.message.longestWaitHours >= 0 }',
    MetricTransformations: [
      { MetricNamespace: 'Rempart/production', MetricName: 'LakeLongestWait', MetricValue: '$.message.longestWaitHours' },
    ],
  }),
  Late: resource('AWS::CloudWatch::Alarm', {
    ...{ Namespace: 'Rempart/production', MetricName: 'LakeLongestWait', Statistic: 'Maximum', EvaluationPeriods: 1 },
    ...{ ComparisonOperator: 'GreaterThanThreshold', Threshold: 48, AlarmActions: [ref('Topic')] },
  }),
};

/** Ids of the findings of a rule on a resource of the stack of data, or of that with the copies. */
export function findings(
  rule: Rule,
  resources: Resources,
  id: string,
  copies: Resources = {},
): readonly string[] | 'not-applicable' | undefined {
  const other = stack(copies, { name: 'production-recovery', region: 'eu-central-1' });
  const assembly = new Assembly(facts, [stack(resources, { name: 'production-data' }), other]);
  const outcome = evaluateRule(assembly, rule).find(({ resource: about }) => about?.logicalId === id);
  return outcome === undefined || outcome.verdict === 'not-applicable'
    ? (outcome?.verdict as 'not-applicable' | undefined)
    : outcome.verdict.map((one) => one.id);
}

import { edgeLogging } from '../../../../../lib/tom/rules/edge/edge-logging';
import type { Json, JsonObject } from '../../../../../lib/tom/template/assembly';
import { answers, att, changed, type Resources, without } from '../example';
import { attributes, balancerAttributes, edge } from './example-edge';

const says = (resources: Resources, id = 'Balancer') => answers(edgeLogging, resources)[id];
const withAttributes = (values: Readonly<Record<string, Json>>) =>
  changed(edge, 'Balancer', { LoadBalancerAttributes: attributes({ ...balancerAttributes, ...values }) });

test('a load balancer and a web ACL that log comply', () => {
  expect(says(edge)).toBe('compliant');
  expect(says(edge, 'Acl')).toBe('compliant');
});

test.each(['access_logs', 'connection_logs'])('%s are on, and go to a bucket of the deployment', (log) => {
  expect(says(withAttributes({ [`${log}.s3.enabled`]: 'false' }))).toEqual([`${log}::off`]);
  expect(says(withAttributes({ [`${log}.s3.bucket`]: 'another-bucket' }))).toEqual([`${log}::off`]);
  expect(says(withAttributes({ [`${log}.s3.bucket`]: { Ref: 'AclLog' } }))).toEqual([`${log}::off`]);
});

test('an internal load balancer is not its concern', () => {
  expect(says(changed(edge, 'Balancer', { Scheme: 'internal', LoadBalancerAttributes: [] }))).toBe('not-applicable');
});

describe('the bucket', () => {
  const lifecycle = (...Rules: JsonObject[]) => says(changed(edge, 'Logs', { LifecycleConfiguration: { Rules } }));
  const policy = (statement: JsonObject) => says(changed(edge, 'LogsPolicy', { PolicyDocument: { Statement: [statement] } }));
  const denial = {
    Effect: 'Deny',
    Principal: '*',
    Action: 's3:DeleteObject*',
    Resource: { 'Fn::Join': ['', [att('Logs'), '/*']] },
  };

  test.each<[string, JsonObject[], string | string[]]>([
    ['longer', [{ ExpirationInDays: 400 }], 'compliant'],
    ['for ever', [], 'compliant'],
    ['for 89 days', [{ ExpirationInDays: 89 }], ['access_logs::days', 'connection_logs::days']],
    ['until a day', [{ ExpirationDate: '2027-01-01' }], ['access_logs::days', 'connection_logs::days']],
    [
      'in part for less',
      [{ ExpirationInDays: 90 }, { ExpirationInDays: 1, Prefix: 'access/' }],
      ['access_logs::days', 'connection_logs::days'],
    ],
  ])('may keep records %s', (_, rules, expected) => {
    expect(lifecycle(...rules)).toEqual(expected);
  });

  test('is there: a landing bucket whose reader writes nowhere keeps no log', () => {
    expect(says(without(edge, 'ReaderPolicy'))).toEqual(['access_logs::days', 'connection_logs::days']);
  });

  test('denies deletion to every principal', () => {
    expect(policy(denial)).toBe('compliant');
    expect(says(without(edge, 'LogsPolicy'))).toEqual(['access_logs::deletion', 'connection_logs::deletion']);
  });

  test.each<[string, JsonObject]>([
    ['one who is excepted', { ...denial, Condition: { StringNotEquals: { 'aws:PrincipalTag/role': 'x' } } }],
    ['versions', { ...denial, Action: 's3:DeleteObject' }],
    ['other buckets', { ...denial, Resource: 'arn:aws:s3:::other/*' }],
    ['one principal alone', { ...denial, Principal: { AWS: 'arn:aws:iam::111111111111:root' } }],
    ['nobody', { ...denial, Effect: 'Allow' }],
  ])('and does not forget %s', (_, statement) => {
    expect(policy(statement)).toEqual(['access_logs::deletion', 'connection_logs::deletion']);
  });
});

describe('the web ACL', () => {
  const logging = (properties: Readonly<Record<string, Json | undefined>>) => says(changed(edge, 'AclLogging', properties), 'Acl');
  const filter = (...Filters: JsonObject[]) => logging({ LoggingFilter: { DefaultBehavior: 'KEEP', Filters } });
  const allowed = { ActionCondition: { Action: 'ALLOW' } };
  const labelled = { LabelNameCondition: { LabelName: 'x' } };

  test('logs to a log group of the deployment', () => {
    expect(says(without(edge, 'AclLogging'), 'Acl')).toEqual(['log']);
    expect(logging({ LogDestinationConfigs: ['arn:aws:s3:::elsewhere'] })).toEqual(['log']);
    expect(logging({ ResourceArn: 'arn:aws:wafv2:other' })).toEqual(['log']);
  });

  test.each<[string, Json]>([
    ['cookies', [{ SingleHeader: { Name: 'authorization' } }, { SingleHeader: { Name: 'referer' } }, { QueryString: {} }]],
    ['authorizations', [{ SingleHeader: { Name: 'cookie' } }, { QueryString: {} }]],
    ['query strings', [{ SingleHeader: { Name: 'authorization' } }, { SingleHeader: { Name: 'cookie' } }, { UriPath: {} }]],
    ['referrers', [{ SingleHeader: { Name: 'authorization' } }, { SingleHeader: { Name: 'cookie' } }, { QueryString: {} }]],
    ['all of them', []],
  ])('does not log %s', (_, RedactedFields) => {
    expect(logging({ RedactedFields })).toEqual(['redaction']);
  });

  test.each<[string, JsonObject[], string | string[]]>([
    ['every header', [{ FieldType: 'SINGLE_HEADER' }, { FieldType: 'QUERY_STRING' }], 'compliant'],
    ['one header', [{ FieldType: 'SINGLE_HEADER', FieldKeys: ['cookie'] }, { FieldType: 'QUERY_STRING' }], ['samples']],
    ['no query string', [{ FieldType: 'SINGLE_HEADER' }], ['samples']],
    ['nothing', [], ['samples']],
  ])('keeps %s out of samples', (_, fields, expected) => {
    const DataProtections = fields.map((Field) => ({ Action: 'SUBSTITUTION', Field }));
    expect(says(changed(edge, 'Acl', { DataProtectionConfig: { DataProtections } }), 'Acl')).toEqual(expected);
  });

  test('drops allowed requests only', () => {
    expect(logging({ LoggingFilter: undefined })).toBe('compliant');
    expect(filter({ Behavior: 'DROP', Requirement: 'MEETS_ALL', Conditions: [labelled, allowed] })).toBe('compliant');
    expect(filter({ Behavior: 'KEEP', Requirement: 'MEETS_ANY', Conditions: [labelled] })).toBe('compliant');
  });

  test.each<[string, JsonObject]>([
    ['what meets any condition', { Behavior: 'DROP', Requirement: 'MEETS_ANY', Conditions: [labelled, allowed] }],
    ['what a rule labelled', { Behavior: 'DROP', Requirement: 'MEETS_ALL', Conditions: [labelled] }],
    ['what was refused', { Behavior: 'DROP', Requirement: 'MEETS_ALL', Conditions: [{ ActionCondition: { Action: 'BLOCK' } }] }],
    ['everything', { Behavior: 'DROP', Requirement: 'MEETS_ALL', Conditions: [] }],
  ])('and not %s', (_, one) => {
    expect(filter(one)).toEqual(['filter']);
  });

  test('does not drop requests that match no filter', () => {
    expect(logging({ LoggingFilter: { DefaultBehavior: 'DROP', Filters: [] } })).toEqual(['filter']);
  });
});

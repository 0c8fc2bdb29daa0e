import { tlsOnly } from '../../../../../lib/tom/rules/deployment/tls-only';
import type { JsonObject } from '../../../../../lib/tom/template/assembly';
import { answers, att, join, ref, resource } from '../example';

const plain = { Bool: { 'aws:SecureTransport': 'false' } };
const both = [att('A'), join(att('A'), '/*')];
const denial: JsonObject = { Effect: 'Deny', Principal: { AWS: '*' }, Action: 's3:*', Resource: both, Condition: plain };
const bucket = (...statements: JsonObject[]) =>
  answers(tlsOnly, {
    A: resource('AWS::S3::Bucket'),
    Policy: resource('AWS::S3::BucketPolicy', { Bucket: ref('A'), PolicyDocument: { Statement: statements } }),
  }).A;

test('a bucket whose policy denies plain requests complies', () => {
  expect(bucket(denial)).toBe('compliant');
  expect(bucket({ ...denial, Principal: '*', Condition: { Bool: { 'aws:SecureTransport': false } } })).toBe('compliant');
});

test.each<[string, JsonObject]>([
  ['an allowance', { ...denial, Effect: 'Allow' }],
  ['a denial to one principal', { ...denial, Principal: { AWS: 'arn:aws:iam::111111111111:root' } }],
  ['a denial of one action', { ...denial, Action: 's3:GetObject' }],
  ['a denial for objects alone', { ...denial, Resource: join(att('A'), '/*') }],
  ['a denial for another bucket', { ...denial, Resource: [att('B'), join(att('B'), '/*')] }],
  ['a denial of encrypted requests', { ...denial, Condition: { Bool: { 'aws:SecureTransport': 'true' } } }],
  ['a denial with an exception', { ...denial, Condition: { ...plain, StringNotEquals: { 'aws:PrincipalTag/role': 'x' } } }],
  ['a denial of everything', { ...denial, Condition: {} }],
])('%s is not enough', (_, statement) => {
  expect(bucket(statement)).toEqual(['plain']);
});

test('a bucket without a policy, or with one for another, does not comply', () => {
  expect(answers(tlsOnly, { A: resource('AWS::S3::Bucket') }).A).toEqual(['plain']);
  const policy = resource('AWS::S3::BucketPolicy', { Bucket: 'other', PolicyDocument: { Statement: [denial] } });
  expect(answers(tlsOnly, { A: resource('AWS::S3::Bucket'), Policy: policy }).A).toEqual(['plain']);
});

test.each([
  ['queue', 'AWS::SQS::Queue', 'AWS::SQS::QueuePolicy', 'Queues', 'sqs:*', att('A')],
  ['topic', 'AWS::SNS::Topic', 'AWS::SNS::TopicPolicy', 'Topics', 'sns:Publish', ref('A')],
])('a %s likewise', (_, type, policy, link, Action, arn) => {
  const statement = { ...denial, Action, Resource: arn };
  const document = { PolicyDocument: { Statement: statement } };
  expect(answers(tlsOnly, { A: resource(type), P: resource(policy, { [link]: [ref('A')], ...document }) }).A).toBe('compliant');
  expect(answers(tlsOnly, { A: resource(type), P: resource(policy, { [link]: [], ...document }) }).A).toEqual(['plain']);
});

describe('a listener', () => {
  const listener = (properties: JsonObject) => answers(tlsOnly, { L: resource('AWS::ElasticLoadBalancingV2::Listener', properties) }).L;
  const redirect = { Type: 'redirect', RedirectConfig: { Protocol: 'HTTPS', StatusCode: 'HTTP_301' } };

  test.each<[string, JsonObject, string | string[]]>([
    ['with TLS 1.2 and 1.3', { Protocol: 'HTTPS', SslPolicy: 'ELBSecurityPolicy-TLS13-1-2-Res-PQ-2025-09' }, 'compliant'],
    ['with TLS 1.0', { Protocol: 'HTTPS', SslPolicy: 'ELBSecurityPolicy-TLS13-1-0-2021-06' }, ['tls']],
    ['with the default policy', { Protocol: 'HTTPS' }, ['tls']],
    ['that redirects', { Protocol: 'HTTP', DefaultActions: [redirect] }, 'compliant'],
    ['that forwards plain requests', { Protocol: 'HTTP', DefaultActions: [{ Type: 'forward' }] }, ['plain']],
    [
      'that redirects to plain HTTP',
      { Protocol: 'HTTP', DefaultActions: [{ Type: 'redirect', RedirectConfig: { Protocol: 'HTTP' } }] },
      ['plain'],
    ],
    ['that does nothing', { Protocol: 'HTTP' }, ['plain']],
  ])('%s', (_, properties, expected) => {
    expect(listener(properties)).toEqual(expected);
  });
});

test('a domain name requires TLS 1.2', () => {
  const domain = (SecurityPolicy: string) => answers(tlsOnly, { D: resource('AWS::ApiGateway::DomainName', { SecurityPolicy }) }).D;
  expect(domain('TLS_1_2')).toBe('compliant');
  expect(domain('TLS_1_0')).toEqual(['tls']);
});

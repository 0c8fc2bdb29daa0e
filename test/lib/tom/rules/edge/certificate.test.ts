import { certificate } from '../../../../../lib/tom/rules/edge/certificate';
import type { Json, JsonObject } from '../../../../../lib/tom/template/assembly';
import { answers, att, changed, type Resources, ref, resource, without } from '../example';
import { certificates } from './example-certificate';

const verdict = (resources: Resources, id: string) => answers(certificate, resources)[id];
const arn = 'arn:aws:acm:eu-west-3:111111111111:certificate/1';
const seen = att('Certificate', 'CertificateArn');
const at = (index: number) => [`certificate::Certificates.${index}.CertificateArn`];

test('a listener with a certificate that a function checks complies', () => {
  expect(answers(certificate, certificates)).toEqual({ Listener: 'compliant', Redirect: 'not-applicable', Certificate: 'compliant' });
  expect(
    verdict(
      changed(certificates, 'Listener', { Certificates: [{ CertificateArn: { 'Fn::GetAtt': 'Certificate.CertificateArn' } }] }),
      'Listener',
    ),
  ).toBe('compliant');
});

test.each<[string, Json | undefined, string[]]>([
  ['no certificate', undefined, ['none']],
  ['an empty list', [], ['none']],
  ['one by its ARN', [{ CertificateArn: arn }], at(0)],
  ['an additional one', [{ CertificateArn: seen }, { CertificateArn: arn }], at(1)],
  ['another attribute', [{ CertificateArn: att('Certificate', 'Outcome') }], at(0)],
  ['the id of the resource', [{ CertificateArn: ref('Certificate') }], at(0)],
  ['the attribute of another resource', [{ CertificateArn: att('Check', 'CertificateArn') }], at(0)],
  ['a parameter', [{ CertificateArn: ref('Parameter') }], at(0)],
  ['an import', [{ CertificateArn: { 'Fn::ImportValue': 'certificate' } }], at(0)],
  ['an element that is none', ['x'], at(0)],
])('a listener with %s does not', (_, Certificates, ids) => {
  expect(verdict(changed(certificates, 'Listener', { Certificates }), 'Listener')).toEqual(ids);
});

test('a listener without a protocol counts as one with TLS', () => {
  expect(verdict(changed(certificates, 'Redirect', { Protocol: undefined }), 'Redirect')).toEqual(['none']);
  expect(verdict(changed(certificates, 'Redirect', { Protocol: 'TLS' }), 'Redirect')).toEqual(['none']);
});

test.each<[string, string, JsonObject]>([
  ['a further certificate of a listener', 'AWS::ElasticLoadBalancingV2::ListenerCertificate', { Certificates: [{ CertificateArn: arn }] }],
  [
    'a distribution',
    'AWS::CloudFront::Distribution',
    { DistributionConfig: { ViewerCertificate: { CloudFrontDefaultCertificate: true } } },
  ],
  ['a regional API', 'AWS::ApiGateway::DomainName', { RegionalCertificateArn: arn }],
  ['an API at the edge', 'AWS::ApiGateway::DomainName', {}],
  ['an HTTP API', 'AWS::ApiGatewayV2::DomainName', { DomainNameConfigurations: [{ CertificateArn: arn }] }],
  ['a user directory', 'AWS::Cognito::UserPoolDomain', { CustomDomainConfig: { CertificateArn: arn } }],
  ['a classic load balancer', 'AWS::ElasticLoadBalancing::LoadBalancer', { Listeners: [{ SSLCertificateId: arn }] }],
  ['a certificate that ACM issues', 'AWS::CertificateManager::Certificate', { DomainName: 'example.com' }],
])('neither does %s', (_, type, properties) => {
  expect(verdict({ ...certificates, Other: resource(type, properties) }, 'Other')).toEqual([expect.any(String)]);
});

test('such a door with the certificate that was seen complies', () => {
  const door = resource('AWS::ApiGateway::DomainName', { RegionalCertificateArn: seen });
  expect(verdict({ ...certificates, Other: door }, 'Other')).toBe('compliant');
});

test.each<[string, Resources, string]>([
  ['a function from elsewhere', changed(certificates, 'Certificate', { ServiceToken: arn }), 'function'],
  ['a function of another task', changed(certificates, 'Check', { Environment: { Variables: { MODE: 'none' } } }), 'function'],
  ['no function', without(certificates, 'Check'), 'function'],
  ['a function that runs concurrently', changed(certificates, 'Check', { ReservedConcurrentExecutions: 2 }), 'alone'],
  ['no schedule', without(certificates, 'Daily'), 'daily'],
  ['a schedule of another function', changed(certificates, 'Daily', { Target: { Arn: arn } }), 'daily'],
  ['a schedule that is off', changed(certificates, 'Daily', { State: 'DISABLED' }), 'daily'],
  ['a schedule that ends', changed(certificates, 'Daily', { EndDate: '2026-12-31T00:00:00Z' }), 'daily'],
  ['a monthly schedule', changed(certificates, 'Daily', { ScheduleExpression: 'cron(40 2 1 * ? *)' }), 'daily'],
  ['a schedule of one weekday', changed(certificates, 'Daily', { ScheduleExpression: 'cron(40 2 ? * MON *)' }), 'daily'],
  ['a schedule of one year', changed(certificates, 'Daily', { ScheduleExpression: 'cron(40 2 * * ? 2026)' }), 'daily'],
  ['a schedule of every other day', changed(certificates, 'Daily', { ScheduleExpression: 'rate(2 days)' }), 'daily'],
])('a certificate with %s does not comply', (_, resources, id) => {
  expect(verdict(resources, 'Certificate')).toEqual([id]);
});

test.each(['rate(1 day)', 'rate(12 hours)', 'rate(30 minutes)', 'cron(0 2,14 * * ? *)', 'cron(0 * ? * * *)'])(
  '%s is often enough',
  (expression) => {
    expect(verdict(changed(certificates, 'Daily', { ScheduleExpression: expression }), 'Certificate')).toBe('compliant');
  },
);

import { Template } from 'aws-cdk-lib/assertions';
import { ApplicationLoadBalancer } from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import { App, Stack } from 'aws-cdk-lib/core';
import { DnsRecords, issuerAt, issuerOf, placeOf } from '../../../lib/edge/dns-records';
import { siteFor } from '../stacks/account-stack';
import { behindCloudflare, named, only, resourcesOf } from '../stacks/edge-stack';

const records = (choice = {}) => Object.values(resourcesOf(choice, 'AWS::Route53::RecordSet')).map(({ Properties }) => Properties);
const zoneId = 'Z0123456789ABCDEFGHIJ';

test('without a zone there are no records and no health check', () => {
  expect(records()).toEqual([]);
  expect(records({ settings: { edge: { domain: 'collect.example.com' } } })).toEqual([]);
  expect(resourcesOf({}, 'AWS::Route53::HealthCheck')).toEqual({});
});

test('the name resolves to the load balancer over IPv4 and IPv6, and evaluates the health of its targets', () => {
  expect(records(named).map(({ Name, Type, HostedZoneId }) => [Name, Type, HostedZoneId])).toEqual([
    ['collect.example.com.', 'A', zoneId],
    ['collect.example.com.', 'AAAA', zoneId],
  ]);
  for (const { AliasTarget } of records(named)) expect(AliasTarget).toMatchObject({ EvaluateTargetHealth: true });
});

test('the health check reaches the name from the internet, over TLS', () => {
  const [check] = Object.values(resourcesOf(named, 'AWS::Route53::HealthCheck'));
  expect(check?.Properties.HealthCheckConfig).toMatchObject({
    Type: 'HTTPS',
    FullyQualifiedDomainName: 'collect.example.com',
    ResourcePath: '/health',
    EnableSNI: true,
  });
});

test('behind Cloudflare the record has the name of the origin, and there is no health check', () => {
  expect(records(behindCloudflare).map(({ Name, Type }) => [Name, Type])).toEqual([
    ['origin.example.com.', 'A'],
    ['origin.example.com.', 'AAAA'],
  ]);
  expect(resourcesOf(behindCloudflare, 'AWS::Route53::HealthCheck')).toEqual({});
});

test('the recovery site has no records: a zone is the same in all regions', () => {
  expect(placeOf(siteFor(named))).toEqual({ name: 'collect.example.com', zoneId });
  expect(placeOf(siteFor({ ...named, site: 'recovery' }))).toBeUndefined();
});

test('where an authority issues, the CAA record allows no other', () => {
  const stack = new Stack(new App(), 'example-edge');
  const loadBalancer = ApplicationLoadBalancer.fromApplicationLoadBalancerAttributes(stack, 'LoadBalancer', {
    loadBalancerArn: 'arn:aws:elasticloadbalancing:eu-west-3:111111111111:loadbalancer/app/x/1',
    loadBalancerDnsName: 'x.eu-west-3.elb.amazonaws.com',
    loadBalancerCanonicalHostedZoneId: 'Z1',
    securityGroupId: 'sg-1',
  });
  new DnsRecords(stack, 'Dns', { name: 'a.example.com', zoneId, loadBalancer, isPublic: true, issuer: 'letsencrypt.org' });
  Template.fromStack(stack).hasResourceProperties('AWS::Route53::RecordSet', {
    Name: 'a.example.com.',
    Type: 'CAA',
    ResourceRecords: ['0 issue "letsencrypt.org"', '0 issuewild ";"'],
  });
});

describe('the CAA record has the name of the certificate', () => {
  const issue = { contact: 'certificates@example.com' };
  const hostedZone = { id: zoneId, name: 'example.com' };
  const cloudflare = { clientCa: 'test/lib/edge/client-authority.pem', origin: 'origin.example.com' };
  const built = (edge: object) => ({ settings: { edge: { hostedZone, certificate: { issue }, ...edge } } });
  const certified = (choice: object) => only(choice, 'Custom::Certificate').Domain;
  const caa = (choice: object) => records(choice).flatMap(({ Name, Type }) => (Type === 'CAA' ? [Name] : []));

  test.each<[string, string, object]>([
    ['the domain', 'collect.example.com', { domain: 'collect.example.com' }],
    [
      'the origin behind Cloudflare, whose domain has certificates of Cloudflare',
      'origin.example.com',
      { domain: 'www.example.com', cloudflare },
    ],
    ['the origin where Cloudflare has the domain in a zone of its own', 'origin.example.com', { domain: 'www.example.org', cloudflare }],
  ])('%s', (_, name, edge) => {
    const choice = built(edge);
    expect(certified(choice)).toBe(name);
    expect(caa(choice)).toEqual([`${name}.`]);
  });

  test('there is none at a domain that resolves to Cloudflare', () => {
    const choice = built({ domain: 'www.example.com', cloudflare: { clientCa: cloudflare.clientCa } });
    expect(certified(choice)).toBe('www.example.com');
    expect(records(choice)).toEqual([]);
    expect(issuerOf(siteFor(choice))).toBeUndefined();
  });

  test('there is none where no authority issues', () => {
    expect(caa(behindCloudflare)).toEqual([]);
  });
});

test.each([
  ['https://acme-v02.api.letsencrypt.org/directory', 'letsencrypt.org; validationmethods=dns-01'],
  ['https://acme-staging-v02.api.letsencrypt.org/directory', 'letsencrypt.org; validationmethods=dns-01'],
  ['https://dv.acme-v02.api.pki.goog/directory', 'pki.goog'],
  ['https://acme.zerossl.com/v2/DV90', 'sectigo.com'],
  ['https://notletsencrypt.org/directory', undefined],
  ['https://acme.example.com/directory', undefined],
  [undefined, undefined],
])('the authority of %s is %s', (directory, issuer) => {
  expect(issuerAt(directory)).toBe(issuer);
});

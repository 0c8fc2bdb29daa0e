import { defaultLimits } from '../../../services/collector/http/limits';
import { attributes, only } from '../stacks/edge-stack';

const type = 'AWS::ElasticLoadBalancingV2::LoadBalancer';
const settings = (choice = {}) => attributes(only(choice, type).LoadBalancerAttributes);

test('faces the internet over IPv4 and IPv6, from the subnets of the proxies in three zones', () => {
  const balancer = only({}, type) as { Subnets: { 'Fn::ImportValue': string }[] };
  expect(balancer).toMatchObject({ Scheme: 'internet-facing', Type: 'application', IpAddressType: 'dualstack' });
  expect(balancer.Subnets.map((subnet) => /publicSubnet\d/.exec(subnet['Fn::ImportValue'])?.[0])).toEqual([
    'publicSubnet1',
    'publicSubnet2',
    'publicSubnet3',
  ]);
});

test('rejects ambiguous requests, and requests that the firewall could not inspect', () => {
  expect(settings()).toMatchObject({
    'routing.http.drop_invalid_header_fields.enabled': 'true',
    'routing.http.desync_mitigation_mode': 'strictest',
    'routing.http.preserve_host_header.enabled': 'true',
    'routing.http.xff_header_processing.mode': 'append',
    'routing.http.xff_client_port.enabled': 'false',
    'waf.fail_open.enabled': 'false',
    'load_balancing.cross_zone.enabled': 'true',
  });
});

test('keeps idle connections as long as browsers do, and servers keep them longer', () => {
  const idle = Number(settings()['idle_timeout.timeout_seconds']);
  expect(idle).toBe(120);
  expect(settings()['client_keep_alive.seconds']).toBe('3600');
  expect(defaultLimits.idleSeconds).toBeGreaterThanOrEqual(idle + 10);
});

test('logs requests and connections, each to its own folder', () => {
  const landingBucket = { 'Fn::ImportValue': expect.stringMatching(/^example-account:ExportsOutputRefEdgeLogLanding/) };
  expect(settings()).toMatchObject({
    'access_logs.s3.enabled': 'true',
    'access_logs.s3.bucket': landingBucket,
    'access_logs.s3.prefix': 'access',
    'connection_logs.s3.enabled': 'true',
    'connection_logs.s3.bucket': landingBucket,
    'connection_logs.s3.prefix': 'connection',
  });
});

test('is protected from deletion in production alone', () => {
  expect(settings()['deletion_protection.enabled']).toBe('true');
  for (const environment of ['staging', 'development']) expect(settings({ environment })['deletion_protection.enabled']).not.toBe('true');
});

import { attributes, behindCloudflare, only, resourcesOf } from '../stacks/edge-stack';

const type = 'AWS::ElasticLoadBalancingV2::Listener';
const listener = (port: number, choice = {}) => {
  const found = Object.values(resourcesOf(choice, type)).find(({ Properties }) => Properties.Port === port);
  if (!found) throw new Error(`no listener on ${port}`);
  return found.Properties;
};

test('there are two listeners, on 80 and 443', () => {
  expect(Object.values(resourcesOf({}, type)).map(({ Properties }) => Properties.Port)).toEqual([80, 443]);
});

test('port 80 only redirects to 443, permanently', () => {
  expect(listener(80)).toMatchObject({
    Protocol: 'HTTP',
    DefaultActions: [{ Type: 'redirect', RedirectConfig: { Protocol: 'HTTPS', Port: '443', StatusCode: 'HTTP_301' } }],
  });
});

test('port 443 requires TLS 1.3 or restricted TLS 1.2 with post-quantum key exchange, and returns 404 by default', () => {
  expect(listener(443)).toMatchObject({
    Protocol: 'HTTPS',
    SslPolicy: 'ELBSecurityPolicy-TLS13-1-2-Res-PQ-2025-09',
    Certificates: [{ CertificateArn: expect.anything() }],
    DefaultActions: [{ Type: 'fixed-response', FixedResponseConfig: { StatusCode: '404' } }],
  });
});

test('responses have exactly the promised headers that a load balancer can set, and no server header', () => {
  expect(attributes(listener(443).ListenerAttributes)).toEqual({
    'routing.http.response.server.enabled': 'false',
    'routing.http.response.strict_transport_security.header_value': 'max-age=15768000',
    'routing.http.response.x_content_type_options.header_value': 'nosniff',
  });
});

test('responses over HTTP have no Strict-Transport-Security', () => {
  expect(attributes(listener(80).ListenerAttributes)).toEqual({
    'routing.http.response.server.enabled': 'false',
    'routing.http.response.x_content_type_options.header_value': 'nosniff',
  });
});

test('the path of the health check has the first rule', () => {
  expect(only({}, 'AWS::ElasticLoadBalancingV2::ListenerRule')).toMatchObject({
    Priority: 1,
    Conditions: [{ Field: 'path-pattern', PathPatternConfig: { Values: ['/health'] } }],
    Actions: [{ Type: 'fixed-response', FixedResponseConfig: { StatusCode: '200', MessageBody: 'ok' } }],
  });
});

test('a client certificate is required behind Cloudflare, and explicitly off otherwise', () => {
  const [store] = Object.keys(resourcesOf(behindCloudflare, 'AWS::ElasticLoadBalancingV2::TrustStore'));
  expect(listener(443, behindCloudflare).MutualAuthentication).toMatchObject({
    Mode: 'verify',
    TrustStoreArn: { 'Fn::GetAtt': [store, 'TrustStoreArn'] },
    IgnoreClientCertificateExpiry: false,
  });
  // Without the property, the listener would not change when `edge.cloudflare` is removed from the configuration.
  expect(listener(443).MutualAuthentication).toEqual({ Mode: 'off' });
  expect(listener(80, behindCloudflare).MutualAuthentication).toBeUndefined();
});

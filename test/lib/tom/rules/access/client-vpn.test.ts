import { clientVpn } from '../../../../../lib/tom/rules/access/client-vpn';
import type { JsonObject } from '../../../../../lib/tom/template/assembly';
import { answers, att, changed, type Resources, resource, without } from '../example';
import { certificate, vpnExample, withCertificate, withSignIn } from './example-vpn';

const says = (resources: Resources, facts = withCertificate) => answers(clientVpn, resources, facts);

test('an endpoint with certificates and a handler, in two zones, to single subnets complies', () => {
  const { Vpc, Endpoint, Endpoints1, Resolver } = says(vpnExample);
  expect([Vpc, Endpoint, Endpoints1, Resolver]).toEqual(Array(4).fill('compliant'));
});

test('a site without a certificate has no endpoint, and needs none', () => {
  expect(says(without(vpnExample, 'Endpoint'), {}).Vpc).toBe('not-applicable');
  expect(says({}, {})).toEqual({});
});

test.each<[string, Resources]>([
  ['no endpoint', without(vpnExample, 'Endpoint')],
  ['an endpoint in another VPC', changed(vpnExample, 'Endpoint', { VpcId: 'vpc-elsewhere' })],
  ['two endpoints', { ...vpnExample, Second: vpnExample.Endpoint as Resources[string] }],
])('a site with a certificate and %s does not', (_, resources) => {
  expect(says(resources).Vpc).toEqual(['endpoint']);
});

const option: JsonObject = {
  Type: 'certificate-authentication',
  MutualAuthentication: { ClientRootCertificateChainArn: { 'Fn::Sub': certificate } },
};

test.each<[string, JsonObject, string[]]>([
  ['directory users besides', { AuthenticationOptions: [option, { Type: 'directory-service-authentication' }] }, ['authentication']],
  ['no authentication', { AuthenticationOptions: [] }, ['authentication', 'certificates', 'authority']],
  ['federated users', { AuthenticationOptions: [{ Type: 'federated-authentication' }] }, ['certificates', 'authority']],
  [
    'another authority',
    { AuthenticationOptions: [{ ...option, MutualAuthentication: { ClientRootCertificateChainArn: 'theirs' } }] },
    ['authority'],
  ],
  ['another server certificate', { ServerCertificateArn: 'theirs' }, ['server']],
  ['a handler that is off', { ClientConnectOptions: { Enabled: false, LambdaFunctionArn: att('Handler') } }, ['handled']],
  ['another function as handler', { ClientConnectOptions: { Enabled: true, LambdaFunctionArn: att('Other') } }, ['handler']],
  ['a portal', { SelfServicePortal: 'enabled' }, ['portal']],
  ['a full tunnel', { SplitTunnel: false }, ['split-tunnel']],
  ['no group of its own', { SecurityGroupIds: [] }, ['group']],
])('an endpoint with %s does not', (_, properties, ids) => {
  expect(says(changed(vpnExample, 'Endpoint', properties as Record<string, never>)).Endpoint).toEqual(ids);
});

const signIn = (name: string): JsonObject => ({
  Type: 'federated-authentication',
  FederatedAuthentication: { SAMLProviderArn: { 'Fn::Sub': `arn:aws:iam::\${AWS::AccountId}:saml-provider/${name}` } },
});

test.each<[string, JsonObject[], string[] | 'compliant']>([
  ['the certificate and the sign-in of the provider', [option, signIn('people')], 'compliant'],
  ['the certificate alone', [option], ['authentication', 'sign-in']],
  ['the sign-in alone', [signIn('people')], ['authentication', 'sign-in', 'certificates', 'authority']],
  ['the sign-in of another provider', [option, signIn('theirs')], ['sign-in']],
])('with a provider of sign-ins in the configuration, an endpoint with %s: %j', (_, AuthenticationOptions, expected) => {
  expect(says(changed(vpnExample, 'Endpoint', { AuthenticationOptions }), withSignIn).Endpoint).toEqual(expected);
});

test('production has two zones, and other environments one', () => {
  const one = without(vpnExample, 'Zone2');
  expect(says(one).Endpoint).toEqual(['zones']);
  expect(says(one, { ...withCertificate, environment: 'staging' }).Endpoint).toBe('compliant');
  expect(says(without(one, 'Zone1'), { ...withCertificate, environment: 'staging' }).Endpoint).toEqual(['zones']);
  const same = changed(vpnExample, 'Vpn2', { AvailabilityZone: 'zone-1' });
  expect(says(same).Endpoint).toEqual(['zones']);
});

test.each<[string, JsonObject, string[]]>([
  ['the whole VPC', { TargetNetworkCidr: '10.64.0.0/16' }, ['network']],
  ['the internet', { TargetNetworkCidr: '0.0.0.0/0' }, ['network']],
  ['the subnet of proxies', { TargetNetworkCidr: '10.64.128.0/21' }, ['network']],
  ['a group', { AccessGroupId: 'everyone' }, ['group']],
])('an authorization of %s does not', (_, properties, ids) => {
  expect(says(changed(vpnExample, 'Endpoints1', properties as Record<string, never>)).Endpoints1).toEqual(ids);
});

test('a route besides that of the VPC does not', () => {
  const Route = resource('AWS::EC2::ClientVpnRoute', { DestinationCidrBlock: '0.0.0.0/0' });
  expect(says({ ...vpnExample, Route }).Route).toEqual(['route']);
});

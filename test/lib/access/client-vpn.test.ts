// The Client VPN as the stack deploys it: after a first deployment without the certificate of the server.
import { accessStack, grantsOf, only, resourcesOf, variablesOf } from '../stacks/access-stack';
import type { Choice } from '../stacks/account-stack';

const id = '11111111-2222-4333-8444-555555555555';
const withAccess = (more: object = {}): Choice => ({ settings: { access: { vpnCertificate: { home: id }, ...more } } });
const vpn = withAccess();
const endpoint = () => only('AWS::EC2::ClientVpnEndpoint', 'ClientVpnEndpoint', vpn).Properties;
const texts = (value: unknown): string => JSON.stringify(value);

test('a first deployment has the key and the registry, and no endpoint', () => {
  expect(Object.keys(resourcesOf('AWS::EC2::ClientVpnEndpoint'))).toEqual([]);
  expect(Object.keys(resourcesOf('AWS::Lambda::Function')).filter((name) => /^(?:ConnectionHandler|RevocationList)/.test(name))).toEqual(
    [],
  );
  expect(only('AWS::KMS::Key', 'VpnKey').Properties).toMatchObject({
    ...{ KeySpec: 'RSA_2048', KeyUsage: 'SIGN_VERIFY', MultiRegion: true },
  });
  expect(only('AWS::S3::Bucket', 'VpnRegistry').Properties.BucketName).toBeDefined();
});

test('the key signs for the IT team, and with an endpoint for the function that renews the list', () => {
  const signers = (choice: Choice) => {
    const { Statement } = only('AWS::KMS::Key', 'VpnKey', choice).Properties.KeyPolicy as {
      Statement: { Sid?: string; Condition?: unknown }[];
    };
    return texts(Statement.find(({ Sid }) => Sid === 'OnlyTheAuthoritySigns')?.Condition);
  };
  expect(signers({})).toContain(':role/example-it-team-eu-west-3');
  expect(signers({})).not.toContain('RevocationListFunctionRole');
  expect(signers(vpn)).toMatch(/:role\/example-it-team-eu-west-3.*RevocationListFunctionRole/);
});

test('the endpoint takes the certificates of the authority, and the handler decides', () => {
  const { AuthenticationOptions: options, ServerCertificateArn: server } = endpoint();
  expect(options).toEqual([{ Type: 'certificate-authentication', MutualAuthentication: { ClientRootCertificateChainArn: server } }]);
  expect(texts(server)).toContain(`:certificate/${id}`);
  expect(texts(endpoint().ClientConnectOptions)).toMatch(/"Enabled":true.*ConnectionHandlerFunction/);
  const { FunctionName, Timeout } = only('AWS::Lambda::Function', 'ConnectionHandlerFunction', vpn).Properties;
  expect(FunctionName).toBe('AWSClientVPN-example-connection-handler');
  expect(Number(Timeout)).toBeLessThan(30);
});

test('with a provider of sign-ins, both are required, and the handler compares them', () => {
  const federated = withAccess({ vpnSamlProvider: 'people' });
  const { AuthenticationOptions: options } = only('AWS::EC2::ClientVpnEndpoint', 'ClientVpnEndpoint', federated).Properties;
  expect(options).toMatchObject([{ Type: 'certificate-authentication' }, { Type: 'federated-authentication' }]);
  expect(texts(options)).toMatch(/"SAMLProviderArn":.*:iam::.*:saml-provider\/people/);
  expect(variablesOf('ConnectionHandler', federated)).toMatchObject({ SIGN_IN: 'federated' });
  expect(variablesOf('ConnectionHandler', vpn)).toMatchObject({ SIGN_IN: 'none' });
});

test('two zones in production and one elsewhere, to three subnets and the resolver', () => {
  const zones = (choice: Choice) => Object.keys(resourcesOf('AWS::EC2::ClientVpnTargetNetworkAssociation', choice)).length;
  expect([zones(vpn), zones({ ...vpn, environment: 'staging' })]).toEqual([2, 1]);
  const networks = Object.values(resourcesOf('AWS::EC2::ClientVpnAuthorizationRule', vpn)).map(
    ({ Properties }) => Properties.TargetNetworkCidr,
  );
  expect(networks.sort()).toEqual(['10.64.0.0/19', '10.64.0.2/32', '10.64.32.0/19', '10.64.64.0/19']);
  expect(Object.keys(resourcesOf('AWS::EC2::ClientVpnRoute', vpn))).toEqual([]);
});

test('nothing that the configuration changes replaces the endpoint, except the certificate and the range of clients', () => {
  expect(endpoint().TagSpecifications).toEqual([
    { ResourceType: 'client-vpn-endpoint', Tags: [{ Key: 'rempart:deployment', Value: 'example' }] },
  ]);
  expect(endpoint()).toMatchObject({ ClientCidrBlock: '10.60.0.0/22', SessionTimeoutHours: 8, TransportProtocol: 'udp', VpnPort: 443 });
});

test('the functions reach the registry, and the renewal the key and the list of this endpoint', () => {
  expect(Object.keys(grantsOf('ConnectionHandler', vpn)).sort()).toEqual(['s3:GetObject', 's3:ListBucket']);
  expect(variablesOf('ConnectionHandler', vpn)).toMatchObject({ ADDRESSES: 'any', REGISTRY_KEY: 'certificates.json' });
  const listed = withAccess({ vpnAddresses: ['192.0.2.0/24', '198.51.100.7/32'] });
  expect(variablesOf('ConnectionHandler', listed)).toMatchObject({ ADDRESSES: '192.0.2.0/24,198.51.100.7/32' });
  const { 'kms:Sign': key, 'ec2:ImportClientVpnClientCertificateRevocationList': list } = grantsOf('RevocationList', vpn);
  expect(texts(key).toLowerCase()).toContain('vpnkey');
  expect(texts(list)).toMatch(/client-vpn-endpoint\/.*ClientVpnEndpoint/i);
  expect(texts(variablesOf('RevocationList', vpn).ENDPOINT)).toContain('ClientVpnEndpoint');
});

test('the group of the VPN opens connections to the endpoints alone', () => {
  const { SecurityGroupEgress } = only('AWS::EC2::SecurityGroup', 'ClientVpnSecurityGroup', vpn).Properties;
  expect(SecurityGroupEgress).toMatchObject([{ CidrIp: '10.64.0.0/17', IpProtocol: 'tcp', FromPort: 443, ToPort: 443 }]);
  expect(accessStack(vpn).template.findResources('AWS::EC2::SecurityGroupIngress')).toEqual({});
});

// The Site-to-Site VPN as the stacks deploy it: its connection, what a change replaces, and a site without one.
import { Template } from 'aws-cdk-lib/assertions';
import { buildDeployment } from '../../../lib/deployment';
import { NetworkStack } from '../../../lib/stacks/network';
import { accessStack, grantsOf, only, resourcesOf, variablesOf } from '../stacks/access-stack';
import { appWithFlags, type Choice, siteFor } from '../stacks/account-stack';

const networks = [
  { name: 'manager', cidr: '172.20.8.0/24' },
  { name: 'second', cidr: '172.21.0.0/16' },
];
const recoveryOff = 'The recovery site is reached by Client VPN alone.';
const withGateway = (access: object = { recoveryOff }, site: Choice['site'] = 'home'): Choice => ({
  site,
  settings: { access: { managementNetworks: networks, managementGateway: { home: '8.8.4.4', ...access } } },
});
const managed = withGateway();
const texts = (value: unknown): string => JSON.stringify(value);

function networkOf(choice: Choice): Template {
  const app = appWithFlags();
  buildDeployment(app, siteFor(choice));
  const stack = app.node.findChild('example-network');
  if (!(stack instanceof NetworkStack)) throw new Error('the deployment has no network stack');
  return Template.fromStack(stack);
}

test('without a gateway there is no connection, and no function', () => {
  const types = ['AWS::EC2::VPNConnection', 'AWS::EC2::CustomerGateway', 'AWS::EC2::VPNConnectionRoute'];
  expect(types.flatMap((type) => Object.keys(resourcesOf(type)))).toEqual([]);
  expect(Object.keys(resourcesOf('AWS::Lambda::Function')).filter((id) => id.startsWith('TunnelWatch'))).toEqual([]);
});

test('the connection has two tunnels to the customer gateway, with static routes and keys in the secrets store', () => {
  const { Properties, DependsOn } = only('AWS::EC2::VPNConnection', 'ManagementVpnConnection', managed);
  expect(Properties).toMatchObject({ StaticRoutesOnly: true, PreSharedKeyStorage: 'SecretsManager', Type: 'ipsec.1' });
  const [first, second] = Properties.VpnTunnelOptionsSpecifications as object[];
  expect(Properties.VpnTunnelOptionsSpecifications).toHaveLength(2);
  expect(first).toEqual(second);
  expect(texts(first)).not.toContain('PreSharedKey');
  expect(texts(DependsOn)).toContain('ManagementVpnDeliveryResourcePolicy');
  expect(only('AWS::EC2::CustomerGateway', 'ManagementVpnGateway', managed).Properties).toMatchObject({
    IpAddress: '8.8.4.4',
    BgpAsn: 65_000,
  });
  const routes = Object.values(resourcesOf('AWS::EC2::VPNConnectionRoute', managed));
  expect(routes.map(({ Properties: own }) => own.DestinationCidrBlock).sort()).toEqual(['172.20.8.0/24', '172.21.0.0/16']);
});

test('a change of the tunnel options has a gateway of another name: EC2 answers a request for the same pair with the former connection', () => {
  const { VpnTunnelOptionsSpecifications: options } = only('AWS::EC2::VPNConnection', 'ManagementVpnConnection', managed).Properties;
  const { LogOptions, ...ciphers } = (options as { LogOptions: unknown }[])[0] ?? { LogOptions: undefined };
  const values = (...list: (string | number)[]) => list.map((Value) => ({ Value }));
  expect([only('AWS::EC2::CustomerGateway', 'ManagementVpnGateway', managed).Properties.DeviceName, ciphers]).toEqual([
    'example-1',
    {
      DPDTimeoutAction: 'restart',
      IKEVersions: values('ikev2'),
      Phase1DHGroupNumbers: values(19, 20, 21),
      Phase1EncryptionAlgorithms: values('AES256-GCM-16'),
      Phase1IntegrityAlgorithms: values('SHA2-384', 'SHA2-512'),
      Phase2DHGroupNumbers: values(19, 20, 21),
      Phase2EncryptionAlgorithms: values('AES256-GCM-16'),
      Phase2IntegrityAlgorithms: values('SHA2-384', 'SHA2-512'),
      StartupAction: 'start',
    },
  ]);
  // The ARN of the group without the suffix of its streams.
  expect(texts(LogOptions)).toMatch(/"LogEnabled":true.*:log-group:",\{"Ref":"ManagementVpnTunnels\w+"\}/);
});

test('the gateway of the VPC has routes to the management networks in the subnets of the endpoints alone', () => {
  const own = Object.values(resourcesOf('AWS::EC2::Route', managed)).map(({ Properties }) => Properties);
  expect(own.every(({ GatewayId }) => texts(GatewayId).includes('ManagementRouteGateway'))).toBe(true);
  expect(own.map(({ DestinationCidrBlock }) => DestinationCidrBlock).sort()).toEqual(networks.flatMap(({ cidr }) => [cidr, cidr, cidr]));
  expect(own.every(({ RouteTableId }) => texts(RouteTableId).includes('privateSubnet'))).toBe(true);
  expect(resourcesOf('AWS::EC2::VPNGatewayRoutePropagation', managed)).toEqual({});
});

test('no other row moves when the Site-to-Site VPN appears', () => {
  const rowsOf = (choice: Choice) => networkOf(choice).findResources('AWS::EC2::NetworkAclEntry');
  const [before, after] = [rowsOf({}), rowsOf(managed)];
  for (const [id, row] of Object.entries(before)) expect([id, after[id]]).toEqual([id, row]);
  expect(Object.keys(after).length - Object.keys(before).length).toBe(8);
});

test('the watch reads the connection and the dates of the secret, and no key', () => {
  expect(Object.keys(grantsOf('TunnelWatch', managed)).sort()).toEqual([
    'ec2:DescribeVpnConnections',
    'secretsmanager:ListSecretVersionIds',
  ]);
  expect(texts(variablesOf('TunnelWatch', managed).CONNECTION)).toContain('ManagementVpnConnection');
});

test('a recovery site has a gateway of its own, or its clauses are declared as not met, with the reason', () => {
  const own = withGateway({ recovery: '8.8.4.5' }, 'recovery');
  expect(only('AWS::EC2::CustomerGateway', 'ManagementVpnGateway', own).Properties.IpAddress).toBe('8.8.4.5');
  const off = withGateway({ recoveryOff }, 'recovery');
  expect(Object.keys(resourcesOf('AWS::EC2::VPNConnection', off))).toEqual([]);
  const declared = accessStack(off)
    .app.node.findAll()
    .flatMap(({ node }) => node.metadata.filter(({ type }) => type === 'rempart:not-met').map(({ data }) => data as object));
  expect(declared).toContainEqual({
    ...{ clause: 'TOM-3.1', rule: 'management-vpn' },
    reason: `access.managementGateway.recoveryOff: ${recoveryOff}`,
  });
});

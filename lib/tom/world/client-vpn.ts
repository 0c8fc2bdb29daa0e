// The Client VPN of the IT team: its endpoint, the networks that it admits, and its log. A site without a certificate
// of the VPN server has none of them.
import { addressIn, rangeOf } from '../../config/address-range';
import { inProduction } from './configured';
import { type Declaration, declare } from './declaration';
import { by, harmless, words } from './form';
import { logGroup } from './log-groups';
import { hasVpn, subnetRange } from './network-addresses';
import { groupsOf, places, subnetName, vpc, zones } from './network-tiers';

const when = hasVpn;
const endpoint = '${access/ClientVpnEndpoint}';

/** The certificate of the server; its authority signs those of people, too. */
const certificate = by(
  ({ facts }) => `arn:aws:acm:<region>:\${AWS::AccountId}:certificate/${facts.settings.access.vpnCertificate[facts.site] ?? 'none'}`,
);

/** Beside the certificate of a person, the sign-in where the configuration names its provider. */
const authentication = by(({ facts }) => {
  const provider = facts.settings.access.vpnSamlProvider;
  const samlProvider = `arn:aws:iam::\${AWS::AccountId}:saml-provider/${provider}`;
  return [
    { MutualAuthentication: { ClientRootCertificateChainArn: certificate }, Type: 'certificate-authentication' },
    ...(provider === undefined ? [] : [{ FederatedAuthentication: { SAMLProviderArn: samlProvider }, Type: 'federated-authentication' }]),
  ];
});

const endpointDeclaration = declare(
  'AWS::EC2::ClientVpnEndpoint',
  'access/ClientVpnEndpoint',
  {
    AuthenticationOptions: authentication,
    ClientCidrBlock: by(({ facts }) => facts.settings.access.vpnClientCidr),
    ClientConnectOptions: { Enabled: true, LambdaFunctionArn: '${access/ConnectionHandlerFunction.Arn}' },
    ClientLoginBannerOptions: { BannerText: words, Enabled: true },
    ConnectionLogOptions: {
      CloudwatchLogGroup: '${access/ClientVpnConnections}',
      CloudwatchLogStream: '${access/ClientVpnStream}',
      Enabled: true,
    },
    Description: harmless,
    DisconnectOnSessionTimeout: true,
    SecurityGroupIds: groupsOf('vpn'),
    SelfServicePortal: 'disabled',
    ServerCertificateArn: certificate,
    SessionTimeoutHours: by(({ facts }) => facts.settings.access.timeouts.vpnSessionHours),
    SplitTunnel: true,
    // A change of tags replaces the endpoint, so it has only the tag that never changes.
    TagSpecifications: [{ ResourceType: 'client-vpn-endpoint', Tags: [{ Key: 'rempart:deployment', Value: '<deployment>' }] }],
    TransportProtocol: 'udp',
    VpcId: vpc,
    VpnPort: 443,
  },
  { when },
);

/** Two zones in production, one elsewhere. (TOM-6.3) */
const associations = declare(
  'AWS::EC2::ClientVpnTargetNetworkAssociation',
  'access/ClientVpnZone<zone>',
  { ClientVpnEndpointId: endpoint, SubnetId: `\${${subnetName(places.vpn.tier, '<zone>')}}` },
  { when, variables: { zone: ({ environment }) => (environment === 'production' ? ['1', '2'] : ['1']) } },
);

/** The subnets of the endpoints of AWS services and the resolver of the VPC, and no other network. (TOM-3.1) */
const authorizations = [
  declare(
    'AWS::EC2::ClientVpnAuthorizationRule',
    'access/ClientVpnEndpoints<zone>',
    {
      AuthorizeAllGroups: true,
      ClientVpnEndpointId: endpoint,
      Description: harmless,
      TargetNetworkCidr: by(({ facts, variables }) => subnetRange(places.endpoints.tier, variables.zone as string, facts)),
    },
    { when, variables: { zone: zones } },
  ),
  declare(
    'AWS::EC2::ClientVpnAuthorizationRule',
    'access/ClientVpnResolver',
    {
      AuthorizeAllGroups: true,
      ClientVpnEndpointId: endpoint,
      Description: harmless,
      TargetNetworkCidr: by(({ facts }) => `${addressIn(rangeOf(facts.settings.network.vpcCidr), 2)}/32`),
    },
    { when },
  ),
];

const log = [
  logGroup(
    'access/ClientVpnConnections',
    { name: '/rempart/<deployment>/vpn-connections', key: 'account/DeploymentKey', classification: 'personal' },
    { when },
  ),
  declare(
    'AWS::Logs::LogStream',
    'access/ClientVpnStream',
    { LogGroupName: '${access/ClientVpnConnections}', LogStreamName: 'connections' },
    { when, deletion: inProduction('RetainExceptOnCreate', 'Delete'), replacement: inProduction('Retain', 'Delete') },
  ),
];

export const clientVpnDeclarations: readonly Declaration[] = [endpointDeclaration, associations, ...authorizations, ...log];

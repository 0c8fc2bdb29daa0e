// The Client VPN of the IT team: its endpoint, the networks and people that it admits, and the functions that decide
// its connections and renew its revocation list. A site without a certificate of the VPN server has none of them.
import type { ConnectionHandlerEnvironment } from '../../../lambda/access/connection-handler/env';
import type { RevocationListEnvironment } from '../../../lambda/access/revocation-list/env';
import { probeMetrics } from '../../config/metrics';
import { alarm, none, ofFunction } from './alarms-form';
import { inProduction } from './configured';
import { type Declaration, declare } from './declaration';
import { by, harmless, is, words } from './form';
import { controlFunction } from './functions-family';
import { dailyRetries, firstRun, scheduled } from './functions-triggers';
import { logGroup } from './log-groups';
import { hasVpn, subnetRange } from './network-addresses';
import { groupsOf, places, subnetName, vpc, zones } from './network-tiers';

const when = hasVpn;
const endpoint = '${access/ClientVpnEndpoint}';
const registry = { REGISTRY_BUCKET: '${access/VpnRegistry}', REGISTRY_KEY: 'certificates.json' } as const;
const deploymentOnly = [{ Name: 'Deployment', Value: '<deployment>' }];
const metric = (name: string, statistic: 'Sum' | 'Minimum') =>
  ({ namespace: probeMetrics.namespace, name, statistic, dimensions: deploymentOnly }) as const;

/** The certificate of the server; its authority signs those of people, too. */
const certificate = by(
  ({ facts }) => `arn:aws:acm:<region>:\${AWS::AccountId}:certificate/${facts.settings.access.vpnCertificate[facts.site] ?? 'none'}`,
);

const endpointDeclaration = declare(
  'AWS::EC2::ClientVpnEndpoint',
  'access/ClientVpnEndpoint',
  {
    AuthenticationOptions: [{ MutualAuthentication: { ClientRootCertificateChainArn: certificate }, Type: 'certificate-authentication' }],
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
      TargetNetworkCidr: by(({ facts }) => `${facts.settings.network.vpcCidr.replace(/0\/\d+$/, '2')}/32`),
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

/** Client VPN denies a connection without an answer within 30 seconds. */
const handler = [
  ...controlFunction<ConnectionHandlerEnvironment>({
    ...{ stack: 'access', id: 'ConnectionHandlerFunction', control: 'connection-handler', memory: [256, 1024], timeout: [20, 29] },
    variables: {
      DEPLOYMENT: '<deployment>',
      ...registry,
      ADDRESSES: by(({ facts }) => facts.settings.access.vpnAddresses.join() || 'any'),
      METRIC_NAMESPACE: probeMetrics.namespace,
    },
    when,
  }),
  alarm({
    ...{ id: 'VpnConnectionsUnchecked', of: 'ConnectionHandler', severity: 'page', silence: 'fine', every: 300 },
    metric: {
      expression: 'FILL(unchecked, 0) + FILL(failed, 0) + FILL(throttled, 0)',
      label: 'Connections that were denied without a check',
      metrics: {
        unchecked: metric('VpnConnectionsUnchecked', 'Sum'),
        failed: ofFunction('Errors', 'access/ConnectionHandlerFunction'),
        throttled: ofFunction('Throttles', 'access/ConnectionHandlerFunction'),
      },
    },
    ...{ raised: { above: none }, when },
  }),
];

const listMetric = metric('RevocationListDays', 'Minimum');

const renewal = [
  ...controlFunction<RevocationListEnvironment>({
    ...{ stack: 'access', id: 'RevocationListFunction', control: 'revocation-list', memory: [256, 1024], timeout: [60, 300] },
    variables: {
      DEPLOYMENT: '<deployment>',
      AUTHORITY_KEY: '${access/VpnKey.Arn}',
      ...registry,
      ENDPOINT: endpoint,
      METRIC_NAMESPACE: probeMetrics.namespace,
    },
    when,
  }),
  ...scheduled({
    ...{ stack: 'access', id: 'RevocationList', group: 'revocation-list', expression: 'cron(40 2 * * ? *)', retries: dailyRetries },
    when,
  }),
  firstRun('access', 'RevocationList', {
    metric: { Namespace: probeMetrics.namespace, MetricName: 'RevocationListDays', Statistic: 'Minimum', Dimensions: deploymentOnly },
    when,
  }),
  alarm({
    ...{ id: 'VpnListExpiring', of: 'RevocationList', severity: 'page', silence: 'failure', every: 43_200, periods: 3 },
    ...{ metric: listMetric, raised: { below: is(16) }, dependsOn: ['${access/RevocationListFirstRun}'], when },
  }),
  alarm({
    ...{ id: 'VpnServerCertificateExpiring', of: 'RevocationList', severity: 'ticket', silence: 'unchanged', every: 86_400 },
    ...{ metric: metric('ServerCertificateDays', 'Minimum'), raised: { below: is(45) }, when },
  }),
  alarm({
    ...{ id: 'VpnAuthorityExpiring', of: 'RevocationList', severity: 'ticket', silence: 'unchanged', every: 86_400 },
    ...{ metric: metric('AuthorityDays', 'Minimum'), raised: { below: is(180) }, when },
  }),
];

export const clientVpnDeclarations: readonly Declaration[] = [
  endpointDeclaration,
  associations,
  ...authorizations,
  ...log,
  ...handler,
  ...renewal,
];

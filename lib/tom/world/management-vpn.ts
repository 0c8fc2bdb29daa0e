// The Site-to-Site VPN of the infrastructure manager: its gateway, its connection with two tunnels, the routes to the
// management networks, its log, and its alarms. A site without a customer gateway has none of them.
import { tunnelsOfVpn } from '../figures';
import {
  customerGatewayType,
  gatewayAttachmentType,
  routeType,
  vpnConnectionRouteType,
  vpnConnectionType,
  vpnGatewayType,
} from '../template/resource-types';
import { alarm, type Metric, one } from './alarms-form';
import { type Declaration, declare } from './declaration';
import { by, type FormLike, is } from './form';
import { logGroup } from './log-groups';
import { hasManagementVpn, managementRanges, rangeInName, rangeOfName } from './network-addresses';
import { places, vpc, zones } from './network-tiers';
import { tableName } from './network-vpc';
import { tags } from './tags';

const when = hasManagementVpn;
const connection = '${access/ManagementVpnConnection}';

const valuesOf = (...values: readonly (string | number)[]): FormLike => values.map((Value) => ({ Value }));

/** One of the two tunnels, which are alike: the strongest algorithms of the service, and no others. (TOM-3.1) */
const tunnel: FormLike = {
  DPDTimeoutAction: 'restart',
  IKEVersions: valuesOf('ikev2'),
  LogOptions: {
    CloudwatchLogOptions: {
      LogEnabled: true,
      LogGroupArn: 'arn:aws:logs:<region>:${AWS::AccountId}:log-group:${access/ManagementVpnTunnels}',
      LogOutputFormat: 'json',
    },
  },
  Phase1DHGroupNumbers: valuesOf(19, 20, 21),
  Phase1EncryptionAlgorithms: valuesOf('AES256-GCM-16'),
  Phase1IntegrityAlgorithms: valuesOf('SHA2-384', 'SHA2-512'),
  Phase2DHGroupNumbers: valuesOf(19, 20, 21),
  Phase2EncryptionAlgorithms: valuesOf('AES256-GCM-16'),
  Phase2IntegrityAlgorithms: valuesOf('SHA2-384', 'SHA2-512'),
  StartupAction: 'start',
};

/**
 * A change of the tunnel options has another number in the device name: EC2 answers a request for the same pair of
 * gateways with the existing connection.
 */
const connectionDeclarations: readonly Declaration[] = [
  declare(
    customerGatewayType,
    'access/ManagementVpnGateway',
    {
      BgpAsn: 65_000,
      DeviceName: '<deployment>-1',
      IpAddress: by(({ facts }) => facts.settings.access.managementGateway[facts.site] ?? 'none'),
      Tags: tags(),
      Type: 'ipsec.1',
    },
    { when },
  ),
  declare(
    vpnConnectionType,
    'access/ManagementVpnConnection',
    {
      CustomerGatewayId: '${access/ManagementVpnGateway}',
      PreSharedKeyStorage: 'SecretsManager',
      StaticRoutesOnly: true,
      Tags: tags(),
      Type: 'ipsec.1',
      VpnGatewayId: '${access/ManagementRouteGateway}',
      VpnTunnelOptionsSpecifications: Array.from({ length: tunnelsOfVpn }, () => tunnel),
    },
    { when, dependsOn: ['${access/ManagementVpnDeliveryResourcePolicy}'] },
  ),
  declare(
    vpnConnectionRouteType,
    'access/ManagementVpnRoute<range>',
    { DestinationCidrBlock: by(({ variables }) => rangeOfName(variables.range as string)), VpnConnectionId: connection },
    { when, variables: { range: (facts) => managementRanges(facts).map(rangeInName) } },
  ),
  logGroup(
    'access/ManagementVpnTunnels',
    { name: '/rempart/<deployment>/tunnels', key: 'account/DeploymentKey', classification: 'confidential' },
    { when },
  ),
];

/**
 * Responses of the endpoints to the management networks, and nothing else, go to the virtual private gateway.
 * (TOM-3.1)
 */
const routeDeclarations: readonly Declaration[] = [
  declare(vpnGatewayType, 'access/ManagementRouteGateway', { Tags: tags(), Type: 'ipsec.1' }, { when }),
  declare(
    gatewayAttachmentType,
    'access/ManagementRouteAttachment',
    { VpcId: vpc, VpnGatewayId: '${access/ManagementRouteGateway}' },
    { when },
  ),
  declare(
    routeType,
    'access/ManagementRouteTo<range>In<zone>',
    {
      DestinationCidrBlock: by(({ variables }) => rangeOfName(variables.range as string)),
      GatewayId: '${access/ManagementRouteGateway}',
      RouteTableId: `\${${tableName(places.endpoints.tier, '<zone>')}}`,
    },
    {
      variables: { range: (facts) => managementRanges(facts).map(rangeInName), zone: zones },
      ...{ when, dependsOn: ['${access/ManagementRouteAttachment}'] },
    },
  ),
];

const tunnelState = (statistic: 'Minimum' | 'Maximum'): Metric => ({
  ...{ namespace: 'AWS/VPN', name: 'TunnelState', statistic },
  dimensions: [{ Name: 'VpnId', Value: connection }],
});

/** The metric is 1 while both tunnels are up, and 0 while neither is. (TOM-6.5) */
const stateAlarms: readonly Declaration[] = [
  alarm({
    ...{ id: 'TunnelDown', of: 'ManagementVpn', severity: 'ticket', silence: 'unchanged', every: 300, periods: 3 },
    ...{ metric: tunnelState('Minimum'), raised: { below: one }, when },
  }),
  alarm({
    ...{ id: 'TunnelsDown', of: 'ManagementVpn', severity: 'page', silence: 'unchanged', every: 300, periods: 2 },
    ...{ metric: tunnelState('Maximum'), raised: { below: is(0.5) }, when },
  }),
];

export const managementVpnDeclarations: readonly Declaration[] = [...routeDeclarations, ...connectionDeclarations, ...stateAlarms];

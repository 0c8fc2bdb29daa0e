// TOM-3.1, TOM-5.6, TOM-6.5: the management networks connect by two tunnels, by the strongest algorithms alone.
import { tunnelsOfVpn } from '../../figures';
import { append, type Finding, finding, guard, type Rule, remove, replace, set } from '../../rule';
import { type Assembly, listOf, type Resource, valueAt } from '../../template/assembly';
import {
  customerGatewayType,
  gatewayAttachmentType,
  routeType,
  vpcType,
  vpnConnectionRouteType,
  vpnConnectionType,
  vpnGatewayType,
} from '../../template/resource-types';
import { newResource, refTo } from '../bypass';

const propagationType = 'AWS::EC2::VPNGatewayRoutePropagation';

const fix = 'Use ManagementVpn of lib/access/management-vpn.ts.';

/** Address of the customer gateway at this site; without it the site has no Site-to-Site VPN. */
const addressOf = ({ facts: { settings, site } }: Assembly): string | undefined => settings.access.managementGateway[site];

/** The only values of each list of a tunnel; a list that is left out admits all. */
const algorithms: Readonly<Record<string, readonly (string | number)[]>> = {
  IKEVersions: ['ikev2'],
  Phase1EncryptionAlgorithms: ['AES256-GCM-16'],
  Phase2EncryptionAlgorithms: ['AES256-GCM-16'],
  Phase1IntegrityAlgorithms: ['SHA2-384', 'SHA2-512'],
  Phase2IntegrityAlgorithms: ['SHA2-384', 'SHA2-512'],
  Phase1DHGroupNumbers: [19, 20, 21],
  Phase2DHGroupNumbers: [19, 20, 21],
};

/** AWS opens the tunnel, and opens it again when the other end is silent. */
const actions = { StartupAction: 'start', DPDTimeoutAction: 'restart' } as const;

const tunnels = 'Properties.VpnTunnelOptionsSpecifications';

export const managementVpn: Rule = {
  name: 'management-vpn',
  requires: `a site with a customer gateway has one Site-to-Site VPN: ${tunnelsOfVpn} tunnels, strong algorithms, routes to management networks`,
  types: [vpcType, vpnConnectionType, vpnConnectionRouteType, propagationType, routeType],
  // Outside production a deployment may have no Site-to-Site VPN: the clause needs the setting.
  mustApply: false,
  check(resource, assembly) {
    if (resource.type === vpcType) return vpcFindings(resource, assembly);
    if (resource.type === vpnConnectionType) return [...connectionFindings(resource, assembly), ...tunnelFindings(resource)];
    if (resource.type === vpnConnectionRouteType) return destinationFindings(resource, assembly);
    if (resource.type === propagationType) return [finding(resource, 'propagation', '', 'static routes, which are in the template', fix)];
    return isToGateway(resource, assembly) ? destinationFindings(resource, assembly) : 'not-applicable';
  },
  guards: [
    guard(vpnConnectionType, '', remove),
    guard(vpnConnectionType, 'Properties.CustomerGatewayId', remove, replace('theirs')),
    guard(vpnConnectionType, 'Properties.VpnGatewayId', remove, replace('theirs')),
    guard(vpnConnectionType, 'Properties.StaticRoutesOnly', remove, replace(false)),
    guard(vpnConnectionType, 'Properties.TransitGatewayId', set('theirs')),
    guard(vpnConnectionType, tunnels, remove, replace([])),
    guard(vpnConnectionType, `${tunnels}.1`, remove),
    ...Object.entries(algorithms).flatMap(([list, [first]]) => [
      guard(vpnConnectionType, `${tunnels}.*.${list}`, remove, replace([]), append({ Value: typeof first === 'number' ? 2 : 'SHA1' })),
    ]),
    ...Object.keys(actions).map((action) => guard(vpnConnectionType, `${tunnels}.*.${action}`, remove, replace('none'))),
    guard(customerGatewayType, 'Properties.IpAddress', remove, replace('1.2.3.4')),
    guard(gatewayAttachmentType, 'Properties.VpnGatewayId', remove, replace('theirs')),
    guard(vpnConnectionRouteType, '', remove),
    guard(vpnConnectionRouteType, 'Properties.DestinationCidrBlock', replace('0.0.0.0/0'), replace('10.0.0.0/8')),
    guard(vpnConnectionRouteType, 'Properties.VpnConnectionId', remove, replace('theirs')),
  ],
  bypasses: [
    { name: 'a second Site-to-Site VPN', resources: { Second: newResource(vpnConnectionType) } },
    {
      name: 'routes that the other end announces',
      resources: { Announced: newResource(propagationType) },
    },
    {
      name: 'a route of all traffic to the virtual private gateway',
      resources: (_, assembly) => ({
        Gateway: newResource(vpnGatewayType, { Type: 'ipsec.1' }),
        Everything: newResource(routeType, {
          ...{ DestinationCidrBlock: '0.0.0.0/0', GatewayId: { Ref: 'Gateway' } },
          RouteTableId: refTo('AWS::EC2::RouteTable', assembly),
        }),
      }),
    },
  ],
  reads: [
    { type: routeType, path: 'Properties' },
    { type: gatewayAttachmentType, path: 'Properties.VpcId' },
  ],
};

const networksOf = ({ facts: { settings } }: Assembly): readonly string[] => settings.access.managementNetworks.map(({ cidr }) => cidr);

/** The connections of the gateways that are attached to the VPC. */
const connectionsOf = (vpc: Resource, assembly: Assembly): readonly Resource[] => {
  const gateways = assembly
    .ofType(gatewayAttachmentType)
    .filter((attachment) => assembly.refersTo(attachment.at('VpcId'), attachment, vpc))
    .map((attachment) => assembly.target(attachment.at('VpnGatewayId'), attachment.stack));
  return assembly.ofType(vpnConnectionType).filter((connection) => {
    const gateway = assembly.target(connection.at('VpnGatewayId'), connection.stack);
    return gateway?.type === vpnGatewayType && gateways.includes(gateway);
  });
};

function vpcFindings(vpc: Resource, assembly: Assembly): readonly Finding[] | 'not-applicable' {
  const isExpected = addressOf(assembly) !== undefined || assembly.facts.settings.access.managementGateway.home !== undefined;
  if (!isExpected) return 'not-applicable';
  const own = connectionsOf(vpc, assembly);
  const [connection] = own;
  if (own.length !== 1 || assembly.ofType(vpnConnectionType).length !== 1 || connection === undefined)
    return [finding(vpc, 'connection', '', 'one Site-to-Site VPN connection, by a virtual private gateway of the VPC', fix)];
  const routed = assembly
    .ofType(vpnConnectionRouteType)
    .filter((route) => assembly.refersTo(route.at('VpnConnectionId'), route, connection))
    .map((route) => route.at('DestinationCidrBlock'));
  return networksOf(assembly)
    .filter((network) => !routed.includes(network))
    .map((network) => finding(vpc, `route::${network}`, '', `a route of the connection to ${network}`, fix));
}

function connectionFindings(connection: Resource, assembly: Assembly): readonly Finding[] {
  const customer = assembly.target(connection.at('CustomerGatewayId'), connection.stack);
  const gateway = assembly.target(connection.at('VpnGatewayId'), connection.stack);
  const address = addressOf(assembly);
  const isOwn = customer?.type === customerGatewayType && address !== undefined && customer.at('IpAddress') === address;
  const required: readonly (readonly [id: string, holds: boolean, path: string, text: string])[] = [
    ['customer', isOwn, 'CustomerGatewayId', 'the address of access.managementGateway'],
    ['gateway', gateway?.type === vpnGatewayType, 'VpnGatewayId', 'the virtual private gateway of the VPC'],
    ['transit', connection.at('TransitGatewayId') === undefined, 'TransitGatewayId', 'none'],
    ['static', connection.at('StaticRoutesOnly') === true, 'StaticRoutesOnly', 'true: the routes are in the template'],
  ];
  return required.flatMap(([id, holds, path, text]) => (holds ? [] : [finding(connection, id, `Properties.${path}`, text, fix)]));
}

function tunnelFindings(connection: Resource): readonly Finding[] {
  const options = listOf(connection.at('VpnTunnelOptionsSpecifications'));
  const count = options.length === tunnelsOfVpn ? [] : [finding(connection, 'tunnels', tunnels, `${tunnelsOfVpn} tunnels`, fix)];
  const weak = options.flatMap((option, index) => [
    ...Object.entries(algorithms).flatMap(([list, allowed]) => {
      const values = listOf(valueAt(option, list)).map((entry) => valueAt(entry, 'Value'));
      const isStrong = values.length > 0 && values.every((value) => allowed.some((one) => one === value));
      return isStrong ? [] : [finding(connection, `${index + 1}::${list}`, `${tunnels}.${index}.${list}`, `of ${allowed.join(', ')}`, fix)];
    }),
    ...Object.entries(actions).flatMap(([action, value]) =>
      valueAt(option, action) === value
        ? []
        : [finding(connection, `${index + 1}::${action}`, `${tunnels}.${index}.${action}`, value, fix)],
    ),
  ]);
  return [...count, ...weak];
}

/** Whether a route of the VPC leads to a virtual private gateway. */
const isToGateway = (route: Resource, assembly: Assembly): boolean =>
  assembly.target(route.at('GatewayId'), route.stack)?.type === vpnGatewayType;

function destinationFindings(route: Resource, assembly: Assembly): readonly Finding[] {
  const destination = route.at('DestinationCidrBlock');
  if (networksOf(assembly).some((network) => network === destination)) return [];
  return [finding(route, 'destination', 'Properties.DestinationCidrBlock', 'a range of access.managementNetworks', fix)];
}

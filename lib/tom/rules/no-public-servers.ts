// DSS-5.6.2, TOM-3.1: no server has a public address, a route from the internet or a key pair.
import { type Assembly, listOf, type Resource } from '../assembly';
import { facingTiers, subnetOf, subnetsOf, tierTag } from '../reading/topology';
import { type Finding, finding, guard, guardWhere, type Rule, remove, replace, set } from '../rule';

/** Where each type of server can ask for a public address, and which key pair it admits. */
const servers: Readonly<Record<string, { readonly interfaces: string; readonly publicAddress: string; readonly keyPair: string }>> = {
  'AWS::EC2::Instance': {
    interfaces: 'NetworkInterfaces',
    publicAddress: 'NetworkInterfaces.0.AssociatePublicIpAddress',
    keyPair: 'KeyName',
  },
  'AWS::EC2::LaunchTemplate': {
    interfaces: 'LaunchTemplateData.NetworkInterfaces',
    publicAddress: 'LaunchTemplateData.NetworkInterfaces.0.AssociatePublicIpAddress',
    keyPair: 'LaunchTemplateData.KeyName',
  },
  'AWS::AutoScaling::LaunchConfiguration': { interfaces: '', publicAddress: 'AssociatePublicIpAddress', keyPair: 'KeyName' },
};

/** Resources that are put into subnets, and the property that says into which. Load balancers and NAT gateways alone face the internet. */
const placed: Readonly<Record<string, string>> = {
  'AWS::AutoScaling::AutoScalingGroup': 'VPCZoneIdentifier',
  'AWS::EC2::Instance': 'SubnetId',
  'AWS::EC2::NetworkInterface': 'SubnetId',
  'AWS::ECS::Service': 'NetworkConfiguration.AwsvpcConfiguration.Subnets',
  'AWS::EFS::MountTarget': 'SubnetId',
  'AWS::Lambda::Function': 'VpcConfig.SubnetIds',
  'AWS::RDS::DBProxy': 'VpcSubnetIds',
  'AWS::RDS::DBSubnetGroup': 'SubnetIds',
};

const addressTypes = ['AWS::EC2::EIP', 'AWS::EC2::EIPAssociation'];

export const noPublicServers: Rule = {
  name: 'no-public-servers',
  requires: 'no server has a public address, a key pair or a subnet with a route to the internet; only proxies and NAT gateways face it',
  types: ['AWS::EC2::Subnet', 'AWS::EC2::KeyPair', ...new Set([...Object.keys(servers), ...Object.keys(placed), ...addressTypes])],
  check(resource, assembly) {
    if (resource.type === 'AWS::EC2::Subnet') return subnet(resource, assembly);
    if (resource.type === 'AWS::EC2::KeyPair')
      return [finding(resource, 'key-pair', '', 'no key pair', 'Remove it; reach servers through the session service.')];
    if (addressTypes.includes(resource.type)) return address(resource);
    return [...server(resource), ...placement(resource, assembly)];
  },
  guards: [
    guard('AWS::EC2::Subnet', 'Properties.MapPublicIpOnLaunch', set(true)),
    guardWhere('AWS::EC2::Subnet', isFacing, `Properties.Tags.[Key=${tierTag}].Value`, remove, replace('private')),
    guard('AWS::EC2::SubnetRouteTableAssociation', '', remove),
    guard('AWS::EC2::SubnetRouteTableAssociation', 'Properties.RouteTableId', remove, replace('rtb')),
    guard('AWS::EC2::SubnetRouteTableAssociation', 'Properties.SubnetId', remove, replace('subnet')),
    guardWhere('AWS::EC2::Route', isOfServers, 'Properties.GatewayId', set('igw')),
    guardWhere('AWS::EC2::Route', isOfServers, 'Properties.EgressOnlyInternetGatewayId', set('eigw')),
    ...addressTypes.flatMap((type) =>
      ['InstanceId', 'NetworkInterfaceId'].map((name) => guard(type, `Properties.${name}`, set({ Ref: 'Server' }))),
    ),
    ...Object.entries(servers).map(([type, { keyPair }]) => guard(type, `Properties.${keyPair}`, set('operator'))),
    ...Object.entries(servers).map(([type, { publicAddress }]) => guard(type, `Properties.${publicAddress}`, set(true))),
    ...Object.entries(placed).map(([type, path]) =>
      guardWhere(type, (resource) => resource.at(path) !== undefined, `Properties.${path}`, replace(['subnet'])),
    ),
  ],
  consults: [
    { type: 'AWS::EC2::Subnet', path: 'Properties.Tags' },
    ...['RouteTableId', 'NatGatewayId', 'VpcEndpointId'].map((name) => ({ type: 'AWS::EC2::Route', path: `Properties.${name}` })),
  ],
};

function subnet(resource: Resource, assembly: Assembly): readonly Finding[] {
  const findings: Finding[] = [];
  if (![undefined, false].some((allowed) => allowed === resource.at('MapPublicIpOnLaunch'))) {
    findings.push(
      finding(resource, 'address', 'Properties.MapPublicIpOnLaunch', 'false', 'Set mapPublicIpOnLaunch: false on the subnets.'),
    );
  }
  const own = subnetOf(resource, assembly);
  const tier = own?.tier ?? '';
  const routes = own?.routes;
  if (!routes) {
    const fix = 'Associate the subnet with a route table of its own; the main one can change unseen.';
    findings.push(finding(resource, 'route-table', '', 'a route table of the deployment', fix));
  }
  const open = facingTiers.includes(tier) ? [] : (routes ?? []).filter(({ leadsTo }) => leadsTo === 'internet' || leadsTo === 'unknown');
  for (const route of open) {
    const required = `no route to the internet from a subnet of the tier ${tier || '(none)'}`;
    const fix = 'Leave through the firewall and the NAT gateway of the zone, or put proxies into the public tier.';
    findings.push({
      id: `route::${route.resource.logicalId}`,
      path: route.resource.logicalId,
      found: route.resource.properties,
      required,
      fix,
    });
  }
  return findings;
}

function isFacing(resource: Resource, assembly: Assembly): boolean {
  return facingTiers.includes(subnetOf(resource, assembly)?.tier ?? '');
}

function isOfServers(route: Resource, assembly: Assembly): boolean {
  return subnetsOf(assembly).some(
    ({ resource, routes }) => !isFacing(resource, assembly) && routes?.some((candidate) => candidate.resource === route),
  );
}

/** An address of its own may belong to a NAT gateway, which admits answers only, not to a server or its interface. */
function address(resource: Resource): readonly Finding[] {
  return ['InstanceId', 'NetworkInterfaceId']
    .filter((name) => resource.at(name) !== undefined)
    .map((name) => finding(resource, name, `Properties.${name}`, 'none', 'Reach servers through the load balancer or the VPN.'));
}

function server(resource: Resource): readonly Finding[] {
  const paths = servers[resource.type];
  if (!paths) return [];
  const findings: Finding[] = [];
  if (resource.at(paths.keyPair) !== undefined) {
    findings.push(
      finding(resource, 'key-pair', `Properties.${paths.keyPair}`, 'no key pair', 'Remove it; reach servers through the session service.'),
    );
  }
  const interfaces = listOf(resource.at(paths.interfaces)).map((_, index) => `${paths.interfaces}.${index}.AssociatePublicIpAddress`);
  for (const path of new Set([...interfaces, paths.publicAddress])) {
    const asked = resource.at(path);
    if (asked === undefined || asked === false) continue;
    findings.push(finding(resource, 'address', `Properties.${path}`, 'false', 'Leave out associatePublicIpAddress.'));
  }
  return findings;
}

function placement(resource: Resource, assembly: Assembly): readonly Finding[] {
  const path = placed[resource.type];
  return listOf(path === undefined ? undefined : resource.at(path)).flatMap((value, index) => {
    const tier = subnetOf(assembly.target(value, resource.stack), assembly)?.tier;
    if (tier !== undefined && !facingTiers.includes(tier)) return [];
    const fix = 'Choose the subnets of the tier private, functions or isolated.';
    return [
      {
        ...finding(resource, `subnet::${index}`, `Properties.${path}`, 'a subnet of the deployment that does not face the internet', fix),
        found: value,
      },
    ];
  });
}

// Ends of flows: the subnets, security groups and source ports of a resource, or addresses outside.
import ipaddr from 'ipaddr.js';
import { type Json, listOf } from '../../../lib/tom/template/assembly';
import { cloudflareRanges } from '../../../lib/tom/template/client-address';
import type { NetworkModel } from './model';
import { type Named, referenceIn, referencesIn } from './references';
import type { Ports, Subnet } from './rows';

export interface End {
  readonly name: string;
  readonly subnets: readonly Subnet[];
  /** Subnets that it names and the templates do not have. */
  readonly missing: readonly string[];
  readonly groups: readonly string[];
  /** Ports from which it opens connections. */
  readonly sourcePorts: readonly Ports[];
}

/** Linux. */
const linuxPorts: readonly Ports[] = [{ from: 32_768, to: 60_999 }];
/** Functions, without 3389: no response returns to that port, and they retry from another. (TOM-3.1) */
const functionPorts: readonly Ports[] = [
  { from: 1024, to: 3388 },
  { from: 3390, to: 65_535 },
];
/**
 * Load balancers, proxies and NAT gateways (Amazon VPC User Guide, "Custom network ACLs"), and senders on the
 * internet.
 */
export const everySourcePort: readonly Ports[] = [{ from: 1024, to: 65_535 }];

const sourcePortsOf: Readonly<Record<string, readonly Ports[]>> = {
  'AWS::AutoScaling::AutoScalingGroup': linuxPorts,
  'AWS::Lambda::Function': functionPorts,
};

/**
 * The end of a resource; `undefined` if the templates have none of that name, or one without a place in the network.
 */
export function endOf(name: string, model: NetworkModel): End | undefined {
  const resource = model.byName.get(name);
  const place = resource && placeOf(resource, model);
  if (!place) return undefined;
  const subnets = place.subnets.flatMap((subnet) => model.subnets.filter((candidate) => candidate.name === subnet));
  const missing = place.subnets.filter((subnet) => !subnets.some((found) => found.name === subnet));
  const sourcePorts = sourcePortsOf[resource.type] ?? everySourcePort;
  return { name, subnets, missing, groups: place.groups, sourcePorts };
}

interface PlaceNames {
  readonly subnets: readonly string[];
  readonly groups: readonly string[];
}

/** Names of subnets; a reference that leads nowhere stands for itself. */
const subnetNames = (value: Json | undefined): readonly string[] =>
  listOf(value).map((element) => referenceIn(element) ?? JSON.stringify(element));

function placeOf({ name, type, properties: own }: Named, model: NetworkModel): PlaceNames | undefined {
  const place = (subnets: Json | undefined, groups: Json | undefined): PlaceNames => ({
    subnets: subnetNames(subnets),
    groups: referencesIn(groups),
  });
  const below = (path: Json | undefined, key: string): Json | undefined => (path as Readonly<Record<string, Json>> | undefined)?.[key];
  switch (type) {
    case 'AWS::Lambda::Function':
      return place(below(own.VpcConfig, 'SubnetIds'), below(own.VpcConfig, 'SecurityGroupIds'));
    case 'AWS::AutoScaling::AutoScalingGroup':
      return { subnets: subnetNames(own.VPCZoneIdentifier), groups: groupsOfServers(own, model) };
    case 'AWS::ElasticLoadBalancingV2::LoadBalancer':
      return place(own.Subnets, own.SecurityGroups);
    case 'AWS::RDS::DBProxy':
      return place(own.VpcSubnetIds, own.VpcSecurityGroupIds);
    case 'AWS::RDS::DBCluster':
      return place(model.byName.get(referenceIn(own.DBSubnetGroupName) ?? '')?.properties.SubnetIds, own.VpcSecurityGroupIds);
    case 'AWS::Backup::RestoreTestingSelection': {
      const subnets = referenceIn(below(own.RestoreMetadataOverrides, 'dbSubnetGroupName')) ?? '';
      // A list is JSON text.
      const groups = JSON.parse(String(below(own.RestoreMetadataOverrides, 'vpcSecurityGroupIds') ?? '[]')) as Json;
      return place(model.byName.get(subnets)?.properties.SubnetIds, groups);
    }
    case 'AWS::EC2::ClientVpnEndpoint':
      return { subnets: associatedSubnets(name, model), groups: referencesIn(own.SecurityGroupIds) };
    case 'AWS::EC2::InstanceConnectEndpoint':
      return place(own.SubnetId, own.SecurityGroupIds);
    case 'AWS::EC2::VPCEndpoint':
      return place(own.SubnetIds, own.SecurityGroupIds);
    default:
      return undefined;
  }
}

/** Client VPN has an interface in each associated subnet, and opens connections with its address. */
const associatedSubnets = (endpoint: string, { resources }: NetworkModel): readonly string[] =>
  resources
    .filter(({ type, properties }) => type === 'AWS::EC2::ClientVpnTargetNetworkAssociation' && isOf(properties, endpoint))
    .flatMap(({ properties }) => subnetNames(properties.SubnetId));

const isOf = ({ ClientVpnEndpointId: id }: Named['properties'], endpoint: string): boolean => referenceIn(id) === endpoint;

/** The groups of the interfaces in the launch template of a fleet. */
function groupsOfServers(fleet: Named['properties'], model: NetworkModel): readonly string[] {
  const [, name = ''] = /"LaunchTemplateId":"\$\{([\w-]+\/\w+)\}"/.exec(JSON.stringify(fleet)) ?? [];
  const data = model.byName.get(name)?.properties.LaunchTemplateData as Readonly<Record<string, Json>> | undefined;
  const interfaces = listOf(data?.NetworkInterfaces) as readonly Readonly<Record<string, Json>>[];
  return interfaces.flatMap(({ Groups }) => referencesIn(Groups));
}

/** Ranges of the management networks, beyond the Site-to-Site VPN. */
export const managementRanges = ({ assembly }: NetworkModel): readonly string[] =>
  assembly.facts.settings.access.managementNetworks.map(({ cidr }) => cidr);

/** The first and the last address of a range. */
export function boundsOf(range: string): readonly string[] {
  const block = ipaddr.IPv4.parseCIDR(range);
  return [block[0].toString(), ipaddr.IPv4.broadcastAddressFromCIDR(range).toString()];
}

/** The first and the last address of a subnet that an interface can have. */
export function addressesOf({ range }: Subnet): readonly string[] {
  const [address, prefix] = ipaddr.IPv4.parseCIDR(range);
  const first = address.toByteArray().reduce((sum, octet) => sum * 256 + octet, 0);
  return [first + 4, first + 2 ** (32 - prefix) - 2].map((value) =>
    [24, 16, 8, 0].map((shift) => Math.floor(value / 2 ** shift) % 256).join('.'),
  );
}

/**
 * Addresses on the internet, one in each quarter of the addresses: rows that admit a part of the internet lose others.
 */
export const internetAddresses: readonly string[] = ['1.1.1.1', '93.184.215.14', '151.101.1.1', '203.0.113.7'];
export const internetAddresses6: readonly string[] = ['2001:db8::7', '2a00:1450::1'];

/** Ranges of visitors: the internet, or Cloudflare where it is declared. (TOM-4.11) */
export const visitorRanges = ({ assembly }: NetworkModel): readonly string[] =>
  assembly.facts.settings.edge.cloudflare === undefined ? ['0.0.0.0/0', '::/0'] : [...cloudflareRanges.IPv4, ...cloudflareRanges.IPv6];

/** Addresses of visitors; behind Cloudflare, the first of each of its ranges. */
export const visitorsOf = (model: NetworkModel): readonly string[] =>
  model.assembly.facts.settings.edge.cloudflare === undefined
    ? [...internetAddresses, ...internetAddresses6]
    : visitorRanges(model).map((range) => range.split('/')[0] as string);

const known = new Map<string, boolean>();

/** Whether an address is in a range; remembered, because walks compare the same ones many times. */
export function isIn(address: string, range: string): boolean {
  const key = `${address} ${range}`;
  const before = known.get(key);
  if (before !== undefined) return before;
  const result = ipaddr.isValidCIDR(range) && contains(ipaddr.parseCIDR(range), ipaddr.parse(address));
  known.set(key, result);
  return result;
}

function contains([network, prefix]: [ipaddr.IPv4 | ipaddr.IPv6, number], address: ipaddr.IPv4 | ipaddr.IPv6): boolean {
  return network.kind() === address.kind() && address.match([network, prefix] as never);
}

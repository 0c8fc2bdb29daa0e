// Ends of flows: the subnets, security groups and source ports of a resource, or addresses outside.
import ipaddr from 'ipaddr.js';
import { type Json, listOf } from '../../../lib/tom/template/assembly';
import type { NetworkModel } from './model';
import { type Named, referenceIn, referencesIn } from './references';
import type { Ports, Subnet } from './rows';

export interface End {
  readonly name: string;
  readonly subnets: readonly Subnet[];
  readonly groups: readonly string[];
  /** Ports from which it opens connections, without 3389, from which no response passes. (acl-tables.ts) */
  readonly sourcePorts: readonly Ports[];
}

/** Linux. */
const linuxPorts: readonly Ports[] = [{ from: 32_768, to: 60_999 }];
/** Load balancers, functions and proxies (Amazon VPC User Guide, "Custom network ACLs"). */
const servicePorts: readonly Ports[] = [
  { from: 1024, to: 3388 },
  { from: 3390, to: 65_535 },
];
/** NAT gateways, and every sender on the internet. */
export const everySourcePort: readonly Ports[] = [{ from: 1024, to: 65_535 }];

/** The end of a resource; `undefined` if the templates have none of that name, or one without a place in the network. */
export function endOf(name: string, model: NetworkModel): End | undefined {
  const resource = model.byName.get(name);
  const place = resource && placeOf(resource, model);
  if (!place) return undefined;
  const subnets = place.subnets.flatMap((subnet) => model.subnets.filter((candidate) => candidate.name === subnet));
  const sourcePorts = resource.type === 'AWS::AutoScaling::AutoScalingGroup' ? linuxPorts : servicePorts;
  return { name, subnets, groups: place.groups, sourcePorts };
}

interface PlaceNames {
  readonly subnets: readonly string[];
  readonly groups: readonly string[];
}

function placeOf({ type, properties: own }: Named, model: NetworkModel): PlaceNames | undefined {
  const place = (subnets: Json | undefined, groups: Json | undefined): PlaceNames => ({
    subnets: referencesIn(subnets),
    groups: referencesIn(groups),
  });
  const below = (path: Json | undefined, key: string): Json | undefined => (path as Readonly<Record<string, Json>> | undefined)?.[key];
  switch (type) {
    case 'AWS::Lambda::Function':
      return place(below(own.VpcConfig, 'SubnetIds'), below(own.VpcConfig, 'SecurityGroupIds'));
    case 'AWS::AutoScaling::AutoScalingGroup':
      return { subnets: referencesIn(own.VPCZoneIdentifier), groups: groupsOfServers(own, model) };
    case 'AWS::ElasticLoadBalancingV2::LoadBalancer':
      return place(own.Subnets, own.SecurityGroups);
    case 'AWS::RDS::DBProxy':
      return place(own.VpcSubnetIds, own.VpcSecurityGroupIds);
    case 'AWS::RDS::DBCluster':
      return place(model.byName.get(referenceIn(own.DBSubnetGroupName) ?? '')?.properties.SubnetIds, own.VpcSecurityGroupIds);
    case 'AWS::EC2::VPCEndpoint':
      return place(own.SubnetIds, own.SecurityGroupIds);
    default:
      return undefined;
  }
}

/** The groups of the interfaces in the launch template of a fleet. */
function groupsOfServers(fleet: Named['properties'], model: NetworkModel): readonly string[] {
  const [, name = ''] = /"LaunchTemplateId":"\$\{([\w-]+\/\w+)\}"/.exec(JSON.stringify(fleet)) ?? [];
  const data = model.byName.get(name)?.properties.LaunchTemplateData as Readonly<Record<string, Json>> | undefined;
  const interfaces = listOf(data?.NetworkInterfaces) as readonly Readonly<Record<string, Json>>[];
  return interfaces.flatMap(({ Groups }) => referencesIn(Groups));
}

/** The first and the last address of a subnet that an interface can have. */
export function addressesOf({ range }: Subnet): readonly string[] {
  const [address, prefix] = ipaddr.IPv4.parseCIDR(range);
  const first = address.toByteArray().reduce((sum, octet) => sum * 256 + octet, 0);
  return [first + 4, first + 2 ** (32 - prefix) - 2].map((value) =>
    [24, 16, 8, 0].map((shift) => Math.floor(value / 2 ** shift) % 256).join('.'),
  );
}

/** Addresses on the internet, one in each quarter of the addresses: rows that admit a part of the internet lose others. */
export const internetAddresses: readonly string[] = ['1.1.1.1', '93.184.215.14', '151.101.1.1', '203.0.113.7'];
export const internetAddresses6: readonly string[] = ['2001:db8::7', '2a00:1450::1'];

/** Whether an address is in a range. */
export function isIn(address: string, range: string): boolean {
  if (!ipaddr.isValidCIDR(range)) return false;
  const parsed = ipaddr.parse(address);
  const [network, prefix] = ipaddr.parseCIDR(range);
  return parsed.kind() === network.kind() && parsed.match([network, prefix] as never);
}

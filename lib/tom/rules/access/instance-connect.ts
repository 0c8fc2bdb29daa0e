// TOM-3.1, TOM-3.3, DSS-5.6.6: an instance-connect endpoint and SSH servers exist with `access.instanceConnect` alone.
// The endpoint opens SSH to servers and nothing else.
import { append, type Finding, finding, guard, guardWhere, type Rule, remove, replace, set } from '../../rule';
import { egressOf, type Ingress, ingressOf } from '../../template/access-lists';
import type { Assembly, Resource } from '../../template/assembly';
import { userDataPath } from '../../template/boot-settings';
import { groupsOfEndpoint, isGroupOfEndpoint, isGroupOfServers } from '../../template/connect-endpoints';
import { templateOf } from '../../template/fleets';
import {
  connectEndpointType,
  egressType,
  fleetType,
  ingressType,
  securityGroupType,
  serverTemplateType,
  subnetType,
  vpcType,
} from '../../template/resource-types';
import { subnetOf } from '../../template/topology';
import { newResource, subnetIn } from '../bypass';
import { sshServerFindings } from './ssh-server-findings';

/** Tier of the servers. */
const tier = 'private';
/** The destination of a group without egress, in the notation of the CDK. */
const noAddress = '255.255.255.255/32';

const fix = 'Use InstanceConnect of lib/access/instance-connect.ts.';

const isOn = ({ facts: { settings } }: Assembly): boolean => settings.access.instanceConnect;
const whereOn = (_: Resource, assembly: Assembly): boolean => isOn(assembly);

export const instanceConnect: Rule = {
  name: 'instance-connect',
  requires: 'with access.instanceConnect, one endpoint opens SSH to servers alone; without it, no endpoint and no SSH server',
  types: [vpcType, connectEndpointType, fleetType],
  check(resource, assembly) {
    if (resource.type === vpcType) return countFindings(resource, assembly);
    if (resource.type === connectEndpointType) return endpointFindings(resource, assembly);
    const template = templateOf(resource, assembly);
    return template ? sshServerFindings(template, assembly) : 'not-applicable';
  },
  guards: [
    guard(connectEndpointType, '', remove),
    guard(connectEndpointType, 'Properties.PreserveClientIp', remove, replace(true)),
    guard(connectEndpointType, 'Properties.SecurityGroupIds', remove, replace([]), append('sg-0123456789abcdef0')),
    guard(connectEndpointType, 'Properties.SubnetId', remove, replace('subnet-theirs')),
    guardWhere(securityGroupType, isOfEndpoint, 'Properties.SecurityGroupEgress', append({ CidrIp: '0.0.0.0/0', IpProtocol: '-1' })),
    guardWhere(
      securityGroupType,
      isOfEndpoint,
      'Properties.SecurityGroupIngress',
      set([{ CidrIp: '10.0.0.0/8', IpProtocol: 'tcp', FromPort: 443, ToPort: 443 }]),
    ),
    guardWhere(egressType, opensSsh, 'Properties.FromPort', replace(0)),
    guardWhere(egressType, opensSsh, 'Properties.ToPort', replace(65_535)),
    guardWhere(egressType, opensSsh, 'Properties.DestinationSecurityGroupId', remove, replace('sg-theirs')),
    guardWhere(egressType, opensSsh, 'Properties.CidrIp', set('10.0.0.0/8')),
    guardWhere(serverTemplateType, whereOn, `Properties.${userDataPath}`, remove, replace('#!/bin/bash\n')),
  ],
  bypasses: [
    {
      name: 'an instance-connect endpoint beside servers',
      resources: (_, assembly) => ({ Endpoint: newResource(connectEndpointType, { SubnetId: subnetIn(tier, assembly) }) }),
    },
  ],
  reads: [
    { type: subnetType, path: 'Properties' },
    { type: fleetType, path: 'Properties' },
    { type: securityGroupType, path: 'Properties' },
    { type: ingressType, path: 'Properties' },
    { type: egressType, path: 'Properties' },
    { type: serverTemplateType, path: 'Properties' },
  ],
};

/** One with the setting: a VPC has one at most ("Quotas for EC2 Instance Connect Endpoint"). */
function countFindings(vpc: Resource, assembly: Assembly): readonly Finding[] {
  const endpoints = assembly.ofType(connectEndpointType);
  const required = isOn(assembly) ? 'one instance-connect endpoint' : 'no instance-connect endpoint without access.instanceConnect';
  return endpoints.length === (isOn(assembly) ? 1 : 0) ? [] : [finding(vpc, 'endpoint', '', required, fix)];
}

function endpointFindings(endpoint: Resource, assembly: Assembly): readonly Finding[] {
  if (!isOn(assembly)) return [finding(endpoint, 'off', '', 'no endpoint without access.instanceConnect', fix)];
  const groups = groupsOfEndpoint(endpoint, assembly);
  const [group] = groups;
  const subnet = assembly.target(endpoint.at('SubnetId'), endpoint.stack);
  const isBeside = subnet?.type === subnetType && subnetOf(subnet, assembly)?.tier === tier;
  const hasOwnGroup = groups.length === 1 && group !== undefined && !isGroupOfServers(group, assembly);
  const wrong = (id: string, path: string, required: string): Finding => finding(endpoint, id, `Properties.${path}`, required, fix);
  return [
    ...(endpoint.at('PreserveClientIp') === false ? [] : [wrong('client-address', 'PreserveClientIp', 'false')]),
    ...(isBeside ? [] : [wrong('subnet', 'SubnetId', `a subnet of the tier ${tier}`)]),
    ...(hasOwnGroup ? wayFindings(endpoint, group, assembly) : [wrong('group', 'SecurityGroupIds', 'a group of its own')]),
  ];
}

/** The group opens SSH to servers, and admits nothing: the service reaches the endpoint whatever its group admits. */
function wayFindings(endpoint: Resource, group: Resource, assembly: Assembly): readonly Finding[] {
  const ofGroup = (type: string): readonly Resource[] =>
    assembly.ofType(type).filter((rule) => assembly.refersTo(rule.at('GroupId'), rule, group));
  const out = [group, ...ofGroup(egressType)].flatMap((from) => egressOf(from, assembly).map((rule) => ({ from, rule })));
  const into = [group, ...ofGroup(ingressType)].flatMap((from) => ingressOf(from, assembly));
  const ways = out.filter(({ rule }) => rule.json.CidrIp !== noAddress);
  const wide = ways.filter(({ from, rule }) => !isSshToServers(rule, from, assembly));
  return [
    ...(ways.length > 0 ? [] : [finding(endpoint, 'no-way', '', 'an egress rule to the group of servers', fix)]),
    ...wide.map(({ from, rule }) => ({
      ...finding(endpoint, `way::${from.logicalId}`, '', 'port 22 of servers by their group, and nothing else', fix),
      found: rule.json,
    })),
    ...(into.length === 0 ? [] : [finding(endpoint, 'inbound', '', 'a group that admits nothing', fix)]),
  ];
}

function isSshToServers({ json, ports }: Ingress, from: Resource, assembly: Assembly): boolean {
  const target = assembly.target(json.DestinationSecurityGroupId ?? null, from.stack);
  const isSsh = json.IpProtocol === 'tcp' && ports !== 'none' && ports.from === 22 && ports.to === 22;
  const others = ['CidrIp', 'CidrIpv6', 'DestinationPrefixListId'].filter((name) => json[name] !== undefined);
  return isSsh && others.length === 0 && isGroupOfServers(target, assembly);
}

function isOfEndpoint(group: Resource, assembly: Assembly): boolean {
  return isOn(assembly) && isGroupOfEndpoint(group, assembly);
}

/** Whether a separate rule is of the group of an endpoint. */
function opensSsh(rule: Resource, assembly: Assembly): boolean {
  return isOn(assembly) && isGroupOfEndpoint(assembly.target(rule.at('GroupId') ?? null, rule.stack), assembly);
}

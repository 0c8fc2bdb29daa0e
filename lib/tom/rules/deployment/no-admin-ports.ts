// TOM-3.1: no address is admitted on the ports of SSH and remote desktop.
// Security groups admit no address at all on these ports, and of groups that of the instance-connect endpoint alone,
// on port 22 with `access.instanceConnect`. Network ACLs admit no untrusted source.

import { append, type Finding, finding, guard, guardWhere, type Rule, remove, replace, set } from '../../rule';
import { type AclEntry, entriesOf, ingressOf, untrustedSourcesOn } from '../../template/access-lists';
import { includesPort, type Ports } from '../../template/addresses';
import type { Assembly, Resource } from '../../template/assembly';
import { isSshFromEndpoint } from '../../template/connect-endpoints';
import {
  aclAssociationType,
  aclEntryType,
  aclType,
  connectEndpointType,
  ingressType,
  prefixListType,
  securityGroupType,
} from '../../template/resource-types';
import { holdNatGatewaysOnly } from '../../template/subnet-residents';
import { subnetsOf } from '../../template/topology';
import { besideNatGateways, sshFromGroups } from './no-admin-ports-bypasses';

const adminPorts = [22, 3389] as const;
const protocols = ['6', '17'] as const;

/** First ephemeral port of a NAT gateway, on which responses reach it ("Custom network ACLs", ephemeral ports). */
const firstEphemeralPort = 1024;

export const noAdminPorts: Rule = {
  name: 'no-admin-ports',
  requires: 'security groups admit nothing on ports 22 and 3389 but the instance-connect endpoint, and network ACLs no untrusted sources',
  types: [securityGroupType, ingressType, aclType],
  check: (resource, assembly) => (resource.type === aclType ? aclFindings(resource, assembly) : groupFindings(resource, assembly)),
  guards: [
    guard(
      securityGroupType,
      'Properties.SecurityGroupIngress',
      append({ CidrIp: '10.0.0.0/8', IpProtocol: 'tcp', FromPort: 22, ToPort: 22 }),
      append({ CidrIpv6: '::/0', IpProtocol: 'tcp', FromPort: 3000, ToPort: 4000 }),
      append({ CidrIp: '192.168.0.0/24', IpProtocol: '-1' }),
      append({ SourcePrefixListId: 'pl-list', IpProtocol: 'tcp', FromPort: 3389, ToPort: 3389 }),
    ),
    guardWhere(ingressType, admitsAddresses, 'Properties.FromPort', set(22)),
    guardWhere(ingressType, admitsEndpoint, 'Properties.SourceSecurityGroupId', replace('sg-theirs')),
    guardWhere(ingressType, admitsEndpoint, 'Properties.ToPort', replace(65_535)),
    guardWhere(ingressType, admitsEndpoint, 'Properties.CidrIp', set('10.0.0.0/8')),
    guardWhere(aclEntryType, endsBelowRemoteDesktop, 'Properties.PortRange.To', remove, replace(3389), replace(65_535)),
    guardWhere(aclEntryType, beginsAboveRemoteDesktop, 'Properties.PortRange.From', remove, replace(3389), replace(1024)),
    guardWhere(aclEntryType, couldOpenSsh, 'Properties.PortRange.From', replace(22)),
    guardWhere(aclEntryType, couldOpenSsh, 'Properties.Protocol', replace(-1)),
  ],
  bypasses: [...besideNatGateways, ...sshFromGroups],
  reads: [
    { type: ingressType, path: 'Properties' },
    { type: prefixListType, path: 'Properties.Entries' },
    { type: connectEndpointType, path: 'Properties' },
    ...['NetworkAclId', 'Ipv6CidrBlock'].map((name) => ({ type: aclEntryType, path: `Properties.${name}` })),
    ...['NetworkAclId', 'SubnetId'].map((name) => ({ type: aclAssociationType, path: `Properties.${name}` })),
    // Any resource that refers to a subnet can have an interface in it.
    { type: '*', path: 'Properties' },
  ],
};

function groupFindings(resource: Resource, assembly: Assembly): readonly Finding[] {
  return ingressOf(resource, assembly).flatMap((ingress) =>
    adminPorts
      .filter((port) => includesPort(ingress.ports, port) && !isSshFromEndpoint(ingress.json, resource.stack, assembly))
      .map((port) =>
        finding(
          resource,
          `port::${port}`,
          ingress.path,
          `no source on port ${port}, except the instance-connect endpoint on 22 with access.instanceConnect`,
          'Connect to servers with Session Manager, or set access.instanceConnect.',
        ),
      ),
  );
}

function aclFindings(acl: Resource, assembly: Assembly): readonly Finding[] {
  const entries = entriesOf(acl, assembly);
  return closedPorts(acl, assembly).flatMap((port) =>
    protocols.flatMap((protocol) =>
      untrustedSourcesOn(entries, protocol, port).map((entry) => ({
        id: `port::${port}`,
        path: entry.resource.logicalId,
        found: entry.resource.properties,
        required: `port ${port} closed to untrusted sources`,
        fix: `Narrow the ports of the entry, or add an entry with a lower number that denies port ${port} to all addresses.`,
      })),
    ),
  );
}

/** The ports that a network ACL must close. Subnets that hold NAT gateways only need their ephemeral ports open. */
function closedPorts(acl: Resource, assembly: Assembly): readonly number[] {
  const subnets = subnetsOf(assembly).flatMap((subnet) => (subnet.acl === acl ? [subnet.resource] : []));
  const holdsNatGatewaysOnly = holdNatGatewaysOnly(subnets, assembly);
  return adminPorts.filter((port) => !holdsNatGatewaysOnly || port < firstEphemeralPort);
}

function admitsAddresses(ingress: Resource, assembly: Assembly): boolean {
  return ingressOf(ingress, assembly).some(({ reach }) => reach !== undefined);
}

/** Whether an ingress admits the endpoint. */
function admitsEndpoint(ingress: Resource, assembly: Assembly): boolean {
  return ingressOf(ingress, assembly).some(({ json }) => isSshFromEndpoint(json, ingress.stack, assembly));
}

/** A parsed entry, and all entries of its network ACL. */
function entryWithSiblings(resource: Resource, assembly: Assembly): { entries: readonly AclEntry[]; entry: AclEntry } | undefined {
  const acl = assembly.target(resource.at('NetworkAclId'), resource.stack);
  const entries = acl ? entriesOf(acl, assembly) : [];
  const entry = entries.find((candidate) => candidate.resource === resource);
  return entry && { entries, entry };
}

/** Whether an entry admits untrusted sources on ports up to 3388. */
function endsBelowRemoteDesktop(resource: Resource, assembly: Assembly): boolean {
  return admitsUntrusted(resource, assembly, ({ to }) => to === 3388);
}

/** Whether an entry admits untrusted sources on ports from 3390. */
function beginsAboveRemoteDesktop(resource: Resource, assembly: Assembly): boolean {
  return admitsUntrusted(resource, assembly, ({ from }) => from === 3390);
}

function admitsUntrusted(resource: Resource, assembly: Assembly, isOnPorts: (ports: Ports) => boolean): boolean {
  const { entry } = entryWithSiblings(resource, assembly) ?? {};
  if (!entry?.allows || !entry.inbound || entry.ports === 'none') return false;
  return entry.reach !== 'private' && isOnPorts(entry.ports);
}

/** Whether an entry admits untrusted sources on other ports, with no denial of port 22 before it. */
function couldOpenSsh(resource: Resource, assembly: Assembly): boolean {
  const { entries, entry } = entryWithSiblings(resource, assembly) ?? {};
  if (!entries || !entry?.allows || !entry.inbound || entry.ports === 'none') return false;
  const wider = entries.map((other) => (other === entry ? { ...entry, ports: { from: 22, to: 22 } } : other));
  return untrustedSourcesOn(wider, '6', 22).length > 0;
}

// TOM-3.1: SSH and remote desktop are open to no address: neither in a security group nor, to strangers, in a network ACL.

import { append, type Finding, finding, guard, guardWhere, type Rule, remove, replace, set } from '../../rule';
import { type AclEntry, entriesOf, ingressOf, untrustedSourcesOn } from '../../template/access-lists';
import { includesPort } from '../../template/addresses';
import type { Assembly, Resource } from '../../template/assembly';
import { holdNatGatewaysOnly } from '../../template/subnet-residents';
import { subnetsOf } from '../../template/topology';
import { insideWithTheNatGateways } from './no-admin-ports-bypasses';

const adminPorts = [22, 3389] as const;
const protocols = ['6', '17'] as const;

/** First port from which a NAT gateway opens connections, and on which answers reach it ("Custom network ACLs", ephemeral ports). */
const firstAnswerPort = 1024;

export const noAdminPorts: Rule = {
  name: 'no-admin-ports',
  requires: 'no security group admits an address range on port 22 or 3389, and no network ACL lets strangers in on them',
  types: ['AWS::EC2::SecurityGroup', 'AWS::EC2::SecurityGroupIngress', 'AWS::EC2::NetworkAcl'],
  check: (resource, assembly) =>
    resource.type === 'AWS::EC2::NetworkAcl' ? accessList(resource, assembly) : securityGroup(resource, assembly),
  guards: [
    guard(
      'AWS::EC2::SecurityGroup',
      'Properties.SecurityGroupIngress',
      append({ CidrIp: '10.0.0.0/8', IpProtocol: 'tcp', FromPort: 22, ToPort: 22 }),
      append({ CidrIpv6: '::/0', IpProtocol: 'tcp', FromPort: 3000, ToPort: 4000 }),
      append({ CidrIp: '192.168.0.0/24', IpProtocol: '-1' }),
      append({ SourcePrefixListId: 'pl-list', IpProtocol: 'tcp', FromPort: 3389, ToPort: 3389 }),
    ),
    guardWhere('AWS::EC2::SecurityGroupIngress', admitsAddresses, 'Properties.FromPort', set(22)),
    guardWhere('AWS::EC2::NetworkAclEntry', closesAdminPort, '', remove),
    guardWhere('AWS::EC2::NetworkAclEntry', closesAdminPort, 'Properties.RuleAction', replace('allow')),
    guardWhere('AWS::EC2::NetworkAclEntry', closesAdminPort, 'Properties.RuleNumber', replace(32766)),
    guardWhere('AWS::EC2::NetworkAclEntry', closesAdminPort, 'Properties.Protocol', replace(1)),
    guardWhere('AWS::EC2::NetworkAclEntry', closesAdminPort, 'Properties.PortRange.From', replace(3390)),
    guardWhere('AWS::EC2::NetworkAclEntry', closesAdminPort, 'Properties.PortRange.To', replace(21)),
    guardWhere('AWS::EC2::NetworkAclEntry', closesAdminPort, 'Properties.CidrBlock', replace('10.0.0.0/8'), replace('203.0.113.0/24')),
    guardWhere('AWS::EC2::NetworkAclEntry', closesAdminPort, 'Properties.Egress', replace(true), replace('true')),
    guardWhere('AWS::EC2::NetworkAclEntry', couldOpenSsh, 'Properties.PortRange.From', replace(22)),
    guardWhere('AWS::EC2::NetworkAclEntry', couldOpenSsh, 'Properties.Protocol', replace(-1)),
  ],
  bypasses: insideWithTheNatGateways,
  reads: [
    { type: 'AWS::EC2::SecurityGroupIngress', path: 'Properties' },
    { type: 'AWS::EC2::PrefixList', path: 'Properties.Entries' },
    ...['NetworkAclId', 'Ipv6CidrBlock'].map((name) => ({ type: 'AWS::EC2::NetworkAclEntry', path: `Properties.${name}` })),
    ...['NetworkAclId', 'SubnetId'].map((name) => ({ type: 'AWS::EC2::SubnetNetworkAclAssociation', path: `Properties.${name}` })),
    // What stands in a subnet is told by whatever refers to it.
    { type: '*', path: 'Properties' },
  ],
};

function securityGroup(resource: Resource, assembly: Assembly): readonly Finding[] {
  return ingressOf(resource, assembly).flatMap(({ path, ports, reach }) =>
    adminPorts
      .filter((port) => reach !== undefined && includesPort(ports, port))
      .map((port) =>
        finding(
          resource,
          `port::${port}`,
          path,
          `no address range on port ${port}`,
          'Reach servers through the session service, or admit a security group.',
        ),
      ),
  );
}

function accessList(acl: Resource, assembly: Assembly): readonly Finding[] {
  const entries = entriesOf(acl, assembly);
  return portsAt(acl, assembly).flatMap((port) =>
    protocols.flatMap((protocol) =>
      untrustedSourcesOn(entries, protocol, port).map((entry) => ({
        id: `port::${port}`,
        path: entry.resource.logicalId,
        found: entry.resource.properties,
        required: `port ${port} closed to strangers`,
        fix: `Narrow the ports of the entry, or put an entry above it that denies port ${port} to the world.`,
      })),
    ),
  );
}

/** The administrators' ports that a list must close. Where nothing listens, those at which answers arrive lead to nothing. */
function portsAt(acl: Resource, assembly: Assembly): readonly number[] {
  const subnets = subnetsOf(assembly).flatMap((subnet) => (subnet.acl === acl ? [subnet.resource] : []));
  const nothingListens = holdNatGatewaysOnly(subnets, assembly);
  return adminPorts.filter((port) => !nothingListens || port < firstAnswerPort);
}

function admitsAddresses(ingress: Resource, assembly: Assembly): boolean {
  return ingressOf(ingress, assembly).some(({ reach }) => reach !== undefined);
}

/** The list that an entry stands in, and the entry. */
function inList(resource: Resource, assembly: Assembly): { acl: Resource; entries: readonly AclEntry[]; entry: AclEntry } | undefined {
  const acl = assembly.target(resource.at('NetworkAclId'), resource.stack);
  const entries = acl ? entriesOf(acl, assembly) : [];
  const entry = entries.find((candidate) => candidate.resource === resource);
  return acl && entry && { acl, entries, entry };
}

/** A denial without which a later entry would let strangers in on an administrators' port. */
function closesAdminPort(resource: Resource, assembly: Assembly): boolean {
  const { acl, entries, entry } = inList(resource, assembly) ?? {};
  if (!entries || !entry || entry.allows || !entry.inbound) return false;
  const without = entries.filter((other) => other !== entry);
  return portsAt(acl as Resource, assembly).some(
    (port) => untrustedSourcesOn(without, '6', port).length > untrustedSourcesOn(entries, '6', port).length,
  );
}

/** An entry that lets strangers in on other ports, with no denial of port 22 above it. */
function couldOpenSsh(resource: Resource, assembly: Assembly): boolean {
  const { entries, entry } = inList(resource, assembly) ?? {};
  if (!entries || !entry?.allows || !entry.inbound || entry.ports === 'none') return false;
  const wider = entries.map((other) => (other === entry ? { ...entry, ports: { from: 22, to: 22 } } : other));
  return untrustedSourcesOn(wider, '6', 22).length > 0;
}

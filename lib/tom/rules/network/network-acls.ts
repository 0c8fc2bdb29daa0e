// TOM-6.6: every subnet has the network ACL of its tier, which denies by default; databases speak to the VPC alone.

import { type Finding, finding, guard, guardWhere, type Rule, remove, replace } from '../../rule';
import { type AclEntry, entriesOf } from '../../template/access-lists';
import type { Assembly, Resource } from '../../template/assembly';
import { isolatedTier, subnetOf, subnetsOf, tierTag } from '../../template/topology';

/** What must name its list and subnet so that it can be told which: an unknown one could be any of those here. */
const belongsTo: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'AWS::EC2::NetworkAclEntry': { NetworkAclId: 'AWS::EC2::NetworkAcl' },
  'AWS::EC2::SubnetNetworkAclAssociation': { NetworkAclId: 'AWS::EC2::NetworkAcl', SubnetId: 'AWS::EC2::Subnet' },
};

export const networkAcls: Rule = {
  name: 'network-acls',
  requires:
    'every subnet has a network ACL for its tier alone that allows named protocols, and that of the databases private addresses only',
  types: ['AWS::EC2::Subnet', 'AWS::EC2::NetworkAcl', ...Object.keys(belongsTo)],
  check(resource, assembly) {
    if (resource.type === 'AWS::EC2::Subnet') return subnetFindings(resource, assembly);
    return resource.type === 'AWS::EC2::NetworkAcl' ? accessList(resource, assembly) : placementFindings(resource, assembly);
  },
  guards: [
    guard('AWS::EC2::SubnetNetworkAclAssociation', '', remove),
    guard('AWS::EC2::SubnetNetworkAclAssociation', 'Properties.NetworkAclId', remove, replace('acl')),
    guard('AWS::EC2::SubnetNetworkAclAssociation', 'Properties.SubnetId', remove, replace('subnet')),
    guard('AWS::EC2::NetworkAclEntry', 'Properties.NetworkAclId', remove, replace({ 'Fn::GetAtt': ['Vpc', 'DefaultNetworkAcl'] })),
    guard('AWS::EC2::Subnet', `Properties.Tags.[Key=${tierTag}].Value`, replace('another')),
    guardWhere('AWS::EC2::NetworkAclEntry', isAllow, 'Properties.Protocol', replace(-1)),
    guardWhere('AWS::EC2::NetworkAclEntry', (entry) => entry.at('Protocol') === -1, 'Properties.RuleAction', replace('allow')),
    guardWhere('AWS::EC2::NetworkAclEntry', ofDatabases, 'Properties.CidrBlock', replace('0.0.0.0/0'), replace('203.0.113.0/24')),
  ],
  bypasses: [
    {
      name: 'an association of a subnet that the template does not tell',
      resources: ({ logicalId }) => ({
        List: { Type: 'AWS::EC2::NetworkAcl', Properties: { VpcId: { Ref: logicalId } } },
        Any: {
          Type: 'AWS::EC2::SubnetNetworkAclAssociation',
          Properties: { NetworkAclId: { Ref: 'List' }, SubnetId: '{{resolve:ssm:/subnet}}' },
        },
      }),
    },
  ],
  reads: [
    ...['RuleNumber', 'Egress', 'Ipv6CidrBlock', 'PortRange'].map((name) => ({
      type: 'AWS::EC2::NetworkAclEntry',
      path: `Properties.${name}`,
    })),
    { type: 'AWS::EC2::Subnet', path: 'Properties.Tags' },
  ],
};

function subnetFindings(resource: Resource, assembly: Assembly): readonly Finding[] {
  if (subnetOf(resource, assembly)?.acl?.type === 'AWS::EC2::NetworkAcl') return [];
  const fix = 'Associate the subnet with the network ACL of its tier; the default one allows everything.';
  return [finding(resource, 'acl', '', 'a network ACL of the deployment', fix)];
}

function placementFindings(resource: Resource, assembly: Assembly): readonly Finding[] {
  return Object.entries(belongsTo[resource.type] ?? {})
    .filter(([name, type]) => assembly.target(resource.at(name), resource.stack)?.type !== type)
    .map(([name, type]) => finding(resource, name, `Properties.${name}`, `an ${type} of the deployment`, 'Refer to it directly.'));
}

function accessList(acl: Resource, assembly: Assembly): readonly Finding[] {
  const tiers = tiersOf(acl, assembly);
  const mixed: Finding[] =
    tiers.length > 1
      ? [{ id: 'tiers', path: '', found: tiers.join(', '), required: 'one tier', fix: 'Give each tier a network ACL of its own.' }]
      : [];
  return [...mixed, ...entriesOf(acl, assembly).flatMap((entry) => entryFindings(entry, tiers))];
}

function entryFindings(entry: AclEntry, tiers: readonly string[]): readonly Finding[] {
  if (!entry.allows) return [];
  const { resource } = entry;
  const objection = (id: string, required: string): Finding[] => [
    {
      id: `${id}::${resource.logicalId}`,
      path: resource.logicalId,
      found: resource.properties,
      required,
      fix: 'Narrow the entry in the table of the tier.',
    },
  ];
  return [
    ...(entry.protocol === '-1' ? objection('everything', 'a protocol and ports') : []),
    ...(tiers.includes(isolatedTier) && entry.reach !== 'private' ? objection('outside', 'private addresses only') : []),
  ];
}

function tiersOf(acl: Resource, assembly: Assembly): readonly string[] {
  return [...new Set(subnetsOf(assembly).flatMap((candidate) => (candidate.acl === acl ? [candidate.tier] : [])))];
}

function isAllow(entry: Resource): boolean {
  return entry.at('RuleAction') === 'allow';
}

function ofDatabases(entry: Resource, assembly: Assembly): boolean {
  const acl = assembly.target(entry.at('NetworkAclId'), entry.stack);
  return isAllow(entry) && acl !== undefined && tiersOf(acl, assembly).includes(isolatedTier);
}

// TOM-6.6: every subnet has the network ACL of its tier, which denies by default. Databases stay within the VPC.

import { type Finding, finding, guard, guardWhere, type Rule, remove, replace } from '../../rule';
import { type AclEntry, entriesOf } from '../../template/access-lists';
import type { Assembly, Resource } from '../../template/assembly';
import { aclAssociationType, aclEntryType, aclType, subnetType } from '../../template/resource-types';
import { isolatedTier, subnetOf, subnetsOf, tierTag } from '../../template/topology';

/** Required references of entries and associations. An unresolvable reference could be any network ACL or subnet. */
const requiredReferences: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  [aclEntryType]: { NetworkAclId: aclType },
  [aclAssociationType]: { NetworkAclId: aclType, SubnetId: subnetType },
};

export const networkAcls: Rule = {
  name: 'network-acls',
  requires: "every subnet has its tier's own network ACL, which allows named protocols and, for databases, private addresses only",
  types: [subnetType, aclType, ...Object.keys(requiredReferences)],
  check(resource, assembly) {
    if (resource.type === subnetType) return subnetFindings(resource, assembly);
    return resource.type === aclType ? aclFindings(resource, assembly) : referenceFindings(resource, assembly);
  },
  guards: [
    guard(aclAssociationType, '', remove),
    guard(aclAssociationType, 'Properties.NetworkAclId', remove, replace('acl')),
    guard(aclAssociationType, 'Properties.SubnetId', remove, replace('subnet')),
    guard(aclEntryType, 'Properties.NetworkAclId', remove, replace({ 'Fn::GetAtt': ['Vpc', 'DefaultNetworkAcl'] })),
    guard(subnetType, `Properties.Tags.[Key=${tierTag}].Value`, replace('another')),
    guardWhere(aclEntryType, isAllow, 'Properties.Protocol', replace(-1)),
    guardWhere(aclEntryType, (entry) => entry.at('Protocol') === -1, 'Properties.RuleAction', replace('allow')),
    guardWhere(aclEntryType, isOfDatabases, 'Properties.CidrBlock', replace('0.0.0.0/0'), replace('203.0.113.0/24')),
  ],
  bypasses: [
    {
      name: 'an association with an unresolvable subnet',
      resources: ({ logicalId }) => ({
        Acl: { Type: aclType, Properties: { VpcId: { Ref: logicalId } } },
        Association: {
          Type: aclAssociationType,
          Properties: { NetworkAclId: { Ref: 'Acl' }, SubnetId: '{{resolve:ssm:/subnet}}' },
        },
      }),
    },
  ],
  reads: [
    ...['RuleNumber', 'Egress', 'Ipv6CidrBlock', 'PortRange'].map((name) => ({
      type: aclEntryType,
      path: `Properties.${name}`,
    })),
    { type: subnetType, path: 'Properties.Tags' },
  ],
};

function subnetFindings(resource: Resource, assembly: Assembly): readonly Finding[] {
  if (subnetOf(resource, assembly)?.acl?.type === aclType) return [];
  const fix = 'Associate the subnet with the network ACL of its tier; the default network ACL allows all traffic.';
  return [finding(resource, 'acl', '', 'a network ACL of the deployment', fix)];
}

function referenceFindings(resource: Resource, assembly: Assembly): readonly Finding[] {
  return Object.entries(requiredReferences[resource.type] ?? {})
    .filter(([name, type]) => assembly.target(resource.at(name), resource.stack)?.type !== type)
    .map(([name, type]) =>
      finding(resource, name, `Properties.${name}`, `an ${type} of the deployment`, 'Refer to the resource directly.'),
    );
}

function aclFindings(acl: Resource, assembly: Assembly): readonly Finding[] {
  const tiers = tiersOf(acl, assembly);
  const mixed: Finding[] =
    tiers.length > 1
      ? [{ id: 'tiers', path: '', found: tiers.join(', '), required: 'one tier', fix: 'Create a network ACL for each tier.' }]
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
      fix: 'Narrow the entry in lib/network/acl-tables.ts.',
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

function isOfDatabases(entry: Resource, assembly: Assembly): boolean {
  const acl = assembly.target(entry.at('NetworkAclId'), entry.stack);
  return isAllow(entry) && acl !== undefined && tiersOf(acl, assembly).includes(isolatedTier);
}

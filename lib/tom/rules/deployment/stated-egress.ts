// TOM-6.6: every security group defines its egress rules inline, so that they apply from its creation.

import { append, type Finding, finding, guard, guardWhere, type Rule, remove, replace, set, type Verdict } from '../../rule';
import { egressOf, type Ingress } from '../../template/access-lists';
import { type Assembly, listOf, type Resource } from '../../template/assembly';
import { egressType, securityGroupType as groupType, prefixListType } from '../../template/resource-types';
import { openEgress } from './stated-egress-bypasses';

const everything = { IpProtocol: '-1', CidrIp: '0.0.0.0/0' };

/**
 * EC2 adds a rule that allows all outbound traffic to a security group without inline egress rules. CloudFormation
 * removes this rule only when it creates the first separate rule ("AWS::EC2::SecurityGroup", SecurityGroupEgress). An
 * empty list counts as none.
 */
export const statedEgress: Rule = {
  name: 'stated-egress',
  requires: 'every security group has inline egress rules; egress to public addresses is TCP on port 80 or 443',
  types: [groupType, egressType],
  check(resource, assembly) {
    const isUnstated = resource.type === groupType && listOf(resource.at('SecurityGroupEgress')).length === 0;
    return isUnstated ? [missingEgress(resource)] : egressFindings(resource, assembly);
  },
  guards: [
    guard(
      groupType,
      'Properties.SecurityGroupEgress',
      remove,
      replace([]),
      append(everything),
      append({ ...everything, CidrIp: '0.0.0.0/1' }),
    ),
    guard(groupType, 'Properties.SecurityGroupEgress', append({ IpProtocol: 'tcp', FromPort: 0, ToPort: 65_535, CidrIpv6: '::/0' })),
    guardWhere(groupType, isToPublicAddresses, 'Properties.SecurityGroupEgress.0.IpProtocol', replace('-1'), replace('udp')),
    guardWhere(groupType, isToPublicAddresses, 'Properties.SecurityGroupEgress.0.ToPort', remove, replace(444)),
    guard(egressType, 'Properties.CidrIp', set('0.0.0.0/0')),
    guard(egressType, 'Properties.DestinationSecurityGroupId', remove),
  ],
  bypasses: openEgress,
  reads: [
    { type: groupType, path: 'Properties.SecurityGroupEgress' },
    { type: egressType, path: 'Properties' },
    { type: prefixListType, path: 'Properties.Entries' },
  ],
};

function missingEgress(group: Resource): Finding {
  const fix = 'Define the rules inline: allowAllOutbound: false, and addEgressRule in the stack of the group.';
  return finding(
    group,
    'unstated',
    'Properties.SecurityGroupEgress',
    'at least one rule; without rules EC2 allows all outbound traffic',
    fix,
  );
}

function egressFindings(resource: Resource, assembly: Assembly): Verdict {
  return egressOf(resource, assembly)
    .filter((rule) => rule.reach === 'world' && !isWeb(rule))
    .map(({ path }) =>
      finding(
        resource,
        `open::${path}`,
        path,
        'TCP on port 80 or 443, or a narrower range',
        'Set the port or the range of the destination.',
      ),
    );
}

/** Whether a rule allows HTTP or HTTPS only, in which the network firewall inspects domain names. */
const isWeb = ({ json, ports }: Ingress): boolean =>
  ['tcp', '6'].includes(String(json.IpProtocol)) && ports !== 'none' && ports.from === ports.to && [80, 443].includes(ports.from);

function isToPublicAddresses(group: Resource, assembly: Assembly): boolean {
  return egressOf(group, assembly)[0]?.reach === 'world';
}

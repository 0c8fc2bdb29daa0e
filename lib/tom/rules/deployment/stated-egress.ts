// TOM-6.6: every security group states what it may open, in the group itself, so that it is closed from the moment that it is made.

import { append, type Finding, finding, guard, guardWhere, type Rule, remove, replace, set, type Verdict } from '../../rule';
import { egressOf, type Ingress } from '../../template/access-lists';
import { type Assembly, listOf, type Resource } from '../../template/assembly';
import { openWaysOut } from './stated-egress-bypasses';

const groupType = 'AWS::EC2::SecurityGroup';
const egressType = 'AWS::EC2::SecurityGroupEgress';

const everything = { IpProtocol: '-1', CidrIp: '0.0.0.0/0' };

/**
 * A group without rules of its own for the way out gets one that allows everything, and CloudFormation takes that away only when it makes
 * the first rule beside the group ("AWS::EC2::SecurityGroup", SecurityGroupEgress). An empty list counts as none.
 */
export const statedEgress: Rule = {
  name: 'stated-egress',
  requires:
    'every security group states its egress in itself; where it leads to strangers, in the group or beside it, it is 80 or 443 over TCP',
  types: [groupType, egressType],
  check(resource, assembly) {
    const unstated = resource.type === groupType && listOf(resource.at('SecurityGroupEgress')).length === 0;
    return unstated ? [noEgress(resource)] : open(resource, assembly);
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
    guardWhere(groupType, leadsToStrangers, 'Properties.SecurityGroupEgress.0.IpProtocol', replace('-1'), replace('udp')),
    guardWhere(groupType, leadsToStrangers, 'Properties.SecurityGroupEgress.0.ToPort', remove, replace(444)),
    guard(egressType, 'Properties.CidrIp', set('0.0.0.0/0')),
    guard(egressType, 'Properties.DestinationSecurityGroupId', remove),
  ],
  bypasses: openWaysOut,
  reads: [
    { type: groupType, path: 'Properties.SecurityGroupEgress' },
    { type: egressType, path: 'Properties' },
    { type: 'AWS::EC2::PrefixList', path: 'Properties.Entries' },
  ],
};

function noEgress(group: Resource): Finding {
  const fix = 'Write the rules into the group (allowAllOutbound: false, and addEgressRule in its own stack).';
  return finding(group, 'unstated', 'Properties.SecurityGroupEgress', 'at least one rule, or EC2 allows everything', fix);
}

function open(resource: Resource, assembly: Assembly): Verdict {
  return egressOf(resource, assembly)
    .filter((rule) => rule.reach === 'world' && !isOfTheWeb(rule))
    .map(({ path }) =>
      finding(resource, `open::${path}`, path, '80 or 443 over TCP, or a narrower range', 'Name the port, or the range that is reached.'),
    );
}

/** What the firewall of the way out can read names of. */
const isOfTheWeb = ({ json, ports }: Ingress): boolean =>
  ['tcp', '6'].includes(String(json.IpProtocol)) && ports !== 'none' && ports.from === ports.to && [80, 443].includes(ports.from);

function leadsToStrangers(group: Resource, assembly: Assembly): boolean {
  return egressOf(group, assembly)[0]?.reach === 'world';
}

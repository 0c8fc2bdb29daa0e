import { cloudflareRanges } from '../../../lib/edge/cloudflare-ranges';
import { behindCloudflare, only, resourcesOf } from '../stacks/edge-stack';

interface Ingress {
  readonly FromPort: number;
  readonly ToPort: number;
  readonly IpProtocol: string;
  readonly CidrIp?: string;
  readonly CidrIpv6?: string;
  readonly SourcePrefixListId?: { 'Fn::GetAtt': [string, string] };
}
const group = (choice = {}) =>
  only(choice, 'AWS::EC2::SecurityGroup', 'Proxies') as { SecurityGroupIngress: Ingress[]; SecurityGroupEgress: { IpProtocol: string }[] };

test('admits the world on 80 and 443, over both families, and on no other port', () => {
  const admitted = group().SecurityGroupIngress.map(
    ({ FromPort, ToPort, IpProtocol, CidrIp, CidrIpv6 }) => `${IpProtocol} ${FromPort}-${ToPort} ${CidrIp ?? CidrIpv6}`,
  );
  expect(admitted.sort()).toEqual(['tcp 443-443 0.0.0.0/0', 'tcp 443-443 ::/0', 'tcp 80-80 0.0.0.0/0', 'tcp 80-80 ::/0']);
});

test('opens no connection by itself', () => {
  // The library's stand-in for no rule at all: a message to the broadcast address that no network takes.
  expect(group().SecurityGroupEgress).toMatchObject([{ CidrIp: '255.255.255.255/32', IpProtocol: 'icmp' }]);
});

describe('behind Cloudflare', () => {
  const lists = resourcesOf(behindCloudflare, 'AWS::EC2::PrefixList');

  test('it admits two lists, on 80 and 443, and nobody else', () => {
    const { SecurityGroupIngress } = group(behindCloudflare);
    const ids = Object.keys(lists);
    const separate = Object.values(resourcesOf(behindCloudflare, 'AWS::EC2::SecurityGroupIngress')).map(
      ({ Properties }) => Properties as never as Ingress,
    );
    const admitted = [...(SecurityGroupIngress ?? []), ...separate];
    expect(admitted.map(({ CidrIp, CidrIpv6 }) => CidrIp ?? CidrIpv6)).toEqual(admitted.map(() => undefined));
    expect(admitted.map(({ FromPort, SourcePrefixListId }) => `${FromPort} ${SourcePrefixListId?.['Fn::GetAtt'][0]}`).sort()).toEqual(
      ids.flatMap((id) => [`443 ${id}`, `80 ${id}`]).sort(),
    );
  });

  test('the lists are those that Cloudflare publishes, and fit into a group', () => {
    const entries = Object.values(lists).map(
      ({ Properties }) => Properties as { AddressFamily: string; MaxEntries: number; Entries: { Cidr: string }[] },
    );
    expect(entries.map(({ AddressFamily, Entries }) => [AddressFamily, Entries.map(({ Cidr }) => Cidr)])).toEqual([
      ['IPv4', [...cloudflareRanges.ipv4]],
      ['IPv6', [...cloudflareRanges.ipv6]],
    ]);
    // "Amazon VPC quotas": 60 inbound rules, to which a list counts with its most entries, once for each port.
    expect(entries.reduce((sum, { MaxEntries }) => sum + 2 * MaxEntries, 0)).toBeLessThanOrEqual(60);
  });
});

import { Template } from 'aws-cdk-lib/assertions';
import { cloudflareRanges } from '../../../lib/edge/cloudflare-ranges';
import type * as edgeStack from '../stacks/edge-stack';
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

test('admits the internet on 80 and 443, over IPv4 and IPv6, and on no other port', () => {
  const admitted = group().SecurityGroupIngress.map(
    ({ FromPort, ToPort, IpProtocol, CidrIp, CidrIpv6 }) => `${IpProtocol} ${FromPort}-${ToPort} ${CidrIp ?? CidrIpv6}`,
  );
  expect(admitted.sort()).toEqual(['tcp 443-443 0.0.0.0/0', 'tcp 443-443 ::/0', 'tcp 80-80 0.0.0.0/0', 'tcp 80-80 ::/0']);
});

test('opens connections only to the subnets of servers, on the port of collectors, from its creation on', () => {
  expect(group().SecurityGroupEgress).toEqual([
    { CidrIp: '10.64.0.0/17', IpProtocol: 'tcp', FromPort: 8080, ToPort: 8080, Description: 'Servers' },
  ]);
  // A rule as a separate resource would leave the group without one, and so open, until its creation.
  expect(resourcesOf({}, 'AWS::EC2::SecurityGroupEgress')).toEqual({});
});

describe('behind Cloudflare', () => {
  const lists = resourcesOf(behindCloudflare, 'AWS::EC2::PrefixList');

  test('it admits two lists, on 80 and 443, and no other source', () => {
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

  test('the lists hold the ranges that Cloudflare publishes, and fit into a group', () => {
    const entries = Object.values(lists).map(
      ({ Properties }) => Properties as { AddressFamily: string; MaxEntries: number; Entries: { Cidr: string }[] },
    );
    expect(entries.map(({ AddressFamily, Entries }) => [AddressFamily, Entries.map(({ Cidr }) => Cidr)])).toEqual([
      ['IPv4', [...cloudflareRanges.ipv4]],
      ['IPv6', [...cloudflareRanges.ipv6]],
    ]);
    for (const { MaxEntries, Entries } of entries) expect(Entries.length).toBeLessThanOrEqual(MaxEntries);
    // "Amazon VPC quotas": 60 inbound rules, to which a list counts with its maximum entries, once for each port.
    expect(entries.reduce((sum, { MaxEntries }) => sum + 2 * MaxEntries, 0)).toBeLessThanOrEqual(60);
  });

  test('the maximum of a list is independent of its number of ranges, which EC2 cannot change together', () => {
    const rooms = Object.values(lists).map(({ Properties }) => [Properties.AddressFamily, Properties.MaxEntries]);
    expect(rooms).toEqual([
      ['IPv4', 20],
      ['IPv6', 10],
    ]);
    jest.isolateModules(() => {
      jest.doMock('../../../lib/edge/cloudflare-ranges', () => ({
        ...jest.requireActual('../../../lib/edge/cloudflare-ranges'),
        cloudflareRanges: { ipv4: ['104.16.0.0/13'], ipv6: ['2606:4700::/32', '2803:f800::/32'] },
      }));
      const fewer = require('../stacks/edge-stack') as typeof edgeStack;
      // Not its template, which test files share.
      const { stack } = fewer.edgeStack(behindCloudflare);
      const shorter = Object.values(Template.fromStack(stack).findResources('AWS::EC2::PrefixList'));
      expect(shorter.map(({ Properties }) => (Properties.Entries as unknown[]).length)).toEqual([1, 2]);
      expect(shorter.map(({ Properties }) => [Properties.AddressFamily, Properties.MaxEntries])).toEqual(rooms);
    });
  });
});

// The shares of the tiers: disjoint, aligned, and independent of the settings.
import type { CfnSubnet } from 'aws-cdk-lib/aws-ec2';
import { addressPlan, type Tier, tiers } from '../../../lib/network/address-plan';
import { type Scratch, scratch } from './network-fixture';
import { range, within } from './reading';

/** The IPv4 and IPv6 ranges of a tier's subnets, as in the template. */
function rangesOf({ stack, vpc }: Scratch, tier: Tier): unknown[] {
  return vpc.tier(tier).map((subnet) => {
    const { cidrBlock, ipv6CidrBlock } = subnet.node.defaultChild as CfnSubnet;
    return stack.resolve({ cidrBlock, ipv6CidrBlock });
  });
}

describe.each(['10.64.0.0/16', '172.16.0.0/17', '10.0.64.0/18', '192.168.32.0/19', '10.200.240.0/20'])('in %s', (vpcCidr) => {
  const plan = addressPlan(vpcCidr);
  const made = scratch({ network: { vpcCidr } });

  test('every tier lies in the VPC, none in another', () => {
    for (const tier of tiers) expect(within(plan[tier].cidr, vpcCidr)).toBe(true);
    const ranges = tiers.map((tier) => range(plan[tier].cidr)).sort(([a], [b]) => a - b);
    for (let i = 1; i < ranges.length; i++) expect(ranges[i]?.[0]).toBeGreaterThan(ranges[i - 1]?.[1] as number);
  });

  test('every tier begins at an address that is aligned to its size', () => {
    for (const tier of tiers) {
      const [first, last] = range(plan[tier].cidr);
      expect(first % (last - first + 1)).toBe(0);
    }
  });

  test('the subnets of the library are in the range that the plan assigns to their tier', () => {
    for (const tier of tiers) {
      const subnets = made.vpc.tier(tier);
      expect(subnets).toHaveLength(3);
      for (const { ipv4CidrBlock } of subnets) {
        expect(within(ipv4CidrBlock, plan[tier].cidr)).toBe(true);
        expect(ipv4CidrBlock).toMatch(new RegExp(`/${plan[tier].subnetMask}$`));
      }
    }
  });
});

test('the firewall setting moves no subnet, in IPv4 or IPv6', () => {
  const on = scratch();
  const off = scratch({ environment: 'development', network: { firewall: false } });
  for (const tier of tiers.filter((name) => name !== 'firewall')) expect(rangesOf(off, tier)).toEqual(rangesOf(on, tier));
  expect(() => off.vpc.tier('firewall')).toThrow();
});

test('a VPN moves no subnet, in IPv4 or IPv6', () => {
  const [on, off] = [scratch(), scratch({ vpn: false })];
  for (const tier of tiers.filter((name) => name !== 'vpn')) expect(rangesOf(off, tier)).toEqual(rangesOf(on, tier));
  expect(() => off.vpc.tier('vpn')).toThrow();
});

test.each(['10.64.0.0/21', '10.64.0.0/15', '10.64.0.0', 'fd00::/16', ''])('refuses %p', (cidr) => {
  expect(() => addressPlan(cidr)).toThrow(/^network\.vpcCidr: expected an IPv4 range of \/16 to \/20, got .*; choose/);
});

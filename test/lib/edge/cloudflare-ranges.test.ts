import ipaddr from 'ipaddr.js';
import { cloudflareRanges } from '../../../lib/edge/cloudflare-ranges';

/** Days after which somebody looks at https://www.cloudflare.com/ips again. */
const longest = 183;

function daysSince(day: string, today: Date): number {
  return (today.getTime() - Date.parse(day)) / 86_400_000;
}

test('were held against the source within half a year; if this fails, do it again and write the day', () => {
  expect(daysSince(cloudflareRanges.checked, new Date())).toBeLessThan(longest);
  expect(daysSince(cloudflareRanges.checked, new Date())).toBeGreaterThan(-1);
});

test('half a year ago is too long ago', () => {
  expect(daysSince('2026-01-01', new Date('2026-07-04'))).toBeGreaterThan(longest);
});

test.each([...cloudflareRanges.ipv4, ...cloudflareRanges.ipv6])(
  '%s begins at its first address, and is no more than a network',
  (range) => {
    const [address, prefix] = ipaddr.parseCIDR(range);
    const family = address.kind() === 'ipv4' ? ipaddr.IPv4 : ipaddr.IPv6;
    expect(`${family.networkAddressFromCIDR(range).toString()}/${prefix}`).toBe(`${address.toString()}/${prefix}`);
    expect(prefix).toBeGreaterThanOrEqual(address.kind() === 'ipv4' ? 12 : 29);
    expect(address.range()).toBe('unicast');
  },
);

test('none stands twice, or in another', () => {
  for (const ranges of [cloudflareRanges.ipv4, cloudflareRanges.ipv6]) {
    for (const one of ranges) {
      for (const other of ranges) {
        const [a, prefix] = ipaddr.parseCIDR(other);
        expect(one === other || !ipaddr.parseCIDR(one)[0].match(a, prefix)).toBe(true);
      }
    }
  }
});

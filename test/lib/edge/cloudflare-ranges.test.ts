import ipaddr from 'ipaddr.js';
import { cloudflareRanges } from '../../../lib/edge/cloudflare-ranges';

/** Maximum number of days between comparisons with https://www.cloudflare.com/ips. */
const longest = 183;

function daysSince(day: string, today: Date): number {
  return (today.getTime() - Date.parse(day)) / 86_400_000;
}

test('were compared with the source within half a year; if this fails, compare them again and set the date', () => {
  expect(daysSince(cloudflareRanges.checked, new Date())).toBeLessThan(longest);
  expect(daysSince(cloudflareRanges.checked, new Date())).toBeGreaterThan(-1);
});

test('a comparison half a year ago is too old', () => {
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

test('no range is a duplicate of another or within it', () => {
  for (const ranges of [cloudflareRanges.ipv4, cloudflareRanges.ipv6]) {
    for (const one of ranges) {
      for (const other of ranges) {
        const [a, prefix] = ipaddr.parseCIDR(other);
        expect(one === other || !ipaddr.parseCIDR(one)[0].match(a, prefix)).toBe(true);
      }
    }
  }
});

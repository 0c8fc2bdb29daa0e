// The address ranges from which Cloudflare reaches an origin.

/**
 * Source: https://www.cloudflare.com/ips-v4 and https://www.cloudflare.com/ips-v6, which say when they changed at
 * https://www.cloudflare.com/ips. Cloudflare announces a new range before it uses it; one that is missing here is refused, so a test
 * asks for a look at the source at least twice a year.
 */
export const cloudflareRanges = {
  /** The day on which these lists were last held against the source, or against public copies of it. */
  checked: '2026-11-24',
  ipv4: [
    '103.21.244.0/22',
    '103.22.200.0/22',
    '103.31.4.0/22',
    '104.16.0.0/13',
    '104.24.0.0/14',
    '108.162.192.0/18',
    '131.0.72.0/22',
    '141.101.64.0/18',
    '162.158.0.0/15',
    '172.64.0.0/13',
    '173.245.48.0/20',
    '188.114.96.0/20',
    '190.93.240.0/20',
    '197.234.240.0/22',
    '198.41.128.0/17',
  ],
  ipv6: ['2400:cb00::/32', '2405:8100::/32', '2405:b500::/32', '2606:4700::/32', '2803:f800::/32', '2a06:98c0::/29', '2c0f:f248::/32'],
} as const;

/** Header in which Cloudflare tells the address of the visitor ("Cloudflare HTTP headers"); it replaces what a visitor sends under it. */
export const visitorAddressHeader = 'cf-connecting-ip';

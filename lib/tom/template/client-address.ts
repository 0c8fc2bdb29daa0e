// The addresses of Cloudflare, and the header from which collectors and the web ACL read the client address.
// (TOM-4.11, TOM-4.13)
import type { DeploymentFacts } from './assembly';

/** Header in which Cloudflare passes on the address of the visitor. */
export const cloudflareAddressHeader = 'cf-connecting-ip';

/**
 * Source of the client address: the header of Cloudflare, where it is declared, or the header to which the load
 * balancer appends.
 */
export const clientAddressSource = ({ cloudflare = false }: DeploymentFacts): 'cf-connecting-ip' | 'x-forwarded-for' =>
  cloudflare ? cloudflareAddressHeader : 'x-forwarded-for';

/**
 * Published address ranges of Cloudflare (https://www.cloudflare.com/ips). Repeated here, so that another list in
 * lib/edge/cloudflare-ranges.ts is a finding. A new range is added in both places.
 */
export const cloudflareRanges = {
  IPv4: [
    ...['103.21.244.0/22', '103.22.200.0/22', '103.31.4.0/22', '104.16.0.0/13', '104.24.0.0/14', '108.162.192.0/18', '131.0.72.0/22'],
    ...['141.101.64.0/18', '162.158.0.0/15', '172.64.0.0/13', '173.245.48.0/20', '188.114.96.0/20', '190.93.240.0/20'],
    ...['197.234.240.0/22', '198.41.128.0/17'],
  ],
  IPv6: ['2400:cb00::/32', '2405:8100::/32', '2405:b500::/32', '2606:4700::/32', '2803:f800::/32', '2a06:98c0::/29', '2c0f:f248::/32'],
} as const;

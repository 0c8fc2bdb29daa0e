// The part of clauses of the edge that a configuration leaves to Cloudflare.
import type { KeptOutside } from '../clause';

/** The firewall before hits. (TOM-4.11, DSS-6.4.1) */
export const hitsAtCloudflare: KeptOutside = {
  where: '`edge.cloudflare.hitFirewall` is `cloudflare`',
  keeper: 'for hits it rests on the managed rules, rate limits and logs of Cloudflare, which no template shows',
  applies: ({ edge }) => edge.cloudflare?.hitFirewall === 'cloudflare',
};

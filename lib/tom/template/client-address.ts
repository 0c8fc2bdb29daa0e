// The header from which collectors and the web ACL read the client address. (TOM-4.11, TOM-4.13)
import type { DeploymentFacts } from './assembly';

/** Header in which Cloudflare passes on the address of the visitor. */
export const cloudflareAddressHeader = 'cf-connecting-ip';

/**
 * Source of the client address: the header of Cloudflare, where it is declared, or the header to which the load
 * balancer appends.
 */
export const clientAddressSource = ({ cloudflare = false }: DeploymentFacts): 'cf-connecting-ip' | 'x-forwarded-for' =>
  cloudflare ? cloudflareAddressHeader : 'x-forwarded-for';

// Domain names of the allow lists, and the domains whose names untrusted owners can register.
import { getPublicSuffix } from 'tldts';

/**
 * Domains whose owners assign subdomains to customers and that are not on the Public Suffix List (publicsuffix.org;
 * both of its sections contain co.uk, github.io and cloudfront.net). The domain itself and, for AWS, the domain of a
 * region.
 */
const sharedDomains =
  /^(?:amazonaws\.com(?:\.cn)?|[a-z-]+-\d\.amazonaws\.com|amazoncognito\.com|api\.aws|on\.aws|windows\.net|azure\.com)$/;

/**
 * Whether the subdomains of `domain` (without a leading dot or star) belong to more than one owner: a top-level
 * domain, a public suffix or a shared domain. A value that is not a domain in plain text counts as the widest.
 */
export function isOpenToUntrustedNames(domain: string): boolean {
  if (!/^[a-z0-9_-]+(?:\.[a-z0-9_-]+)+\.?$/i.test(domain)) return true;
  const bare = domain.toLowerCase().replace(/\.$/, '');
  return sharedDomains.test(bare) || getPublicSuffix(bare, { allowPrivateDomains: true, extractHostname: false }) === bare;
}

/**
 * Domains of AWS with the names of the stack's own buckets and databases, beside those of other customers. DNS must
 * resolve all subdomains; the policy of the gateway endpoint, network ACLs and security groups limit which of them can
 * be reached.
 */
export const containsStackResources = (domain: string, region: string): boolean =>
  [`s3.${region}.amazonaws.com`, `s3.dualstack.${region}.amazonaws.com`, `${region}.rds.amazonaws.com`].includes(domain);

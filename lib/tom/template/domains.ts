// Domain names of the allow lists: which of them stand for names that strangers can have.
import { getPublicSuffix } from 'tldts';

/**
 * Domains whose owners give names below them to customers, beside what the Public Suffix List has (publicsuffix.org, both of its
 * sections, where co.uk, github.io and cloudfront.net are). The domain itself and, of AWS, that of a region.
 */
const handedOut = /^(?:amazonaws\.com(?:\.cn)?|[a-z-]+-\d\.amazonaws\.com|amazoncognito\.com|api\.aws|on\.aws|windows\.net|azure\.com)$/;

/**
 * Whether everything below `domain` (without a leading dot or star) would be admitted to more than one owner: a top-level domain,
 * a public suffix, or a domain that is handed out. What is no domain in plain text counts as the widest.
 */
export function isOpenToUntrustedNames(domain: string): boolean {
  if (!/^[a-z0-9_-]+(?:\.[a-z0-9_-]+)+\.?$/i.test(domain)) return true;
  const bare = domain.toLowerCase().replace(/\.$/, '');
  return handedOut.test(bare) || getPublicSuffix(bare, { allowPrivateDomains: true, extractHostname: false }) === bare;
}

/**
 * Domains of AWS in which the stack's own buckets and databases have their names, beside those of strangers. DNS must answer for all
 * below them; which may be reached is said by the policy of the gateway endpoint, and by network ACLs and security groups.
 */
export const hasNamesOfTheStack = (domain: string, region: string): boolean =>
  [`s3.${region}.amazonaws.com`, `s3.dualstack.${region}.amazonaws.com`, `${region}.rds.amazonaws.com`].includes(domain);

// Domains that assign subdomains to customers: a rule that allows such a domain allows the subdomains of all of them.
import { getPublicSuffix } from 'tldts';

/**
 * Domains whose owner gives names below them to its customers, at any depth. The Public Suffix List has only the
 * levels at which the owner does so today, such as s3.eu-west-3.amazonaws.com, and not those above or beside them.
 */
const providerDomains = [
  'amazonaws.com',
  'amazoncognito.com',
  'api.aws',
  'azure.com',
  'fastly.net',
  'linode.com',
  'on.aws',
  'oraclecloud.com',
  'ovh.net',
  'windows.net',
] as const;

/**
 * Whether `name`, in the notation of `network.allowedDomains`, assigns subdomains to customers: a public suffix such
 * as co.uk, github.io or cloudfront.net (publicsuffix.org, both of its sections), or, with a leading dot, any domain
 * within a provider's domain. A single host of such a domain is allowed. (TOM-6.6)
 */
export function isShared(name: string): boolean {
  const bare = name.replace(/^\./, '');
  const dotted = bare !== name;
  if (getPublicSuffix(bare, { allowPrivateDomains: true, extractHostname: false }) === bare) return true;
  return providerDomains.some((domain) => bare === domain || (dotted && bare.endsWith(`.${domain}`)));
}

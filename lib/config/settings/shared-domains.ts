// Domains below which strangers have names: whoever admits one admits them.
import { getPublicSuffix } from 'tldts';

/**
 * Domains whose owner gives names below them to its customers, at any depth. The Public Suffix List has only the places where it
 * does so today, such as s3.eu-west-3.amazonaws.com, and not what is above or beside them.
 */
const handedOut = [
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
 * Whether `name`, a domain in the notation of `network.allowedDomains`, is one below which anybody can have a name: a public suffix
 * such as co.uk, github.io or cloudfront.net (publicsuffix.org, both of its sections), or, where a leading dot admits all below it,
 * any part of a domain that is handed out. A single host of such a domain is admitted. (TOM-6.6)
 */
export function isShared(name: string): boolean {
  const bare = name.replace(/^\./, '');
  const dotted = bare !== name;
  if (getPublicSuffix(bare, { allowPrivateDomains: true, extractHostname: false }) === bare) return true;
  return handedOut.some((domain) => bare === domain || (dotted && bare.endsWith(`.${domain}`)));
}

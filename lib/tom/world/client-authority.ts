// The certificates of the authority whose clients the load balancer accepts behind Cloudflare. (TOM-4.11)
import { X509Certificate } from 'node:crypto';
import { uploadedFile } from '../template/uploaded-files';
import { fill, leafForm } from './form';
import { assetBucket } from './functions-code';

const block = /-----BEGIN CERTIFICATE-----\n[A-Za-z0-9+/=\n]+\n-----END CERTIFICATE-----\n?/g;

/** Names of the authority that Cloudflare shares among its customers: any of them would reach the deployment. */
const sharedAuthority = /cloudflare/i;

/** Key of a file that the deployment uploads, with certificates of authorities of one's own and nothing else. */
export const uploadedAuthority = leafForm(
  'the key of an uploaded file that holds certificates of your own authority and nothing else',
  (key, context) => {
    const { resource, facts } = context;
    const file = typeof key === 'string' ? uploadedFile(resource.stack, facts, fill(assetBucket, context), key) : undefined;
    return file !== undefined && isOwnAuthority(file.content.toString('utf8').replaceAll('\r\n', '\n'));
  },
);

function isOwnAuthority(text: string): boolean {
  const blocks = text.match(block) ?? [];
  return blocks.length > 0 && text.replace(block, '').trim() === '' && blocks.every(isAuthority);
}

function isAuthority(pem: string): boolean {
  try {
    const { ca, subject, issuer } = new X509Certificate(pem);
    return ca && !sharedAuthority.test(`${subject} ${issuer}`);
  } catch {
    return false;
  }
}

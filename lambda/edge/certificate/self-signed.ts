// A certificate of the deployment's own making, which stands in for one that clients trust.
// First: what @peculiar/x509 is built with asks for it when it is loaded.
import 'reflect-metadata';
import { webcrypto } from 'node:crypto';
import {
  BasicConstraintsExtension,
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  KeyUsageFlags,
  KeyUsagesExtension,
  SubjectAlternativeNameExtension,
  X509CertificateGenerator,
} from '@peculiar/x509';
import type { Material } from './certificate-store';
import { dayInMilliseconds } from './inspect';

/** Days that it is valid; browsers refuse what is valid for more than 398. */
const validDays = 365;

const algorithm = { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256', publicExponent: new Uint8Array([1, 0, 1]), modulusLength: 4096 };

/**
 * RSA 4096, SHA-256. Names and extensions stay the same from one to the next: ACM takes no new certificate under an ARN that has lost a
 * usage ("Reimporting a certificate").
 */
export async function selfSigned(domain: string, now: Date): Promise<Material> {
  const keys = await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
  const certificate = await X509CertificateGenerator.createSelfSigned({
    // The common name holds 64 characters (RFC 5280, appendix A.1), a domain up to 253: the alternative name is what counts.
    name: [{ CN: [domain.slice(0, 64)] }],
    // An hour ago: clocks differ.
    notBefore: new Date(now.getTime() - 3_600_000),
    notAfter: new Date(now.getTime() + validDays * dayInMilliseconds),
    keys,
    signingAlgorithm: algorithm,
    extensions: [
      new BasicConstraintsExtension(false, undefined, true),
      new KeyUsagesExtension(KeyUsageFlags.digitalSignature | KeyUsageFlags.keyEncipherment, true),
      new ExtendedKeyUsageExtension([ExtendedKeyUsage.serverAuth]),
      new SubjectAlternativeNameExtension([{ type: 'dns', value: domain }]),
    ],
  });
  const pkcs8 = Buffer.from(await webcrypto.subtle.exportKey('pkcs8', keys.privateKey)).toString('base64');
  const lines = pkcs8.match(/.{1,64}/g) ?? [];
  return {
    certificate: certificate.toString('pem'),
    chain: '',
    privateKey: ['-----BEGIN PRIVATE KEY-----', ...lines, '-----END PRIVATE KEY-----', ''].join('\n'),
  };
}

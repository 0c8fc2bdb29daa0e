// Generates a self-signed certificate, in place of one that clients trust.
// Must be the first import: @peculiar/x509 requires it when it is loaded.
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

/** Validity in days; browsers reject more than 398. */
const validDays = 365;

const algorithm = { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256', publicExponent: new Uint8Array([1, 0, 1]), modulusLength: 4096 };

/**
 * RSA 4096, SHA-256. Names and extensions never change: ACM rejects a reimport that lacks a key usage ("Reimporting a
 * certificate").
 */
export async function selfSignedCertificate(domain: string, now: Date): Promise<Material> {
  const keys = await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
  const certificate = await X509CertificateGenerator.createSelfSigned({
    // A common name has at most 64 characters (RFC 5280, appendix A.1), a domain up to 253: clients check the
    // alternative name.
    name: [{ CN: [domain.slice(0, 64)] }],
    // One hour of clock skew.
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

// Requests for personal certificates, which people make beside their keys. (PKCS #10, RFC 2986)
// Must be the first import: @peculiar/x509 requires it when it is loaded.
import 'reflect-metadata';
import { createHash, createPublicKey, type KeyObject } from 'node:crypto';
import { PemConverter, Pkcs10CertificateRequest } from '@peculiar/x509';
import { checkPerson } from './names';
import { messageOf, refusal, shown } from './refusal';

/** Length of every key, in bits ("Mutual authentication in AWS Client VPN"). */
export const modulusBits = 2048;

/** A request that was checked. */
export interface CertificateRequest {
  readonly person: string;
  /** SubjectPublicKeyInfo in DER. */
  readonly publicKey: Buffer;
  /** SHA-256 of the public key, in hexadecimal digits. */
  readonly keyDigest: string;
}

const again = 'make another request with npm run vpn -- request';

/**
 * Reads a request: the person, and the public key whose private key signed it. Extensions that the request contains
 * are not read: the authority alone decides them.
 *
 * @throws Refusal unless it is one request in PEM with a subject of one common name, a key of RSA 2048 and its
 * signature
 */
export async function readCertificateRequest(pem: string): Promise<CertificateRequest> {
  const request = parse(pem);
  const names = request.subjectName.toJSON().flatMap((part) => Object.entries(part));
  const [[type, values = []] = []] = names;
  if (names.length !== 1 || type !== 'CN' || values.length !== 1)
    throw refusal('request', 'a subject with the name of the person only', shown(request.subject), again);
  const person = checkPerson(String(values[0]));
  const publicKey = Buffer.from(request.publicKey.rawData);
  checkKey(publicKey);
  await checkSignature(request);
  return { person, publicKey, keyDigest: digestOf(publicKey) };
}

/** SHA-256 of a public key, in hexadecimal digits. */
const digestOf = (publicKey: Uint8Array): string => createHash('sha256').update(publicKey).digest('hex');

function parse(pem: string): Pkcs10CertificateRequest {
  const blocks = /-----BEGIN [A-Z ]*PRIVATE KEY-----/.test(pem) ? [] : blocksOf(pem);
  const [block, ...others] = blocks;
  if (!block || others.length > 0) {
    const got =
      blocks.length === 0 && pem.includes('PRIVATE KEY') ? 'a private key, which belongs to its person only' : shown(pem.slice(0, 40));
    throw refusal('request', 'one CERTIFICATE REQUEST in PEM', got, again);
  }
  try {
    return new Pkcs10CertificateRequest(block);
  } catch (error) {
    throw refusal('request', 'a request of PKCS #10', shown(messageOf(error)), again);
  }
}

function blocksOf(pem: string): readonly ArrayBuffer[] {
  try {
    return PemConverter.decodeWithHeaders(pem).flatMap(({ type, rawData }) =>
      /^(?:NEW )?CERTIFICATE REQUEST$/.test(type) ? [rawData] : [],
    );
  } catch {
    return [];
  }
}

function checkKey(der: Buffer): void {
  const key = keyOf(der);
  const { asymmetricKeyType: type, asymmetricKeyDetails: details } = key ?? {};
  const exponent = details?.publicExponent ?? 0n;
  if (!key || type !== 'rsa' || details?.modulusLength !== modulusBits || exponent < 65_537n) {
    const size = details?.modulusLength ?? details?.namedCurve;
    const got = key
      ? [type, size, exponent > 0n && exponent < 65_537n ? `with exponent ${exponent}` : ''].filter(Boolean).join(' ')
      : 'another one';
    throw refusal('request', `a key of RSA ${modulusBits} with exponent 65537`, got, again);
  }
}

function keyOf(der: Buffer): KeyObject | undefined {
  try {
    return createPublicKey({ key: der, format: 'der', type: 'spki' });
  } catch {
    return undefined;
  }
}

/** Hash functions of signatures by RSA that a request may have (RFC 8017, appendix A.2.4). */
const hashes = ['SHA-256', 'SHA-384', 'SHA-512'];

async function checkSignature(request: Pkcs10CertificateRequest): Promise<void> {
  const { name, hash } = request.signatureAlgorithm as { name: string; hash?: { name: string } | string };
  const hashName = typeof hash === 'string' ? hash : (hash?.name ?? 'none');
  if (name !== 'RSASSA-PKCS1-v1_5' || !hashes.includes(hashName))
    throw refusal('request', `a signature of RSASSA-PKCS1-v1_5 with ${hashes.join(', ')}`, `${name} with ${hashName}`, again);
  if (!(await request.verify().catch(() => false)))
    throw refusal('request', 'a signature by the key of the request', 'another signature', again);
}

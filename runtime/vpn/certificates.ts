// Certificates of the VPN: the authority's, people's and the server's. (DSS-5.6.5, TOM-3.2)
// Must be the first import: @peculiar/x509 requires it when it is loaded.
import 'reflect-metadata';
import { randomBytes, X509Certificate as X509 } from 'node:crypto';
import {
  AuthorityKeyIdentifierExtension,
  BasicConstraintsExtension,
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  type Extension,
  KeyUsageFlags,
  KeyUsagesExtension,
  PublicKey,
  SubjectAlternativeNameExtension,
  SubjectKeyIdentifierExtension,
  X509Certificate,
  X509CertificateGenerator,
} from '@peculiar/x509';
import { commonNameOf } from './names';
import { refusal } from './refusal';
import { signingBy } from './signing';
import type { SigningKey } from './signing-key';

export const dayInMilliseconds = 86_400_000;

/** Validity of the authority's certificate, and of the server's, in days. */
const authorityDays = 3650;
const serverDays = 730;

/** A certificate is valid from a time before its issue, for clocks that are behind. In milliseconds. */
const clockSkew = 3_600_000;

/** The authority: its certificate in PEM, and the key that signs for it. */
export interface Authority {
  readonly certificate: string;
  readonly key: SigningKey;
}

/** An issued certificate. */
export interface Issued {
  /** In PEM. */
  readonly certificate: string;
  /** Serial number: 32 lower-case hexadecimal digits. */
  readonly serial: string;
  readonly commonName: string;
  readonly issued: Date;
  readonly expires: Date;
}

/** A time to the second, as certificates state it. */
const toSecond = (time: number): Date => new Date(Math.floor(time / 1000) * 1000);

/**
 * A random serial number: 16 bytes, positive, with 126 random bits; RFC 5280, section 4.1.2.2, allows 20 bytes. The
 * first byte is 40 to 7f, so that every program prints the same 32 digits.
 */
function newSerial(): string {
  const bytes = randomBytes(16);
  bytes[0] = 0x40 | ((bytes[0] ?? 0) & 0x3f);
  return bytes.toString('hex');
}

/**
 * A certificate of the authority for its own key, valid for ten years. It signs certificates and lists, no authority.
 */
export async function authorityCertificate(key: SigningKey, deployment: string, now: Date): Promise<string> {
  const publicKey = new PublicKey(await key.publicKey());
  const name = [{ CN: [`${deployment} VPN authority`] }];
  const extensions = [
    new BasicConstraintsExtension(true, 0, true),
    new KeyUsagesExtension(KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign, true),
    await SubjectKeyIdentifierExtension.create(publicKey),
  ];
  const { crypto, ...signing } = signingBy(key);
  const [notBefore, notAfter] = validity(now, authorityDays);
  const made = await X509CertificateGenerator.create(
    { serialNumber: newSerial(), subject: name, issuer: name, publicKey, notBefore, notAfter, extensions, ...signing },
    crypto,
  );
  return pemOf(made);
}

/**
 * A personal certificate for `publicKey` (SubjectPublicKeyInfo in DER), valid for `days`. It identifies a client only.
 */
export const personCertificate = (
  authority: Authority,
  person: string,
  publicKey: Uint8Array,
  days: number,
  now: Date,
): Promise<Issued> => {
  const serial = newSerial();
  const usages = [
    new KeyUsagesExtension(KeyUsageFlags.digitalSignature, true),
    new ExtendedKeyUsageExtension([ExtendedKeyUsage.clientAuth]),
  ];
  return certificateOf(authority, { serial, commonName: commonNameOf(person, serial), publicKey, days, extensions: usages }, now);
};

/** The certificate of the VPN server, for its name, valid for two years. */
export const serverCertificate = (authority: Authority, name: string, publicKey: Uint8Array, now: Date): Promise<Issued> => {
  const extensions = [
    new KeyUsagesExtension(KeyUsageFlags.digitalSignature | KeyUsageFlags.keyEncipherment, true),
    new ExtendedKeyUsageExtension([ExtendedKeyUsage.serverAuth]),
    new SubjectAlternativeNameExtension([{ type: 'dns', value: name }]),
  ];
  return certificateOf(authority, { serial: newSerial(), commonName: name, publicKey, days: serverDays, extensions }, now);
};

interface Leaf {
  readonly serial: string;
  readonly commonName: string;
  readonly publicKey: Uint8Array;
  readonly days: number;
  readonly extensions: readonly Extension[];
}

/** No certificate outlives the authority: a shorter one is issued near its end. */
async function certificateOf(authority: Authority, { serial, commonName, days, ...leaf }: Leaf, now: Date): Promise<Issued> {
  await checkAuthority(authority, now);
  const issuer = new X509Certificate(authority.certificate);
  const publicKey = new PublicKey(leaf.publicKey);
  const [notBefore, wanted] = validity(now, days);
  const notAfter = new Date(Math.min(wanted.getTime(), issuer.notAfter.getTime()));
  const extensions = [
    new BasicConstraintsExtension(false, undefined, true),
    ...leaf.extensions,
    await AuthorityKeyIdentifierExtension.create(issuer.publicKey),
    await SubjectKeyIdentifierExtension.create(publicKey),
  ];
  const { crypto, ...signing } = signingBy(authority.key);
  const subject = [{ CN: [commonName] }];
  const made = await X509CertificateGenerator.create(
    { serialNumber: serial, subject, issuer: issuer.subjectName, publicKey, notBefore, notAfter, extensions, ...signing },
    crypto,
  );
  return { certificate: pemOf(made), serial, commonName, issued: toSecond(now.getTime()), expires: notAfter };
}

/**
 * Checks that the authority is valid now and that its certificate is that of its key.
 *
 * @throws Refusal if it has expired, is not valid yet, or has another key
 */
export async function checkAuthority(authority: Authority, now: Date): Promise<void> {
  const { validFrom, validTo } = new X509(authority.certificate);
  if (new Date(validFrom) > now || new Date(validTo) <= now) {
    const remedy = 'check the clock, or renew the authority: npm run vpn -- init --renew-authority';
    throw refusal('authority', `a certificate that is valid at ${now.toISOString()}`, `one from ${validFrom} to ${validTo}`, remedy);
  }
  await checkAuthorityKey(authority);
}

/** Checks that the certificate of the authority is that of its key. @throws Refusal if it is not */
export async function checkAuthorityKey({ certificate, key }: Authority): Promise<void> {
  const { publicKey } = new X509(certificate);
  if (!publicKey.export({ format: 'der', type: 'spki' }).equals(await key.publicKey()))
    throw refusal(
      'authority',
      'the certificate of its key',
      `a certificate of another key than ${key.name}`,
      'name the key of the registry',
    );
}

const validity = (now: Date, days: number): readonly [notBefore: Date, notAfter: Date] => [
  toSecond(now.getTime() - clockSkew),
  toSecond(now.getTime() + days * dayInMilliseconds),
];

const pemOf = (certificate: X509Certificate): string => `${certificate.toString('pem')}\n`;

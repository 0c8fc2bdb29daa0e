// The revocation list: which certificates of the authority are void. (RFC 5280, section 5; TOM-3.2)
// Must be the first import: @peculiar/x509 requires it when it is loaded.
import 'reflect-metadata';
import { AuthorityKeyIdentifierExtension, Extension, PemConverter, X509Certificate, X509Crl, X509CrlGenerator } from '@peculiar/x509';
import { type Authority, dayInMilliseconds } from './certificates';
import { listedEntries, type Registry, reasons } from './registry';
import { signingBy } from './signing';
import type { SigningKey } from './signing-key';

/** OID of the number of a list (RFC 5280, section 5.2.3). */
const crlNumber = '2.5.29.20';

/** Label that other programs read; the library writes `CRL`. */
const label = 'X509 CRL';

/**
 * The list of a registry in PEM, signed by the authority. It follows from the registry alone: the same registry has
 * the same list, to the byte.
 */
export async function revocationList(registry: Registry, key: SigningKey): Promise<string> {
  const authority: Authority = { certificate: registry.authority, key };
  const issuer = new X509Certificate(authority.certificate);
  const { crypto, ...signing } = signingBy(key);
  const list = await X509CrlGenerator.create(
    {
      issuer: issuer.subjectName,
      thisUpdate: new Date(registry.list.thisUpdate),
      nextUpdate: new Date(registry.list.nextUpdate),
      entries: listedEntries(registry).map(({ serial, revoked }) => ({
        serialNumber: serial,
        ...(revoked ? { revocationDate: new Date(revoked.at), reason: reasons[revoked.reason] as number } : {}),
      })),
      extensions: [
        await AuthorityKeyIdentifierExtension.create(issuer.publicKey),
        new Extension(crlNumber, false, integer(registry.list.number)),
      ],
      ...signing,
    },
    crypto,
  );
  return `${PemConverter.encode(list.rawData, label)}\n`;
}

/** A positive integer in DER. */
function integer(value: number): Uint8Array<ArrayBuffer> {
  const hex = value.toString(16);
  const bytes = Buffer.from(hex.length % 2 === 1 ? `0${hex}` : hex, 'hex');
  const content = (bytes[0] ?? 0) > 0x7f ? Buffer.concat([Buffer.of(0), bytes]) : bytes;
  return new Uint8Array([0x02, content.length, ...content]);
}

/** What a list states about itself. */
export interface ListFacts {
  readonly number: number;
  readonly nextUpdate: Date;
  /** Serial numbers of its entries. */
  readonly serials: readonly string[];
}

/** Reads a list in PEM; undefined for any other text. Its signature is not checked. */
export function readRevocationList(pem: string): ListFacts | undefined {
  try {
    const [der] = PemConverter.decode(pem);
    if (!der) return undefined;
    const list = new X509Crl(der);
    const value = list.getExtension(crlNumber)?.value;
    if (!value || !list.nextUpdate) return undefined;
    const number = Number.parseInt(Buffer.from(value).subarray(2).toString('hex'), 16);
    return { number, nextUpdate: list.nextUpdate, serials: list.entries.map(({ serialNumber }) => serialNumber) };
  } catch {
    return undefined;
  }
}

/** Days until a time, negative after it. */
export const daysUntil = (time: Date, now: Date): number => (time.getTime() - now.getTime()) / dayInMilliseconds;

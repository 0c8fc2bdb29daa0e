// Issues and renews personal certificates.

import type { CertificateRequest } from './certificate-request';
import { personCertificate } from './certificates';
import { refusal } from './refusal';
import { checkRegistration, type Entry, entryOf, type Registry, withCertificate } from './registry';
import type { RegistryStore } from './registry-store';
import type { SigningKey } from './signing-key';

/** Validity of a personal certificate, in days; 90 as for other credentials of administrators (TOM-3.8). */
export const defaultDays = 90;
export const mostDays = 365;

export interface IssueOptions {
  /** Validity in days, 1 to {@link mostDays}. */
  readonly days: number;
  /** Whether the person may have another valid certificate, for another device. */
  readonly additional: boolean;
  /** Serial number of the certificate that this one renews. @default - none */
  readonly renews?: string;
  readonly now: Date;
}

/**
 * Issues a certificate for a request: signs it, then registers it. If the key does not answer or the registry refuses,
 * nothing is issued: the signed certificate exists in this process only, and the connection handler admits none that
 * is not registered.
 *
 * @returns the registered certificate
 * @throws Refusal if the person or key may have none, the days are out of bounds, or a part does not answer
 */
export async function issueCertificate(
  store: RegistryStore,
  key: SigningKey,
  { person, publicKey, keyDigest }: CertificateRequest,
  { days, additional, renews, now }: IssueOptions,
): Promise<Entry> {
  if (!Number.isSafeInteger(days) || days < 1 || days > mostDays)
    throw refusal('days', `a whole number from 1 to ${mostDays}`, String(days), 'choose another number');
  const registration = { person, keyDigest, additional, ...(renews === undefined ? {} : { renews }) };
  const before = await store.read();
  checkRegistration(before, registration, now);
  const issued = await personCertificate({ certificate: before.authority, key }, person, publicKey, days, now);
  const after = await store.change((registry: Registry) => {
    if (registry.authority !== before.authority)
      throw refusal('authority', 'the one that signed', 'another one, which replaced it', 'run the command again');
    return withCertificate(registry, { ...registration, issued }, now);
  });
  return entryOf(after, issued.serial);
}

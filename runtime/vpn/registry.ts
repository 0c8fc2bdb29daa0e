// The registry of the VPN: the authority, the certificates that it issued, their revocations, and the revocation list.
// Pure: each change returns another registry. (DSS-5.6.5)
import type { Issued } from './certificates';
import { checkPerson } from './names';
import { refusal, shown } from './refusal';

/** Reasons of a revocation, as people state them, with the code of the list (RFC 5280, section 5.3.1). */
export const reasons = { lost: 1, left: 3, superseded: 4, unused: 5 } as const;
export type Reason = keyof typeof reasons;

/** One personal certificate. Times are ISO 8601 in UTC. */
export interface Entry {
  readonly person: string;
  readonly serial: string;
  readonly commonName: string;
  readonly issued: string;
  readonly expires: string;
  /** SHA-256 of the public key, in hexadecimal digits. */
  readonly keyDigest: string;
  /** In PEM. */
  readonly certificate: string;
  /** Serial number of the certificate that this one renews. @default - none */
  readonly renews?: string;
  /** @default - not revoked */
  readonly revoked?: { readonly at: string; readonly reason: Reason };
}

/** The certificate of the server. */
export interface ServerEntry {
  readonly name: string;
  readonly serial: string;
  readonly expires: string;
  /** In PEM. */
  readonly certificate: string;
  /** Its place: the ARN in ACM, or a file. */
  readonly place: string;
}

/** The revocation list as it was last made. Its entries follow from the certificates. */
export interface ListState {
  readonly number: number;
  readonly thisUpdate: string;
  readonly nextUpdate: string;
}

export interface Registry {
  readonly format: 1;
  /** Certificate of the authority, in PEM. */
  readonly authority: string;
  /** @default - not issued yet */
  readonly server?: ServerEntry;
  readonly list: ListState;
  readonly certificates: readonly Entry[];
}

export type Status = 'valid' | 'expired' | 'revoked';

/** Status of a certificate at a time. A revoked certificate stays revoked after its end. */
export const statusOf = (entry: Entry, now: Date): Status =>
  entry.revoked ? 'revoked' : new Date(entry.expires) <= now ? 'expired' : 'valid';

export const validCertificatesOf = ({ certificates }: Registry, person: string, now: Date): readonly Entry[] =>
  certificates.filter((entry) => entry.person === person && statusOf(entry, now) === 'valid');

/** Days that a list is valid; it is renewed every week. */
export const listDays = 30;

/** Most entries of a list ("AWS Client VPN quotas"). */
export const mostRevoked = 20_000;

/** A registry without certificates, with its first list. */
export const emptyRegistry = (authority: string, now: Date): Registry => ({
  format: 1,
  authority,
  list: { number: 1, ...listTimes(now) },
  certificates: [],
});

/** Times of a list that is made now. It is valid from five minutes before, for clocks that are behind. */
const listTimes = (now: Date) => {
  const thisUpdate = Math.floor(now.getTime() / 1000) * 1000 - 300_000;
  return { thisUpdate: new Date(thisUpdate).toISOString(), nextUpdate: new Date(thisUpdate + listDays * 86_400_000).toISOString() };
};

/** The registry with the next list: a greater number, and `listDays` from now. */
export const withNextList = (registry: Registry, now: Date): Registry => ({
  ...registry,
  list: { number: registry.list.number + 1, ...listTimes(now) },
});

/** A certificate to be registered. */
export interface Registration {
  readonly person: string;
  readonly keyDigest: string;
  readonly issued: Issued;
  /** Whether the person may have another valid certificate, for another device. */
  readonly additional: boolean;
  /** Serial number of the certificate that this one renews. */
  readonly renews?: string;
}

/**
 * The registry with a certificate.
 *
 * @throws Refusal as {@link checkRegistration}, or if the serial number or common name is taken
 */
export function withCertificate(registry: Registry, registration: Registration, now: Date): Registry {
  checkRegistration(registry, registration, now);
  const { person, keyDigest, renews, issued } = registration;
  const { serial, commonName, certificate } = issued;
  if (registry.certificates.some((entry) => entry.serial === serial || entry.commonName === commonName))
    throw refusal('registry', 'a serial number that no certificate has', serial, 'run the command again');
  const times = { issued: issued.issued.toISOString(), expires: issued.expires.toISOString() };
  const entry: Entry = { person, serial, commonName, ...times, keyDigest, certificate, ...(renews === undefined ? {} : { renews }) };
  return { ...registry, certificates: [...registry.certificates, entry] };
}

/**
 * Checks that a person may get a certificate for a key: the key has none yet, and the person has none that is valid,
 * unless it is additional or renews one.
 *
 * @throws Refusal with the certificate that is in the way
 */
export function checkRegistration(registry: Registry, registration: Omit<Registration, 'issued'>, now: Date): void {
  const { person, keyDigest, additional, renews } = registration;
  checkPerson(person);
  const sameKey = registry.certificates.find((entry) => entry.keyDigest === keyDigest);
  if (sameKey) {
    const remedy = 'write its profile with npm run vpn -- profile --serial, or make another key and request';
    throw refusal('request', 'a key without a certificate', `the key of ${describe(sameKey)}`, remedy);
  }
  if (renews !== undefined) checkRenewal(registry, person, renews, now);
  else {
    const [valid] = validCertificatesOf(registry, person, now);
    if (!valid || additional) return;
    const remedy = 'renew it, revoke it, or add --additional for another device';
    throw refusal(person, 'no valid certificate', describe(valid), remedy);
  }
}

function checkRenewal(registry: Registry, person: string, serial: string, now: Date): void {
  const old = entryOf(registry, serial);
  if (old.person !== person) throw refusal(person, 'a certificate of the person', describe(old), 'name the certificate of the person');
  const status = statusOf(old, now);
  if (status !== 'valid')
    throw refusal(person, 'a certificate that is valid', `${status}: ${describe(old)}`, 'issue a certificate instead');
  const renewal = registry.certificates.find(({ renews, revoked }) => renews === serial && !revoked);
  if (renewal) throw refusal(person, 'a certificate that is not renewed yet', describe(renewal), 'use the renewal, or revoke it first');
}

/** The certificate with a serial number. @throws Refusal if there is none */
export function entryOf(registry: Registry, serial: string): Entry {
  const found = registry.certificates.find((entry) => entry.serial === serial);
  if (!found) throw refusal('serial', 'the serial number of a personal certificate', shown(serial), 'run npm run vpn -- list');
  return found;
}

/** Certificates that a revocation means: one by its serial number, or all of a person. */
export type Selection = { readonly serial: string } | { readonly person: string };

/** @throws Refusal if the person or the serial number has no certificate */
export function selected(registry: Registry, selection: Selection): readonly Entry[] {
  if ('serial' in selection) return [entryOf(registry, selection.serial)];
  const found = registry.certificates.filter(({ person }) => person === checkPerson(selection.person));
  if (found.length === 0) throw refusal('person', 'a person with a certificate', shown(selection.person), 'run npm run vpn -- list');
  return found;
}

/**
 * The registry with the selected certificates revoked, and the next list. A certificate that is revoked already keeps
 * its time and reason; expired ones are not revoked. The same registry if none is left to revoke.
 *
 * @throws Refusal as {@link selected}, or if the list would have more entries than Client VPN accepts
 */
export function withRevocation(registry: Registry, selection: Selection, reason: Reason, now: Date): Registry {
  const serials = new Set(
    selected(registry, selection)
      .filter((entry) => statusOf(entry, now) === 'valid')
      .map(({ serial }) => serial),
  );
  if (serials.size === 0) return registry;
  const revoked = { at: new Date(Math.floor(now.getTime() / 1000) * 1000).toISOString(), reason };
  const certificates = registry.certificates.map((entry) => (serials.has(entry.serial) ? { ...entry, revoked } : entry));
  const next = withNextList({ ...registry, certificates }, now);
  const { length } = listedEntries(next);
  if (length <= mostRevoked) return next;
  throw refusal('revocation list', `at most ${mostRevoked} entries`, String(length), 'begin another registry with another key');
}

/** Days after its end for which a revoked certificate stays on the list (RFC 5280, section 3.3: one list at least). */
const listedAfterEnd = 2 * listDays;

/** The revoked certificates that the list of the registry contains, in the order of their issue. */
export const listedEntries = ({ certificates, list }: Registry): readonly Entry[] =>
  certificates.filter(({ revoked, expires }) => revoked && Date.parse(expires) + listedAfterEnd * 86_400_000 > Date.parse(list.thisUpdate));

/** A certificate in words. */
export const describe = ({ person, serial, expires }: Entry): string => `certificate ${serial} of ${person}, which ends ${expires}`;

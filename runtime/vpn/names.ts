// Names of people and of their certificates.
import { refusal, shown } from './refusal';

/** Longest common name of a certificate, in characters (RFC 5280, appendix A.1, `ub-common-name`). */
const longestCommonName = 64;

/** Digits of the serial number in a common name: 64 bits. */
const serialDigits = 16;

/** Longest name of a person, in characters. */
export const longestPerson = longestCommonName - serialDigits - 1;

/**
 * Checks the name of a person: a login name or an e-mail address. Lower case and ASCII, so that no two names look
 * alike and none has two spellings.
 *
 * @throws Refusal for any other text
 */
export function checkPerson(person: string): string {
  if (person.length <= longestPerson && /^[a-z0-9]+(?:[._-][a-z0-9]+)*(?:@[a-z0-9]+(?:[.-][a-z0-9]+)*)?$/.test(person)) return person;
  const expected = `1 to ${longestPerson} lower-case letters, digits, and . _ - or one @ between them`;
  throw refusal('person', expected, shown(person), 'name the person by login name or e-mail address');
}

/**
 * The common name of a personal certificate: `<person>-<first digits of the serial number>`. Client VPN passes only
 * the common name to its connection handler and lists only that with a connection, so it identifies one certificate,
 * not one person. ("Connection authorization in AWS Client VPN")
 */
export const commonNameOf = (person: string, serial: string): string => `${person}-${serial.slice(0, serialDigits)}`;

/**
 * Checks the name of the server: a domain of at most 64 characters, which clients compare with the certificate.
 *
 * @throws Refusal for any other text
 */
export function checkServerName(name: string): string {
  if (name.length <= longestCommonName && /^(?=.*\.)[a-z0-9]+(?:[.-][a-z0-9]+)*$/.test(name)) return name;
  throw refusal('server name', `a domain of at most ${longestCommonName} characters`, shown(name), 'choose another one');
}

// The registry: who may get a certificate, what a revocation changes, and what a damaged registry does.
import { readRegistry } from '../../../runtime/vpn/read-registry';
import {
  checkRegistration,
  describe as described,
  type Entry,
  emptyRegistry,
  listDays,
  listedEntries,
  mostRevoked,
  type Registry,
  selected,
  statusOf,
  withCertificate,
  withRevocation,
} from '../../../runtime/vpn/registry';
import { inDays, now } from './parts';

const pem = '-----BEGIN CERTIFICATE-----\nAA==\n-----END CERTIFICATE-----\n';
const serialOf = (number: number): string => `4${number.toString(16).padStart(31, '0')}`;
const issuedOf = (number: number, days = 90) => {
  const serial = serialOf(number);
  return { certificate: pem, serial, commonName: `alice-${number}`, issued: now, expires: inDays(days) };
};
const registrationOf = (number: number, changed: object = {}) => ({
  person: 'alice',
  keyDigest: `key ${number}`,
  issued: issuedOf(number),
  additional: false,
  ...changed,
});
const empty = emptyRegistry(pem, now);
const one = withCertificate(empty, registrationOf(1), now);

test('a first certificate is registered, and read back as written', () => {
  expect(one.certificates).toMatchObject([{ person: 'alice', serial: serialOf(1), expires: inDays(90).toISOString() }]);
  expect(readRegistry(JSON.stringify(one), 'x')).toEqual(one);
  expect(empty.certificates).toEqual([]);
});

test('a person that exists twice is refused, unless it is another device', () => {
  expect(() => withCertificate(one, registrationOf(2), now)).toThrow(
    `alice: expected no valid certificate, got certificate ${serialOf(1)} of alice, which ends ${inDays(90).toISOString()}; renew it, revoke it`,
  );
  expect(withCertificate(one, registrationOf(2, { additional: true }), now).certificates).toHaveLength(2);
  expect(withCertificate(one, registrationOf(2), inDays(90)).certificates).toHaveLength(2);
  const revoked = withRevocation(one, { person: 'alice' }, 'lost', now);
  expect(withCertificate(revoked, registrationOf(2), now).certificates).toHaveLength(2);
});

test('a key has one certificate ever, and nobody has none', () => {
  const again = registrationOf(2, { keyDigest: 'key 1', additional: true });
  expect(() => withCertificate(one, again, now)).toThrow(`request: expected a key without a certificate, got the key of certificate`);
  expect(() => withCertificate(withRevocation(one, { person: 'alice' }, 'lost', now), again, now)).toThrow('make another key');
  expect(() => withCertificate(one, registrationOf(2, { person: '' }), now)).toThrow('person: expected');
});

test('a serial number and a common name are given once', () => {
  expect(() => withCertificate(one, registrationOf(2, { issued: issuedOf(1), additional: true }), now)).toThrow(
    'registry: expected a serial number',
  );
  const sameName = { ...issuedOf(2), commonName: 'alice-1' };
  expect(() => withCertificate(one, registrationOf(2, { issued: sameName, additional: true }), now)).toThrow('registry: expected');
});

test('a certificate is renewed once, by its person, while it is valid', () => {
  const renewal = registrationOf(2, { additional: true, renews: serialOf(1) });
  const renewed = withCertificate(one, renewal, now);
  expect(renewed.certificates.map(({ renews }) => renews)).toEqual([undefined, serialOf(1)]);
  expect(() => checkRegistration(renewed, registrationOf(3, { renews: serialOf(1) }), now)).toThrow('that is not renewed yet');
  const withdrawn = withRevocation(renewed, { serial: serialOf(2) }, 'lost', now);
  expect(() => checkRegistration(withdrawn, registrationOf(3, { renews: serialOf(1) }), now)).not.toThrow();
  expect(() => withCertificate(one, { ...renewal, person: 'bob' }, now)).toThrow('bob: expected a certificate of the person');
  expect(() => withCertificate(one, renewal, inDays(90))).toThrow('alice: expected a certificate that is valid, got expired');
  expect(() => withCertificate(withRevocation(one, { person: 'alice' }, 'lost', now), renewal, now)).toThrow('got revoked');
  expect(() => withCertificate(one, { ...renewal, renews: serialOf(9) }, now)).toThrow('serial: expected the serial number');
});

test('a revocation is kept as it was made first, and makes one list', () => {
  const revoked = withRevocation(one, { person: 'alice' }, 'lost', now);
  expect(revoked.certificates[0]?.revoked).toEqual({ at: now.toISOString(), reason: 'lost' });
  expect(revoked.list.number).toBe(2);
  expect(withRevocation(revoked, { serial: serialOf(1) }, 'left', inDays(1))).toBe(revoked);
  expect(statusOf(revoked.certificates[0] as Entry, inDays(1000))).toBe('revoked');
});

test('an expired certificate needs no revocation; a person or serial number without a certificate is refused', () => {
  expect(withRevocation(one, { person: 'alice' }, 'left', inDays(91))).toBe(one);
  expect(() => withRevocation(one, { person: 'bob' }, 'left', now)).toThrow('person: expected a person with a certificate, got "bob"');
  expect(() => withRevocation(one, { person: '' }, 'left', now)).toThrow('person: expected 1 to 47');
  expect(() => withRevocation(one, { serial: 'ü' }, 'left', now)).toThrow('serial: expected the serial number of a personal certificate');
  expect(selected(one, { person: 'alice' }).map(described)).toEqual([expect.stringContaining(serialOf(1))]);
});

test('a list is valid for 30 days, and has a certificate until two lists after its end', () => {
  const revoked = withRevocation(one, { person: 'alice' }, 'lost', now);
  const { thisUpdate, nextUpdate } = revoked.list;
  expect(Date.parse(nextUpdate) - Date.parse(thisUpdate)).toBe(listDays * 86_400_000);
  const listAt = (days: number): Registry => ({ ...revoked, list: { ...revoked.list, thisUpdate: inDays(days).toISOString() } });
  expect(listedEntries(listAt(149))).toHaveLength(1);
  expect(listedEntries(listAt(150))).toHaveLength(0);
});

test('more revocations than Client VPN accepts are refused, and change nothing', () => {
  const [entry] = one.certificates as [Entry];
  const revoked = { at: now.toISOString(), reason: 'left' } as const;
  const others = Array.from({ length: mostRevoked }, (_, index) => ({ ...entry, serial: serialOf(index + 10), person: 'bob', revoked }));
  const full = { ...one, certificates: [...others, entry] };
  expect(() => withRevocation(full, { person: 'alice' }, 'left', now)).toThrow(
    'revocation list: expected at most 20000 entries, got 20001',
  );
  const room = { ...full, certificates: full.certificates.slice(1) };
  expect(listedEntries(withRevocation(room, { person: 'alice' }, 'left', now))).toHaveLength(mostRevoked);
});

describe('a registry is refused that has', () => {
  const entry = (changed: object) => ({ certificates: [{ ...one.certificates[0], ...changed }] });
  test.each([
    ['no JSON', '{', 'a registry in JSON'],
    ['another format', { format: 2 }, 'a registry of format 1, got 2'],
    ['no authority', { authority: '' }, 'the certificate of the authority'],
    ['half a server', { server: { name: 'x' } }, 'the certificate of the server'],
    ['no list', { list: undefined }, 'the state of a revocation list'],
    ['a list number below 1', { list: { ...one.list, number: 0 } }, 'the state of a revocation list'],
    ['no certificates', { certificates: {} }, 'a list of certificates'],
    ['a certificate of nobody', entry({ person: '' }), 'a certificate'],
    ['an odd time', entry({ expires: '2026-13-01' }), 'a certificate'],
    ['a short serial number', entry({ serial: '41' }), 'a certificate'],
    ['an unknown reason', entry({ revoked: { at: now.toISOString(), reason: 'toString' } }), 'a certificate'],
    ['a revocation without time', entry({ revoked: { reason: 'lost' } }), 'a certificate'],
    ['two certificates alike', { certificates: [one.certificates[0], one.certificates[0]] }, 'certificates with a serial of their own'],
  ])('%s', (_, changed, expected) => {
    const text = typeof changed === 'string' ? changed : JSON.stringify({ ...one, ...changed });
    expect(() => readRegistry(text, 's3://b/k')).toThrow(`s3://b/k: expected ${expected}`);
  });
});

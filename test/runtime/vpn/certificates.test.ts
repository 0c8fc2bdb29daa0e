// The certificates as X.509 programs read them, and what the authority refuses to sign.
import 'reflect-metadata';
import { X509Certificate } from 'node:crypto';
import { ExtendedKeyUsageExtension, KeyUsagesExtension, X509Certificate as Parsed } from '@peculiar/x509';
import { authorityCertificate, checkAuthority, personCertificate, serverCertificate } from '../../../runtime/vpn/certificates';
import { inDays, MemoryKey, now, publicKeyOf, rsaKey } from './parts';

const key = new MemoryKey();
const owner = rsaKey();
const spki = publicKeyOf(owner);
const authority = async (at = now) => ({ certificate: await authorityCertificate(key, 'example', at), key });

test('a personal certificate identifies one client of the authority, until its end', async () => {
  const root = await authority();
  const issued = await personCertificate(root, 'alice', spki, 90, now);
  const certificate = new X509Certificate(issued.certificate);
  expect(certificate.checkIssued(new X509Certificate(root.certificate))).toBe(true);
  expect(certificate.verify(new X509Certificate(root.certificate).publicKey)).toBe(true);
  expect(certificate.checkPrivateKey(owner)).toBe(true);
  expect(certificate).toMatchObject({ ca: false, subject: `CN=${issued.commonName}`, serialNumber: issued.serial.toUpperCase() });
  expect(new Date(certificate.validTo)).toEqual(inDays(90));
  expect(issued).toMatchObject({ expires: inDays(90), issued: now, serial: expect.stringMatching(/^[4-7][0-9a-f]{31}$/) });
  const parsed = new Parsed(issued.certificate);
  expect(parsed.getExtension(ExtendedKeyUsageExtension)?.usages).toEqual(['1.3.6.1.5.5.7.3.2']);
  expect(parsed.getExtension(KeyUsagesExtension)?.usages).toBe(1);
});

test('the authority signs certificates and lists, and no other authority', async () => {
  const { certificate } = await authority();
  const root = new X509Certificate(certificate);
  expect(root).toMatchObject({ ca: true, subject: 'CN=example VPN authority', issuer: root.subject });
  expect(new Parsed(certificate).getExtension(KeyUsagesExtension)?.usages).toBe(32 + 64);
});

test('the certificate of the server is for its name, and for servers only', async () => {
  const { certificate } = await serverCertificate(await authority(), 'vpn.example.com', spki, now);
  expect(new X509Certificate(certificate).checkHost('vpn.example.com')).toBe('vpn.example.com');
  expect(new Parsed(certificate).getExtension(ExtendedKeyUsageExtension)?.usages).toEqual(['1.3.6.1.5.5.7.3.1']);
});

test('serial numbers differ', async () => {
  const root = await authority();
  const issued = await Promise.all(Array.from({ length: 20 }, () => personCertificate(root, 'alice', spki, 1, now)));
  expect(new Set(issued.map(({ serial }) => serial)).size).toBe(20);
  expect(new Set(issued.map(({ commonName }) => commonName)).size).toBe(20);
});

test('a certificate does not outlive the authority, and an expired authority signs nothing', async () => {
  const root = await authority(inDays(-3640));
  expect((await personCertificate(root, 'alice', spki, 365, now)).expires).toEqual(inDays(10));
  await expect(personCertificate(root, 'alice', spki, 365, inDays(10))).rejects.toThrow(
    /^authority: expected a certificate that is valid at .*, got one from .* to .*; check the clock, or renew the authority: npm run vpn/,
  );
  await expect(personCertificate(root, 'alice', spki, 1, inDays(-3641))).rejects.toThrow('authority: expected a certificate that is valid');
});

test('a key that is not that of the authority signs nothing', async () => {
  const { certificate } = await authority();
  const other = new MemoryKey();
  await expect(checkAuthority({ certificate, key: other }, now)).rejects.toThrow('authority: expected the certificate of its key');
  await expect(personCertificate({ certificate, key: other }, 'alice', spki, 1, now)).rejects.toThrow('authority: expected');
  expect(other.signatures).toBe(0);
});

test('a signature that the public key does not verify is refused', async () => {
  const root = await authority();
  const wrong = Object.assign(new MemoryKey(key.privateKey), { sign: async () => Buffer.alloc(256, 1) });
  await expect(personCertificate({ ...root, key: wrong }, 'alice', spki, 1, now)).rejects.toThrow(
    'memory:key: expected a signature that its public key verifies, got another one',
  );
});

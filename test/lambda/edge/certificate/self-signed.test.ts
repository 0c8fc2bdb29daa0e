// The self-signed certificate: RSA 4096, and accepted by ACM as a reimport.
import { X509Certificate } from 'node:crypto';
import { Acm } from '../../../../lambda/edge/certificate/certificate-store';
import { inspect } from '../../../../lambda/edge/certificate/inspect';
import { selfSignedCertificate } from '../../../../lambda/edge/certificate/self-signed';
import { certificateTimeLimit } from '../../../time-limits';
import { day } from './certificates';
import { AcmMock } from './mocks';

jest.setTimeout(certificateTimeLimit);

const domain = 'production.rempart.invalid';
const now = new Date();
let one: Awaited<ReturnType<typeof selfSignedCertificate>>;

beforeAll(async () => {
  one = await selfSignedCertificate(domain, now);
});

test('is of RSA 4096 for the domain, for a year', () => {
  const { problems, notBefore, notAfter } = inspect(one.certificate, domain, now);
  expect(problems).toEqual([]);
  expect(notAfter.getTime() - notBefore.getTime()).toBeLessThanOrEqual(398 * day);
  expect(notAfter.getTime() - now.getTime()).toBeGreaterThan(364 * day);
});

test('is signed by itself with SHA-256, for servers', () => {
  const certificate = new X509Certificate(one.certificate);
  expect(certificate.verify(certificate.publicKey)).toBe(true);
  expect(certificate.ca).toBe(false);
  expect(certificate.keyUsage).toEqual(['1.3.6.1.5.5.7.3.1']);
  expect(certificate.toLegacyObject()).toMatchObject({ bits: 4096 });
});

test('is imported, and the next in its place', async () => {
  const acm = new AcmMock();
  const store = new Acm(acm.client, 'production');
  const arn = await store.import('self-signed', one);
  expect(await store.import('self-signed', await selfSignedCertificate(domain, now), arn)).toBe(arn);
  expect(acm.certificates.size).toBe(1);
});

test('a domain that is longer than a common name is in the alternative name', async () => {
  const long = `${'a'.repeat(60)}.${'b'.repeat(60)}.example.com`;
  expect(inspect((await selfSignedCertificate(long, now)).certificate, long, now).problems).toEqual([]);
});

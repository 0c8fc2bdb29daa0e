// Requests: made by the command and by OpenSSL's rules read alike; wrong keys, signatures and subjects are refused.
import 'reflect-metadata';
import { webcrypto } from 'node:crypto';
import { BasicConstraintsExtension, Pkcs10CertificateRequestGenerator } from '@peculiar/x509';
import { readCertificateRequest } from '../../../runtime/vpn/certificate-request';
import { makeRequest } from '../../../tools/vpn/request';

const rsa = { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256', publicExponent: new Uint8Array([1, 0, 1]), modulusLength: 2048 };

async function request(changed: object = {}, name: Parameters<typeof Pkcs10CertificateRequestGenerator.create>[0]['name'] = 'CN=alice') {
  const algorithm = { ...rsa, ...changed };
  const keys = (await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify'])) as webcrypto.CryptoKeyPair;
  const extensions = [new BasicConstraintsExtension(true, 2, true)];
  const made = await Pkcs10CertificateRequestGenerator.create({ name, keys, signingAlgorithm: algorithm, extensions });
  return { pem: made.toString('pem'), der: Buffer.from(made.rawData) };
}

const pemOf = (der: Buffer): string =>
  `-----BEGIN CERTIFICATE REQUEST-----\n${der.toString('base64').replace(/.{64}/g, '$&\n')}\n-----END CERTIFICATE REQUEST-----\n`;

test('a request has its person and public key, whichever line ends it has', async () => {
  const { request: pem } = await makeRequest('alice@example.com');
  const read = await readCertificateRequest(pem);
  expect(read).toMatchObject({ person: 'alice@example.com', keyDigest: expect.stringMatching(/^[0-9a-f]{64}$/) });
  expect(await readCertificateRequest(pem.replaceAll('\n', '\r\n'))).toEqual(read);
  expect(await readCertificateRequest(`Alice wrote:\n\n${pem}\n--\nAlice`)).toEqual(read);
});

test.each([
  ['RSA 3072', { modulusLength: 3072 }, /got rsa 3072/],
  ['RSA 1024', { modulusLength: 1024 }, /got rsa 1024/],
  ['a small exponent', { publicExponent: new Uint8Array([3]) }, /got rsa 2048 with exponent 3/],
  ['an elliptic curve', { name: 'ECDSA', namedCurve: 'P-256' }, /got ec prime256v1/],
  [
    'a signature of SHA-1',
    { hash: 'SHA-1' },
    /expected a signature of RSASSA-PKCS1-v1_5 with SHA-256, .*, got RSASSA-PKCS1-v1_5 with SHA-1/,
  ],
])('%s is refused', async (_, changed, message) => {
  const { pem } = await request(changed);
  await expect(readCertificateRequest(pem)).rejects.toThrow(message);
});

test('a request that was changed after it was signed is refused', async () => {
  const { der } = await request();
  const at = der.indexOf('alice');
  der.write('mallo', at);
  await expect(readCertificateRequest(pemOf(der))).rejects.toThrow('request: expected a signature by the key of the request, got another');
});

test.each([
  ['nobody', [{ CN: [''] }], 'person: expected'],
  ['no subject', [], 'request: expected a subject with the name of the person only'],
  ['an organisation too', [{ CN: ['alice'] }, { O: ['example'] }], 'request: expected a subject'],
  ['two people', [{ CN: ['alice'] }, { CN: ['bob'] }], 'request: expected a subject'],
  ['two people in one part', [{ CN: ['alice', 'bob'] }], 'request: expected a subject'],
  ['a name of 65 characters', [{ CN: ['a'.repeat(65)] }], 'person: expected 1 to 47'],
  ['a name beyond ASCII', [{ CN: ['аlice'] }], 'person: expected'],
])('a request of %s is refused', async (_, name, message) => {
  const { pem } = await request({}, name);
  await expect(readCertificateRequest(pem)).rejects.toThrow(message);
});

test('other files are refused, and a private key most of all', async () => {
  const { privateKey, request: pem } = await makeRequest('alice');
  await expect(readCertificateRequest('')).rejects.toThrow('request: expected one CERTIFICATE REQUEST in PEM, got ""');
  await expect(readCertificateRequest(`${pem}${pem}`)).rejects.toThrow('expected one CERTIFICATE REQUEST');
  await expect(readCertificateRequest(privateKey)).rejects.toThrow('got a private key, which belongs to its person only');
  await expect(readCertificateRequest(`${pem}${privateKey}`)).rejects.toThrow('got a private key');
  await expect(readCertificateRequest(pemOf(Buffer.from('3003020101', 'hex')))).rejects.toThrow('request: expected a request of PKCS #10');
  await expect(readCertificateRequest(pemOf(Buffer.from('nothing')))).rejects.toThrow('request: expected');
});

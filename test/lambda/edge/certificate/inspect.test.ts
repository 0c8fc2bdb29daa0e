// Problems are found in the certificate itself. (DSS-5.3.2)
import { inspect, isRenewalDue, matchesPrivateKey } from '../../../../lambda/edge/certificate/inspect';
import { certificate, day, keyOf, privatePem, type Wanted } from './certificates';

const domain = 'www.example.com';
const problemsOf = async (wanted: Wanted, name?: string) => inspect((await certificate(wanted)).pem, name, new Date()).problems;

test('RSA 4096, of its time, for the domain', async () => {
  expect(await problemsOf({}, domain)).toEqual([]);
  expect(await problemsOf({ names: ['*.example.com'] }, domain)).toEqual([]);
  expect(await problemsOf({ names: ['other.example.org'] })).toEqual([]);
});

test.each<[string, Wanted, string]>([
  ['RSA 2048', { key: 'RSA 2048' }, 'expected a key of RSA 4096, got rsa 2048'],
  ['RSA 3072', { key: 'RSA 3072' }, 'expected a key of RSA 4096, got rsa 3072'],
  ['an elliptic curve', { key: 'EC P-256' }, 'expected a key of RSA 4096, got ec prime256v1'],
  ['one that has ended', { from: -90, until: -1 }, 'expected a certificate that is valid now, got one that ended '],
  ['one that has not begun', { from: 2 }, 'expected a certificate that is valid now, got one from '],
  ['another name', { names: ['example.com'] }, 'expected a certificate for www.example.com, got one for DNS:example.com'],
  ['a wildcard two labels up', { names: ['*.com'] }, 'expected a certificate for www.example.com, got one for DNS:*.com'],
])('%s is refused', async (_, wanted, problem) => {
  expect(await problemsOf(wanted, domain)).toEqual([expect.stringContaining(problem)]);
});

test('all problems are reported at once', async () => {
  expect(await problemsOf({ key: 'RSA 2048', from: -9, until: -1, names: ['a.example.org'] }, domain)).toHaveLength(3);
});

test('what is no certificate is refused as such', () => {
  expect(() => inspect('-----BEGIN NOTHING-----', undefined, new Date())).toThrow(
    'certificate: expected PEM, got "-----BEGIN NOTHING-----"',
  );
});

test('a certificate and its private key are known as a pair', async () => {
  const { pem, privateKey } = await certificate();
  expect(matchesPrivateKey(pem, privateKey)).toBe(true);
  expect(matchesPrivateKey(pem, await privatePem(await keyOf('RSA 2048')))).toBe(false);
});

test.each([
  ['of an authority', 90, 31, false],
  ['of an authority, a little later', 90, 29, true],
  ['as they become', 45, 29, false],
  ['as they become, half of its life later', 45, 22, true],
  ['that is short-lived', 6, 4, false],
  ['that is short-lived, later', 6, 2, true],
  ['that has ended', 90, -1, true],
])('renewal 30 days before: one %s (of %s days, %s left) is due: %s', (_, life, left, due) => {
  const now = new Date();
  const notAfter = new Date(now.getTime() + left * day);
  const notBefore = new Date(notAfter.getTime() - life * day);
  expect(isRenewalDue({ problems: [], notBefore, notAfter }, 30, now)).toBe(due);
});

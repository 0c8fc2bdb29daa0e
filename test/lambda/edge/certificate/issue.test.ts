// The real ACME library with an emulator of an authority (acme-server.ts), which reads the proof from a mock of Route
// 53.
import { X509Certificate } from 'node:crypto';
import { crypto } from 'acme-client';
import { AccountSecret } from '../../../../lambda/edge/certificate/account';
import { inspect, matchesPrivateKey } from '../../../../lambda/edge/certificate/inspect';
import { issue } from '../../../../lambda/edge/certificate/issue';
import { Route53Records } from '../../../../lambda/edge/certificate/proof-records';
import { SecretsManagerStore } from '../../../../runtime/secret-store';
import { certificateTimeLimit } from '../../../time-limits';
import { AcmeServer } from './acme-server';
import { Authority, keyOf, privatePem } from './certificates';
import { Route53Mock, SecretsMock } from './mocks';

const domain = 'www.example.com';
const secretName = 'production/certificate-account';

let authority: Authority;
let acme: AcmeServer;
let route53: Route53Mock;
let secrets: SecretsMock;
let account: AccountSecret;
let pauses: number[];
let warnings: jest.SpyInstance;
let keys: jest.SpyInstance;

beforeAll(async () => {
  authority = await Authority.make();
});

beforeEach(async () => {
  route53 = new Route53Mock();
  secrets = new SecretsMock();
  account = new AccountSecret(new SecretsManagerStore(secrets.client, 'arn:aws:kms:eu-west-3:111111111111:key/1'), secretName);
  acme = await AcmeServer.start(authority, route53.txt);
  pauses = [];
  // One key for all but those who ask for new ones.
  const known = Buffer.from(await privatePem(await keyOf('RSA 4096')));
  keys = jest.spyOn(crypto, 'createPrivateRsaKey').mockResolvedValue(known);
  warnings = jest.spyOn(console, 'warn').mockImplementation(() => undefined);
});

afterEach(async () => {
  jest.restoreAllMocks();
  await acme.stop();
});

const pause = async (milliseconds: number) => void pauses.push(milliseconds);
const order = (directory = acme.directory) =>
  issue(
    { domain, contact: 'certificates@example.com', directory },
    {
      records: new Route53Records(route53.client, 'Z123', pause),
      account,
      pause,
      polling: { backoffAttempts: 20, backoffMin: 5, backoffMax: 20 },
    },
  );

/** Generating RSA 4096 takes a second, many on a busy machine. */
jest.setTimeout(certificateTimeLimit);

test('a certificate of RSA 4096 for the domain, with its chain and its key', async () => {
  keys.mockRestore();
  const { certificate, chain, privateKey } = await order();
  expect(inspect(certificate, domain, new Date()).problems).toEqual([]);
  expect(matchesPrivateKey(certificate, privateKey)).toBe(true);
  expect(new X509Certificate(certificate).checkIssued(new X509Certificate(chain))).toBe(true);
  expect(certificate.match(/BEGIN CERTIFICATE/g)).toHaveLength(1);
});

test('the proof is one TXT record, there while the authority looks, gone afterwards', async () => {
  await order();
  expect(route53.changes.map(({ action, name, type }) => [action, name, type])).toEqual([
    ['UPSERT', '_acme-challenge.www.example.com', 'TXT'],
    ['DELETE', '_acme-challenge.www.example.com', 'TXT'],
  ]);
  expect(route53.txt('_acme-challenge.www.example.com')).toEqual([]);
});

test('the account agrees to the terms and names the contact; its key is in the secret, the certificate key is not', async () => {
  const { privateKey } = await order();
  expect([...acme.accounts.values()]).toMatchObject([{ contact: ['mailto:certificates@example.com'], agreed: true }]);
  expect(JSON.parse(secrets.values.get(secretName) ?? '')).toEqual({
    directory: acme.directory,
    key: expect.stringContaining('PRIVATE KEY'),
  });
  expect(secrets.values.get(secretName)).not.toContain(privateKey.slice(60, 120));
});

test('the next certificate comes by the same account, whose key is changed, and has another key', async () => {
  keys.mockRestore();
  const first = await order();
  const { key } = (await account.read()) ?? {};
  const second = await order();
  expect(acme.accounts.size).toBe(1);
  expect(acme.asked.filter((what) => what === 'key-change')).toHaveLength(1);
  expect((await account.read())?.key).not.toBe(key);
  expect(second.privateKey).not.toBe(first.privateKey);
});

test('a key that cannot be changed is no reason to be without a certificate', async () => {
  await order();
  acme.faults.refuseKeyChange = true;
  const { certificate } = await order();
  expect(inspect(certificate, domain, new Date()).problems).toEqual([]);
  expect(warnings).toHaveBeenCalledWith(expect.stringContaining('could not be rotated'), expect.anything());
});

test('a changed key that the secret did not take costs the account, not the certificate', async () => {
  await order();
  secrets.refuses = true;
  await order();
  secrets.refuses = false;
  await order();
  expect(acme.accounts.size).toBe(2);
});

test('another authority gets an account of its own', async () => {
  const before = await account.read();
  await account.write(
    { directory: 'https://other.example.org/directory', key: 'x', issuedBy: 'https://other.example.org/directory' },
    before,
  );
  await order();
  expect(await account.read()).toMatchObject({ directory: acme.directory, issuedBy: 'https://other.example.org/directory' });
});

test('bad nonces are repeated', async () => {
  acme.faults.badNonces = 3;
  await order();
  expect(acme.faults.badNonces).toBe(0);
});

test('an authority that is unavailable is retried, but not for a day', async () => {
  acme.faults.unavailable = 2;
  await order();
  expect(pauses.filter((milliseconds) => milliseconds >= 10_000)).toEqual([20_000, 20_000]);
});

test('an authority that stays unavailable is an error', async () => {
  acme.faults.unavailable = 99;
  await expect(order()).rejects.toThrow(
    `certificate for ${domain}: expected one from ${acme.directory}, got status 503: Service busy; retry later.; check that the zone`,
  );
  await expect(order('http://127.0.0.1:1/directory')).rejects.toThrow('got no answer; check that');
});

test('a rate limit is reported at once, with the message of the authority', async () => {
  acme.faults.rateLimited = true;
  await expect(order()).rejects.toThrow('got rate limit: too many certificates (5) already issued for this exact set of identifiers');
  expect(acme.asked.filter((what) => what === 'new-order')).toHaveLength(1);
  expect(pauses).toEqual([]);
});

test('a proof that the authority does not find is reported, and its record deleted', async () => {
  jest.spyOn(route53, 'txt').mockReturnValue([]);
  await acme.stop();
  acme = await AcmeServer.start(authority, () => ['something else']);
  await expect(order()).rejects.toThrow('Incorrect TXT record "something else" found at _acme-challenge.www.example.com');
  expect(route53.changes.map(({ action }) => action)).toEqual(['UPSERT', 'DELETE']);
});

test('the authority is not notified before all name servers have the proof', async () => {
  route53.slowness = 10;
  await order();
  expect(pauses.filter((milliseconds) => milliseconds === 5000)).toHaveLength(10);
});

test('name servers that never have it are reported, and the record is deleted', async () => {
  route53.slowness = 1000;
  await expect(order()).rejects.toThrow('zone Z123: expected the record on all name servers within 300 s, got a pending change');
  expect(route53.changes.map(({ action }) => action)).toEqual(['UPSERT', 'DELETE']);
  expect(acme.asked).not.toContain('challenge');
});

test('a zone that rejects the record is reported', async () => {
  route53.refuses = 'UPSERT';
  await expect(order()).rejects.toThrow('not authorized to perform: route53:ChangeResourceRecordSets');
});

test('a record that cannot be deleted is reported, and the certificate is issued', async () => {
  route53.refuses = 'DELETE';
  const { certificate } = await order();
  expect(inspect(certificate, domain, new Date()).problems).toEqual([]);
  expect(warnings).toHaveBeenCalledWith(expect.stringContaining('could not be deleted'), expect.anything());
});

test('an authority without proof by DNS is reported', async () => {
  acme.faults.challengeType = 'http-01';
  await expect(order()).rejects.toThrow('expected a dns-01 challenge, got http-01');
  expect(route53.changes).toEqual([]);
});

test('the private key is in no line of the log', async () => {
  const said: string[] = [];
  for (const channel of ['log', 'info', 'debug', 'error', 'warn'] as const)
    jest.spyOn(console, channel).mockImplementation((...words) => void said.push(words.map(String).join()));
  jest.spyOn(process.stderr, 'write').mockImplementation((words) => said.push(String(words)) > 0);
  route53.refuses = 'DELETE';
  const { privateKey } = await order();
  expect(said.join()).toContain('could not be deleted');
  expect(said.join()).not.toContain(privateKey.slice(60, 120));
  expect(said.join()).not.toContain('PRIVATE KEY');
});

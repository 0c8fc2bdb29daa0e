// Checks, imports and renewals of certificates; a failure changes nothing. ACM and Secrets Manager are mocks.
import { AccountSecret } from '../../../../lambda/edge/certificate/account';
import { Acm, deploymentTag, kindTag, type Material } from '../../../../lambda/edge/certificate/certificate-store';
import { removeAll, removeSuperseded } from '../../../../lambda/edge/certificate/clear-away';
import type { GivenEnvironment, IssuedEnvironment, SelfSignedEnvironment } from '../../../../lambda/edge/certificate/env';
import type { Order } from '../../../../lambda/edge/certificate/issue';
import { ensureCertificate, type KeepParts } from '../../../../lambda/edge/certificate/keep';
import { SecretsManagerStore } from '../../../../runtime/secret-store';
import { certificateTimeLimit } from '../../../time-limits';
import { certificate, type Wanted } from './certificates';
import { AcmMock, SecretsMock } from './mocks';

const DEPLOYMENT = 'production';
const DOMAIN = 'www.example.com';
const directory = 'https://acme.example.org/directory';
const given = (CERTIFICATE_ARN: string, domain = DOMAIN): GivenEnvironment => ({
  MODE: 'given',
  DEPLOYMENT,
  CERTIFICATE_ARN,
  DOMAIN: domain,
});
const selfSignedCertificate: SelfSignedEnvironment = { MODE: 'self-signed', DEPLOYMENT, DOMAIN, RENEW_DAYS: '30' };
const issued: IssuedEnvironment = {
  MODE: 'issued',
  DEPLOYMENT,
  DOMAIN,
  HOSTED_ZONE: 'Z123',
  CONTACT: 'certificates@example.com',
  DIRECTORY: directory,
  RENEW_DAYS: '30',
  AUTHORITY_ACCOUNT: 'production/certificate-account',
  ENCRYPTION_KEY: 'arn:aws:kms:eu-west-3:111111111111:key/1',
};

let acm: AcmMock;
let parts: KeepParts;
let account: AccountSecret;
let ordered: Order[];
let made: number;
let next: Wanted;

async function material(): Promise<Material> {
  made++;
  const { pem, privateKey } = await certificate(next);
  return { certificate: pem, chain: '', privateKey };
}

beforeEach(() => {
  acm = new AcmMock();
  account = new AccountSecret(new SecretsManagerStore(new SecretsMock().client, issued.ENCRYPTION_KEY), issued.AUTHORITY_ACCOUNT);
  ordered = [];
  made = 0;
  next = {};
  parts = {
    store: new Acm(acm.client, DEPLOYMENT),
    account,
    issue: async (order) => {
      ordered.push(order);
      if (!(await account.read())) await account.write({ directory: order.directory, key: 'k' }, undefined);
      return material();
    },
    selfSign: material,
    now: () => new Date(),
    signal: new AbortController().signal,
  };
});

jest.setTimeout(certificateTimeLimit);

const add = async (wanted: Wanted, kind?: string, inUse = false) =>
  acm.add((await certificate(wanted)).pem, {
    inUse,
    tags:
      kind === undefined
        ? []
        : [
            { Key: deploymentTag, Value: DEPLOYMENT },
            { Key: kindTag, Value: kind },
          ],
  });
const writes = () => acm.sent.filter((name) => /Import|Delete/.test(name));

describe('a certificate from the configuration', () => {
  test('is checked and left alone', async () => {
    const arn = await add({});
    expect(await ensureCertificate(given(arn), parts)).toMatchObject({ CertificateArn: arn, Outcome: 'checked' });
    expect(await ensureCertificate(given(await add({ names: ['a.example.org'] }), '*'), parts)).toMatchObject({ Outcome: 'checked' });
    expect(writes()).toEqual([]);
  });

  test.each<[string, Wanted, string]>([
    ['RSA 2048', { key: 'RSA 2048' }, 'expected a key of RSA 4096, got rsa 2048'],
    ['an elliptic curve', { key: 'EC P-256' }, 'expected a key of RSA 4096, got ec prime256v1'],
    ['its end', { from: -90, until: -1 }, 'expected a certificate that is valid now'],
    ['another domain', { names: ['a.example.org'] }, 'expected a certificate for www.example.com'],
  ])('fails the deployment by %s', async (_, wanted, problem) => {
    const failure = ensureCertificate(given(await add(wanted)), parts);
    await expect(failure).rejects.toThrow(problem);
    await expect(failure).rejects.toThrow(
      'import a certificate of RSA 4096 for the domain into ACM and set edge.certificate.arn to its ARN (DSS-5.3.2)',
    );
  });

  test('fails the deployment where ACM has none, or none that is issued', async () => {
    const arn = await add({});
    await expect(ensureCertificate(given(`${arn}0`), parts)).rejects.toThrow('expected a certificate with the status ISSUED, got none');
    const pending = acm.add('', { status: 'PENDING_VALIDATION' });
    await expect(ensureCertificate(given(pending), parts)).rejects.toThrow(
      'expected a certificate with the status ISSUED, got PENDING_VALIDATION',
    );
  });
});

describe.each([issued, selfSignedCertificate])('a certificate of its own: $MODE', (environment) => {
  test('is imported once, and then kept', async () => {
    const first = await ensureCertificate(environment, parts);
    expect(first.Outcome).toBe('imported');
    expect(await ensureCertificate(environment, parts)).toEqual({ ...first, Outcome: 'kept' });
    expect([made, acm.certificates.size]).toEqual([1, 1]);
  });

  test.each<[string, Wanted]>([
    ['is about to end', { from: -61, until: 29 }],
    ['has ended', { from: -90, until: -1 }],
    ['is for another domain', { names: ['a.example.org'] }],
  ])('that %s is renewed under its ARN', async (_, wanted) => {
    next = wanted;
    const arn = await add(wanted, environment.MODE);
    next = {};
    await account.write({ directory, key: 'k', issuedBy: directory }, undefined);
    expect(await ensureCertificate(environment, parts)).toMatchObject({ CertificateArn: arn, Outcome: 'renewed' });
    expect(await ensureCertificate(environment, parts)).toMatchObject({ CertificateArn: arn, Outcome: 'kept' });
    expect(made).toBe(1);
  });

  test('of two, the one that is in use is kept', async () => {
    await account.write({ directory, key: 'k', issuedBy: directory }, undefined);
    await add({}, environment.MODE);
    const used = await add({}, environment.MODE, true);
    expect(await ensureCertificate(environment, parts)).toMatchObject({ CertificateArn: used, Outcome: 'kept' });
  });

  test.each<[string, Wanted, string]>([
    ['a smaller key', { key: 'RSA 2048' }, 'expected a key of RSA 4096'],
    ['another domain', { names: ['a.example.org'] }, 'expected a certificate for www.example.com'],
  ])('is not replaced by one of %s', async (_, wanted, problem) => {
    const arn = await add({ from: -80, until: 10 }, environment.MODE, true);
    const before = acm.certificates.get(arn)?.pem;
    next = wanted;
    await expect(ensureCertificate(environment, parts)).rejects.toThrow(problem);
    expect(acm.certificates.get(arn)?.pem).toBe(before);
    expect(writes()).toEqual([]);
  });

  test('is not replaced by one of another key', async () => {
    const wrong = async (): Promise<Material> => ({
      ...(await material()),
      privateKey: (await certificate({ key: 'RSA 2048' })).privateKey,
    });
    await expect(ensureCertificate(environment, { ...parts, issue: wrong, selfSign: wrong })).rejects.toThrow(
      'expected a certificate of the generated key',
    );
    expect(writes()).toEqual([]);
  });

  test('that ACM does not take leaves the one before in use', async () => {
    const arn = await add({ from: -80, until: 10 }, environment.MODE, true);
    const before = acm.certificates.get(arn)?.pem;
    const { store } = parts;
    jest.spyOn(store, 'import').mockRejectedValue(new Error('ValidationException: KeyUsage'));
    await expect(ensureCertificate(environment, parts)).rejects.toThrow(
      `${arn}: expected ACM to import it, got ValidationException: KeyUsage; the certificate in use stays`,
    );
    expect(acm.certificates.get(arn)?.pem).toBe(before);
  });

  test('is not imported when time is up', async () => {
    const signal = AbortSignal.abort(new Error('not done in time'));
    await expect(ensureCertificate(environment, { ...parts, signal })).rejects.toThrow('not done in time');
    expect(writes()).toEqual([]);
  });

  test('one of the other kind is another certificate', async () => {
    const other = await add({}, environment.MODE === 'issued' ? 'self-signed' : 'issued', true);
    const { CertificateArn } = await ensureCertificate(environment, parts);
    expect(CertificateArn).not.toBe(other);
  });
});

describe('an issued certificate', () => {
  test('is ordered as configured', async () => {
    await ensureCertificate(issued, parts);
    expect(ordered).toEqual([{ domain: DOMAIN, contact: 'certificates@example.com', directory }]);
  });

  test('is renewed under its ARN when another authority is to issue it', async () => {
    const { CertificateArn } = await ensureCertificate(issued, parts);
    const elsewhere = { ...issued, DIRECTORY: 'https://other.example.org/directory' };
    expect(await ensureCertificate(elsewhere, parts)).toMatchObject({ CertificateArn, Outcome: 'renewed' });
    expect(await ensureCertificate(elsewhere, parts)).toMatchObject({ CertificateArn, Outcome: 'kept' });
  });

  test('that the authority refuses leaves the one before in use', async () => {
    const arn = await add({ from: -80, until: 10 }, 'issued', true);
    const before = acm.certificates.get(arn)?.pem;
    const refused = () => Promise.reject(new Error('rate limit'));
    await expect(ensureCertificate(issued, { ...parts, issue: refused })).rejects.toThrow('rate limit');
    expect(acm.certificates.get(arn)?.pem).toBe(before);
  });
});

describe('what is no longer needed', () => {
  test('is removed once nothing uses it', async () => {
    const [current, used, unused, foreign] = [
      await add({}, 'issued'),
      await add({}, 'self-signed', true),
      await add({}, 'self-signed'),
      await add({}),
    ];
    expect(await removeSuperseded(parts.store, current)).toEqual([unused]);
    expect([...acm.certificates.keys()]).toEqual([current, used, foreign]);
  });

  test('is removed with the resource, when the load balancer lets go', async () => {
    const foreign = await add({});
    const used = await add({}, 'issued', true);
    await add({}, 'self-signed');
    const pauses: number[] = [];
    await removeAll(parts.store, async (milliseconds) => {
      pauses.push(milliseconds);
      const found = acm.certificates.get(used);
      if (found && pauses.length === 2) found.inUse = false;
    });
    expect([...acm.certificates.keys()]).toEqual([foreign]);
    expect(pauses).toHaveLength(2);
  });

  test('or stays, and is reported', async () => {
    const warn = jest.spyOn(console, 'warn').mockImplementation(() => undefined);
    const used = await add({}, 'issued', true);
    await removeAll(parts.store, async () => undefined);
    expect([...acm.certificates.keys()]).toEqual([used]);
    expect(warn).toHaveBeenCalledWith(expect.stringContaining(used));
    warn.mockRestore();
  });
});

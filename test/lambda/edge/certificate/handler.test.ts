// The function as CloudFormation and its schedule call it. The clients of AWS are mocks; the authority is an emulator,
// over HTTPS.
import { Agent } from 'node:https';
import { ACMClient } from '@aws-sdk/client-acm';
import { Route53Client } from '@aws-sdk/client-route-53';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { axios } from 'acme-client';
import { handler } from '../../../../lambda/edge/certificate/handler';
import { certificateTimeLimit } from '../../../time-limits';
import { type Answer, customResourceEvent, invocationContext, mockCloudFormation } from '../../custom-resource';
import { restoreAfterEach } from '../../restore';
import { AcmeServer } from './acme-server';
import { Authority, certificate, keyOf, privatePem } from './certificates';
import { AcmMock, Route53Mock, SecretsMock } from './mocks';

const context = invocationContext(900_000);
const daily = { 'detail-type': 'Scheduled Event' };
const domain = 'www.example.com';

let acm: AcmMock;
let route53: Route53Mock;
let secrets: SecretsMock;
let answers: readonly Answer[];
let logged: string[];

jest.setTimeout(certificateTimeLimit);
restoreAfterEach();

beforeEach(() => {
  acm = new AcmMock();
  route53 = new Route53Mock();
  route53.slowness = 0;
  secrets = new SecretsMock();
  logged = [];
  jest.spyOn(ACMClient.prototype, 'send').mockImplementation(acm.send);
  jest.spyOn(Route53Client.prototype, 'send').mockImplementation(route53.send);
  jest.spyOn(SecretsManagerClient.prototype, 'send').mockImplementation(secrets.send);
  answers = mockCloudFormation();
  for (const channel of ['info', 'warn', 'error'] as const)
    jest.spyOn(console, channel).mockImplementation((...words) => void logged.push(JSON.stringify(words)));
});

function configure(variables: Record<string, string>): void {
  Object.assign(process.env, { DEPLOYMENT: 'production', DOMAIN: domain, ...variables });
}

describe('a certificate from the configuration', () => {
  const give = async (key: 'RSA 4096' | 'RSA 2048') => {
    const arn = acm.add((await certificate({ key })).pem);
    configure({ MODE: 'given', CERTIFICATE_ARN: arn });
    return arn;
  };

  test.each(['Create', 'Update'] as const)('%s checks it and returns its ARN', async (type) => {
    const CertificateArn = await give('RSA 4096');
    await handler(customResourceEvent(type), context);
    expect(answers).toMatchObject([{ Status: 'SUCCESS', Data: { CertificateArn, Outcome: 'checked' } }]);
  });

  test('RSA 2048 fails the deployment, with the reason', async () => {
    await give('RSA 2048');
    await handler(customResourceEvent('Create'), context);
    expect(answers).toMatchObject([{ Status: 'FAILED', Reason: expect.stringContaining('expected a key of RSA 4096, got rsa 2048') }]);
  });

  test('RSA 2048 fails the daily run, so that Lambda retries it and an alarm notifies', async () => {
    await give('RSA 2048');
    await expect(handler(daily, context)).rejects.toThrow('expected a key of RSA 4096, got rsa 2048');
    expect(answers).toEqual([]);
  });

  test('is retained when the resource is deleted', async () => {
    const arn = await give('RSA 4096');
    await handler(customResourceEvent('Delete'), context);
    expect(answers).toMatchObject([{ Status: 'SUCCESS' }]);
    expect([...acm.certificates.keys()]).toEqual([arn]);
  });
});

describe('a self-signed certificate', () => {
  beforeEach(() => configure({ MODE: 'self-signed', RENEW_DAYS: '30' }));

  test('is imported at the deployment, kept every day, and removed with the resource', async () => {
    await handler(customResourceEvent('Create'), context);
    const [arn] = acm.certificates.keys();
    expect(answers).toMatchObject([{ Status: 'SUCCESS', Data: { CertificateArn: arn, Outcome: 'imported' } }]);
    await handler(daily, context);
    expect(logged.at(-1)).toContain('kept');
    await handler(customResourceEvent('Delete'), context);
    expect(acm.certificates.size).toBe(0);
  });

  test('is deleted once it is unused, after a change to a configured certificate', async () => {
    await handler(customResourceEvent('Create'), context);
    const given = acm.add((await certificate()).pem, { inUse: true });
    configure({ MODE: 'given', CERTIFICATE_ARN: given });
    await handler(customResourceEvent('Update'), context);
    expect(acm.certificates.size).toBe(2);
    await handler(daily, context);
    expect([...acm.certificates.keys()]).toEqual([given]);
  });
});

describe('an issued certificate', () => {
  let acme: AcmeServer;

  beforeEach(async () => {
    const authority = await Authority.make();
    const key = await keyOf('RSA 2048');
    const cert = await authority.sign(key.publicKey, ['localhost'], 1);
    acme = await AcmeServer.start(authority, route53.txt, { cert, key: await privatePem(key) });
    axios.defaults.httpsAgent = new Agent({ ca: authority.root.toString('pem') });
    configure({
      MODE: 'issued',
      HOSTED_ZONE: 'Z123',
      CONTACT: 'certificates@example.com',
      DIRECTORY: acme.directory,
      RENEW_DAYS: '30',
      AUTHORITY_ACCOUNT: 'production/certificate-account',
      ENCRYPTION_KEY: 'arn:aws:kms:eu-west-3:111111111111:key/1',
    });
  });

  afterEach(() => acme.stop());

  test('is issued at the deployment, and kept until it is due', async () => {
    await handler(customResourceEvent('Create'), context);
    const [arn] = acm.certificates.keys();
    expect(answers).toMatchObject([{ Status: 'SUCCESS', Data: { CertificateArn: arn, Outcome: 'imported' } }]);
    expect([...secrets.values.keys()]).toEqual(['production/certificate-account']);
    await handler(daily, context);
    expect(acme.orders).toHaveLength(1);
    expect(logged.join()).not.toContain('PRIVATE KEY');
    expect(answers.map((answer) => JSON.stringify(answer)).join()).not.toContain('PRIVATE KEY');
  });

  test('fails the deployment without permission for the zone', async () => {
    configure({ HOSTED_ZONE: 'Z124' });
    await handler(customResourceEvent('Create'), context);
    expect(answers).toMatchObject([{ Status: 'FAILED', Reason: expect.stringContaining('route53:ChangeResourceRecordSets') }]);
    expect(acm.certificates.size).toBe(0);
  });
});

test('an invalid environment is reported to CloudFormation, and fails a daily run', async () => {
  configure({ MODE: 'none' });
  await handler(customResourceEvent('Create'), context);
  expect(answers).toMatchObject([{ Status: 'FAILED', Reason: expect.stringContaining('MODE: expected given, issued or self-signed') }]);
  await expect(handler(daily, context)).rejects.toThrow('MODE: expected');
});

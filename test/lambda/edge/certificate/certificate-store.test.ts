// Certificates in ACM, with a mock of its client that returns ACM's errors.
import { Acm, deploymentTag, kindTag } from '../../../../lambda/edge/certificate/certificate-store';
import { certificateTimeLimit } from '../../../time-limits';
import { Authority, certificate, keyOf, privatePem } from './certificates';
import { AcmMock } from './mocks';

const tags = (deployment: string, kind: string) => [
  { Key: deploymentTag, Value: deployment },
  { Key: kindTag, Value: kind },
];

let acm: AcmMock;
let store: Acm;
let pem: string;

beforeAll(async () => {
  ({ pem } = await certificate());
}, certificateTimeLimit);

beforeEach(() => {
  acm = new AcmMock();
  store = new Acm(acm.client, 'production');
});

test('its own are those with its tags, on whatever page, oldest first', async () => {
  acm.add((await certificate({ key: 'RSA 2048' })).pem, { tags: tags('production', 'issued') });
  const first = acm.add(pem, { tags: tags('production', 'issued') });
  acm.add(pem);
  acm.add(pem, { tags: tags('staging', 'issued') });
  acm.add(pem, { tags: tags('production', 'something') });
  acm.add(pem, { tags: tags('production', 'issued'), type: 'AMAZON_ISSUED' });
  const second = acm.add(pem, { tags: tags('production', 'self-signed'), inUse: true });
  expect(await store.importedCertificates()).toEqual([
    { arn: first, kind: 'issued', inUse: false },
    { arn: second, kind: 'self-signed', inUse: true },
  ]);
  expect(acm.sent.filter((name) => name === 'ListCertificates').length).toBeGreaterThan(1);
});

test('one that is deleted between two questions is not there', async () => {
  const arn = acm.add(pem, { tags: tags('production', 'issued') });
  jest.spyOn(acm, 'send');
  const client = {
    send: async (command: object) => {
      if (command.constructor.name === 'ListTagsForCertificateCommand') acm.certificates.delete(arn);
      return acm.send(command);
    },
  } as typeof acm.client;
  expect(await new Acm(client, 'production').importedCertificates()).toEqual([]);
});

test('a first import brings the tags, the next the ARN', async () => {
  const authority = await Authority.make();
  const signed = async () => {
    const [leaf = '', root = ''] = (await authority.sign((await keyOf('RSA 4096')).publicKey, ['www.example.com'], 90)).split(
      /(?<=END CERTIFICATE-----)\n/,
    );
    return { certificate: leaf, chain: root, privateKey: await privatePem(await keyOf('RSA 4096')) };
  };
  const arn = await store.import('issued', await signed());
  expect(acm.certificates.get(arn)?.tags).toEqual([
    ...tags('production', 'issued'),
    { Key: 'rempart:classification', Value: 'confidential' },
  ]);
  expect(await store.import('issued', await signed(), arn)).toBe(arn);
  expect(await store.importedCertificates()).toEqual([{ arn, kind: 'issued', inUse: false }]);
});

test('what is in use is not removed; what is gone is', async () => {
  const used = acm.add(pem, { inUse: true });
  const unused = acm.add(pem);
  expect(await store.remove(used)).toBe(false);
  expect(await store.remove(unused)).toBe(true);
  expect(await store.remove(unused)).toBe(true);
  expect([...acm.certificates.keys()]).toEqual([used]);
});

test('status and text of any certificate', async () => {
  const arn = acm.add(pem, { status: 'EXPIRED' });
  expect(await store.status(arn)).toBe('EXPIRED');
  expect(await store.pem(arn)).toBe(pem);
  expect(await store.status(`${arn}0`)).toBeUndefined();
});

test('other errors of ACM are passed on', async () => {
  const failing = new Acm({ send: () => Promise.reject(new Error('AccessDeniedException')) } as typeof acm.client, 'production');
  for (const call of [failing.importedCertificates(), failing.status('x'), failing.pem('x'), failing.remove('x')])
    await expect(call).rejects.toThrow('AccessDeniedException');
});

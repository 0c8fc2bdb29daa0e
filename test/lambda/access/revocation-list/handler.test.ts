// The renewal as the schedule starts it: the registry in a mocked bucket, the authority's key in a mocked KMS, and the
// list in a mocked endpoint.
import 'reflect-metadata';
import * as ec2 from '@aws-sdk/client-ec2';
import * as kms from '@aws-sdk/client-kms';
import * as s3 from '@aws-sdk/client-s3';
import { X509Certificate, X509Crl } from '@peculiar/x509';
import type { handler as Handler } from '../../../../lambda/access/revocation-list/handler';
import { withCertificate, withRevocation } from '../../../../runtime/vpn/registry';
import { readRevocationList } from '../../../../runtime/vpn/revocation-list';
import { day, MemoryKey, newVpn, now, publicKeyOf, registration, rsaKey } from '../../../runtime/vpn/parts';
import { signDigest } from '../../../runtime/vpn/sign-digest';
import { declaredActions, recordSends } from '../../declared-calls';
import { loadHandler } from '../../load-handler';
import { restoreAfterEach } from '../../restore';
import { MockRegistryObject } from '../vpn-mocks';

const keyArn = 'arn:aws:kms:eu-west-3:111111111111:key/mrk-1';
const variables = {
  AWS_REGION: 'eu-west-3',
  DEPLOYMENT: 'production',
  AUTHORITY_KEY: keyArn,
  REGISTRY_BUCKET: 'registry',
  REGISTRY_KEY: 'certificates.json',
  ENDPOINT: 'cvpn-endpoint-01',
  METRIC_NAMESPACE: 'Rempart/Probes',
};

const privateKey = rsaKey();
let object: MockRegistryObject;
let list: string | undefined;
let imports: number;
let refused: Record<string, Error>;
let written: string[];
const sentActions = recordSends(ec2.EC2Client, kms.KMSClient, s3.S3Client);
restoreAfterEach();

function answer(command: object): object {
  const error = refused[command.constructor.name];
  if (error) throw error;
  if (command instanceof kms.GetPublicKeyCommand) {
    expect(command.input.KeyId).toBe(keyArn);
    const SigningAlgorithms: kms.SigningAlgorithmSpec[] = ['RSASSA_PKCS1_V1_5_SHA_256'];
    return { PublicKey: publicKeyOf(privateKey), KeySpec: 'RSA_2048', KeyUsage: 'SIGN_VERIFY', SigningAlgorithms };
  }
  if (command instanceof kms.SignCommand) {
    expect(command.input).toMatchObject({ KeyId: keyArn, MessageType: 'DIGEST', SigningAlgorithm: 'RSASSA_PKCS1_V1_5_SHA_256' });
    return { Signature: signDigest(command.input.Message ?? new Uint8Array(), privateKey) };
  }
  if (command instanceof ec2.ExportClientVpnClientCertificateRevocationListCommand) {
    expect(command.input.ClientVpnEndpointId).toBe('cvpn-endpoint-01');
    return list === undefined ? {} : { CertificateRevocationList: list };
  }
  if (command instanceof ec2.ImportClientVpnClientCertificateRevocationListCommand) {
    expect(command.input.ClientVpnEndpointId).toBe('cvpn-endpoint-01');
    list = command.input.CertificateRevocationList;
    imports++;
    return { Return: true };
  }
  throw new Error(`the mock has no ${command.constructor.name}`);
}

/** A registry of an age, in which alice has a certificate. */
async function registered(days: number) {
  const at = new Date(now.getTime() - days * day);
  const { key, store } = await newVpn(new MemoryKey(privateKey), at);
  const registry = await store.read();
  return withCertificate(registry, await registration(registry, key, 'alice', rsaKey(), 90, at), at);
}

beforeEach(async () => {
  object = new MockRegistryObject('registry');
  object.text = JSON.stringify(await registered(0));
  list = undefined;
  imports = 0;
  refused = {};
  written = [];
  jest.spyOn(ec2.EC2Client.prototype, 'send').mockImplementation(async (command: object) => answer(command));
  jest.spyOn(kms.KMSClient.prototype, 'send').mockImplementation(async (command: object) => answer(command));
  jest.spyOn(s3.S3Client.prototype, 'send').mockImplementation((command: object) => object.send(command));
  jest.spyOn(process.stdout, 'write').mockImplementation((text) => written.push(String(text)) > 0);
});

const shared = { '@aws-sdk/client-ec2': ec2, '@aws-sdk/client-kms': kms, '@aws-sdk/client-s3': s3 };
const load = (changed: Readonly<Record<string, string | undefined>> = {}) =>
  loadHandler<{ handler: typeof Handler }>('access/revocation-list', { ...variables, ...changed }, shared).handler;
const metrics = () => JSON.parse(written.at(-1) ?? '');

test('the first run imports the list that init made, signed by the authority', async () => {
  expect(await load()({})).toMatchObject({ number: 1, imported: true, entries: 0 });
  expect(readRevocationList(list ?? '')).toMatchObject({ number: 1, serials: [] });
  expect(metrics()).toMatchObject({ Deployment: 'production', imported: true, RevocationListDays: expect.any(Number) });
  expect(metrics()._aws.CloudWatchMetrics[0]).toMatchObject({ Namespace: 'Rempart/Probes', Dimensions: [['Deployment']] });
  expect(await new X509Crl(list ?? '').verify({ publicKey: new X509Certificate(JSON.parse(object.text ?? '').authority) })).toBe(true);
});

test('a run on the next day imports nothing, and measures the days that are left', async () => {
  const handler = load();
  await handler({});
  expect(await handler({})).toMatchObject({ number: 1, imported: false });
  expect(imports).toBe(1);
  expect(metrics().RevocationListDays).toBeGreaterThan(29);
});

test('after a week the list is renewed', async () => {
  object.text = JSON.stringify(await registered(7));
  expect(await load()({})).toMatchObject({ number: 2, imported: true });
  expect(metrics().RevocationListDays).toBeGreaterThan(29);
});

test('a revocation that no list has yet is imported at the next run', async () => {
  const handler = load();
  await handler({});
  const registry = withRevocation(JSON.parse(object.text ?? ''), { person: 'alice' }, 'lost', new Date());
  object.text = JSON.stringify(registry);
  expect(await handler({})).toMatchObject({ number: 2, imported: true, entries: 1 });
  expect(readRevocationList(list ?? '')?.serials).toEqual([registry.certificates[0]?.serial]);
});

test.each<[string, string, Error]>([
  ['an endpoint that refuses', 'ImportClientVpnClientCertificateRevocationListCommand', new Error('UnauthorizedOperation')],
  ['a key that does not answer', 'SignCommand', new Error('KMSInternalException')],
])('%s fails the run without a metric, so that the alarm on missing data is raised', async (_, command, error) => {
  refused = { [command]: error };
  await expect(load()({})).rejects.toThrow(error.message);
  expect(written).toEqual([]);
});

test('without a registry the error names the command', async () => {
  object.text = undefined;
  await expect(load()({})).rejects.toThrow('create it with npm run vpn -- init');
});

test.each(Object.keys(variables).filter((name) => name !== 'AWS_REGION'))('without %s the function fails', (name) => {
  expect(() => load({ [name]: undefined })).toThrow(`${name}: expected`);
});

test('the handler sends exactly the calls of its contract', () => expect(sentActions()).toEqual(declaredActions('revocation-list')));

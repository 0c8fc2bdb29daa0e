// The handler as Client VPN invokes it, with the registry in a mocked bucket.
import * as s3 from '@aws-sdk/client-s3';
import type { handler as Handler } from '../../../../lambda/access/connection-handler/handler';
import { withCertificate, withRevocation } from '../../../../runtime/vpn/registry';
import { newVpn, now, registration, rsaKey } from '../../../runtime/vpn/parts';
import { declaredActions, recordSends } from '../../declared-calls';
import { loadHandler } from '../../load-handler';
import { restoreAfterEach } from '../../restore';
import { MockRegistryObject } from '../vpn-mocks';

const variables = {
  AWS_REGION: 'eu-west-3',
  DEPLOYMENT: 'production',
  REGISTRY_BUCKET: 'registry',
  REGISTRY_KEY: 'certificates.json',
  ADDRESSES: 'any',
  SIGN_IN: 'none',
  METRIC_NAMESPACE: 'Rempart/Probes',
};

let object: MockRegistryObject;
let written: string[];
const sentActions = recordSends(s3.S3Client);
restoreAfterEach();

/** A registry in which alice has a certificate. */
async function registered() {
  const { key, store } = await newVpn();
  const registry = await store.read();
  return withCertificate(registry, await registration(registry, key, 'alice', rsaKey()), now);
}

beforeEach(async () => {
  object = new MockRegistryObject('registry');
  object.text = JSON.stringify(await registered());
  written = [];
  jest.spyOn(s3.S3Client.prototype, 'send').mockImplementation((command: object) => object.send(command));
  jest.spyOn(process.stdout, 'write').mockImplementation((text) => written.push(String(text)) > 0);
});

const load = (changed: Readonly<Record<string, string | undefined>> = {}) =>
  loadHandler<{ handler: typeof Handler }>('access/connection-handler', { ...variables, ...changed }, { '@aws-sdk/client-s3': s3 }).handler;

const request = (commonName: string, address = '203.0.113.7') => ({
  'connection-id': 'cvpn-connection-01',
  'endpoint-id': 'cvpn-endpoint-01',
  'common-name': commonName,
  'public-ip': address,
  'schema-version': 'v3',
});
const commonName = () => JSON.parse(object.text ?? '').certificates[0].commonName as string;

test('a registered certificate is admitted, and one line says who connected', async () => {
  expect(await load()(request(commonName()))).toMatchObject({ allow: true, 'schema-version': 'v3' });
  expect(written).toHaveLength(1);
  expect(JSON.parse(written[0] ?? '')).toMatchObject({
    ...{ event: 'vpn-connection', allowed: true, person: 'alice', Deployment: 'production', VpnConnectionsUnchecked: 0 },
    'public-ip': '203.0.113.7',
  });
});

test('a revocation holds from the next connection on', async () => {
  const handler = load();
  const name = commonName();
  expect((await handler(request(name))).allow).toBe(true);
  object.text = JSON.stringify(withRevocation(JSON.parse(object.text ?? ''), { person: 'alice' }, 'left', new Date()));
  expect(await handler(request(name))).toMatchObject({ allow: false });
});

test('an address outside the list is refused', async () => {
  const handler = load({ ADDRESSES: '198.51.100.0/24,192.0.2.7/32' });
  expect((await handler(request(commonName(), '203.0.113.7'))).allow).toBe(false);
  expect((await handler(request(commonName(), '192.0.2.7'))).allow).toBe(true);
});

test.each<[string, () => void]>([
  ['a bucket that refuses', () => (object.error = new Error('access denied'))],
  ['no registry', () => (object.text = undefined)],
  ['half a registry', () => (object.text = (object.text ?? '').slice(0, -20))],
])('%s refuses, and counts a connection that was not checked', async (_, breaks) => {
  const name = commonName();
  breaks();
  expect((await load()(request(name))).allow).toBe(false);
  expect(JSON.parse(written.at(-1) ?? '')).toMatchObject({ allowed: false, reason: 'error', VpnConnectionsUnchecked: 1 });
});

test.each(Object.keys(variables).filter((name) => name !== 'AWS_REGION'))(
  'without %s the function fails, which Client VPN denies',
  (name) => {
    expect(() => load({ [name]: undefined })).toThrow(`${name}: expected`);
  },
);

test('the handler sends exactly the calls of its contract', () => expect(sentActions()).toEqual(declaredActions('connection-handler')));

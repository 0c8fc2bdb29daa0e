// The parts in AWS: mocked clients with outputs of the SDK's types, and a server that never answers.
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import * as ec2 from '@aws-sdk/client-ec2';
import * as kms from '@aws-sdk/client-kms';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import { ClientVpnEndpoint } from '../../../runtime/vpn/endpoint';
import { issueCertificate } from '../../../runtime/vpn/issue';
import { KmsSigningKey } from '../../../runtime/vpn/signing-key';
import { MemoryKey, newVpn, now, publicKeyOf, requestOf, rsaKey } from './parts';
import { signDigest } from './sign-digest';

const privateKey = rsaKey();
const memory = new MemoryKey(privateKey);

/** A mock of KMS with one key, which signs as KMS does: only the digest of a message reaches it. */
function mockKms(changed: Partial<kms.GetPublicKeyCommandOutput> = {}) {
  const sent: object[] = [];
  const send = async (command: object): Promise<object> => {
    sent.push(command);
    if (command instanceof kms.GetPublicKeyCommand) {
      const PublicKey = new Uint8Array(publicKeyOf(privateKey));
      const SigningAlgorithms: kms.SigningAlgorithmSpec[] = ['RSASSA_PKCS1_V1_5_SHA_256', 'RSASSA_PSS_SHA_256'];
      return { PublicKey, KeySpec: 'RSA_2048', KeyUsage: 'SIGN_VERIFY', SigningAlgorithms, ...changed };
    }
    const { Message = new Uint8Array(), MessageType, SigningAlgorithm } = (command as kms.SignCommand).input;
    if (MessageType !== 'DIGEST' || SigningAlgorithm !== 'RSASSA_PKCS1_V1_5_SHA_256' || Message.length !== 32) throw new Error('invalid');
    return { Signature: new Uint8Array(signDigest(Message, privateKey)) };
  };
  return { client: { send } as Pick<kms.KMSClient, 'send'>, sent };
}

test('KMS signs certificates and lists as the key itself would', async () => {
  const { client, sent } = mockKms();
  const key = new KmsSigningKey(client, 'alias/example-vpn');
  const message = Buffer.alloc(10_000, 7);
  expect(await key.sign(message)).toEqual(await memory.sign(message));
  expect(await key.publicKey()).toEqual(await memory.publicKey());
  expect(sent.map((command) => command.constructor.name)).toEqual(['SignCommand', 'GetPublicKeyCommand']);
  const vpn = await newVpn(memory);
  const entry = await issueCertificate(vpn.store, key, requestOf('alice', rsaKey()), { days: 1, additional: false, now });
  expect(entry.person).toBe('alice');
});

test.each<[string, Partial<kms.GetPublicKeyCommandOutput>, string]>([
  ['RSA 4096, which Client VPN does not support', { KeySpec: 'RSA_4096' }, 'got RSA_4096 for SIGN_VERIFY'],
  ['an elliptic curve', { KeySpec: 'ECC_NIST_P256' }, 'got ECC_NIST_P256 for SIGN_VERIFY'],
  ['a key for encryption', { KeyUsage: 'ENCRYPT_DECRYPT' }, 'got RSA_2048 for ENCRYPT_DECRYPT'],
])('%s is refused', async (_, changed, got) => {
  const key = new KmsSigningKey(mockKms(changed).client, 'k');
  await expect(key.publicKey()).rejects.toThrow(
    `kms:k: expected a key RSA_2048 for SIGN_VERIFY by RSASSA_PKCS1_V1_5_SHA_256, ${got}; name`,
  );
});

test('a denied call and an answer without signature are refusals with the reason', async () => {
  const denied = Object.assign(new Error('not authorized to perform: kms:Sign'), { name: 'AccessDeniedException' });
  const denying = new KmsSigningKey({ send: async () => Promise.reject(denied) }, 'k');
  await expect(denying.sign(Buffer.of(1))).rejects.toThrow('kms:k: expected a signature, got AccessDeniedException: not authorized');
  const empty = new KmsSigningKey({ send: async () => ({}) } as unknown as Pick<kms.KMSClient, 'send'>, 'k');
  await expect(empty.sign(Buffer.of(1))).rejects.toThrow('kms:k: expected a signature, got none');
});

describe('a key store that never answers', () => {
  let server: Server;
  beforeAll(async () => {
    server = createServer(() => undefined);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  });
  afterAll(() => {
    server.closeAllConnections();
    server.close();
  });

  test('is a refusal, and nothing is issued', async () => {
    const { port } = server.address() as AddressInfo;
    const client = new kms.KMSClient({
      region: 'eu-west-3',
      endpoint: `http://127.0.0.1:${port}`,
      credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
      maxAttempts: 1,
      requestHandler: new NodeHttpHandler({ requestTimeout: 300, throwOnRequestTimeout: true }),
    });
    const vpn = await newVpn();
    const key = new KmsSigningKey(client, 'k');
    const issue = issueCertificate(vpn.store, key, requestOf('alice', rsaKey()), { days: 1, additional: false, now });
    await expect(issue).rejects.toThrow(/^kms:k: expected its public key, got TimeoutError: .*; check the network/);
    expect((await vpn.store.read()).certificates).toEqual([]);
    client.destroy();
  });
});

describe('an endpoint of Client VPN', () => {
  const id = 'cvpn-endpoint-0123456789abcdef0';
  type Answer = (command: object) => object;
  const endpoint = (answer: Answer): ClientVpnEndpoint =>
    new ClientVpnEndpoint({ send: async (command: object) => answer(command) } as never, id);

  test('returns and replaces its revocation list', async () => {
    const sent: object[] = [];
    const one = endpoint((command) => {
      sent.push((command as ec2.ImportClientVpnClientCertificateRevocationListCommand).input);
      return command instanceof ec2.ImportClientVpnClientCertificateRevocationListCommand
        ? { Return: true }
        : { CertificateRevocationList: 'list' };
    });
    await one.importList('pem');
    expect(await one.revocationList()).toBe('list');
    expect(sent).toEqual([{ ClientVpnEndpointId: id, CertificateRevocationList: 'pem' }, { ClientVpnEndpointId: id }]);
    expect(await endpoint(() => ({ CertificateRevocationList: '' })).revocationList()).toBeUndefined();
    await expect(endpoint(() => ({ Return: false })).importList('pem')).rejects.toThrow(
      `${id}: expected the import of a revocation list, got a refusal`,
    );
  });

  test('lists the connections of all pages that are running', async () => {
    const connection = (ConnectionId: string, Code: ec2.ClientVpnConnectionStatusCode): ec2.ClientVpnConnection => ({
      ConnectionId,
      CommonName: `${ConnectionId} name`,
      Status: { Code },
    });
    const pages: Record<string, ec2.DescribeClientVpnConnectionsResult> = {
      '': { Connections: [connection('1', 'active'), connection('2', 'terminated')], NextToken: 'next' },
      next: { Connections: [connection('3', 'active'), { ConnectionId: '4', Status: { Code: 'active' } }] },
    };
    const found = await endpoint(
      (command) => pages[(command as ec2.DescribeClientVpnConnectionsCommand).input.NextToken ?? ''] ?? {},
    ).connections();
    expect(found).toEqual([
      { id: '1', commonName: '1 name' },
      { id: '3', commonName: '3 name' },
    ]);
  });

  test('ends a connection, and reports one that it cannot end', async () => {
    const ended = (Code: ec2.ClientVpnConnectionStatusCode) =>
      endpoint(
        () =>
          ({
            ConnectionStatuses: [{ ConnectionId: '1', CurrentStatus: { Code, Message: 'busy' } }],
          }) satisfies ec2.TerminateClientVpnConnectionsResult,
      );
    await ended('terminating').terminate({ id: '1', commonName: 'alice-1' });
    await expect(ended('failed-to-terminate').terminate({ id: '1', commonName: 'alice-1' })).rejects.toThrow(
      `${id}: expected the end of connection 1 of alice-1, got busy`,
    );
  });

  test('an error is a refusal with its reason', async () => {
    const gone = endpoint(() => {
      throw Object.assign(new Error('does not exist'), { name: 'InvalidClientVpnEndpointId.NotFound' });
    });
    await expect(gone.connections()).rejects.toThrow(
      `${id}: expected its connections, got InvalidClientVpnEndpointId.NotFound: does not exist; check`,
    );
    await expect(gone.revocationList()).rejects.toThrow('expected its revocation list');
    await expect(gone.importList('')).rejects.toThrow('expected the import of a revocation list');
  });
});

// The commands over AWS: mocked KMS, EC2 and ACM with outputs of the SDK's types, and the registry over S3's protocol.
import { createPublicKey, privateEncrypt, X509Certificate } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ACMClient, type ImportCertificateCommand } from '@aws-sdk/client-acm';
import * as ec2 from '@aws-sdk/client-ec2';
import { GetPublicKeyCommand, KMSClient, SignCommand } from '@aws-sdk/client-kms';
import { S3Client } from '@aws-sdk/client-s3';
import { readRevocationList } from '../../../runtime/vpn/revocation-list';
import { initCommand } from '../../../tools/vpn/init';
import { issueCommand } from '../../../tools/vpn/issue';
import { listCommand } from '../../../tools/vpn/list';
import { profileCommand } from '../../../tools/vpn/profile';
import { requestCommand } from '../../../tools/vpn/request';
import { revokeCommand } from '../../../tools/vpn/revoke';
import { type ConditionalS3, startConditionalS3 } from '../../runtime/vpn/conditional-s3';
import { publicKeyOf, rsaKey } from '../../runtime/vpn/parts';
import { certificateTimeLimit } from '../../time-limits';

jest.setTimeout(certificateTimeLimit);

const folder = mkdtempSync(join(tmpdir(), 'rempart-vpn-aws-'));
const privateKey = rsaKey();
const endpoint = 'cvpn-endpoint-0123456789abcdef0';
const arn = 'arn:aws:acm:eu-west-3:111111111111:certificate/12345678-1234-1234-1234-123456789012';
const places = ['--authority', 'kms:alias/example-vpn', '--registry', 's3://access/vpn/certificates.json', '--region', 'eu-west-3'];
const path = (name: string): string => join(folder, name);

let s3: ConditionalS3;
let imports: (typeof ImportCertificateCommand.prototype.input)[];
let list: string | undefined;
let connections: ec2.ClientVpnConnection[];
let ended: (string | undefined)[];
let printed: string[];

beforeAll(async () => {
  s3 = await startConditionalS3(path('s3'), 'access');
});
afterAll(async () => {
  await s3?.close();
  rmSync(folder, { recursive: true, force: true });
});
beforeEach(() => {
  [imports, connections, ended, printed] = [[], [], [], []];
  jest.spyOn(console, 'log').mockImplementation((line) => void printed.push(String(line)));
  const send = s3.client.send.bind(s3.client);
  jest.spyOn(S3Client.prototype, 'send').mockImplementation(((command: never) => send(command)) as never);
  jest.spyOn(KMSClient.prototype, 'send').mockImplementation((async (command: object) => kms(command)) as never);
  jest.spyOn(ec2.EC2Client.prototype, 'send').mockImplementation((async (command: object) => ofEndpoint(command)) as never);
  jest.spyOn(ACMClient.prototype, 'send').mockImplementation((async (command: ImportCertificateCommand) => {
    imports.push(command.input);
    return { CertificateArn: arn };
  }) as never);
});
afterEach(() => jest.restoreAllMocks());

/** DigestInfo of SHA-256 (RFC 8017, section 9.2, note 1). */
const digestInfo = Buffer.from('3031300d060960864801650304020105000420', 'hex');

function kms(command: object): object {
  if (command instanceof SignCommand) {
    expect(command.input.KeyId).toBe('alias/example-vpn');
    return { Signature: privateEncrypt(privateKey, Buffer.concat([digestInfo, command.input.Message ?? Buffer.of()])) };
  }
  if (!(command instanceof GetPublicKeyCommand)) throw new Error(`${command.constructor.name}: expected another command`);
  const SigningAlgorithms = ['RSASSA_PKCS1_V1_5_SHA_256'];
  return { PublicKey: publicKeyOf(privateKey), KeySpec: 'RSA_2048', KeyUsage: 'SIGN_VERIFY', SigningAlgorithms };
}

function ofEndpoint(command: object): object {
  if (command instanceof ec2.ImportClientVpnClientCertificateRevocationListCommand) {
    list = command.input.CertificateRevocationList;
    return { Return: true };
  }
  if (command instanceof ec2.DescribeClientVpnConnectionsCommand) return { Connections: connections };
  if (command instanceof ec2.TerminateClientVpnConnectionsCommand) {
    ended.push(command.input.ConnectionId);
    return { ConnectionStatuses: [{ CurrentStatus: { Code: 'terminating' } }] };
  }
  const DnsName = `*.${endpoint}.prod.clientvpn.eu-west-3.amazonaws.com`;
  return { ClientVpnEndpoints: [{ DnsName, VpnPort: 443, TransportProtocol: 'udp' }] };
}

test('init imports the certificate of the server into ACM, with the authority as its chain, and again in place', async () => {
  await initCommand.run([...places, '--deployment', 'example', '--endpoint', endpoint]);
  const [first] = imports;
  expect(imports).toHaveLength(1);
  expect(first).not.toHaveProperty('CertificateArn');
  expect(first?.Tags).toEqual([
    { Key: 'rempart:deployment', Value: 'example' },
    { Key: 'rempart:certificate', Value: 'vpn-server' },
    { Key: 'rempart:classification', Value: 'confidential' },
  ]);
  const [server, authority] = [first?.Certificate, first?.CertificateChain].map((pem) => new X509Certificate(Buffer.from(pem ?? [])));
  expect(server?.verify(createPublicKey(privateKey))).toBe(true);
  expect(authority?.publicKey.equals(createPublicKey(privateKey))).toBe(true);
  expect(readRevocationList(list ?? '')?.number).toBe(1);
  await initCommand.run([...places, '--deployment', 'example']);
  expect(imports).toHaveLength(1);
  await initCommand.run([...places, '--deployment', 'example', '--renew-server']);
  expect(imports[1]).toMatchObject({ CertificateArn: arn });
  expect(imports[1]).not.toHaveProperty('Tags');
});

test('a person joins and leaves', async () => {
  await requestCommand.run(['--person', 'alice', '--key', path('a.key'), '--request', path('a.csr')]);
  await issueCommand.run([...places, '--person', 'alice', '--request', path('a.csr'), '--out', path('a.crt'), '--json']);
  const { commonName, serial } = JSON.parse(printed.at(-1) ?? '');
  await profileCommand.run([...places.slice(2), '--endpoint', endpoint, '--person', 'alice', '--out', path('a.ovpn')]);
  expect(readFileSync(path('a.ovpn'), 'utf8')).toMatch(
    /\nremote cvpn-endpoint-0123456789abcdef0\.prod\.clientvpn\.eu-west-3\.amazonaws\.com 443\nremote-random-hostname\n/,
  );
  const running = (ConnectionId: string, CommonName: string) => ({ ConnectionId, CommonName, Status: { Code: 'active' as const } });
  connections = [running('1', commonName), running('2', 'bob-4444444444444444')];
  await revokeCommand.run([...places, '--endpoint', endpoint, '--person', 'alice', '--reason', 'left']);
  expect(ended).toEqual(['1']);
  expect(readRevocationList(list ?? '')?.serials).toEqual([serial]);
  await listCommand.run([...places.slice(2), '--all']);
  expect(printed.at(-1)).toContain('(left)');
});

test('ACM and EC2 that refuse are refusals with their reason', async () => {
  const denied = Object.assign(new Error('not authorized'), { name: 'AccessDeniedException' });
  jest.spyOn(ACMClient.prototype, 'send').mockImplementation((() => Promise.reject(denied)) as never);
  jest.spyOn(ec2.EC2Client.prototype, 'send').mockImplementation((() => Promise.reject(denied)) as never);
  const init = initCommand.run([...places, '--deployment', 'example', '--renew-server']);
  await expect(init).rejects.toThrow('ACM: expected the import of the server certificate, got not authorized; check your permissions');
  await requestCommand.run(['--person', 'bob', '--key', path('b.key'), '--request', path('b.csr')]);
  await issueCommand.run([...places, '--person', 'bob', '--request', path('b.csr'), '--out', path('b.crt')]);
  const profile = profileCommand.run([...places.slice(2), '--endpoint', endpoint, '--person', 'bob', '--out', path('b.ovpn')]);
  await expect(profile).rejects.toThrow(`${endpoint}: expected an endpoint, got not authorized`);
});

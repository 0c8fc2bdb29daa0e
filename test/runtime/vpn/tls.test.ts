// A real TLS server with the authority and the revocation list: it accepts an issued certificate, and no other one.
import 'reflect-metadata';
import { webcrypto } from 'node:crypto';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { connect, createServer, type TLSSocket } from 'node:tls';
import { ExtendedKeyUsage, ExtendedKeyUsageExtension, X509CertificateGenerator } from '@peculiar/x509';
import { personCertificate, serverCertificate } from '../../../runtime/vpn/certificates';
import { issueCertificate } from '../../../runtime/vpn/issue';
import { withNextList } from '../../../runtime/vpn/registry';
import { revocationList } from '../../../runtime/vpn/revocation-list';
import { revokeCertificates } from '../../../runtime/vpn/revoke';
import { certificateTimeLimit } from '../../time-limits';
import { day, inDays, newVpn, now, pemOf, publicKeyOf, requestOf, rsaKey, type Vpn } from './parts';

jest.setTimeout(certificateTimeLimit);

interface Client {
  readonly cert?: string;
  readonly key?: string;
}

let vpn: Vpn;
let authority: string;
let server: { readonly cert: string; readonly key: string };

beforeAll(async () => {
  vpn = await newVpn();
  authority = (await vpn.store.read()).authority;
  const key = rsaKey();
  const { certificate } = await serverCertificate({ certificate: authority, key: vpn.key }, 'vpn.example.com', publicKeyOf(key), now);
  server = { cert: certificate, key: pemOf(key) };
});

/**
 * Connects; the common name that the server accepted, or the reason of its refusal. A server that refuses gives no
 * reason: a second one, which accepts every client, states it.
 */
async function handshake(client: Client, list?: string): Promise<string> {
  const accepted = await connectOnce(client, list, true);
  return accepted ? String(accepted.getPeerCertificate().subject.CN) : String((await connectOnce(client, list, false))?.authorizationError);
}

/** The server's side of a connection; undefined if the server refused it. */
async function connectOnce({ cert, key }: Client, list: string | undefined, rejectUnauthorized: boolean): Promise<TLSSocket | undefined> {
  const listener = createServer({ ...server, ca: authority, requestCert: true, rejectUnauthorized, ...(list ? { crl: list } : {}) });
  const accepted = new Promise<TLSSocket | undefined>((resolve) => {
    listener.on('secureConnection', resolve);
    listener.on('tlsClientError', () => resolve(undefined));
  });
  listener.listen(0, '127.0.0.1');
  await once(listener, 'listening');
  const { port } = listener.address() as AddressInfo;
  const socket = connect({ host: '127.0.0.1', port, ca: authority, servername: 'vpn.example.com', ...(cert && key ? { cert, key } : {}) });
  socket.on('error', () => undefined);
  try {
    const served = await accepted;
    served?.on('error', () => undefined);
    return served;
  } finally {
    socket.destroy();
    listener.close();
  }
}

async function issued(person: string, at = now, days = 90) {
  const key = rsaKey();
  const entry = await issueCertificate(vpn.store, vpn.key, requestOf(person, key), { days, additional: false, now: at });
  return { entry, client: { cert: entry.certificate, key: pemOf(key) } };
}

const listNow = async (): Promise<string> => revocationList(await vpn.store.read(), vpn.key);

test('an issued certificate is accepted, with and without a list', async () => {
  const { entry, client } = await issued('alice');
  expect(await handshake(client)).toBe(entry.commonName);
  expect(await handshake(client, await listNow())).toBe(entry.commonName);
});

test('a revoked certificate is refused, and another one of the same person is accepted', async () => {
  const [lost, kept] = [await issued('bob'), await issued('carol')];
  await revokeCertificates(vpn.store, vpn.key, vpn.endpoint, { person: 'bob' }, 'lost', now);
  const second = await issued('bob');
  expect(await handshake(lost.client, vpn.endpoint.list)).toBe('CERT_REVOKED');
  expect(await handshake(second.client, vpn.endpoint.list)).toBe(second.entry.commonName);
  expect(await handshake(kept.client, vpn.endpoint.list)).toBe(kept.entry.commonName);
});

test('an expired certificate is refused, and one that begins later', async () => {
  const early = await newVpn(vpn.key, inDays(-100));
  const key = rsaKey();
  const root = { certificate: (await early.store.read()).authority, key: vpn.key };
  const certificateAt = async (at: Date) => (await personCertificate(root, 'dave', publicKeyOf(key), 5, at)).certificate;
  expect(await handshake({ cert: await certificateAt(inDays(-10)), key: pemOf(key) }, await listNow())).toBe('CERT_HAS_EXPIRED');
  expect(await handshake({ cert: await certificateAt(inDays(10)), key: pemOf(key) }, await listNow())).toBe('CERT_NOT_YET_VALID');
});

test('a certificate of another authority with the same name is refused', async () => {
  const other = await newVpn();
  const key = rsaKey();
  const root = { certificate: (await other.store.read()).authority, key: other.key };
  const { certificate } = await personCertificate(root, 'alice', publicKeyOf(key), 90, now);
  expect(await handshake({ cert: certificate, key: pemOf(key) }, await listNow())).toMatch(
    /^(?:CERT_SIGNATURE_FAILURE|UNABLE_TO_GET_ISSUER_CERT.*|UNABLE_TO_VERIFY_LEAF_SIGNATURE)$/,
  );
});

test('a self-signed certificate is refused, and a client without one', async () => {
  const algorithm = { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256', publicExponent: new Uint8Array([1, 0, 1]), modulusLength: 2048 };
  const keys = (await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify'])) as webcrypto.CryptoKeyPair;
  const certificate = await X509CertificateGenerator.createSelfSigned({
    name: 'CN=alice',
    keys,
    notBefore: new Date(now.getTime() - day),
    notAfter: inDays(1),
    signingAlgorithm: algorithm,
    extensions: [new ExtendedKeyUsageExtension([ExtendedKeyUsage.clientAuth])],
  });
  const key = Buffer.from(await webcrypto.subtle.exportKey('pkcs8', keys.privateKey)).toString('base64');
  const client = { cert: certificate.toString('pem'), key: `-----BEGIN PRIVATE KEY-----\n${key}\n-----END PRIVATE KEY-----\n` };
  expect(await handshake(client)).toBe('DEPTH_ZERO_SELF_SIGNED_CERT');
  expect(await handshake(client, await listNow())).toBe('UNABLE_TO_GET_CRL');
  expect(await handshake({}, await listNow())).toBe('UNABLE_TO_GET_ISSUER_CERT');
});

test("the server's certificate is no client's", async () => {
  expect(await handshake(server, await listNow())).toBe('INVALID_PURPOSE');
});

test('a list past its end locks everybody out, and its renewal admits them again', async () => {
  const { entry, client } = await issued('erin');
  const registry = await vpn.store.read();
  const past = withNextList(registry, inDays(-31));
  expect(await handshake(client, await revocationList(past, vpn.key))).toBe('CRL_HAS_EXPIRED');
  expect(await handshake(client, await revocationList(withNextList(past, now), vpn.key))).toBe(entry.commonName);
});

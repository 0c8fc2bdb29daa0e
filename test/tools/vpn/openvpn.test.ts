// Profiles of npm run vpn in OpenVPN: it parses them, completes a handshake, and its server refuses revoked, expired
// and foreign certificates.
import { readFileSync, writeFileSync } from 'node:fs';
import { issueCertificate } from '../../../runtime/vpn/issue';
import { publishList } from '../../../runtime/vpn/publish';
import { withNextList } from '../../../runtime/vpn/registry';
import { RegistryStore } from '../../../runtime/vpn/registry-store';
import { revocationList } from '../../../runtime/vpn/revocation-list';
import { initialize } from '../../../tools/vpn/init';
import {
  createLocalAuthority,
  FolderEndpoint,
  FolderObjects,
  FolderServerCertificates,
  LocalSigningKey,
} from '../../../tools/vpn/local-folder';
import { profileText, withPrivateKey } from '../../../tools/vpn/profile-text';
import { inDays, pemOf, requestOf, rsaKey } from '../../runtime/vpn/parts';
import { certificateTimeLimit } from '../../time-limits';
import { LocalVpn } from './commands';
import { handshake, openvpnPath } from './openvpn-process';

jest.setTimeout(certificateTimeLimit);

const path = openvpnPath();
if (path === undefined) {
  test('NOT RUN: no OpenVPN on this machine; install it (apt-get install openvpn)', () => {
    console.warn('The profiles were not tested in OpenVPN: expected openvpn, found none.');
  });
} else {
  describe('in OpenVPN', () => inOpenVpn(path));
}

function inOpenVpn(openvpn: string): void {
  const vpn = new LocalVpn();
  const other = new LocalVpn();
  const filesOf = (of: LocalVpn, list = of.authorityPath('revocation-list.pem')) => ({
    ...{
      authority: of.authorityPath('authority.crt'),
      certificate: of.authorityPath('server.pem'),
      key: of.authorityPath('server.pem'),
      list,
    },
  });

  /** A profile that the commands make, with the port of the server. */
  const profileOf = (of: LocalVpn, name: string) => async (port: number) => {
    const [bare, whole] = [of.path(`${name}-${port}.ovpn`), of.path(`${name}-${port}-key.ovpn`)];
    const serial = (await of.json<{ certificates: { serial: string }[] }>('list', '--all', '--person', name)).certificates[0]?.serial ?? '';
    await of.run('profile', '--serial', serial, '--host', '127.0.0.1', '--port', String(port), '--out', bare);
    await of.run('profile', '--from', bare, '--key', of.path(`${name}.key`), '--out', whole);
    return whole;
  };

  beforeAll(async () => {
    for (const each of [vpn, other]) {
      await each.run('init', '--deployment', 'example');
      await each.request('alice');
      await each.issue('alice');
    }
  });
  afterAll(() => {
    vpn.remove();
    other.remove();
  });

  test('an issued certificate connects, by TLS 1.3 and with the cipher of the profile', async () => {
    const { connected, logs } = await handshake(openvpn, filesOf(vpn), profileOf(vpn, 'alice'));
    expect({ connected, logs }).toMatchObject({ connected: true });
    expect(logs[0]).toMatch(/VERIFY OK: depth=0, CN=alice-[0-9a-f]{16}\n/);
    expect(logs[0]).toContain('CRL: loaded 1 CRLs');
    expect(logs[1]).toContain('VERIFY X509NAME OK: CN=vpn.example.rempart.invalid');
    expect(logs[1]).toMatch(/Control Channel: TLSv1\.3[\s\S]*Data Channel: cipher 'AES-256-GCM'/);
  });

  test('a revoked certificate is refused, and the others connect', async () => {
    await vpn.request('bob');
    await vpn.issue('bob');
    expect(await handshake(openvpn, filesOf(vpn), profileOf(vpn, 'bob'))).toMatchObject({ connected: true });
    await vpn.run('profile', '--person', 'bob', '--host', '127.0.0.1', '--port', '1', '--out', vpn.path('bob-kept.ovpn'));
    await vpn.run('revoke', '--person', 'bob', '--reason', 'lost');
    const kept = withPrivateKey(readFileSync(vpn.path('bob-kept.ovpn'), 'utf8'), readFileSync(vpn.path('bob.key'), 'utf8'));
    const after = async (port: number): Promise<string> => {
      writeFileSync(vpn.path('bob-after.ovpn'), kept.replace('127.0.0.1 1\n', `127.0.0.1 ${port}\n`));
      return vpn.path('bob-after.ovpn');
    };
    const { connected, logs } = await handshake(openvpn, filesOf(vpn), after);
    expect(connected).toBe(false);
    expect(logs[0]).toMatch(/VERIFY ERROR: depth=0, error=certificate revoked: CN=bob-/);
    expect(await handshake(openvpn, filesOf(vpn), profileOf(vpn, 'alice'))).toMatchObject({ connected: true });
    await expect(profileOf(vpn, 'bob')(1)).rejects.toThrow('serial: expected a certificate that is valid, got revoked');
  });

  /** The registry and the key of the local authority, for what the commands refuse. */
  const store = () => new RegistryStore(new FolderObjects(vpn.authorityPath('')), 'certificates.json', 'folder');
  const key = () => new LocalSigningKey(vpn.authorityPath(''));

  test('an expired certificate is refused', async () => {
    const past = new LocalVpn();
    try {
      const folder = past.authorityPath('');
      createLocalAuthority(folder);
      const parts = { store: new RegistryStore(new FolderObjects(folder), 'certificates.json', folder), key: new LocalSigningKey(folder) };
      const wanted = { deployment: 'example', serverName: undefined, renewServer: false, renewAuthority: false, now: inDays(-30) };
      const { authority } = await initialize({ ...parts, server: new FolderServerCertificates(folder) }, wanted);
      const owner = rsaKey();
      const options = { days: 5, additional: false, now: inDays(-20) };
      const { certificate } = await issueCertificate(parts.store, parts.key, requestOf('carol', owner), options);
      await parts.store.change((registry) => withNextList(registry, inDays(0)));
      await publishList(parts.store, parts.key, new FolderEndpoint(folder));
      const { connected, logs } = await handshake(openvpn, filesOf(past), written('carol', { certificate, authority }, pemOf(owner)));
      expect(connected).toBe(false);
      expect(logs[0]).toMatch(/VERIFY ERROR: depth=0, error=certificate has expired: CN=carol-/);
    } finally {
      past.remove();
    }
  });

  const written =
    (name: string, { certificate, authority }: { readonly certificate: string; readonly authority: string }, privateKey: string) =>
    async (port: number): Promise<string> => {
      const server = {
        host: '127.0.0.1',
        port,
        protocol: 'udp',
        hasRandomHosts: false,
        isFederated: false,
        serverName: 'vpn.example.rempart.invalid',
      } as const;
      writeFileSync(vpn.path(`${name}.ovpn`), withPrivateKey(profileText({ ...server, certificate, authority }), privateKey));
      return vpn.path(`${name}.ovpn`);
    };

  test('a certificate of another authority is refused', async () => {
    const certificate = readFileSync(other.path('alice.crt'), 'utf8');
    const authority = readFileSync(vpn.authorityPath('authority.crt'), 'utf8');
    const privateKey = readFileSync(other.path('alice.key'), 'utf8');
    const { connected, logs } = await handshake(openvpn, filesOf(vpn), written('foreign', { certificate, authority }, privateKey));
    expect(connected).toBe(false);
    expect(logs[0]).toMatch(/VERIFY ERROR: depth=0, error=(?:certificate signature failure|unable to get local issuer certificate)/);
  });

  test('a list past its end locks everybody out', async () => {
    const registry = await store().read();
    const list = vpn.path('past.pem');
    writeFileSync(list, await revocationList(withNextList(registry, inDays(-31)), key()));
    const { connected, logs } = await handshake(openvpn, filesOf(vpn, list), profileOf(vpn, 'alice'));
    expect(connected).toBe(false);
    expect(logs[0]).toMatch(/VERIFY ERROR: depth=0, error=CRL has expired/);
  });

  test("a client refuses a server that has a person's certificate", async () => {
    const files = { ...filesOf(vpn), certificate: vpn.path('alice.crt'), key: vpn.path('alice.key') };
    const { connected, logs } = await handshake(openvpn, files, profileOf(vpn, 'alice'));
    expect(connected).toBe(false);
    expect(logs[1]).toMatch(/VERIFY KU ERROR|VERIFY EKU ERROR|VERIFY ERROR/);
  });
}

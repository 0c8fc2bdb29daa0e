// The beginning of a registry, at any time: once, with a server's certificate that lasts, and an authority that is
// renewed for the same key.
import { X509Certificate } from 'node:crypto';
import { issueCertificate } from '../../../runtime/vpn/issue';
import { RegistryStore } from '../../../runtime/vpn/registry-store';
import { initialize } from '../../../tools/vpn/init';
import { MockObjects } from '../../runtime/mock-objects';
import { inDays, MemoryKey, now, requestOf, rsaKey } from '../../runtime/vpn/parts';

const key = new MemoryKey();
const other = new MemoryKey();
const owner = rsaKey();

function newParts() {
  const imports: { readonly certificate: string; readonly authority: string; readonly privateKey: string; readonly place?: string }[] = [];
  const server = {
    async import(certificate: string, authority: string, privateKey: string, place?: string) {
      imports.push({ certificate, authority, privateKey, ...(place === undefined ? {} : { place }) });
      return place ?? `place ${imports.length}`;
    },
  };
  const objects = new MockObjects();
  return { store: new RegistryStore(objects, 'k', 'here', async () => undefined), key, server, imports };
}

const wanted = { deployment: 'example', serverName: undefined, renewServer: false, renewAuthority: false, now };

test('two beginnings at once have one authority, and the certificate of the server is of that authority', async () => {
  const parts = newParts();
  const [one, two] = await Promise.all([initialize(parts, wanted), initialize(parts, wanted)]);
  expect(one.authority).toBe(two.authority);
  const registry = await parts.store.read();
  const authority = new X509Certificate(registry.authority);
  for (const { certificate, authority: chain, privateKey } of parts.imports) {
    expect([chain, new X509Certificate(certificate).checkIssued(authority)]).toEqual([registry.authority, true]);
    expect(privateKey).toContain('PRIVATE KEY');
  }
  expect(JSON.stringify(registry)).not.toContain('PRIVATE KEY');
});

test('a certificate of the server is renewed from 60 days before its end, in its place', async () => {
  const parts = newParts();
  await initialize(parts, wanted);
  await initialize(parts, { ...wanted, now: inDays(669) });
  expect(parts.imports).toHaveLength(1);
  const { server } = await initialize(parts, { ...wanted, now: inDays(671) });
  expect(parts.imports.map(({ place }) => place)).toEqual([undefined, 'place 1']);
  expect(server).toMatchObject({ place: 'place 1', expires: inDays(671 + 730).toISOString() });
});

test('an expired authority is an error that names its renewal, which issues again with the same key', async () => {
  const parts = newParts();
  const before = await initialize(parts, { ...wanted, now: inDays(-3651) });
  const issue = () => issueCertificate(parts.store, key, requestOf('alice', owner), { days: 90, additional: false, now });
  await expect(initialize(parts, wanted)).rejects.toThrow(
    /^authority: expected a certificate that is valid .*npm run vpn -- init --renew-authority$/,
  );
  await expect(issue()).rejects.toThrow('authority: expected a certificate that is valid');
  expect((await parts.store.read()).certificates).toEqual([]);
  const after = await initialize(parts, { ...wanted, renewAuthority: true });
  const [old, renewed] = [before, after].map(({ authority }) => new X509Certificate(authority));
  expect(renewed?.publicKey.equals(old?.publicKey as never)).toBe(true);
  expect((await issue()).expires).toBe(inDays(90).toISOString());
});

test('a registry of another key is refused, also by a renewal of the authority', async () => {
  const parts = newParts();
  const before = await initialize(parts, wanted);
  await expect(initialize({ ...parts, key: other }, wanted)).rejects.toThrow('authority: expected the certificate of its key');
  await expect(initialize({ ...parts, key: other }, { ...wanted, renewAuthority: true })).rejects.toThrow(
    'authority: expected the certificate of its key',
  );
  expect(await parts.store.read()).toEqual(before);
});

// The registry in S3 (over its protocol, with conditional writes) and in a folder: writers at once lose nothing.
import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ObjectStore, S3Objects } from '../../../runtime/object-store';
import { emptyRegistry, type Registry, withNextList } from '../../../runtime/vpn/registry';
import { RegistryStore } from '../../../runtime/vpn/registry-store';
import { FolderObjects } from '../../../tools/vpn/local-folder';
import { MockObjects } from '../mock-objects';
import { type ConditionalS3, startConditionalS3 } from './conditional-s3';
import { now } from './parts';

const pem = '-----BEGIN CERTIFICATE-----\nAA==\n-----END CERTIFICATE-----\n';
const empty = emptyRegistry(pem, now);
const folder = mkdtempSync(join(tmpdir(), 'rempart-registry-'));
let s3: ConditionalS3;

beforeAll(async () => {
  s3 = await startConditionalS3(join(folder, 's3'), 'access');
});
afterAll(async () => {
  await s3?.close();
  rmSync(folder, { recursive: true, force: true });
});

/** An entry of one writer. */
const withEntry = (registry: Registry, writer: number): Registry => {
  const serial = `4${writer.toString(16).padStart(31, '0')}`;
  const times = { issued: now.toISOString(), expires: now.toISOString() };
  const entry = { person: 'alice', serial, commonName: serial, keyDigest: serial, certificate: pem, ...times };
  return withNextList({ ...registry, certificates: [...registry.certificates, entry] }, now);
};

describe.each<[string, () => ObjectStore]>([
  ['S3', () => new S3Objects(s3.client, 'access')],
  ['a folder', () => new FolderObjects(join(folder, 'local'))],
])('in %s', (where, objectsOf) => {
  const storeOf = () => new RegistryStore(objectsOf(), 'vpn.json', where);

  test('there is none before it is created, and it is created once', async () => {
    rmSync(join(folder, 'local'), { recursive: true, force: true });
    mkdirSync(join(folder, 'local'));
    const store = storeOf();
    expect(await store.find()).toBeUndefined();
    await expect(store.read()).rejects.toThrow(`${where}: expected a registry, got none; create it with npm run vpn -- init`);
    await expect(store.change((registry) => registry)).rejects.toThrow('expected a registry, got none');
    const created = await Promise.all(Array.from({ length: 4 }, () => storeOf().create(empty)));
    expect(created.filter(Boolean)).toHaveLength(1);
    expect(await store.read()).toEqual(empty);
  });

  test('twelve writers at once all have their change, in one order of lists', async () => {
    await Promise.all(Array.from({ length: 12 }, (_, writer) => storeOf().change((registry) => withEntry(registry, writer))));
    const registry = await storeOf().read();
    expect(registry.certificates.map(({ serial }) => Number.parseInt(serial.slice(1), 16)).sort((a, b) => a - b)).toEqual([
      ...Array.from({ length: 12 }).keys(),
    ]);
    expect(registry.list.number).toBe(13);
    if (where === 'S3') expect(s3.conflicts()).toBeGreaterThan(3);
  });

  test('a change that throws writes nothing, and one without effect neither', async () => {
    const before = await objectsOf().read('vpn.json');
    const refuse = () => {
      throw new Error('refused');
    };
    await expect(storeOf().change(refuse)).rejects.toThrow('refused');
    await storeOf().change((registry) => registry);
    expect(await objectsOf().read('vpn.json')).toEqual(before);
  });
});

test('in a folder each version is a file that its owner alone can read, and nothing unfinished stays', async () => {
  const own = join(folder, 'own');
  mkdirSync(own);
  const store = new RegistryStore(new FolderObjects(own), 'vpn.json', own);
  await store.create(empty);
  await store.change((registry) => withEntry(registry, 1));
  expect(readdirSync(own).sort()).toEqual(['vpn.json.1', 'vpn.json.2']);
  expect(statSync(join(own, 'vpn.json.2')).mode & 0o777).toBe(0o600);
  writeFileSync(join(own, 'vpn.json.3'), '{');
  await expect(store.read()).rejects.toThrow(`${own}: expected a registry in JSON, got "{"; restore an earlier version`);
});

test('a writer that others are always before gives up with an error', async () => {
  const objects = new MockObjects();
  const pause = jest.fn(async () => undefined);
  const store = new RegistryStore(objects, 'vpn.json', 'here', pause);
  await store.create(empty);
  let other = 0;
  objects.beforeWrite = () => {
    const { text = '' } = objects.objects.get('vpn.json') ?? {};
    objects.objects.set('vpn.json', { text, version: `"other ${other++}"` });
  };
  await expect(store.change((registry) => withNextList(registry, now))).rejects.toThrow(
    'here: expected a registry that one writer changes, got',
  );
  expect(pause).toHaveBeenCalledTimes(50);
});

test('a write whose answer was lost is not made twice', async () => {
  const objects = new MockObjects();
  const store = new RegistryStore(objects, 'vpn.json', 'here', async () => undefined);
  await store.create(empty);
  const write = objects.write.bind(objects);
  let lost = 1;
  objects.write = async (...args) => (await write(...args)) && lost-- < 1;
  const change = jest.fn((registry: Registry) => withEntry(registry, 1));
  expect((await store.change(change)).certificates).toHaveLength(1);
  expect(change).toHaveBeenCalledTimes(1);
  expect((await store.read()).list.number).toBe(2);
});

test('a store that does not answer is a refusal with its reason', async () => {
  const denied: ObjectStore = {
    read: () => Promise.reject(Object.assign(new Error('Access Denied'), { name: 'AccessDenied' })),
    write: () => Promise.reject(new Error('down')),
  };
  const store = new RegistryStore(denied, 'k', 's3://b/k');
  await expect(store.read()).rejects.toThrow('s3://b/k: expected an answer, got AccessDenied: Access Denied; check the place');
  await expect(store.create(empty)).rejects.toThrow('s3://b/k: expected a write, got Error: down');
});

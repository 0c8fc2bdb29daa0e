// Parts of the VPN for tests: keys in memory, a registry in a mocked object store, and a mock of an endpoint.
import { createHash, createPublicKey, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { authorityCertificate, personCertificate } from '../../../runtime/vpn/certificates';
import type { Connection, VpnEndpoint } from '../../../runtime/vpn/endpoint';
import { emptyRegistry, type Registry } from '../../../runtime/vpn/registry';
import { RegistryStore } from '../../../runtime/vpn/registry-store';
import type { SigningKey } from '../../../runtime/vpn/signing-key';
import { MockObjects } from '../mock-objects';

export const day = 86_400_000;

/** A time of the day that certificates can state, to the second. */
export const now = new Date(Math.floor(Date.now() / 1000) * 1000);
export const inDays = (days: number): Date => new Date(now.getTime() + days * day);

/** A key of RSA 2048 in memory. */
export class MemoryKey implements SigningKey {
  readonly name = 'memory:key';
  signatures = 0;

  constructor(readonly privateKey: KeyObject = rsaKey()) {}

  async publicKey(): Promise<Buffer> {
    return createPublicKey(this.privateKey).export({ format: 'der', type: 'spki' });
  }

  async sign(message: Uint8Array): Promise<Buffer> {
    this.signatures++;
    return sign('sha256', message, this.privateKey);
  }
}

export const rsaKey = (modulusLength = 2048): KeyObject => generateKeyPairSync('rsa', { modulusLength }).privateKey;
export const pemOf = (key: KeyObject): string => key.export({ format: 'pem', type: 'pkcs8' }) as string;
export const publicKeyOf = (key: KeyObject): Buffer => createPublicKey(key).export({ format: 'der', type: 'spki' });

/** A request that was checked, of a person with a key. */
export const requestOf = (person: string, key: KeyObject) => {
  const publicKey = publicKeyOf(key);
  return { person, publicKey, keyDigest: createHash('sha256').update(publicKey).digest('hex') };
};

/** An endpoint in memory. An import ends its connections, as in AWS. */
export class MockEndpoint implements VpnEndpoint {
  readonly name = 'cvpn-endpoint-1';
  list: string | undefined;
  imports = 0;
  running: Connection[] = [];
  readonly terminated: string[] = [];
  /** Called before each call by its name; may throw, or wait. */
  before: (call: string) => Promise<void> | void = () => undefined;

  async revocationList(): Promise<string | undefined> {
    await this.before('revocationList');
    return this.list;
  }

  async importList(pem: string): Promise<void> {
    await this.before('importList');
    this.imports++;
    this.list = pem;
    this.running = [];
  }

  async connections(): Promise<readonly Connection[]> {
    await this.before('connections');
    return this.running;
  }

  async terminate(connection: Connection): Promise<void> {
    await this.before('terminate');
    this.terminated.push(connection.commonName);
    this.running = this.running.filter(({ id }) => id !== connection.id);
  }
}

export interface Vpn {
  readonly key: MemoryKey;
  readonly objects: MockObjects;
  readonly store: RegistryStore;
  readonly endpoint: MockEndpoint;
}

/** An authority with an empty registry. */
export async function newVpn(key = new MemoryKey(), at = now): Promise<Vpn> {
  const objects = new MockObjects();
  const store = new RegistryStore(objects, 'certificates.json', 's3://bucket/certificates.json', async () => undefined);
  await store.create(emptyRegistry(await authorityCertificate(key, 'example', at), at));
  return { key, objects, store, endpoint: new MockEndpoint() };
}

/** A registration of a person's new certificate in a registry. */
export async function registration(registry: Registry, key: SigningKey, person: string, owner: KeyObject, days = 90, at = now) {
  const { publicKey, keyDigest } = requestOf(person, owner);
  const issued = await personCertificate({ certificate: registry.authority, key }, person, publicKey, days, at);
  return { person, keyDigest, issued, additional: false };
}

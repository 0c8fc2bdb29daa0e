// The secrets store: commands to AWS Secrets Manager (a mocked client), the keys of sites, and the cache.
import {
  CreateSecretCommand,
  GetSecretValueCommand,
  PutSecretValueCommand,
  ResourceNotFoundException,
  type SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { cacheFor, requiredSecret, SecretsManagerStore } from '../../runtime/secret-store';
import { siteId } from '../../runtime/site';
import { SiteKeys } from '../../runtime/site-keys';
import { MemorySecrets } from './memory-secrets';

function mocked(answer: object | Error): { store: SecretsManagerStore; sent: unknown[] } {
  const sent: unknown[] = [];
  const send = async (command: unknown) => {
    sent.push(command);
    if (answer instanceof Error) throw answer;
    return answer;
  };
  return { store: new SecretsManagerStore({ send } as unknown as SecretsManagerClient, 'arn:aws:kms:key'), sent };
}

test('a secret is read by its name', async () => {
  const { store, sent } = mocked({ SecretString: 'x' });
  expect(await store.read('a/b')).toBe('x');
  expect(sent[0]).toBeInstanceOf(GetSecretValueCommand);
  expect((sent[0] as GetSecretValueCommand).input).toEqual({ SecretId: 'a/b' });
});

test('a missing secret is undefined, a missing required one an error, and other failures are passed on', async () => {
  const { store } = mocked(new ResourceNotFoundException({ message: 'none', $metadata: {} }));
  expect(await store.read('a')).toBeUndefined();
  await expect(requiredSecret(store, 'a')).rejects.toThrow('secret a: expected a value, got none');
  await expect(mocked(new Error('denied')).store.read('a')).rejects.toThrow('denied');
  await expect(mocked({ SecretBinary: new Uint8Array() }).store.read('a')).rejects.toThrow(/expected text/);
});

test('a new secret is encrypted with the key of the stack; a new value replaces the value of the same secret', async () => {
  const { store, sent } = mocked({});
  await store.create('a', 'x');
  await store.replace('a', 'y');
  expect(sent[0]).toBeInstanceOf(CreateSecretCommand);
  expect((sent[0] as CreateSecretCommand).input).toEqual({ Name: 'a', SecretString: 'x', KmsKeyId: 'arn:aws:kms:key' });
  expect(sent[1]).toBeInstanceOf(PutSecretValueCommand);
  expect((sent[1] as PutSecretValueCommand).input).toEqual({ SecretId: 'a', SecretString: 'y' });
});

test('a cached value is read once until it expires, and again after a failure', async () => {
  let now = 0;
  let asked = 0;
  const read = cacheFor(
    async () => ++asked,
    1000,
    () => {
      const begun = now;
      return () => now - begun;
    },
  );
  expect([await read(), await read()]).toEqual([1, 1]);
  now = 1001;
  expect(await read()).toBe(2);
  let fail = true;
  const shaky = cacheFor(async () => {
    if (fail) throw new Error('away');
    return 'here';
  });
  await expect(shaky()).rejects.toThrow('away');
  fail = false;
  expect(await shaky()).toBe('here');
});

test('a site gets one key of 32 bytes; a rotation adds a key and keeps the old one', async () => {
  const secrets = new MemorySecrets();
  const keys = new SiteKeys(secrets, 'test/sites');
  const site = siteId(7);
  await expect(keys.read(site)).rejects.toThrow('keys of site 7: expected a key, got none');
  await expect(keys.rotate(site)).rejects.toThrow(/expected a key to rotate/);
  expect([
    await keys.create(site, 'seven', true),
    await keys.create(site, 'seven', false),
    await keys.create(siteId(8), 'eight', true),
  ]).toEqual([1, 1, 1]);
  const first = await keys.read(site);
  expect(first.key).toHaveLength(32);
  expect(first.key).not.toEqual((await keys.read(siteId(8))).key);
  expect(await keys.rotate(site)).toBe(2);
  expect((await keys.read(site)).version).toBe(2);
  expect((await keys.read(site)).key).not.toEqual(first.key);
  expect(await keys.read(site, 1)).toEqual(first);
  await expect(keys.read(site, 3)).rejects.toThrow('expected version 1 to 2, got 3');
  expect([...secrets.values.keys()]).toEqual(['test/sites/7', 'test/sites/8']);
});

// The secrets store: what is sent to AWS Secrets Manager (a mock of its client), the keys of sites, and what is remembered.
import {
  CreateSecretCommand,
  GetSecretValueCommand,
  PutSecretValueCommand,
  ResourceNotFoundException,
  type SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { cacheFor, requiredSecret, SecretsManager } from '../../runtime/secret-store';
import { siteId } from '../../runtime/site';
import { SiteKeys } from '../../runtime/site-keys';
import { MemorySecrets } from './memory-secrets';

function mocked(answer: object | Error): { store: SecretsManager; sent: unknown[] } {
  const sent: unknown[] = [];
  const send = async (command: unknown) => {
    sent.push(command);
    if (answer instanceof Error) throw answer;
    return answer;
  };
  return { store: new SecretsManager({ send } as unknown as SecretsManagerClient, 'arn:aws:kms:key'), sent };
}

test('reading asks for the secret by its name', async () => {
  const { store, sent } = mocked({ SecretString: 'x' });
  expect(await store.read('a/b')).toBe('x');
  expect(sent[0]).toBeInstanceOf(GetSecretValueCommand);
  expect((sent[0] as GetSecretValueCommand).input).toEqual({ SecretId: 'a/b' });
});

test('a secret that is not there is undefined, or an error that says so; other failures pass', async () => {
  const { store } = mocked(new ResourceNotFoundException({ message: 'none', $metadata: {} }));
  expect(await store.read('a')).toBeUndefined();
  await expect(requiredSecret(store, 'a')).rejects.toThrow('secret a: expected it to be there, found none');
  await expect(mocked(new Error('denied')).store.read('a')).rejects.toThrow('denied');
  await expect(mocked({ SecretBinary: new Uint8Array() }).store.read('a')).rejects.toThrow(/expected text/);
});

test('a new secret is encrypted with the key of the stack; a new value goes to the same secret', async () => {
  const { store, sent } = mocked({});
  await store.create('a', 'x');
  await store.replace('a', 'y');
  expect(sent[0]).toBeInstanceOf(CreateSecretCommand);
  expect((sent[0] as CreateSecretCommand).input).toEqual({ Name: 'a', SecretString: 'x', KmsKeyId: 'arn:aws:kms:key' });
  expect(sent[1]).toBeInstanceOf(PutSecretValueCommand);
  expect((sent[1] as PutSecretValueCommand).input).toEqual({ SecretId: 'a', SecretString: 'y' });
});

test('what is remembered is asked for once until its time is over, and again after a failure', async () => {
  let now = 0;
  let asked = 0;
  const read = cacheFor(
    async () => ++asked,
    1000,
    () => now,
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

test('a site gets its own key of 32 bytes, once; rotation adds one and keeps the old', async () => {
  const secrets = new MemorySecrets();
  const keys = new SiteKeys(secrets, 'test/sites');
  const site = siteId(7);
  await expect(keys.read(site)).rejects.toThrow('keys of site 7: expected some, found none');
  await expect(keys.rotate(site)).rejects.toThrow(/expected some to rotate/);
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

// Sources of the snapshot and of keys: an object over S3's protocol, secrets, and files on a developer's machine.
import { mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { siteId } from '../../../../runtime/site';
import { SiteKeyReader } from '../../../../runtime/site-keys';
import { Clock } from '../../../../services/collector/clock/clock';
import { FolderSecrets, siteKeys } from '../../../../services/collector/sites/key-source';
import { FileSource, ObjectSource } from '../../../../services/collector/sites/snapshot-source';

/** s3rver, which has no types of its own: S3's protocol on this machine. */
const S3rver = require('s3rver') as new (options: object) => { run(): Promise<{ port: number }>; close(): Promise<void> };
const folder = mkdtempSync(join(tmpdir(), 'rempart-sources-'));
const clock = new Clock(() => undefined);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('an object is read again only after a change of its ETag', async () => {
  const server = new S3rver({
    port: 0,
    address: '127.0.0.1',
    silent: true,
    directory: join(folder, 's3'),
    configureBuckets: [{ name: 'sites', configs: [] }],
  });
  const { port } = await server.run();
  const credentials = { accessKeyId: 'S3RVER', secretAccessKey: 'S3RVER' };
  const client = new S3Client({ region: 'eu-west-3', endpoint: `http://127.0.0.1:${port}`, forcePathStyle: true, credentials });
  try {
    const put = (Body: string) => client.send(new PutObjectCommand({ Bucket: 'sites', Key: 'sites.json', Body }));
    const source = new ObjectSource(client, 'sites', 'sites.json');
    await expect(source.read()).rejects.toThrow();
    await put('one');
    expect(await source.read()).toEqual({ text: 'one', written: expect.any(Number) });
    expect(await source.read()).toBe('unchanged');
    await put('two');
    expect(await source.read()).toMatchObject({ text: 'two' });
  } finally {
    client.destroy();
    await server.close();
  }
});

test('a file that changes after the clock was set back is a later version', async () => {
  const file = join(folder, 'sites.json');
  const source = new FileSource(file);
  writeFileSync(file, 'first');
  const before = await source.read();
  writeFileSync(file, 'after an hour back');
  const back = Date.now() / 1000 - 3600;
  utimesSync(file, back, back);
  const after = await source.read();
  expect(after).toMatchObject({ text: 'after an hour back' });
  expect(after !== 'unchanged' && before !== 'unchanged' && after.written >= before.written).toBe(true);
});

test('keys are read from a folder, by the id of the site', async () => {
  const key = Buffer.alloc(32, 1);
  writeFileSync(join(folder, '7'), JSON.stringify({ site: 'acme', current: 1, keys: { 1: key.toString('base64') } }));
  const keys = siteKeys(`file://${folder}`, 'eu-west-3', clock);
  expect(await keys.read(siteId(7), 1)).toEqual({ version: 1, key });
  await expect(keys.read(siteId(8), 1)).rejects.toThrow('keys of site 8: expected a key, got none');
});

test.each([
  ['Secrets Manager', 'secretsmanager:production/sites'],
  ['a folder', `file://${folder}`],
])('keys in %s can be read and not changed', (_, source) => {
  const keys = siteKeys(source, 'eu-west-3', clock);
  expect(keys).toBeInstanceOf(SiteKeyReader);
  for (const change of ['create', 'rotate']) expect(keys).not.toHaveProperty(change);
});

test('a secret without a file is undefined', async () => {
  const secrets = new FolderSecrets(folder);
  expect(await secrets.read('sites/none')).toBeUndefined();
  for (const change of ['create', 'replace']) expect(secrets).not.toHaveProperty(change);
});

// Files of the twin in place of AWS services: secrets, objects, checkpoints.
import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openCheckpoints } from '../../../../tools/twin/parts/checkpoints';
import { FileObjects } from '../../../../tools/twin/parts/file-objects';
import { FileSecrets } from '../../../../tools/twin/parts/file-secrets';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'rempart-files-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

test('secrets: created once, replaced, readable by the owner only', async () => {
  const secrets = new FileSecrets(join(folder, 'keys'));
  expect(await secrets.read('sites/7')).toBeUndefined();
  await secrets.create('sites/7', 'one');
  await expect(secrets.create('sites/7', 'two')).rejects.toThrow('EEXIST');
  expect(await secrets.read('sites/7')).toBe('one');
  await secrets.replace('sites/7', 'three');
  expect(await secrets.read('sites/7')).toBe('three');
  expect(statSync(join(folder, 'keys', '7')).mode & 0o077).toBe(0);
  expect(readdirSync(join(folder, 'keys'))).toEqual(['7']);
});

test('objects: written only in place of the version that was read', async () => {
  const objects = new FileObjects(folder);
  expect(await objects.read('a/b.json')).toBeUndefined();
  expect(await objects.write('a/b.json', 'one', 'application/json', undefined)).toBe(true);
  const one = await objects.read('a/b.json');
  expect(one?.text).toBe('one');
  expect(await objects.write('a/b.json', 'two', 'application/json', undefined)).toBe(false);
  expect(await objects.write('a/b.json', 'two', 'application/json', one)).toBe(true);
  expect(await objects.write('a/b.json', 'three', 'application/json', one)).toBe(false);
  expect((await objects.read('a/b.json'))?.text).toBe('two');
});

test('checkpoints: the last of each shard, for the next reader too', async () => {
  const file = join(folder, 'checkpoints.json');
  const checkpoints = await openCheckpoints(file);
  expect(checkpoints.get('one')).toBeUndefined();
  await Promise.all([checkpoints.set('one', '1'), checkpoints.set('two', '5'), checkpoints.set('one', '2')]);
  const next = await openCheckpoints(file);
  expect([next.get('one'), next.get('two')]).toEqual(['2', '5']);
});

test('unreadable checkpoints: reading starts at the beginning; the ingest stores each hit once', async () => {
  const file = join(folder, 'checkpoints.json');
  writeFileSync(file, '{"one":');
  expect((await openCheckpoints(file)).get('one')).toBeUndefined();
});

import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { cachedBundles } from '../../../lib/functions/bundle-cache';

let root = '';
let passes = 0;
const bundle = () => new Map([['control', `pass ${++passes}`]]);
const bundled = (options = {}) => cachedBundles(root, options, bundle).get('control');
const put = (path: string, text: string) => writeFileSync(join(root, path), text);
const cache = () => join(root, 'node_modules', '.cache', 'rempart', 'bundles');

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'rempart-bundle-cache-'));
  passes = 0;
  for (const folder of ['lambda/control', 'runtime', 'node_modules']) mkdirSync(join(root, folder), { recursive: true });
  put('lambda/control/handler.ts', 'one');
  put('node_modules/.package-lock.json', '{}');
});

afterEach(() => rmSync(root, { recursive: true }));

test('bundles once while the inputs are unchanged', () => {
  expect([bundled(), bundled()]).toEqual(['pass 1', 'pass 1']);
});

test.each([
  ['a function', () => put('lambda/control/handler.ts', 'two')],
  ['a file that functions share', () => put('runtime/door.ts', 'door')],
  ['a new file', () => put('lambda/control/env.ts', '')],
  ['the packages', () => put('node_modules/.package-lock.json', '{"packages":{}}')],
])('bundles again after a change of %s', (_, change) => {
  bundled();
  change();
  expect(bundled()).toBe('pass 2');
});

test('bundles again with other options', () => {
  bundled({ minify: true });
  expect(bundled({ minify: false })).toBe('pass 2');
});

test('bundles again if the cached file is incomplete, and leaves no temporary file', () => {
  bundled();
  const [file = ''] = readdirSync(cache());
  writeFileSync(join(cache(), file), '{"control": "pa');
  expect([bundled(), bundled()]).toEqual(['pass 2', 'pass 2']);
  expect(readdirSync(cache())).toEqual([file]);
});

test('does not cache without the package record of npm', () => {
  rmSync(join(root, 'node_modules', '.package-lock.json'));
  expect([bundled(), bundled()]).toEqual(['pass 1', 'pass 2']);
});

test('depends on the given sources, and on no others', () => {
  mkdirSync(join(root, 'services'));
  const service = () => cachedBundles(root, {}, bundle, ['services']).get('control');
  expect(service()).toBe('pass 1');
  put('lambda/control/handler.ts', 'two');
  expect(service()).toBe('pass 1');
  put('services/main.ts', 'one');
  expect([service(), bundled()]).toEqual(['pass 2', 'pass 3']);
});

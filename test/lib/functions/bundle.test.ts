// Bundles: the same bytes in every folder, without data of the machine.
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AssetCode } from 'aws-cdk-lib/aws-lambda';
import { controlMark, controlMarkText } from '../../../lib/config/control-mark';
import { bundleFunctions, functionBundles, functionCode } from '../../../lib/functions/bundle';

const repository = join(__dirname, '..', '..', '..');
const roots: string[] = [];

/** A copy of the sources, in a folder of its own. */
function copy(): string {
  const root = mkdtempSync(join(tmpdir(), 'rempart-bundle-'));
  roots.push(root);
  for (const folder of ['lambda', 'runtime']) cpSync(join(repository, folder), join(root, folder), { recursive: true });
  symlinkSync(join(repository, 'node_modules'), join(root, 'node_modules'), 'dir');
  return root;
}

afterAll(() => {
  for (const root of roots) rmSync(root, { recursive: true, force: true });
});

test('two copies in two places, bundled from two working directories, have the same bytes', () => {
  const [one, other] = [copy(), copy()];
  const before = process.cwd();
  process.chdir(one);
  const first = bundleFunctions(one);
  process.chdir(tmpdir());
  const second = bundleFunctions(other);
  process.chdir(before);
  const here = bundleFunctions(repository);
  expect([...first.keys()]).toEqual([...here.keys()]);
  for (const [control, content] of here) {
    expect(first.get(control) === content).toBe(true);
    expect(second.get(control) === content).toBe(true);
  }
});

test('every folder with a handler is bundled', () => {
  const lambda = join(repository, 'lambda');
  const handlers = readdirSync(lambda).flatMap((concern) =>
    readdirSync(join(lambda, concern)).filter((control) => existsSync(join(lambda, concern, control, 'handler.ts'))),
  );
  expect([...functionBundles().keys()].sort()).toEqual(handlers.sort());
  expect(handlers).toContain('default-security-group');
});

test('a bundle has no path of this machine, no source map and no comment', () => {
  for (const text of functionBundles().values()) {
    for (const path of [repository, tmpdir(), homedir(), 'sourceMappingURL'])
      expect(text.includes(`${path}/`) || text.includes(`${path}=`)).toBe(false);
    expect(text).not.toMatch(/^\/\/ |\/\*! /m);
  }
});

test('a process bundles once', () => {
  expect(functionBundles()).toBe(functionBundles());
});

test('the folder of a control has its bundle, its files, and the mark of both', () => {
  const folder = (functionCode('ingest', { 'sql/a.sql': 'select 1' }) as AssetCode).path;
  const bundle = functionBundles().get('ingest') ?? '';
  expect(readdirSync(folder).toSorted()).toEqual([controlMark, 'index.js', 'sql']);
  expect(readFileSync(join(folder, 'index.js'), 'utf8')).toBe(bundle);
  expect(readFileSync(join(folder, controlMark), 'utf8')).toBe(controlMarkText('ingest', bundle));
});

test('a control without a handler is an error that lists the existing controls', () => {
  expect(() => functionCode('unknown')).toThrow(
    /^functionCode: expected a folder of lambda\/<concern>\/ with a handler\.ts \(.*default-security-group.*\), got unknown/,
  );
});

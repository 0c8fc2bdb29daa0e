// Packages are pinned exactly, are the same on every platform, and need no install script.
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { missingFrom } from '../tools/develop/lock/complete';

const root = resolve(__dirname, '..');
const json = (path: string) => JSON.parse(readFileSync(join(root, path), 'utf8'));
const { dependencies, devDependencies } = json('package.json') as Readonly<Record<string, Record<string, string>>>;

test.each(Object.entries({ ...dependencies, ...devDependencies }))('%s is pinned exactly', (_, version) => {
  expect(version).toMatch(/^\d+\.\d+\.\d+(-[\w.]+)?$/);
});

test('the lock file names the packages of every platform (npm run lock adds them)', () => {
  expect(missingFrom(json('package-lock.json')).map(({ name, version }) => `${name}@${version}`)).toEqual([]);
});

test('install scripts do not run', () => {
  expect(readFileSync(join(root, '.npmrc'), 'utf8')).toContain('ignore-scripts=true\n');
});

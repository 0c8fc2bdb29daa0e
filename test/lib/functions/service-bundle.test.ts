// The bundle of a service: one file without dependencies, the same bytes in every folder.
import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { bundlePrograms, servicePrograms } from '../../../lib/functions/service-bundle';

const repository = join(__dirname, '..', '..', '..');
const root = mkdtempSync(join(tmpdir(), 'rempart-service-bundle-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

test('a copy in another place has the same bytes', () => {
  for (const folder of ['services', 'runtime']) cpSync(join(repository, folder), join(root, folder), { recursive: true });
  symlinkSync(join(repository, 'node_modules'), join(root, 'node_modules'), 'dir');
  const copy = bundlePrograms(root);
  expect([...copy.keys()]).toEqual([...servicePrograms().keys()]);
  for (const [service, program] of servicePrograms()) expect(copy.get(service) === program).toBe(true);
});

test('a bundle has no path of this machine, no source map and no comment', () => {
  for (const text of servicePrograms().values()) {
    for (const path of [repository, tmpdir(), homedir(), 'sourceMappingURL']) {
      expect(text.includes(`${path}/`) || text.includes(`${path}=`)).toBe(false);
    }
    expect(text).not.toMatch(/^\/\/ |\/\*! /m);
  }
});

test('tools/develop/build-collector writes the program, which runs without a package and reports a missing variable', () => {
  const file = join(root, 'collector.cjs');
  const run = (...args: string[]) =>
    spawnSync(process.execPath, args, { cwd: repository, encoding: 'utf8', env: { PATH: process.env.PATH } });
  const build = (...args: string[]) => run('--import', 'tsx', join('tools', 'develop', 'build-collector.ts'), ...args);
  expect(build('--out', file)).toMatchObject({ status: 0, stdout: expect.stringMatching(/collector\.cjs \d+ kB/) });
  expect(readFileSync(file, 'utf8') === servicePrograms().get('collector')).toBe(true);
  const { status, stdout } = run(file);
  expect([status, JSON.parse(stdout)]).toEqual([
    1,
    expect.objectContaining({ event: 'not-started', error: expect.stringContaining('SPOOL_FOLDER: expected') }),
  ]);
  expect(build('--help').stdout).toContain('--out FILE');
  expect(build()).toMatchObject({ status: 2, stderr: expect.stringContaining('--out: expected the name of a file, got none') });
});

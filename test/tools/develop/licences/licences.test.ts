// Licences: what is bundled has permissive ones alone, and a package with another licence is refused.
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { bundledFiles } from '../../../../lib/functions/bundle';
import { licenceReport } from '../../../../tools/develop/licences/packages';
import { isPermissive } from '../../../../tools/develop/licences/permissive';
import { projectRoot } from '../../../../tools/synthesis/synthesize';

test.each([
  ['MIT', true],
  ['Apache-2.0 AND MIT', true],
  ['(MIT OR GPL-3.0-or-later)', true],
  ['GPL-3.0-only OR (MIT AND ISC)', true],
  ['AGPL-3.0-or-later', false],
  ['MIT AND GPL-2.0-only', false],
  ['GPL-3.0-only OR (MIT AND LGPL-3.0-only)', false],
  ['GPL-2.0-only WITH Classpath-exception-2.0', false],
  ['MIT WITH a-condition', false],
  ['MIT (but not for everybody)', false],
  ['(MIT', false],
  ['CC-BY-4.0', false],
  ['SEE LICENSE IN LICENSE.txt', false],
  ['UNLICENSED', false],
  ['none', false],
  ['', false],
])('%s: permissive %s', (expression, expected) => {
  expect(isPermissive(expression)).toBe(expected);
});

describe('a project with packages', () => {
  let root: string;
  const write = (file: string, text: string): void => {
    mkdirSync(dirname(join(root, file)), { recursive: true });
    writeFileSync(join(root, file), text);
  };
  const plant = (folder: string, manifest: object, text = 'module.exports = 1;'): void => {
    write(`${folder}/package.json`, JSON.stringify({ version: '1.0.0', ...manifest }));
    write(`${folder}/index.js`, text);
  };

  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'rempart-licences-'));
    write('lambda/network/control/handler.ts', "import one from 'one'; import type { Type } from 'types'; export const a: Type = one;");
    write('services/portal/main.ts', "import '@scope/two'; console.log(1);");
    plant('node_modules/one', { name: 'one', license: 'MIT' }, "module.exports = require('inner');");
    plant('node_modules/one/node_modules/inner', { name: 'inner', licenses: [{ type: 'ISC' }, { type: 'GPL-3.0-only' }] });
    plant('node_modules/@scope/two', { name: '@scope/two', license: { type: 'BSD-3-Clause' } });
    plant('node_modules/types', { name: 'types', license: 'AGPL-3.0-or-later' });
  });
  afterEach(() => rmSync(root, { recursive: true, force: true }));

  const report = () => licenceReport(root, bundledFiles(root));

  test('what is bundled is found within packages too; an import of types bundles nothing', () => {
    const { bundled, others, refused } = report();
    expect(bundled.map(({ name, licence }) => `${name} ${licence}`)).toEqual([
      '@scope/two BSD-3-Clause',
      'one MIT',
      'inner ISC OR GPL-3.0-only',
    ]);
    expect([others.map(({ name }) => name), refused]).toEqual([['types'], []]);
  });

  test.each([
    ['a copyleft licence', { name: 'inner', license: 'AGPL-3.0-or-later' }, 'AGPL-3.0-or-later'],
    ['no licence', { name: 'inner' }, 'none'],
  ])('a bundled package with %s is refused, however deep it is', (_, manifest, licence) => {
    plant('node_modules/one/node_modules/inner', manifest);
    expect(report().refused).toEqual([{ name: 'inner', version: '1.0.0', licence, folder: 'node_modules/one/node_modules/inner' }]);
  });
});

const run = (...args: readonly string[]) =>
  spawnSync(process.execPath, ['--import', 'tsx', 'tools/develop/licences.ts', ...args], { cwd: projectRoot, encoding: 'utf8' });

test('each package that is bundled into functions and services is permissive; the simulator is not among them', () => {
  const { status, stdout } = run('--json');
  const { ok, bundled, others } = JSON.parse(stdout);
  expect({ status, ok }).toEqual({ status: 0, ok: true });
  const names = (packages: readonly { readonly name: string }[]) => packages.map(({ name }) => name);
  expect(names(bundled)).toEqual(expect.arrayContaining(['pg', '@aws-sdk/client-s3']));
  expect(names(others)).toEqual(expect.arrayContaining(['@cloud-copilot/iam-simulate', 'aws-cdk-lib']));
});

test('npm run licences prints a line for each licence, and its usage for wrong options', () => {
  const { status, stdout } = run();
  expect(status).toBe(0);
  expect(stdout).toMatch(/^bundled: \d+ packages\n {2} +\d+ {2}\S/);
  expect(stdout).toMatch(/\nnot bundled: \d+ packages\n[\s\S]*\d+ {2}AGPL-3\.0-or-later {2}@cloud-copilot\/iam-policy/);
  expect(run('--help').stdout).toContain('npm run licences [-- options]');
  expect(run('--jsno')).toMatchObject({ status: 2, stderr: expect.stringContaining('did you mean --json?') });
});

// Each rule of .dependency-cruiser.cjs and each lint of tools/develop/lint objects to a tree that breaks it, and to
// nothing in a clean one.
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative, resolve } from 'node:path';

const root = resolve(__dirname, '..');
const rules: readonly { readonly name: string }[] = require('../.dependency-cruiser.cjs').forbidden;

/** Rule, importing file, imported file or module. */
type Import = readonly [rule: string, from: string, to: string];

const breaches: readonly Import[] = [
  ['no-circular', 'lib/network/ring-a.ts', 'lib/network/ring-b.ts'],
  ['resolvable', 'lib/network/lost.ts', 'nowhere'],
  ['no-barrel', 'lib/network/barrel.ts', 'aws-cdk-lib'],
  ['no-barrel', 'test/barrel.test.ts', 'aws-cdk-lib'],
  ['bin-is-the-top', 'tools/up.ts', 'bin/rempart.ts'],
  ['bin-reads-the-contents', 'bin/stack.ts', 'lib/stacks/network.ts'],
  ['bin-reads-the-contents', 'bin/concern.ts', 'lib/network/vpc.ts'],
  ['bin-reads-the-contents', 'bin/alarm.ts', 'lib/alarms/alarm.ts'],
  ['deployment-is-for-bin', 'lib/network/contents.ts', 'lib/deployment.ts'],
  ['deployment-is-for-bin', 'tools/contents.ts', 'lib/deployment.ts'],
  ['deployment-wires-stacks', 'lib/deployment.ts', 'lib/network/vpc.ts'],
  ['deployment-wires-stacks', 'lib/deployment.ts', 'lib/tom/pack.ts'],
  ['stacks-are-for-deployment', 'lib/stacks/sibling.ts', 'lib/stacks/network.ts'],
  ['stacks-are-for-deployment', 'lib/network/stack.ts', 'lib/stacks/network.ts'],
  ['stacks-do-not-judge', 'lib/stacks/judge.ts', 'lib/tom/pack.ts'],
  ['concern-keeps-to-itself', 'lib/network/key.ts', 'lib/encryption/key.ts'],
  ['concern-keeps-to-itself', 'lib/network/deep/key.ts', 'lib/encryption/key.ts'],
  ['concern-keeps-to-itself', 'lib/network/rule.ts', 'lib/tom/pack.ts'],
  ['concern-keeps-to-itself', 'lib/network/upward.ts', 'lib/stacks/network.ts'],
  ['functions-are-a-base', 'lib/functions/concern.ts', 'lib/network/vpc.ts'],
  ['alarms-are-a-base', 'lib/alarms/concern.ts', 'lib/network/vpc.ts'],
  ['alarms-are-a-base', 'lib/alarms/function.ts', 'lib/functions/control-function.ts'],
  ['deployment-wires-stacks', 'lib/deployment.ts', 'lib/alarms/alarm.ts'],
  ['labels-are-a-base', 'lib/labels/concern.ts', 'lib/network/vpc.ts'],
  ['labels-are-a-base', 'lib/labels/rule.ts', 'lib/tom/pack.ts'],
  ['tom-judges-from-outside', 'lib/tom/concern.ts', 'lib/network/vpc.ts'],
  ['template-is-a-model', 'lib/tom/template/judge.ts', 'lib/tom/rule.ts'],
  ['rule-keeps-to-its-concern', 'lib/tom/rules/network/neighbour.ts', 'lib/tom/rules/edge/rule.ts'],
  ['rule-keeps-to-its-concern', 'lib/tom/rules/network/clause.ts', 'lib/tom/clauses/tom-6.ts'],
  ['cost-reads-templates', 'lib/cost/construct.ts', 'lib/network/vpc.ts'],
  ['cost-reads-templates', 'lib/cost/rule.ts', 'lib/tom/pack.ts'],
  ['cost-without-cdk', 'lib/cost/cdk.ts', 'aws-cdk-lib/core'],
  ['cost-is-for-tools', 'lib/tom/bill.ts', 'lib/cost/estimate.ts'],
  ['cost-is-for-tools', 'bin/bill.ts', 'lib/cost/estimate.ts'],
  ['settings-are-the-schema', 'lib/config/settings/check.ts', 'lib/config/checks/cross-checks.ts'],
  ['file-before-checks', 'lib/config/file/check.ts', 'lib/config/checks/cross-checks.ts'],
  ['checks-are-for-load', 'lib/config/checks/load.ts', 'lib/config/load.ts'],
  ['config-is-the-bottom', 'lib/config/label.ts', 'lib/labels/labels.ts'],
  ['config-without-cdk', 'lib/config/cdk.ts', 'aws-cdk-lib/core'],
  ['config-without-cdk', 'lib/config/construct.ts', 'constructs'],
  ['tom-core-only', 'lib/tom/service.ts', 'aws-cdk-lib/aws-ec2'],
  ['runtime-without-cdk', 'lambda/network/control/cdk.ts', 'aws-cdk-lib/core'],
  ['runtime-without-cdk', 'runtime/construct.ts', 'constructs'],
  ['runtime-without-cdk', 'services/portal/lib.ts', 'lib/labels/labels.ts'],
  ['contract-only', 'lib/network/handler.ts', 'lambda/network/control/handler.ts'],
  ['contract-only', 'lib/network/early.ts', 'lambda/network/env.ts'],
  ['contract-only', 'lib/network/program.ts', 'services/portal/server.ts'],
  ['contract-only', 'lib/network/query.ts', 'runtime/database.ts'],
  ['rules-judge-without-contracts', 'lib/tom/rules/network/contract.ts', 'lambda/network/control/env.ts'],
  ['contract-stands-alone', 'lambda/network/heavy/env.ts', 'runtime/database.ts'],
  ['contract-stands-alone', 'services/portal/env.ts', 'runtime/environment-of-services.ts'],
  ['environment-is-pure', 'runtime/environment.ts', 'runtime/site.ts'],
  ['contract-only', 'lib/network/variables.ts', 'runtime/environment.ts'],
  ['calls-stand-alone', 'lambda/network/heavy/calls.ts', 'runtime/database.ts'],
  ['calls-stand-alone', 'services/portal/host/calls.ts', 'services/portal/calls.ts'],
  ['calls-are-pure', 'runtime/calls.ts', 'runtime/site.ts'],
  ['one-function-one-folder', 'lambda/network/control/neighbour.ts', 'lambda/network/other/logic.ts'],
  ['one-function-one-folder', 'lambda/network/control/concern.ts', 'lambda/edge/control/logic.ts'],
  ['one-function-one-folder', 'services/portal/neighbour.ts', 'lambda/network/other/logic.ts'],
  ['runtime-is-shared', 'runtime/function.ts', 'lambda/network/other/logic.ts'],
  ['one-door-to-the-database', 'lambda/network/control/query.ts', 'pg'],
  ['one-door-to-the-database', 'services/portal/query.ts', '@aws-sdk/client-rds-data'],
  ['one-door-to-the-simulator', 'lambda/network/control/judge.ts', '@cloud-copilot/iam-simulate'],
  ['one-door-to-the-simulator', 'services/portal/judge.ts', '@cloud-copilot/iam-utils'],
  ['one-door-to-the-simulator', 'tools/rehearse/judge.ts', '@cloud-copilot/iam-simulate'],
  ['one-door-to-the-simulator', 'test/judge.test.ts', '@cloud-copilot/iam-simulate'],
  ['tests-are-last', 'tools/test.ts', 'test/boundaries.test.ts'],
  ['tools-stand-beside', 'lib/network/tool.ts', 'tools/develop/templates.ts'],
  ['tools-share-below', 'tools/develop/twin.ts', 'tools/twin/folder.ts'],
  ['tools-share-below', 'tools/measure/check.ts', 'tools/develop/check.ts'],
  ['shared-tools-are-the-bottom', 'tools/synthesis/operator.ts', 'tools/start/run.ts'],
  ['start-comes-after-twin', 'tools/twin/back.ts', 'tools/start/run.ts'],
];

/** Closes the circle; a circle is reported once, at its first file. */
const accomplices: readonly Import[] = [['', 'lib/network/ring-b.ts', 'lib/network/ring-a.ts']];

const allowed: readonly Import[] = [
  ['', 'bin/rempart.ts', 'lib/deployment.ts'],
  ['', 'bin/rempart.ts', 'lib/tom/pack.ts'],
  ['', 'bin/rempart.ts', 'lib/config/load.ts'],
  ['', 'lib/deployment.ts', 'lib/stacks/network.ts'],
  ['', 'lib/deployment.ts', 'lib/identity/permissions-boundary.ts'],
  ['', 'lib/stacks/network.ts', 'lib/network/vpc.ts'],
  ['', 'lib/stacks/network.ts', 'lib/encryption/key.ts'],
  ['', 'lib/network/vpc.ts', 'lib/network/deep/subnet.ts'],
  ['', 'lib/network/vpc.ts', 'lib/labels/labels.ts'],
  ['', 'lib/network/vpc.ts', 'lib/functions/control-function.ts'],
  ['', 'lib/network/vpc.ts', 'lib/alarms/alarm.ts'],
  ['', 'lib/network/vpc.ts', 'lambda/network/control/env.ts'],
  ['', 'lib/network/vpc.ts', 'aws-cdk-lib/aws-ec2'],
  ['', 'lib/labels/labels.ts', 'lib/tom/clause-id.ts'],
  ['', 'lib/tom/pack.ts', 'lib/labels/labels.ts'],
  ['', 'lib/tom/pack.ts', 'aws-cdk-lib/core'],
  ['', 'lambda/network/control/handler.ts', 'lambda/network/control/env.ts'],
  ['', 'lambda/network/control/handler.ts', 'runtime/database.ts'],
  ['', 'lambda/network/control/env.ts', 'runtime/environment.ts'],
  ['', 'services/portal/env.ts', 'runtime/environment.ts'],
  ['', 'services/portal/calls.ts', 'runtime/calls.ts'],
  ['', 'lib/network/vpc.ts', 'lambda/network/control/calls.ts'],
  ['', 'lib/config/calls.ts', 'services/portal/host/calls.ts'],
  ['', 'lib/tom/world/permissions.ts', 'runtime/calls.ts'],
  ['', 'lib/tom/rules/network/rule.ts', 'lib/tom/rules/bypass.ts'],
  ['', 'lib/tom/rules/network/rule.ts', 'lib/tom/rules/network/rule-bypasses.ts'],
  ['', 'lib/tom/rules/network/rule.ts', 'lib/tom/template/assembly.ts'],
  ['', 'lib/config/checks/cross-checks.ts', 'lib/config/file/problem.ts'],
  ['', 'lib/config/file/schema-check.ts', 'lib/config/settings/settings.ts'],
  ['', 'tools/measure/bench.ts', 'tools/synthesis/synthesize.ts'],
  ['', 'tools/cost.ts', 'lib/cost/estimate.ts'],
  ['', 'lib/cost/estimate.ts', 'lib/config/load.ts'],
  ['', 'tools/start/run.ts', 'tools/twin/options.ts'],
  ['', 'runtime/database.ts', 'pg'],
  ['', 'tools/rehearse/simulator.ts', '@cloud-copilot/iam-simulate'],
  ['', 'tools/develop/templates.ts', 'lib/tom/pack.ts'],
  ['', 'test/boundaries.test.ts', 'lib/stacks/network.ts'],
];

/** The packages that the trees name. */
const packages = [
  ...['aws-cdk-lib', 'aws-cdk-lib/core', 'aws-cdk-lib/aws-ec2', 'constructs', 'pg', '@aws-sdk/client-rds-data'],
  ...['@cloud-copilot/iam-simulate', '@cloud-copilot/iam-utils'],
];

/** Every notation of an import. */
const spellings: readonly ((to: string) => string)[] = [
  (to) => `import { value } from '${to}';`,
  (to) => `import type { Type } from '${to}';`,
  (to) => `import { type Type } from '${to}';`,
  (to) => `import whole = require('${to}');`,
  (to) => `import '${to}';`,
  (to) => `export * from '${to}';`,
  (to) => `export type { Type } from '${to}';`,
  (to) => `export const value = require('${to}');`,
  (to) => `export const value = () => import('${to}');`,
];

const isFile = (name: string) => name.endsWith('.ts');
const bySpelling = (from: string, index: number) => from.replace(/(\.test)?\.ts$/, `-${index}$1.ts`);

let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'rempart-boundaries-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function write(tree: string, file: string, text: string): void {
  mkdirSync(dirname(join(tree, file)), { recursive: true });
  writeFileSync(join(tree, file), text, { flag: 'a' });
}

/** Writes a tree of files that import each other, with stand-ins for the packages they name. */
function plant(name: string, imports: readonly Import[], spelling: (to: string) => string): string {
  const tree = join(folder, name);
  for (const [, from, to] of imports) {
    const path = relative(dirname(from), to).replace(/\.ts$/, '');
    write(tree, from, `${spelling(isFile(to) ? (path.startsWith('.') ? path : `./${path}`) : to === 'nowhere' ? './nowhere' : to)}\n`);
    if (isFile(to)) write(tree, to, '');
  }
  for (const name of packages) write(tree, `node_modules/${name}/index.js`, 'module.exports = {};\n');
  return tree;
}

/** The violations that the import-boundary check finds in a tree, as `rule: file`. */
function violations(tree: string): ReadonlySet<string> {
  const cruiser = join(root, 'node_modules/dependency-cruiser/bin/dependency-cruise.mjs');
  const run = spawnSync(process.execPath, [cruiser, '--config', join(root, '.dependency-cruiser.cjs'), '--output-type', 'json', '.'], {
    cwd: tree,
    encoding: 'utf8',
    maxBuffer: 1 << 26,
  });
  const report: { summary: { violations: { rule: { name: string }; from: string }[] } } = JSON.parse(run.stdout);
  return new Set(report.summary.violations.map(({ rule, from }) => `${rule.name}: ${from}`));
}

test('every rule has a breach here', () => {
  expect([...new Set(breaches.map(([rule]) => rule))].sort()).toEqual(rules.map(({ name }) => name).sort());
});

test('a tree that keeps the rules passes', () => {
  expect([...violations(plant('allowed', allowed, (to) => `import '${to}';`))]).toEqual([]);
});

describe('a breach is found', () => {
  let found: ReadonlySet<string>;
  beforeAll(() => {
    found = violations(plant('breaches', [...breaches, ...accomplices], (to) => `import '${to}';`));
  });

  test.each(breaches)('%s: %s imports %s', (rule, from) => {
    expect(found).toContain(`${rule}: ${from}`);
  });
});

test('a breach is found in every notation of the import', () => {
  const respelled = spellings.map(
    (spelling, index) => [['config-is-the-bottom', bySpelling('lib/config/x.ts', index), 'lib/stacks/network.ts'], spelling] as const,
  );
  const tree = join(folder, 'spellings');
  for (const [breach, spelling] of respelled) plant('spellings', [breach], spelling);
  expect([...violations(tree)].filter((found) => found.startsWith('config-is-the-bottom')).sort()).toEqual(
    respelled.map(([[rule, from]]) => `${rule}: ${from}`).sort(),
  );
});

describe('lints of this repository', () => {
  const offences: readonly (readonly [what: string, file: string, text: string])[] = [
    [
      'the context is read below bin',
      'lib/network/a.ts',
      'export const a = (app: { tryGetContext(k: string): string }) => app.tryGetContext("x");',
    ],
    [
      'the context is demanded below bin',
      'lib/network/b.ts',
      'export const a = (app: { getContext(k: string): string }) => app.getContext("x");',
    ],
    ['the environment is read below bin', 'lib/network/c.ts', 'export const a = process.env.HOME;'],
    ['the environment is destructured below bin', 'lib/network/d.ts', 'export const { env } = process;'],
    ['the process is imported below bin', 'lib/network/e.ts', 'import { env } from "node:process";\nexport const a = env.HOME;'],
    [
      'the process is imported whole below bin',
      'lib/network/f.ts',
      'import process from "node:process";\nexport const a = process.env.HOME;',
    ],
    ['the environment is read through globalThis', 'lib/network/g.ts', 'export const a = globalThis.process.env.HOME;'],
    ['a type is imported inside an expression', 'bin/h.ts', 'export type A = import("../lib/network/a").A;'],
    ['any', 'bin/i.ts', 'export const a = (b: any) => b;'],
    ['a skipped test', 'test/j.test.ts', 'test.skip("a", () => {});'],
    ['a long function', 'lib/network/k.ts', `export function a() {\n${'  console.log(1);\n'.repeat(46)}}\n`],
    ['a long file', 'lib/network/l.ts', 'export {};\n'.concat('console.log(1);\n'.repeat(330))],
    ['the wall clock is read in a service', 'services/collector/spool/m.ts', 'export const a = () => Date.now();'],
    ['the wall clock is passed in a function', 'lambda/network/n.ts', 'export const a = (now = Date.now) => now();'],
    ['a date of now is made in runtime', 'runtime/o.ts', 'export const a = () => new Date().getTime();'],
    ['a date of now is made without parentheses', 'runtime/p.ts', 'export const a = () => +new Date;'],
    ['the wall clock is destructured', 'services/collector/q.ts', 'export const { now } = Date;'],
    ['the wall clock is renamed', 'services/collector/r.ts', 'const { now: b } = Date;\nexport const a = b();'],
    ['the wall clock has another name', 'services/collector/u.ts', 'const Wall = Date;\nexport const a = () => Wall.now();'],
    ['the wall clock is read through globalThis', 'services/collector/s.ts', 'export const a = () => globalThis.Date.now();'],
    ['the time of day is read as text', 'runtime/t.ts', 'export const a = () => Date();'],
    ['a file name in camel case', 'lib/network/vpcFlowLogs.ts', 'export const a = 1;'],
  ];
  const fine: readonly (readonly [file: string, text: string])[] = [
    ['bin/reads.ts', 'export const a = (app: { tryGetContext(k: string): string }) => [app.tryGetContext("x"), process.env.HOME];'],
    [
      'services/collector/clean.ts',
      'export const a = (text: string) => [performance.now(), new Date(text), Date.parse(text), Date.UTC(2026, 1)];',
    ],
    ['services/collector/report.ts', 'export const a = () => new Date().toISOString();'],
    ['lib/network/clean.ts', 'export const a = (server: { env: string }) => server.env;'],
  ];
  let found: ReadonlySet<string>;

  beforeAll(() => {
    const tree = join(folder, 'lints');
    mkdirSync(tree);
    cpSync(join(root, 'tools/develop/lint'), join(tree, 'tools/develop/lint'), { recursive: true });
    const config = require('../biome.json');
    writeFileSync(join(tree, 'biome.json'), JSON.stringify({ ...config, vcs: { enabled: false }, formatter: { enabled: false } }));
    for (const [, file, text] of offences) write(tree, file, text);
    for (const [file, text] of fine) write(tree, file, text);
    const biome = join(root, 'node_modules/@biomejs/biome/bin/biome');
    const run = spawnSync(process.execPath, [biome, 'lint', '--reporter=json', '--max-diagnostics=200'], { cwd: tree, encoding: 'utf8' });
    const report: { diagnostics: { severity: string; location: { path: string } }[] } = JSON.parse(run.stdout);
    found = new Set(report.diagnostics.filter(({ severity }) => severity === 'error').map(({ location }) => location.path));
  });

  test.each(offences)('%s', (_, file) => {
    expect(found).toContain(file);
  });

  test.each(fine)('%s is allowed', (file) => {
    expect(found).not.toContain(file);
  });
});

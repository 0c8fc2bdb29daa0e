// The record of the last complete mutation run is that of this state of the code.
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { clauseIds } from '../../../lib/tom/clause-id';
import { coveredFiles, currentRecord, mutationDigest } from '../../../lib/tom/mutation-record';
import { mutatedSites } from '../../../tools/develop/mutate/sites';
import { siteLabel } from '../../../tools/synthesis/synthesize';

describe('the digest', () => {
  const covered = coveredFiles();

  test.each([
    'lib/config/calls.ts',
    'lib/config/names.ts',
    'lib/config/settings/settings.ts',
    'lib/tom/rules/all.ts',
    'runtime/calls.ts',
    'services/collector/calls.ts',
    'services/collector/host/boot.sh',
    'services/collector/host/calls.ts',
    'templates/development/data.yaml',
    'templates/staging/data.yaml',
    'tools/develop/mutate/everything.ts',
    'tools/develop/mutate/variants/config/full.yaml',
    'lib/edge/client-authority.ts',
  ])('covers %s', (file) => {
    expect(covered).toContain(file);
  });

  test('covers the contract of each function', () => {
    const contracts = readFileSync('lib/config/calls.ts', 'utf8').matchAll(/'\.\.\/\.\.\/(lambda\/.+\/)calls'/g);
    const missing = [...contracts].filter(([, folder]) => !covered.includes(`${folder}calls.ts`)).map(([, folder]) => folder);
    expect(missing).toEqual([]);
    expect(covered.filter((file) => /^lambda\/.+\/env\.ts$/.test(file)).length).toBeGreaterThan(10);
  });

  test('does not cover the record itself, nor the code of handlers', () => {
    expect(covered.filter((file) => file.endsWith('.json') || file.endsWith('/handler.ts'))).toEqual([]);
  });
});

describe('in a repository', () => {
  const at = mkdtempSync(join(tmpdir(), 'rempart-digest-'));
  const write = (file: string, text: string): void => {
    mkdirSync(dirname(join(at, file)), { recursive: true });
    writeFileSync(join(at, file), text);
  };
  afterAll(() => rmSync(at, { recursive: true }));

  test('a change of a contract that a rule imports through another module changes the digest', () => {
    write('lib/tom/rule.ts', "import { calls } from '../config/calls';\n");
    write('lib/config/calls.ts', "export { calls } from '../../lambda/x/calls';\n");
    write('lambda/x/calls.ts', 'export const calls = [];\n');
    write('lambda/x/handler.ts', "import { calls } from './calls';\n");
    const before = mutationDigest(at);
    write('lambda/x/handler.ts', "import './calls';\n");
    expect(mutationDigest(at)).toBe(before);
    write('lambda/x/calls.ts', "export const calls = ['s3:*'];\n");
    expect(mutationDigest(at)).not.toBe(before);
  });
});

test('the record is current; otherwise run npm run mutate -- --record', () => {
  expect(currentRecord()).toBeDefined();
});

test('it covers every site that the run changes', () => {
  expect(currentRecord()?.sites).toEqual(mutatedSites.map(siteLabel));
});

test('its clauses are those of the register, each with mutants', () => {
  const { clauses = {} } = currentRecord() ?? {};
  expect(Object.keys(clauses).filter((id) => !(clauseIds as readonly string[]).includes(id))).toEqual([]);
  expect(Object.values(clauses).filter((mutants) => mutants < 1)).toEqual([]);
});

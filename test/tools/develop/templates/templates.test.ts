// The files in templates/: detection of missing, stale and superfluous files, and their correction.
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { differences, templatesOf, write } from '../../../../tools/develop/templates/templates';
import { synthesized } from '../../../synthesized/synthesized';

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'rempart-templates-test-'));
  mkdirSync(join(root, 'production'));
  writeFileSync(join(root, 'production/stale.yaml'), 'old');
  writeFileSync(join(root, 'production/same.yaml'), 'same');
  writeFileSync(join(root, 'production/extra.yaml'), 'extra');
});
afterEach(() => rmSync(root, { recursive: true }));

const wanted = new Map([
  ['production/stale.yaml', 'new'],
  ['production/same.yaml', 'same'],
  ['staging/missing.yaml', 'new'],
]);

test('each difference has its kind', () => {
  expect(differences(root, wanted)).toEqual([
    { file: 'production/stale.yaml', state: 'stale' },
    { file: 'staging/missing.yaml', state: 'missing' },
    { file: 'production/extra.yaml', state: 'superfluous' },
  ]);
});

test('writing leaves no difference', () => {
  write(root, wanted);
  expect(differences(root, wanted)).toEqual([]);
  expect(readdirSync(join(root, 'production')).sort()).toEqual(['same.yaml', 'stale.yaml']);
  expect(readFileSync(join(root, 'production/stale.yaml'), 'utf8')).toBe('new');
});

test('without a folder, every file is missing', () => {
  expect(differences(join(root, 'nowhere'), wanted).map(({ state }) => state)).toEqual(['missing', 'missing', 'missing']);
});

describe('of production', () => {
  const site = { deployment: 'production', site: 'home' } as const;
  const templates = () => templatesOf(join(synthesized('production').folder, '..'), [site]);

  test('there is a file per stack', () => {
    const stacks = synthesized('production').stacks.map(({ name }) => `production/${name.replace('production-', '')}.yaml`);
    expect([...templates().keys()]).toEqual(stacks);
  });

  test('no hash of an asset and no metadata of the CDK is left', () => {
    // The rule of production without its facts refers to the parameter; the parameter and its own rule are left out.
    const refusal = '!Equals [ !Ref BootstrapVersion, FactsFromOutside ]';
    for (const text of templates().values()) {
      expect(text.replace(refusal, '')).not.toMatch(/[0-9a-f]{64}|aws:cdk:|aws:asset:|BootstrapVersion|CDKMetadata/);
    }
  });
});

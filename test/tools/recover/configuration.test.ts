// Settings in a configuration file: every other line stays, and the file loads and synthesizes.
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'yaml';
import { loadSite } from '../../../lib/config/load';
import type { Evidence } from '../../../lib/tom/evidence';
import { type Setting, settingsFile, withSettings } from '../../../tools/recover/configuration';
import { projectRoot, synthesize } from '../../../tools/synthesis/synthesize';

jest.setTimeout(300_000);

const arn = 'arn:aws:rds:eu-central-1:111122223333:cluster-snapshot:awsbackup:copyjob-1';
const choice: readonly Setting[] = [
  { path: ['data', 'restoreFrom', 'recovery'], value: arn },
  { path: ['data', 'lakeHeld', 'recovery'], value: true },
];
const head = '# A comment.\nenvironment: production\nowner: platform   # the team\n';

const forms: readonly [string, string][] = [
  ['without data', head],
  ['without a last line end', head.trimEnd()],
  ['with a block of data', `${head}data:\n  # Readers.\n  readers: 1 # one\n\nedge: {}\n`],
  ['with a deeper indentation', `${head}data:\n      # Readers.\n      readers: 1\n`],
  ['with data in one line', `${head}data: { readers: 1 }   # small\nedge: {}\n`],
  ['with an empty group', `${head}data: {}\n`],
  [
    'with a snapshot of the other site',
    `${head}data:\n  restoreFrom:\n    # The last one.\n    home: ${arn.replace('central-1', 'west-3')}\n`,
  ],
  ['with another snapshot', `${head}data:\n  restoreFrom: { recovery: "${arn}0" } # old\n  lakeHeld:\n    recovery: false\n  readers: 1\n`],
];

test.each(forms)('a file %s gets the choice, and keeps every other value and comment', (_, text) => {
  const written = withSettings(text, choice);
  const { data, ...others } = parse(written);
  const { data: before = {}, ...othersBefore } = parse(text);
  expect(others).toEqual(othersBefore);
  expect(data).toEqual({
    ...before,
    restoreFrom: { ...before.restoreFrom, recovery: arn },
    lakeHeld: { ...before.lakeHeld, recovery: true },
  });
  const comments = (of: string) => of.match(/#.*$/gm) ?? [];
  expect(comments(written)).toEqual(comments(text));
  const kept = text.split('\n').filter((line) => line !== '' && !/^ *(?:data:|restoreFrom:|recovery:)/.test(line));
  expect(written.split('\n')).toEqual(expect.arrayContaining(kept));
  expect(withSettings(written, choice)).toBe(written);
});

test('a text that is no YAML is refused', () => {
  expect(() => withSettings('a: [', choice)).toThrow('configuration: expected YAML, got');
});

test('the file is replaced as a whole, with its rights, and leaves no other behind', () => {
  const folder = mkdtempSync(join(tmpdir(), 'rempart-settings-'));
  try {
    const path = join(folder, 'production.yaml');
    writeFileSync(path, head);
    chmodSync(path, 0o640);
    const { ino } = statSync(path);
    settingsFile(path).write(choice);
    expect([statSync(path).mode & 0o777, statSync(path).ino === ino, readdirSync(folder)]).toEqual([0o640, false, ['production.yaml']]);
    const present = statSync(path).ino;
    settingsFile(path).write(choice);
    expect(statSync(path).ino).toBe(present);
    expect(() => settingsFile(join(folder, 'none.yaml')).write(choice)).toThrow('expected a file that can be written');
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test('production with the choice loads and synthesizes; while the lake is held, its clauses are not met, and no other', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'rempart-choice-'));
  try {
    const directory = join(folder, 'config');
    mkdirSync(directory);
    const text = readFileSync(join(projectRoot, 'config/production.yaml'), 'utf8').replace(
      '# account: "111111111111"',
      'account: "111122223333"',
    );
    writeFileSync(join(directory, 'production.yaml'), withSettings(text, choice));
    expect(loadSite({ directory, deployment: 'production', site: 'recovery' }).settings.data.restoreFrom.recovery).toBe(arn);
    const outdir = join(folder, 'cdk.out');
    const request = { deployment: 'production', site: 'recovery', outdir, validation: false, workingDirectory: folder } as const;
    const result = await synthesize(request);
    const evidence = JSON.parse(readFileSync(join(outdir, 'tom-evidence.json'), 'utf8')) as Evidence;
    expect([result.status, evidence.totals.violations]).toEqual([0, 0]);
    const notMet = evidence.clauses.filter(({ state }) => state === 'not met').map(({ id }) => id);
    expect(notMet).toEqual(expect.arrayContaining(['TOM-7.1']));
    expect(notMet.filter((id) => !['TOM-7.1', 'DSS-4.2', 'DSS-5.4.2', 'DSS-5.5.2'].includes(id))).toEqual([]);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

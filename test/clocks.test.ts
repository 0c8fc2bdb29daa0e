// Durations are measured by a clock that cannot be set: the time of day is read only where it is meant.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { wallClockUses } from './wall-clock-uses';

const root = join(__dirname, '..');
const folders = ['services', 'lambda', 'runtime'] as const;

interface Plugin {
  readonly path: string;
  readonly includes: readonly string[];
}

const sources = folders.flatMap((folder) =>
  readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.[cm]?[jt]sx?$/.test(name))
    .map((name) => `${folder}/${name}`),
);

/** Code without comments that fill lines. */
const code = (file: string) => readFileSync(join(root, file), 'utf8').replace(/^\s*(?:\/\/|\/?\*).*$/gm, '');
const uses = (file: string) => code(file).match(/\bDate\.now\b|\bnew Date\b(?!\()|\bnew Date\(\)|(?<!new )\bDate\(/g)?.length ?? 0;

test('the lint covers these folders, without the files of the list', () => {
  const { plugins }: { plugins: readonly (string | Plugin)[] } = JSON.parse(readFileSync(join(root, 'biome.json'), 'utf8'));
  const plugin = plugins.find((one): one is Plugin => typeof one !== 'string' && one.path.endsWith('no-wall-clock.grit'));
  expect(plugin?.includes).toEqual([...folders.map((folder) => `${folder}/**`), ...Object.keys(wallClockUses).map((file) => `!${file}`)]);
});

test('each file of the list reads the time of day as often as stated, and no other file does', () => {
  const counted = sources.filter((file) => uses(file) > 0).map((file) => [file, uses(file)]);
  expect(Object.fromEntries(counted)).toEqual(Object.fromEntries(Object.entries(wallClockUses).map(([file, [count]]) => [file, count])));
  expect(sources.length).toBeGreaterThan(150);
});

test('the scripts of servers measure no duration by the time of day', () => {
  const folder = join(root, 'services/collector/host');
  const scripts = readdirSync(folder).filter((name) => name.endsWith('.sh'));
  expect(scripts.length).toBeGreaterThan(4);
  const read = scripts.filter((name) => {
    const lines = readFileSync(join(folder, name), 'utf8').replace(/^\s*#.*$/gm, '');
    return /\bSECONDS\b(?<!_SECONDS)|\bEPOCHSECONDS\b|\bEPOCHREALTIME\b|\$\(date\b/.test(lines);
  });
  expect(read).toEqual([]);
});

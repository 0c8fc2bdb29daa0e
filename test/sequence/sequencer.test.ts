// The order of test files: the slowest first, in a fresh clone by the list, else by the timings of jest.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from '../../tools/synthesis/synthesize';

const slowFiles = JSON.parse(readFileSync(join(__dirname, 'slow-files.json'), 'utf8')) as Readonly<Record<string, number>>;

interface TestFile {
  readonly path: string;
  readonly context: object;
  duration?: number;
}

interface Sequencer {
  sort(tests: readonly TestFile[]): readonly TestFile[];
}

const { prototype } = jest.requireActual<{ readonly prototype: Sequencer }>('./sequencer.js');

/** The order of files of which jest knows some durations and sizes. */
function orderOf(files: readonly string[], durations: Readonly<Record<string, number>> = {}): readonly string[] {
  const context = { config: { rootDir: projectRoot, id: 'id' }, hasteFS: { getSize: (path: string) => path.length } };
  const tests = files.map((file) => ({ path: join(projectRoot, file), context }));
  const sequencer = Object.assign(Object.create(prototype) as Sequencer, {
    time: ({ path }: TestFile) => durations[path.slice(projectRoot.length + 1)],
    hasFailed: () => false,
  });
  return sequencer.sort(tests).map(({ path }) => path.slice(projectRoot.length + 1));
}

const names = Object.keys(slowFiles);
const [first = '', second = ''] = names;

test('the list has files that exist, the slowest first', () => {
  expect(names.length).toBeGreaterThan(20);
  expect(names.filter((name) => !existsSync(join(projectRoot, name)))).toEqual([]);
  expect(Object.values(slowFiles)).toEqual(Object.values(slowFiles).toSorted((a, b) => b - a));
});

test('without timings the listed files are first, the others follow by size', () => {
  const files = ['test/a.test.ts', second, 'test/longer-name.test.ts', first];
  expect(orderOf(files)).toEqual([first, second, 'test/longer-name.test.ts', 'test/a.test.ts']);
});

test('the timings of jest count more than the list', () => {
  const durations = { 'test/a.test.ts': 5000, [second]: 4000, [first]: 3000 };
  expect(orderOf([first, second, 'test/a.test.ts'], durations)).toEqual(['test/a.test.ts', second, first]);
});

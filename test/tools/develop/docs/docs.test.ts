// The generated documents: the content for each clause, and the detection of a stale document.
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { clauseIds } from '../../../../lib/tom/clause-id';
import { register } from '../../../../lib/tom/register';
import { builtIn } from '../../../../tools/develop/docs/built-in';
import { documents } from '../../../../tools/develop/docs/documents';
import { tomDocument } from '../../../../tools/develop/docs/tom-document';
import { updateDocuments } from '../../../../tools/develop/docs/update';
import { projectRoot } from '../../../../tools/synthesis/synthesize';

const sink = () => {
  const written: string[] = [];
  return { write: (text: string) => written.push(text), text: () => written.join('') };
};

describe('docs/tom.md', () => {
  const text = tomDocument(register, builtIn(projectRoot));
  const rowOf = (id: string): string => text.split('\n').find((line) => line.startsWith(`| ${id} |`)) ?? '';

  test.each(clauseIds)('has %s with its promise and its kind, on one row of a table', (id) => {
    const { promise, kind } = register[id];
    expect(rowOf(id)).toContain(promise.replaceAll('<', '&lt;'));
    expect(rowOf(id)).toContain(`| ${kind} |`);
    expect(rowOf(id).match(/(?<!\\)\|/g)).toHaveLength(6);
  });

  test('names the proof of each clause', () => {
    expect(rowOf('TOM-5.5')).toContain('[key-rotation](../lib/tom/rules/encryption/key-rotation.ts)');
    expect(rowOf('TOM-2.1')).toContain('awaits watch: ');
    expect(rowOf('TOM-2.2')).toContain('AWS ISO/IEC 27001:2022 certificate');
    expect(rowOf('DSS-5.7')).toContain('IT manager: ');
    expect(rowOf('DSS-4.6')).toContain('[tools/offboard/offboard](../test/tools/offboard/offboard.test.ts) (test)');
  });

  test('names the constructs that each clause is built in', () => {
    expect(rowOf('TOM-5.5')).toContain('[DataKey](../lib/encryption/data-key.ts)');
    expect(rowOf('DSS-5.3.2')).toContain('[Certificate](../lib/edge/certificate.ts)');
    expect(rowOf('DSS-5.7')).toMatch(/\| {2}\|$/);
  });

  test('lists each rule once, with what it requires and the clauses it proves', () => {
    const rows = text.split('\n').filter((line) => line.startsWith('| [key-rotation]'));
    expect(rows).toEqual([expect.stringMatching(/every customer-managed key .* \| TOM-5\.5 \|$/)]);
  });

  test('escapes characters of a promise that would break its table', () => {
    const odd = { ...register, 'TOM-7.1': { ...register['TOM-7.1'], promise: 'A | b <i>\nc.' } };
    expect(tomDocument(odd, new Map())).toContain('A \\| b &lt;i> c.');
  });
});

describe('npm run docs', () => {
  let root: string;
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'rempart-docs-'));
  });
  afterEach(() => rmSync(root, { recursive: true }));

  const update = (check = false) => {
    const [stdout, stderr] = [sink(), sink()];
    const status = updateDocuments(check, { root, documents: [{ path: 'docs/a.md', render: () => 'new\n' }], stdout, stderr });
    return { status, out: stdout.text(), err: stderr.text() };
  };

  test('writes a document that is missing or stale, and only then', () => {
    expect(update()).toEqual({ status: 0, out: 'docs/a.md written\n', err: '' });
    expect(readFileSync(join(root, 'docs/a.md'), 'utf8')).toBe('new\n');
    expect(update()).toEqual({ status: 0, out: 'docs/a.md is up to date\n', err: '' });
  });

  test('--check exits with 1 for a missing or stale document and writes nothing', () => {
    expect(update(true)).toMatchObject({ status: 1, out: '' });
    update();
    expect(update(true)).toEqual({ status: 0, out: 'docs/a.md is up to date\n', err: '' });
    writeFileSync(join(root, 'docs/a.md'), 'old\n');
    expect(update(true).err).toContain('docs/a.md: expected');
    expect(readFileSync(join(root, 'docs/a.md'), 'utf8')).toBe('old\n');
  });

  test('finds the documents of this repository up to date', () => {
    const stderr = sink();
    const repository = join(__dirname, '../../../..');
    const status = updateDocuments(true, { root: repository, documents, stdout: sink(), stderr });
    expect({ status, printed: stderr.text() }).toEqual({ status: 0, printed: '' });
  });
});

describe('the constructs of a clause', () => {
  let root: string;
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'rempart-built-in-'));
    for (const folder of ['lib/edge', 'lambda/edge/lock', 'lambda/edge/door', 'lambda/edge/window']) {
      mkdirSync(join(root, folder), { recursive: true });
    }
  });
  afterEach(() => rmSync(root, { recursive: true }));

  test('are those whose file declares it, not one that leaves it unmet', () => {
    writeFileSync(
      join(root, 'lib/edge/door.ts'),
      "export class Door { x = serves(this, 'TOM-5.1'); y = declareNotMet(this, { clause: 'TOM-6.5' }); }",
    );
    expect(builtIn(root).get('TOM-5.1')).toMatchObject([{ construct: 'Door', path: 'lib/edge/door.ts' }]);
    expect(builtIn(root).get('TOM-6.5')).toEqual([]);
  });

  test('have the functions that their file names as controls, or whose name it has', () => {
    writeFileSync(join(root, 'lib/edge/door.ts'), "export class Door { x = serves(this, 'TOM-5.1'); y = { control: 'lock' }; }");
    expect(builtIn(root).get('TOM-5.1')).toMatchObject([{ construct: 'Door', functions: ['lambda/edge/door', 'lambda/edge/lock'] }]);
    expect(tomDocument(register, builtIn(root))).toContain(
      '[Door](../lib/edge/door.ts)<br>[door](../lambda/edge/door/) (function)<br>[lock](../lambda/edge/lock/) (function)',
    );
  });

  test('a file that declares a clause and exports nothing is an error', () => {
    writeFileSync(join(root, 'lib/edge/door.ts'), "serves(door, 'TOM-5.1');");
    expect(() => builtIn(root)).toThrow(/^lib\/edge\/door\.ts: expected a construct/);
  });
});

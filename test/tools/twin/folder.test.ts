// The folder of a twin: what is refused before anything is started, and that a refusal leaves everything as it was.
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Disk, takeFolder } from '../../../tools/twin/folder';
import { explainError } from '../../../tools/twin/twin-error';

let base = '';
beforeEach(() => {
  base = mkdtempSync(join(tmpdir(), 'rempart-folder-'));
  chmodSync(base, 0o755);
});
afterEach(() => rmSync(base, { recursive: true, force: true }));

const disk: Disk = { freeBytes: async () => 2 ** 40, isRoot: false };
const content = (path: string) => readdirSync(path).map((name) => [name, readFileSync(join(path, name), 'utf8')]);

test('a temporary folder is made inside the named one', async () => {
  const { path, temporary } = await takeFolder({ folder: base, keep: false }, disk);
  expect([path.startsWith(`${base}/rempart-twin-`), temporary, existsSync(path)]).toEqual([true, true, true]);
});

test('a kept folder is made, and taken again after it was released', async () => {
  const folder = join(base, 'kept', 'here');
  const first = await takeFolder({ folder, keep: true }, disk);
  expect(first).toMatchObject({ path: folder, temporary: false });
  await first.release();
  await (await takeFolder({ folder, keep: true }, disk)).release();
  expect(JSON.parse(readFileSync(join(folder, 'twin.json'), 'utf8'))).toEqual({ format: 1, postgresql: 18 });
});

test('a second twin in the same folder is refused, and told which holds it', async () => {
  const first = await takeFolder({ folder: base, keep: true }, disk);
  await expect(takeFolder({ folder: base, keep: true }, disk)).rejects.toThrow(
    new RegExp(`^--folder: expected a folder that no twin uses, got ${base}, which the twin with process id ${process.pid} uses; stop`),
  );
  await first.release();
});

test.each([
  ['a process that is gone', () => JSON.stringify({ pid: 2 ** 22 + 1, began: '1' })],
  ['a process that began at another time', () => JSON.stringify({ pid: process.pid, began: 'another' })],
  ['nobody knows', () => 'torn'],
])('the lock of %s is taken over', async (_, lock) => {
  const first = await takeFolder({ folder: base, keep: true }, disk);
  await first.release();
  writeFileSync(join(base, 'twin.lock'), lock());
  await (await takeFolder({ folder: base, keep: true }, disk)).release();
});

test.each([
  ['{"format":2,"postgresql":18}', 'expected data of format 1 with PostgreSQL 18, got format 2 with PostgreSQL 18'],
  ['{"format":1,"postgresql":17}', 'got format 1 with PostgreSQL 17'],
  ['{"format":1}', 'got a twin.json that cannot be read'],
  ['torn {', 'got a twin.json that cannot be read'],
])('data of another version is refused and stays: %s', async (state, told) => {
  writeFileSync(join(base, 'twin.json'), state);
  const before = content(base);
  await expect(takeFolder({ folder: base, keep: true }, disk)).rejects.toThrow(told);
  expect(content(base)).toEqual(before);
});

test("a folder with somebody's files is refused and stays", async () => {
  writeFileSync(join(base, 'letters.txt'), 'dear');
  await expect(takeFolder({ folder: base, keep: true }, disk)).rejects.toThrow(
    /^--folder: expected an empty folder or one of an earlier twin, got .* with letters.txt; choose another$/,
  );
  expect(content(base)).toEqual([['letters.txt', 'dear']]);
});

test.each([true, false])('too little space is refused (keep: %s)', async (keep) => {
  const full = { ...disk, freeBytes: async () => 5 * 1024 * 1024 };
  await expect(takeFolder({ folder: base, keep }, full)).rejects.toThrow(/expected at least 400 MB of free space, got 5 MB; free some, or/);
  expect(readdirSync(base)).toEqual([]);
});

test('as root, a folder that is closed to the user postgres is refused, naming what closes it', async () => {
  const closed = join(base, 'closed');
  mkdirSync(join(closed, 'inner'), { recursive: true });
  chmodSync(closed, 0o700);
  await expect(takeFolder({ folder: join(closed, 'inner'), keep: false }, { ...disk, isRoot: true })).rejects.toThrow(
    `which ${closed} closes to others; choose another`,
  );
});

test.each([
  ['a place that is not there', 'nowhere', false, /expected a folder, got .*nowhere, which is none/],
  ['a file', 'file', false, /expected a folder, got .*file, which is none/],
  ['a name that no environment variable takes', 'two words', true, /expected a path of letters, digits/],
])('%s is refused', async (_, name, keep, told) => {
  writeFileSync(join(base, 'file'), '');
  await expect(takeFolder({ folder: join(base, name), keep }, disk)).rejects.toThrow(told);
});

test.each([
  ['ENOSPC', 'there is no space left'],
  ['EACCES', 'it is not permitted'],
  ['EROFS', 'the disk is read-only'],
])('%s is told in words that help', (code, told) => {
  const error = Object.assign(new Error(`${code}: mkdir`), { code });
  expect(explainError('--folder /x', error)).toMatchObject({ message: expect.stringMatching(`^--folder /x: expected.*${code}; ${told}`) });
});

test('an error that nobody knows stays what it is', () => {
  const error = new Error('odd');
  expect(explainError('twin', error)).toBe(error);
});

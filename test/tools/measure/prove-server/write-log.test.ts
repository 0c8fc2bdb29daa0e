// The power cut of a disk: what a flush made durable stays, what came after it goes.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { cutPower } from '../../../../tools/measure/prove-server/write-log';

const folder = mkdtempSync(join(tmpdir(), 'rempart-write-log-'));
const disk = join(folder, 'disk');
const log = join(folder, 'log');
afterAll(() => rmSync(folder, { recursive: true }));

const sectorBytes = 512;
const sector = (text: string) => Buffer.alloc(sectorBytes, text);

/** An entry as blklogwrites writes it: a header of one sector, and the data. */
function entry(at: number, data: string, flags = 0n): Buffer {
  const header = Buffer.alloc(sectorBytes);
  header.writeBigUInt64LE(BigInt(at), 0);
  header.writeBigUInt64LE(BigInt(data.length), 8);
  header.writeBigUInt64LE(flags, 16);
  const discard = (flags & 4n) !== 0n;
  return Buffer.concat([header, ...(discard ? [] : [...data].map(sector))]);
}

function write(entries: readonly Buffer[], counted = entries.length): void {
  const head = Buffer.alloc(sectorBytes);
  head.writeBigUInt64LE(0x6a736677736872n, 0);
  head.writeBigUInt64LE(1n, 8);
  head.writeBigUInt64LE(BigInt(counted), 16);
  head.writeUInt32LE(sectorBytes, 24);
  writeFileSync(log, Buffer.concat([head, ...entries]));
  writeFileSync(disk, Buffer.concat(['-', '-', '-', '-'].map(sector)));
}

const content = (): string =>
  [0, 1, 2, 3].map((at) => readFileSync(disk).toString('latin1', at * sectorBytes, at * sectorBytes + 1)).join('');
const flush = entry(0, '', 1n);

test('keeps what is before the last flush, in order, and takes the rest', () => {
  write([entry(0, 'ab'), entry(1, 'c'), flush, entry(2, 'd'), entry(0, 'e')]);
  expect(cutPower(log, disk)).toEqual({ kept: 2, lost: 2 });
  expect(content()).toBe('ac--');
});

test('a write that is durable by itself keeps what is before it too', () => {
  write([entry(0, 'a'), entry(3, 'f', 2n), entry(1, 'b')]);
  expect(cutPower(log, disk)).toEqual({ kept: 2, lost: 1 });
  expect(content()).toBe('a--f');
});

test('nothing is kept where nothing was flushed', () => {
  write([entry(0, 'abcd')]);
  expect(cutPower(log, disk)).toEqual({ kept: 0, lost: 1 });
  expect(content()).toBe('----');
});

test('a discard has no data, and a flush that the log does not count was not answered', () => {
  write([entry(1, 'xx', 4n), entry(0, 'a'), flush, entry(2, 'd'), flush, Buffer.alloc(1024)], 3);
  expect(cutPower(log, disk)).toEqual({ kept: 2, lost: 1 });
  expect(content()).toBe('a---');
});

test('another file is refused', () => {
  writeFileSync(log, Buffer.alloc(1024));
  expect(() => cutPower(log, disk)).toThrow('write log: expected the log of blklogwrites, got another file');
});

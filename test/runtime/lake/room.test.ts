// Files that are read at once under the same limits have a bound of row groups in memory.
import { createHash } from 'node:crypto';
import { lakeColumnNames, rowGroupLimits } from '../../../runtime/lake/columns';
import { LakeFileReader } from '../../../runtime/lake/file';
import type { RangeSource } from '../../../runtime/lake/read';
import { countErased } from '../../../runtime/lake/read';
import { encodeFile } from '../../../runtime/lake/write';
import { provideZstd } from '../../../tools/local-database/zstd';
import { Bytes, readAll, row, unlimited } from './rows';

jest.mock('../../../runtime/lake/columns', () => {
  const columns = jest.requireActual('../../../runtime/lake/columns');
  return { ...columns, rowGroupLimits: { ...columns.rowGroupLimits, readBytes: 3 * 2 ** 20 } };
});

/** A bound of three mebibytes in place of 128. */
const room = rowGroupLimits.readBytes;
const files = 16;
let body: Buffer;

beforeAll(async () => {
  await provideZstd();
  // Digests, which have no shorter form: a row group is longer than the end of the file, which is read first.
  const url = (number: number) => `https://site.example/${createHash('sha256').update(`${number}`).digest('hex')}`;
  body = (await encodeFile(Array.from({ length: 4_000 }, (_, number) => row(number, { url: url(number) })))).body;
});

/** Counts the files whose row group is requested and not yet there. */
class Counted {
  most = 0;
  private now = 0;

  source(): RangeSource {
    const bytes = new Bytes(body);
    let requests = 0;
    const read = async (start: number, end: number) => {
      // The first request is for the end of the file.
      const isGroup = requests++ > 0;
      if (isGroup) this.most = Math.max(this.most, ++this.now);
      await new Promise(setImmediate);
      if (isGroup) this.now--;
      return bytes.read(start, end);
    };
    return { key: bytes.key, bytes: bytes.bytes, read };
  }
}

const sizeOf = async (names = lakeColumnNames) => {
  const file = await LakeFileReader.open(new Bytes(body), unlimited());
  return file.groups.reduce((sum, group) => sum + file.decodedBytes(group, names), 0);
};

test('files that are read at once request as many row groups as have room, and have all rows', async () => {
  const most = Math.floor(room / (await sizeOf()));
  expect(most).toBeGreaterThan(1);
  expect(most).toBeLessThan(files);
  const counted = new Counted();
  const limits = unlimited();
  const read = await Promise.all(Array.from({ length: files }, () => readAll(counted.source(), { visitor: 'v3' }, limits)));
  expect(read.map((rows) => rows.length)).toEqual(Array.from({ length: files }, () => 400));
  // The columns that decide, and the rest: two requests of a row group, one after the other.
  expect(counted.most).toBe(most);
});

test('a search for erased rows needs room for two columns', async () => {
  const most = Math.floor(room / (await sizeOf(['visitor', 'received_at'])));
  expect(most).toBeGreaterThan(files);
  const counted = new Counted();
  const limits = unlimited();
  await Promise.all(Array.from({ length: files }, () => countErased(counted.source(), [{ visitor: 'v3', until: 10n ** 9n }], limits)));
  expect(counted.most).toBe(files);
});

test('each read has a room of its own', async () => {
  const counted = new Counted();
  await Promise.all(Array.from({ length: files }, () => readAll(counted.source(), {})));
  expect(counted.most).toBe(files);
});

test('a row group that has more than its footer states, and than it had room for, is refused', async () => {
  const stated = Math.floor((await sizeOf()) / 2);
  const bytes = jest.spyOn(LakeFileReader.prototype, 'decodedBytes').mockReturnValue(stated);
  await expect(readAll(new Bytes(body))).rejects.toThrow(`a row group of at most ${stated} bytes when decompressed`);
  bytes.mockRestore();
});

describe('room', () => {
  const work = (name: string, log: string[]) => async () => {
    log.push(`${name} begins`);
    await new Promise(setImmediate);
    log.push(`${name} ends`);
  };

  test('is given in the order of the calls, also to one that needs all of it', async () => {
    const limits = unlimited();
    const log: string[] = [];
    await Promise.all([
      limits.inRoom(room / 2, work('a', log)),
      limits.inRoom(room * 2, work('b', log)),
      limits.inRoom(room / 2, work('c', log)),
      limits.inRoom(room / 2, work('d', log)),
    ]);
    expect(log).toEqual(['a begins', 'a ends', 'b begins', 'b ends', 'c begins', 'd begins', 'c ends', 'd ends']);
  });

  test('comes back from work that fails', async () => {
    const limits = unlimited();
    const failed = limits.inRoom(room, () => Promise.reject(new Error('damaged')));
    const next = limits.inRoom(room, async () => 'read');
    await expect(failed).rejects.toThrow('damaged');
    expect(await next).toBe('read');
  });
});

// A file that is damaged, cut off, foreign or hostile is refused with an error that names it, in little memory.
import fc from 'fast-check';
import { ByteWriter } from 'hyparquet-writer';
import { serializeTCompactProtocol } from 'hyparquet-writer/src/thrift.js';
import { LakeLimitError, ReadLimits } from '../../../runtime/lake/limits';
import { LakeFileError } from '../../../runtime/lake/read';
import { encodeFile } from '../../../runtime/lake/write';
import { provideZstd } from '../../../tools/local-database/zstd';
import { type Duck, startDuck } from './duck';
import { Bytes, readAll, row } from './rows';

jest.setTimeout(120_000);

let duck: Duck;
let file: Buffer;
beforeAll(async () => {
  await provideZstd();
  duck = await startDuck();
  file = (await encodeFile(Array.from({ length: 300 }, (_, number) => row(number, { visitor: number % 2 ? `v${number % 9}` : null }))))
    .body;
});
afterAll(() => duck.close());

/** Rows or a LakeFileError; any other error fails the test. */
async function outcome(body: Uint8Array): Promise<'rows' | 'refused'> {
  try {
    await readAll(new Bytes(body));
    return 'rows';
  } catch (error) {
    if (error instanceof LakeFileError) return 'refused';
    throw error;
  }
}

const seed = 17;

test('a file that is cut off anywhere is refused', async () => {
  for (let length = 0; length < file.length; length += length < file.length - 200 ? 37 : 1) {
    const read = readAll(new Bytes(file.subarray(0, length)));
    await expect(read).rejects.toThrow(LakeFileError);
  }
});

test('an error names the object, and what to do', async () => {
  await expect(readAll(new Bytes(Buffer.alloc(5)))).rejects.toThrow(
    'lake file lake/site=7/day=2026-11-30/0123456789abcdef.parquet: expected a Parquet file of 12 bytes or more, got 5 bytes; compare its SHA-256 with rempart.lake_files, and export the day again while the window has it (runbook: A file of the lake is gone)',
  );
});

test('a file with other bytes anywhere gives rows or is refused, without much memory', async () => {
  const counts = { rows: 0, refused: 0 };
  const before = process.memoryUsage().rss;
  const change = fc.record({ at: fc.nat(), bytes: fc.uint8Array({ minLength: 1, maxLength: 12 }) });
  const property = fc.asyncProperty(fc.array(change, { minLength: 1, maxLength: 3 }), fc.boolean(), async (changes, isInFooter) => {
    const damaged = Buffer.from(file);
    const footer = file.readUInt32LE(file.length - 8) + 8;
    for (const { at, bytes } of changes) {
      const start = isInFooter ? file.length - 1 - (at % footer) : at % file.length;
      damaged.set(bytes.subarray(0, file.length - start), start);
    }
    counts[await outcome(damaged)]++;
  });
  await fc.assert(property, { seed, numRuns: 1000 });
  process.stdout.write(`lake: seed ${seed}, of 1000 damaged files ${counts.refused} refused\n`);
  expect(counts.refused).toBeGreaterThan(800);
  expect(process.memoryUsage().rss - before).toBeLessThan(400 * 2 ** 20);
});

test('a page header with other bytes gives rows or is refused', async () => {
  const counts = { rows: 0, refused: 0 };
  // Pages begin with the number of their type, 0x15, and their sizes.
  const headers = [...file.keys()].filter((at) => file[at] === 0x15 && file[at + 2] === 0x15 && at < file.length - 3000);
  const property = fc.asyncProperty(
    fc.constantFrom(...headers),
    fc.nat(30),
    fc.uint8Array({ minLength: 1, maxLength: 5 }),
    async (at, offset, bytes) => {
      const damaged = Buffer.from(file);
      damaged.set(bytes, at + offset);
      counts[await outcome(damaged)]++;
    },
  );
  await fc.assert(property, { seed: seed + 1, numRuns: 1000 });
  process.stdout.write(`lake: seed ${seed + 1}, of 1000 damaged page headers ${counts.refused} refused\n`);
  expect(counts.refused).toBeGreaterThan(800);
});

test('bytes of others are refused', async () => {
  for (const bytes of [Buffer.from('{"kind":"page"}\n'.repeat(20)), Buffer.alloc(100), Buffer.from('PAR1PAR1PAR1PAR1')]) {
    await expect(readAll(new Bytes(bytes))).rejects.toThrow(LakeFileError);
  }
});

test('Parquet files of other columns, types or codecs are refused', async () => {
  const refused = async (query: string, expected: string, options = 'compression zstd') =>
    expect(readAll(new Bytes(await duck.write(query, file, options)))).rejects.toThrow(expected);
  await refused('select 1 as a', 'expected the 15 columns of the lake, got 1');
  await refused('select * exclude (kind), kind as sort from $file', 'expected column kind, got none');
  await refused('select * replace (site_id::bigint as site_id) from $file', 'expected column site_id of type INT32, got OPTIONAL INT64');
  await refused(
    'select * replace (received_at::timestamp_ms as received_at) from $file',
    'expected column received_at of type INT64 TIMESTAMP_MICROS',
  );
  await refused('select * replace (null::varchar as kind) from $file', 'expected a value of kind, got null');
  await refused("select * replace ('1' as repairs) from $file", 'expected repairs as a list of texts, got another value');
  await refused('select * replace (\'{"a": 1}\'::json as repairs) from $file', 'expected repairs as a list of texts, got another value');
  await refused('select * from $file', 'compressed by ZSTD, got SNAPPY', 'compression snappy');
  await refused('select * from $file', 'an encoding of the writers of the lake', 'compression zstd, parquet_version V2');
});

/** The file with a footer of these bytes. */
function withFooter(footer: Uint8Array): Buffer {
  const end = Buffer.alloc(8, 'PAR1');
  end.writeUInt32LE(footer.length);
  return Buffer.concat([file.subarray(0, 4), Buffer.alloc(200), footer, end]);
}

/** A list of Thrift that declares 2^24 elements of a type: V8 allocates all of an array of that length. */
const hugeList = (type: number) => [0xf0 | type, 0x80, 0x80, 0x80, 0x08];

test('lists in lists that declare millions of elements are refused before they are allocated', async () => {
  const before = process.memoryUsage();
  for (const type of [1, 3, 5, 8, 9, 12]) {
    const nested = Array.from({ length: 1000 }, () => hugeList(9)).flat();
    const footer = Uint8Array.from([0x29, ...nested, ...hugeList(type), 0]);
    await expect(readAll(new Bytes(withFooter(footer)))).rejects.toThrow('one that cannot be decoded');
  }
  expect(process.memoryUsage().rss - before.rss).toBeLessThan(100 * 2 ** 20);
});

test('a list that declares billions of elements without bytes is refused before they are counted', async () => {
  const footer = Uint8Array.from([0x29, 0xf1, 0x80, 0x80, 0x80, 0x80, 0x40, 0]);
  await expect(readAll(new Bytes(withFooter(footer)))).rejects.toThrow('one that cannot be decoded');
}, 5000);

test('structures in structures are refused, however deep', async () => {
  await expect(readAll(new Bytes(withFooter(Buffer.alloc(500_000, 0x1c))))).rejects.toThrow('expected at most 16 levels');
});

test('a footer that declares more than the file has is refused without reading it', async () => {
  const body = Buffer.from(file);
  body.writeUInt32LE(0xfffffff0, body.length - 8);
  const source = new Bytes(body);
  await expect(readAll(source)).rejects.toThrow('expected a footer of at most');
  expect(source.ranges).toHaveLength(1);
});

test('a source that gives fewer bytes is refused, and errors of the source and of limits pass as they are', async () => {
  const short = { bytes: file.length, read: async (start: number, end: number) => new ArrayBuffer(end - start - 1) };
  await expect(readAll(short)).rejects.toThrow(`expected ${file.length} bytes from 0, got ${file.length - 1}`);
  const broken = { bytes: file.length, read: async () => Promise.reject(new Error('SlowDown')) };
  await expect(readAll(broken)).rejects.toThrow(/^SlowDown$/);
  await expect(readAll(new Bytes(file), {}, new ReadLimits(10, new Date(8.64e15)))).rejects.toThrow(LakeLimitError);
});

/** Replaces the first page of `visitor` by one with this header and content. */
function withFirstPage(header: object, content: Uint8Array): Buffer {
  const writer = new ByteWriter();
  serializeTCompactProtocol(writer, header as never);
  const page = Buffer.concat([writer.getBytes(), content]);
  const body = Buffer.from(file);
  body.set(page, 4);
  return body;
}

const pageV2 = (more: object = {}) => ({
  field_1: 3,
  field_2: 40,
  field_3: 20,
  field_8: { field_1: 300, field_2: 150, field_3: 300, field_4: 0, field_5: 6, field_6: 0, ...more },
});

test.each([
  ['more values than rows', pageV2({ field_1: 2 ** 31 - 1, field_3: 2 ** 31 - 1 }), 'at most 300 values'],
  ['a negative number of values', pageV2({ field_1: -1, field_3: -1 }), 'at most 300 values'],
  ['more nulls than values', pageV2({ field_2: 301 }), 'a compressed page without lists'],
  ['fewer nulls than its levels', pageV2({ field_2: 149 }), 'expected 149 nulls'],
  ['levels beyond the page', pageV2({ field_5: 21 }), 'a compressed page without lists'],
  ['lists', pageV2({ field_6: 2 }), 'a compressed page without lists'],
  ['another encoding', pageV2({ field_4: 7 }), 'an encoding of the writers'],
  ['a page beyond the column', { ...pageV2(), field_3: 2 ** 30 }, 'a page of at most'],
  ['a content beyond memory', { ...pageV2(), field_2: 2 ** 31 - 1 }, 'a page that fits into memory'],
  ['another kind of page', { ...pageV2(), field_1: 1 }, 'a data page or a dictionary'],
  [
    'a dictionary of many values',
    { field_1: 2, field_2: 40, field_3: 20, field_7: { field_1: 2 ** 31 - 1, field_2: 0 } },
    'at most 300 different values',
  ],
])('a page with %s is refused', async (_, header, expected) => {
  await expect(readAll(new Bytes(withFirstPage(header, Buffer.from([0xac, 0x02, 1]))))).rejects.toThrow(expected);
});

test('a run of two billion values is refused before it is decoded', async () => {
  const before = process.memoryUsage().rss;
  // Of definition levels: 2^31 - 1 times a one.
  const run = [0xfe, 0xff, 0xff, 0xff, 0x0f, 1];
  await expect(readAll(new Bytes(withFirstPage(pageV2(), Buffer.from(run))))).rejects.toThrow(
    'expected runs of 300 values in column visitor',
  );
  const packed = [0xff, 0xff, 0xff, 0xff, 0x0f, 1];
  await expect(readAll(new Bytes(withFirstPage(pageV2(), Buffer.from(packed))))).rejects.toThrow('expected runs of 300 values');
  expect(process.memoryUsage().rss - before).toBeLessThan(100 * 2 ** 20);
});

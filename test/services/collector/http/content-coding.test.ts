// Compressed bodies: what is decompressed, and the bounds of size, ratio and number.
import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync } from 'node:zlib';
import fc from 'fast-check';
import {
  BodyDecoder,
  contentCoding,
  type DecodingFailure,
  decodingLimits,
  withoutBody,
} from '../../../../services/collector/http/content-coding';
import { request } from '../hits/sites';

const gzipped = gzipSync('{}');
const coding = (field: string | undefined, body: Buffer) =>
  contentCoding(request('POST', '/hit', body, { 'content-encoding': field } as object));

const octets = Buffer.from([0x81, 0xff, 0, 3]);
const text = Buffer.from('{}');
const form = Buffer.from('x^site=acme');
/** Its first two octets are also those of zlib. */
const latin1Form = Buffer.from('hb=caf\xe9&site=acme', 'latin1');
const withControl = Buffer.from(`site=acme&kind=${'x'.repeat(32)}\x01`);

test.each<[string | undefined, Buffer, string, boolean]>([
  [undefined, text, 'identity', true],
  // A beacon cannot set the field.
  [undefined, gzipped, 'gzip', true],
  [undefined, deflateSync('{}'), 'deflate', true],
  // The first two octets are also those of zlib.
  [undefined, form, 'identity', true],
  ['gzip', gzipped, 'gzip', true],
  ['X-GZip', gzipped, 'gzip', true],
  ['identity, gzip', gzipped, 'gzip', true],
  [' , gzip ,', gzipped, 'gzip', true],
  ['identity', text, 'identity', true],
  ['', text, 'identity', true],
  ['gzip', Buffer.alloc(0), 'identity', true],
  ['br', Buffer.alloc(0), 'identity', true],
  ['deflate', deflateSync('{}'), 'deflate', true],
  ['deflate', deflateRawSync('{}'), 'deflate', true],
  // A proxy decompressed it, or a library declares what it does not apply.
  ...['gzip', 'deflate', 'br', 'zstd', 'compress', 'gzip, gzip', 'utf-8', '__proto__'].map(
    (field) => [field, text, 'identity', false] as [string, Buffer, string, boolean],
  ),
  ['deflate', form, 'identity', false],
  ['deflate', withControl, 'identity', false],
  ['deflate', Buffer.from('{"kind":"\xe9"}', 'latin1'), 'identity', false],
  ['gzip', deflateSync('{}'), 'deflate', false],
  ['gzip', octets, 'identity', false],
  ['deflate', gzipped, 'gzip', false],
  ['gzip, deflate', gzipped, 'gzip', false],
  ['gzip, gzip', gzipSync(gzipped), 'gzip', false],
  ['gzip;q=1', gzipped, 'gzip', false],
  ['deflate, gzip', deflateSync('{}'), 'chained', true],
  ['br', brotliCompressSync('{}'), 'unsupported', true],
  ['zstd', octets, 'unsupported', true],
  ['__proto__', octets, 'unsupported', true],
])('Content-Encoding %j of %j is %s, declared: %s', (field, body, expected, isDeclared) => {
  expect(coding(field, body)).toMatchObject({ coding: expected, isDeclared });
});

test('without the field, a text without control characters may begin as zlib does', () => {
  expect(coding(undefined, latin1Form)).toEqual({ coding: 'deflate', isDeclared: true, mayBeText: true });
  expect(coding(undefined, deflateSync('{}'))).toEqual({ coding: 'deflate', isDeclared: true, mayBeText: false });
  expect(coding(undefined, gzipped)).toEqual({ coding: 'gzip', isDeclared: true });
});

test('compressed texts are never taken for texts', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', minLength: 1, maxLength: 400 }), fc.integer({ min: 0, max: 9 }), (value, level) => {
      const body = `{"site":"acme","kind":${JSON.stringify(value)}}`;
      for (const compressed of [deflateSync(body, { level }), deflateRawSync(body, { level })]) {
        expect(coding('deflate', compressed)).toEqual({ coding: 'deflate', isDeclared: true });
      }
      expect(coding('gzip', gzipSync(body, { level })).coding).toBe('gzip');
    }),
    { seed: 47, numRuns: 400 },
  );
});

const decode = (body: Buffer, type: 'gzip' | 'deflate' = 'gzip', most = 2 ** 20) => new BodyDecoder().decode(body, type, most);

test('gzip, zlib and bare deflate of any text are decompressed', async () => {
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ maxLength: 2000 }), fc.integer({ min: 0, max: 9 }), async (octets, level) => {
      const text = Buffer.from(octets);
      expect(await decode(gzipSync(text, { level }))).toEqual(text);
      expect(await decode(deflateSync(text, { level }), 'deflate')).toEqual(text);
      expect(await decode(deflateRawSync(text, { level }), 'deflate')).toEqual(text);
    }),
    { seed: 46, numRuns: 200 },
  );
});

const hit = {
  site: 'acme',
  kind: 'page',
  url: 'https://shop.example/products/42?ref=mail',
  visitor: 'v-12345',
  fields: { a: 1, b: 'two' },
};
const equalHits = Buffer.from(JSON.stringify(Array(1000).fill(hit)));

test('a thousand equal hits are within the ratio', async () => {
  expect(await decode(gzipSync(equalHits, { level: 9 }))).toEqual(equalHits);
  expect(await decode(deflateSync(equalHits), 'deflate')).toEqual(equalHits);
});

test.each<[string, Buffer, 'gzip' | 'deflate', number, DecodingFailure]>([
  ['20 MB of zeros', gzipSync(Buffer.alloc(20_000_000)), 'gzip', 2 ** 20, 'large'],
  ['1 MiB of zeros, by its ratio', gzipSync(Buffer.alloc(2 ** 20)), 'gzip', 2 ** 20, 'large'],
  ['a byte more than the limit of the path', gzipSync(Buffer.alloc(65_537, 'ab')), 'gzip', 65_536, 'large'],
  ['20 MB of zeros as bare deflate', deflateRawSync(Buffer.alloc(20_000_000)), 'deflate', 2 ** 20, 'large'],
  ['many members of gzip', Buffer.concat(Array(100).fill(gzipSync(Buffer.alloc(60_000)))), 'gzip', 2 ** 20, 'large'],
  ['a cut body', gzipSync(equalHits).subarray(0, -1), 'gzip', 2 ** 20, 'damaged'],
  ['a head alone', gzipped.subarray(0, 10), 'gzip', 2 ** 20, 'damaged'],
  [
    'a wrong checksum',
    Buffer.from(gzipped.map((octet, at) => (at === gzipped.length - 8 ? octet ^ 1 : octet))),
    'gzip',
    2 ** 20,
    'damaged',
  ],
  ['text as deflate', Buffer.from('{"site":"acme"}'), 'deflate', 2 ** 20, 'damaged'],
])('refuses %s', async (_, body, type, most, failure) => {
  expect(await decode(body, type, most)).toBe(failure);
});

test('exactly the limit of the path is taken', async () => {
  expect(await decode(gzipSync(Buffer.alloc(65_536, 'ab')), 'gzip', 65_536)).toHaveLength(65_536);
});

test('a few are decompressed at once, a bounded number waits, and the others are refused', async () => {
  const decoder = new BodyDecoder();
  const { running, waiting } = decodingLimits;
  const body = Buffer.from(gzipSync('abc'));
  const results = Array.from({ length: running + waiting + 5 }, () => decoder.decode(body, 'gzip', 100));
  // The server reuses the memory of a body.
  body.fill(0);
  const settled = (await Promise.all(results)).map(String);
  expect(settled).toEqual([...Array(running + waiting).fill('abc'), ...Array(5).fill('busy')]);
  // There is room again, also after a damaged one.
  expect(await decoder.decode(Buffer.from('x'), 'gzip', 100)).toBe('damaged');
  expect(String(await decoder.decode(gzipSync('d'), 'gzip', 100))).toBe('d');
});

test('the bytes of waiting bodies are bounded', async () => {
  const decoder = new BodyDecoder();
  const { running, waitingBytes } = decodingLimits;
  const body = gzipSync(Buffer.alloc(2 ** 20), { level: 0 });
  const room = Math.floor(waitingBytes / body.length);
  const results = await Promise.all(Array.from({ length: running + room + 1 }, () => decoder.decode(body, 'gzip', 2 ** 20)));
  expect(results.map((result) => typeof result)).toEqual([...Array(running + room).fill('object'), 'string']);
});

test('the copy of a request has its fields and not its body', () => {
  const { method, path, query, peer, body, field } = withoutBody(request('POST', '/hit?a', 'x', { origin: 'https://a', dnt: '1' }));
  expect({ method, path, query, peer, body: String(body) }).toEqual({
    method: 'POST',
    path: '/hit',
    query: 'a',
    peer: '192.0.2.99',
    body: '',
  });
  expect([field('origin'), field('dnt'), field('cookie')]).toEqual(['https://a', '1', undefined]);
});

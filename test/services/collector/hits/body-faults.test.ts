// Bodies without a hit: the answer names the fault, and the page of the origin can read it.
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { decodingLimits } from '../../../../services/collector/http/content-coding';
import { setUp } from './set-up';
import { type Fields, request } from './sites';

const hit = { site: 'acme', kind: 'page' };
const json = JSON.stringify(hit);
const query = 'site=acme&kind=page';
const withType = (type: string) => ({ 'content-type': type }) as const;
const form = 'application/x-www-form-urlencoded';
const pretty = JSON.stringify(hit, undefined, 2);
const boundaryType = withType('multipart/form-data; boundary=b');
const part = (name: string, lines = '') => `--b\r\nContent-Disposition: form-data; name="${name}"${lines}\r\n\r\nx\r\n`;

test.each<[string, string, string | Buffer, Fields, number, string]>([
  ['a form as JSON', '/hit', query, withType('application/json'), 400, 'body: expected JSON, as its Content-Type declares, got a form'],
  [
    'a form in a batch',
    '/hits',
    query,
    withType('application/json'),
    400,
    'batch: expected JSON, as its Content-Type declares, got a form',
  ],
  ['too many forms', '/hit', `${query}\n`.repeat(101), withType(form), 413, 'body: expected at most 100 forms, got more'],
  [
    'a pretty-printed object in a batch',
    '/hits',
    pretty,
    {},
    400,
    'got one object in several lines; write it in one line, or send it to /hit',
  ],
  ['a pretty-printed object as lines', '/hits', pretty, withType('application/x-ndjson'), 400, 'got one object in several lines'],
  ['an array as a hit', '/hit', `[${json}]`, {}, 400, 'hit: expected one JSON object, got an array; send arrays to /hits'],
  ['lines as a hit', '/hit', `${json}\n${json}\n`, withType('application/json'), 400, 'got several lines; send lines to /hits'],
  [
    'lines as a hit, declared',
    '/hit',
    `${json}\r\n${json}`,
    withType('application/x-ndjson'),
    400,
    'got several lines; send lines to /hits',
  ],
  ['a text that is neither', '/hit', 'hello', withType('text/plain'), 400, 'body: expected a JSON object or a form, got something else'],
  ['markup', '/hit', '<a href="b">', {}, 400, 'body: expected a JSON object or a form, got something else'],
  ['nothing', '/hit', '', {}, 400, 'body: expected a JSON object or a form, got something else'],
  ['an unfinished object', '/hit', json.slice(0, -1), {}, 400, 'hit: expected a JSON object, got something else'],
  ['a page', '/hit', json, withType('text/html'), 415, 'Content-Type: expected application/json, '],
  [
    'a report of a browser',
    '/hit',
    '{"csp-report":{}}',
    withType('application/csp-report'),
    415,
    'Content-Type: expected application/json, ',
  ],
  [
    'Shift_JIS',
    '/hits',
    '{"kind":"\x83\x65"}',
    withType('text/plain; charset=sjis'),
    415,
    'charset: expected utf-8, utf-16, us-ascii or a charset of single octets such as iso-8859-1, got shift_jis; send UTF-8',
  ],
  ['an unknown charset', '/hit', '{"kind":"\xe9"}', withType('text/plain; charset=secret-7'), 415, 'got an unknown one'],
  ['half a character of UTF-16', '/hit', '{\0"', withType('text/plain; charset=utf-16'), 400, 'body: expected UTF-16'],
  [
    'Brotli',
    '/hit',
    brotliCompressSync(json),
    { 'content-encoding': 'br' },
    415,
    'Content-Encoding: expected gzip, deflate or identity, got another',
  ],
  [
    'gzip twice',
    '/hits',
    gzipSync(gzipSync(json)),
    { 'content-encoding': 'gzip, gzip' },
    415,
    'Content-Encoding: expected one of gzip and deflate, got several',
  ],
  ['gzip within gzip', '/hit', gzipSync(gzipSync(json)), { 'content-encoding': 'gzip' }, 400, 'body: expected a JSON object or a form'],
  ['gzip that is cut off', '/hit', gzipSync(json).subarray(0, -3), {}, 400, 'body: expected whole data of its Content-Encoding'],
  ['a bomb', '/hit', gzipSync(Buffer.alloc(20_000_000)), { 'content-encoding': 'gzip' }, 413, 'after decompression'],
  ['a bomb in a batch', '/hits', gzipSync(Buffer.alloc(20_000_000)), {}, 413, 'after decompression'],
  ['a batch as a hit, compressed', '/hit', gzipSync(`{"a":"${'xy'.repeat(40_000)}"}`), {}, 413, 'at most 65536 bytes on /hit'],
  ['multipart without a boundary', '/hit', part('site'), withType('multipart/form-data'), 415, 'with a boundary'],
  [
    'multipart with a long boundary',
    '/hit',
    part('site'),
    withType(`multipart/form-data; boundary=${'b'.repeat(71)}`),
    415,
    'with a boundary',
  ],
  ['multipart whose only part is cut off', '/hit', part('site'), boundaryType, 400, 'multipart: expected parts between boundaries'],
  [
    'multipart with another boundary',
    '/hit',
    `${part('site')}--b--`,
    withType('multipart/form-data; boundary=c'),
    400,
    'multipart: expected',
  ],
  [
    'multipart in base64',
    '/hit',
    `${part('site', '\r\nContent-Transfer-Encoding: base64')}--b--`,
    boundaryType,
    400,
    'multipart: expected parts',
  ],
  ['multipart without the end of a header', '/hit', '--b\r\nX: y\r\n--b--', boundaryType, 400, 'multipart: expected parts'],
  ['a long body', '/hit', ' '.repeat(65_537), {}, 413, 'body: expected at most 65536 bytes'],
])('%s', async (_, target, body, fields, status, error) => {
  const { sink, counts, send } = setUp();
  const origin = 'https://a.example';
  const octets = typeof body === 'string' ? Buffer.from(body, 'latin1') : body;
  const answer = await send('POST', target, octets, { origin, ...fields });
  expect(answer.status).toBe(status);
  expect(JSON.parse(answer.body.toString()).error).toContain(error);
  expect(JSON.parse(answer.body.toString()).error).toMatch(/^[\w -]+: expected .+, got /);
  expect(answer.head).toContain(`\r\nAccess-Control-Allow-Origin: ${origin}\r\n`);
  expect(answer.head).toContain('\r\nCache-Control: no-store\r\n');
  // The answer to a coding that is not read names those that are.
  expect(answer.head.includes('\r\nAccept-Encoding: gzip, deflate\r\n')).toBe(status === 415 && fields['content-encoding'] !== undefined);
  expect(counts).toEqual([expect.stringMatching(/^rejected (media-type|charset|content-encoding|not-json|not-encoded|too-long)$/)]);
  expect(sink.lines).toEqual([]);
});

test('a text that begins as zlib does is read as it was sent, although the server reuses the memory of its body', async () => {
  const { sink, handler } = setUp();
  const sent = request('POST', '/hit', Buffer.from('hb=caf\xe9&site=acme', 'latin1'), withType(`${form}; charset=iso-8859-1`));
  const answer = handler(sent);
  sent.body.fill(0);
  expect(await answer).toMatchObject({ status: 204 });
  expect(sink.hits).toEqual([expect.objectContaining({ site: 1, fields: { hb: 'café' } })]);
});

test('no answer repeats what the client sent', async () => {
  const { send } = setUp();
  for (const fields of [withType('secret/secret'), withType('text/plain;charset=secret'), { 'content-encoding': 'secret' }]) {
    expect((await send('POST', '/hit', 'secret', fields)).body.toString()).not.toContain('secret');
  }
});

test('too many compressed bodies are answered 503, which a page can read, and counted as not stored', async () => {
  const { counts, send } = setUp();
  const fields = { origin: 'https://a.example', 'content-encoding': 'gzip' };
  const all = decodingLimits.running + decodingLimits.waiting + 1;
  const answers = await Promise.all(Array.from({ length: all }, () => send('POST', '/hit', gzipSync(json), fields)));
  expect(answers.slice(0, -1).every(({ status }) => status === 204)).toBe(true);
  expect(answers.at(-1)).toMatchObject({ status: 503 });
  expect(answers.at(-1)?.head).toMatch(
    /Retry-After: 1\r\nAccess-Control-Expose-Headers: Retry-After\r\n[\s\S]*Access-Control-Allow-Origin: https:\/\/a\.example\r\n/,
  );
  expect(counts.filter((count) => count === 'refuse busy')).toHaveLength(1);
});

test.each<[string, string, Fields, number]>([
  ['GET', '/', {}, 404],
  ['PUT', '/hit.gif', {}, 405],
  ['GET', '/hits', {}, 405],
  ['GET', '/hit.gif?site=other&kind=p', {}, 404],
  ['GET', '/hit.gif?kind=p', {}, 400],
  ['GET', '/hit.gif?site=shop&kind=p', {}, 403],
  ['GET', '/hit.gif?site=later&kind=p', {}, 503],
])(
  '%s %s: the page can read the answer, no cache stores it, and a page that isolates itself gets it',
  async (method, target, fields, status) => {
    const { send } = setUp();
    const { head, ...answer } = await send(method, target, '', { origin: 'https://evil.example', ...fields });
    expect(answer.status).toBe(status);
    expect(head).toContain('\r\nCache-Control: no-store\r\nCross-Origin-Resource-Policy: cross-origin\r\n');
    expect(head).toContain(
      '\r\nAccess-Control-Allow-Origin: https://evil.example\r\nAccess-Control-Allow-Credentials: true\r\nVary: Origin\r\n',
    );
    expect(head.includes('\r\nAccess-Control-Expose-Headers: Retry-After\r\n')).toBe(status === 503);
  },
);

test('a stored hit is answered such that a page that isolates itself gets the answer', async () => {
  const { send, post } = setUp();
  expect((await post(hit)).head).toContain('\r\nCross-Origin-Resource-Policy: cross-origin\r\n');
  expect((await send('GET', `/hit.gif?${query}`)).head).toContain('\r\nCross-Origin-Resource-Policy: cross-origin\r\n');
});

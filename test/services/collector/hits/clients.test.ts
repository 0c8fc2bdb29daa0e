// Inputs of browsers, SDKs, tag managers, proxies and mail clients over a socket: kept rather than refused.
import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync } from 'node:zlib';
import { collectorOnSocket } from './collector-on-socket';
import { coding, inParts, latin1, named, parts, pixel, post, type, utf16 } from './wire-table';

const { answerTo, kept } = collectorOnSocket();
const json = '{"site":"acme","kind":"p"}';
const p = { kind: 'p' };
const form = 'application/x-www-form-urlencoded';
const mark16 = Buffer.from([0xff, 0xfe]);
const complete = '/hit?site=acme&kind=p';
const ownBody = { kind: 'p', repairs: ['hit:body'] };
const undeclared = { kind: 'p', repairs: ['hit:coding'] };
const beginsAsZlib = (hb: string, ...repairs: readonly string[]) => ({ ...p, fields: { hb }, repairs: [...repairs, 'fields:unknown'] });

type Row = readonly [string, string, object];

describe('kept rather than refused', () => {
  test.each<Row>([
    ['JSON that is cut off behind a complete query', post(complete, '{"a":', type('application/json')), ownBody],
    ['an image behind it', post(complete, latin1('\x89PNG\x01'), type('image/png')), ownBody],
    ['a report of a browser behind it', post(complete, '{"csp-report":{}}', type('application/csp-report')), ownBody],
    ['a text behind it', post(complete, 'hello', type('text/plain')), ownBody],
    ['null behind it', post(complete, 'null', type('application/json')), ownBody],
    ['FormData as a text behind it', post(complete, '[object FormData]', type('text/plain')), ownBody],
    ['Brotli behind it', post(complete, brotliCompressSync(json), coding('br')), ownBody],
    ['gzip that is cut off behind it', post(complete, gzipSync(json).subarray(0, -4), coding('gzip')), ownBody],
    ['a bomb behind it', post(complete, gzipSync(Buffer.alloc(20_000_000)), coding('gzip')), ownBody],
    ['70 kB behind it', post(complete, 'x'.repeat(70_000)), ownBody],
    ['Shift_JIS behind it', post(complete, latin1('{"a":"\x83\x65"}'), type('text/plain; charset=sjis')), ownBody],
    ['parts that are cut off behind it', post(complete, '--b\r\nContent-Disp', inParts), ownBody],
    ...['gzip', 'deflate', 'br', 'zstd', 'gzip, deflate', 'utf-8'].map(
      (field): Row => [`JSON that is not compressed, declared as ${field}`, post('/hit', json, coding(field)), undeclared],
    ),
    ['a form that is not compressed', post('/hit', 'site=acme&kind=p', coding('deflate'), type(form)), undeclared],
    ['a list that is not compressed', post('/hits', `[${json}]`, coding('deflate')), undeclared],
    ['gzip, with the codings that the client accepts', post('/hit', gzipSync(json), coding('gzip, deflate')), undeclared],
    ['zlib as gzip', post('/hit', deflateSync(json), coding('gzip')), undeclared],
    ['gzip as deflate', post('/hit', gzipSync(json), coding('deflate')), undeclared],
    ['bare deflate', post('/hit', deflateRawSync(json), coding('deflate')), p],
    [
      'gzip of a form that begins as zlib does',
      post('/hit', gzipSync('hb=1&site=acme&kind=p'), coding('br')),
      beginsAsZlib('1', 'hit:coding'),
    ],
    [
      'a form in ISO 8859-1 that begins as zlib does',
      post('/hit', latin1('hb=caf\xe9&site=acme&kind=p'), type(`${form}; charset=iso-8859-1`)),
      beginsAsZlib('café'),
    ],
    ['zlib that is cut off behind it', post(complete, deflateSync(json).subarray(0, -4), type(form)), ownBody],
    ['deflate of a CompressionStream, in a beacon', post('/hit', deflateSync(json), type('text/plain')), p],
    ...['iso-8859-15', 'shift_jis', 'gb18030', 'euc-kr', 'x-unknown', 'koi8-r', 'windows-1251', 'macintosh'].map(
      (charset): Row => [`ASCII under ${charset}`, post('/hit', json, type(`application/json; charset=${charset}`)), p],
    ),
    [
      'the euro of ISO 8859-15',
      post('/hit', latin1('{"site":"acme","kind":"\xa4"}'), type('application/json; charset=iso-8859-15')),
      { kind: '€' },
    ],
    [
      'Cyrillic of windows-1251',
      post('/hits', latin1('[{"site":"acme","kind":"\xef\xf0"}]'), type('application/json; charset=cp1251')),
      { kind: 'пр' },
    ],
    ['a form in KOI8-R', post('/hit', 'site=acme&kind=%D0%D2%C9', type(`${form}; charset=koi8-r`)), { kind: 'при' }],
    [
      'parts in ISO 8859-2',
      post(
        '/hit',
        latin1(parts([named('site'), 'acme'], [named('kind'), '\xb1'])),
        type('multipart/form-data; boundary=b; charset=iso-8859-2'),
      ),
      { kind: 'ą' },
    ],
    ['UTF-16, declared', post('/hit', utf16(json), type('application/json; charset=utf-16')), p],
    [
      'UTF-16 in the order of networks, with its mark',
      post('/hit', Buffer.concat([mark16, utf16(json)]).swap16(), type('text/plain; charset=utf-16be')),
      p,
    ],
    ['UTF-16 by its mark alone', post('/hit', Buffer.concat([mark16, utf16(json)])), { ...p, repairs: ['hit:encoding'] }],
    ['ASCII declared as UTF-16', post('/hit', json, type('application/json; charset=utf-16')), { ...p, repairs: ['hit:encoding'] }],
    ['JSON that was written twice', post('/hit', JSON.stringify(json), type('application/json')), { ...p, repairs: ['hit:parsed'] }],
    [
      'a list that was written twice',
      post('/hits', JSON.stringify(`[${json}]`), type('application/json')),
      { ...p, repairs: ['hit:parsed'] },
    ],
    ...['json', 'undefined', 'application/json:charset=utf-8'].map(
      (value): Row => [`the type ${value}`, post('/hit', json, type(value)), { ...p, repairs: ['hit:type'] }],
    ),
    ...['text/javascript', 'application/x-json', 'binary/octet-stream', '*/*', 'application/json;'].map(
      (value): Row => [`the type ${value}`, post('/hit', json, type(value)), p],
    ),
    ['location.search as a body', post('/hit', '?site=acme&kind=p'), p],
    ['two question marks', pixel('?site=acme&kind=p'), p],
    [
      '& as in markup',
      pixel('kind=p&amp;site=acme&amp;url=https://a.example/'),
      { ...p, url: 'https://a.example/', repairs: ['hit:markup'] },
    ],
    ['a byte order mark before a query', pixel('%EF%BB%BFsite=acme&kind=p'), p],
    ['a line break behind the key of a template', pixel('site=acme%0A&kind=p'), p],
    [
      'a part with the length of its text',
      post(
        '/hit',
        parts(
          [`${named('site')}\r\nContent-Type: text/plain; charset=UTF-8\r\nContent-Transfer-Encoding: 8bit`, 'acme'],
          [named('kind'), 'p'],
        ),
        inParts,
      ),
      p,
    ],
    [
      'fields as a part of JSON',
      post(
        '/hit',
        parts([named('site'), 'acme'], [named('kind'), 'p'], [`${named('fields')}\r\nContent-Type: application/json`, '{"a":1}']),
        inParts,
      ),
      { ...p, fields: { a: 1 }, repairs: ['fields:parsed'] },
    ],
    ['a name without quotes', post('/hit', parts(['Content-Disposition: form-data; name=site', 'acme'], [named('kind'), 'p']), inParts), p],
    [
      'a part in base64 among others',
      post(
        '/hit',
        parts([named('site'), 'acme'], [named('kind'), 'p'], [`${named('f.a')}\r\nContent-Transfer-Encoding: base64`, 'YQ==']),
        inParts,
      ),
      { ...p, repairs: ['hit:part'] },
    ],
    [
      'parts of which the last is cut off',
      post('/hit', parts([named('site'), 'acme'], [named('kind'), 'p'], [named('f.a'), 'x']).slice(0, -9), inParts),
      { ...p, repairs: ['hit:part'] },
    ],
    [
      'an upgrade that Java offers',
      post('/hit', json, 'Connection: Upgrade, HTTP2-Settings', 'Upgrade: h2c', 'HTTP2-Settings: AAMAAABk'),
      p,
    ],
    [
      'fields of a proxy and of an app',
      pixel('site=acme&kind=p', 'Via: 1.1 google', 'X-Requested-With: com.example.app', 'Sec-CH-UA: "Chromium";v="120"', 'Range: bytes=0-'),
      p,
    ],
    ['the absolute form of a proxy', pixel('site=acme&kind=p').replace('GET ', 'GET http://collect.example'), p],
  ])('%s', async (_, request, expected) => {
    const { status, body } = await answerTo(request);
    expect({ status, body: status === 200 ? '' : body }).toEqual({ status: request.startsWith('GET') ? 200 : 204, body: '' });
    expect(kept()).toEqual([expected]);
  });

  test('byte order marks of joined files of lines', async () => {
    expect((await answerTo(post('/hits', `\ufeff${json}\n\ufeff${json}`))).status).toBe(204);
    expect(kept()).toEqual([p, p]);
  });

  test('NaN in one hit of a list leaves the others as they were sent', async () => {
    expect((await answerTo(post('/hits', `[${json},{"site":"acme","kind":"p","fields":{"a":NaN}}]`))).status).toBe(204);
    expect(kept()).toEqual([p, { ...p, fields: { a: 'NaN' }, repairs: ['fields:number'] }]);
  });

  test('a preflight request of a tracing agent allows its fields', async () => {
    const preflight = (headers: string) =>
      answerTo(`OPTIONS /hit HTTP/1.1\r\nHost: a\r\nOrigin: https://a.example\r\nAccess-Control-Request-Headers: ${headers}\r\n\r\n`);
    const allowed = 'Access-Control-Allow-Headers: Content-Type, Content-Encoding';
    expect((await preflight('content-type,sentry-trace,traceparent')).text).toContain(
      `${allowed}, content-type,sentry-trace,traceparent\r\n`,
    );
    expect((await preflight('a"b')).text).toContain(`${allowed}\r\n`);
  });
});

describe('refused with the fault', () => {
  test.each<readonly [string, string, number, string]>([
    ['a list of hits where the query names the site alone', post('/hit?site=acme', `[${json}]`), 400, 'an array; send arrays to /hits'],
    ['lines of hits there', post('/hit?site=acme', `${json}\n${json}`), 400, 'several lines; send lines to /hits'],
    ['a list of hits behind a complete query', post(complete, `[${json},${json}]`), 400, 'an array; send arrays to /hits'],
    ['a list of measurements there', post(complete, '[{"name":"LCP"}]', type('text/plain')), 400, 'an array; send arrays to /hits'],
    ['a list with NaN there', post(complete, '[{"lcp":NaN}]'), 400, 'an array; send arrays to /hits'],
    ['a list that was written twice there', post(complete, JSON.stringify(`[${json}]`)), 400, 'an array; send arrays to /hits'],
    ['lines of hits behind it', post('/hit?site=acme&v=2', `${json}\n${json}`), 400, 'several lines; send lines to /hits'],
    ['lines with NaN there', post(complete, `{"lcp":NaN}\n${json}`), 400, 'several lines; send lines to /hits'],
    ['a body that cannot be read, with two sites in the query', post('/hit?site=acme&site=shop', '{'), 400, 'hit: expected a JSON object'],
    ['a body of another site than the query', post(complete, '{"site":"shop"}'), 400, "expected one site's key, got several"],
    ['a body that cannot be read, and a query without a site', post('/hit?kind=p', '{'), 400, 'hit: expected a JSON object'],
    ['lines of one of which nothing is left', post('/hits', '{"a":NaN,}'), 400, 'expected valid hits, got none'],
    ['an unclosed text with NaN', post('/hit', `{"a":NaN,"${'\\"'.repeat(30_000)}`), 400, 'hit: expected a JSON object'],
  ])('%s', async (_, request, status, error) => {
    const answer = await answerTo(request);
    expect(answer.status).toBe(status);
    expect(answer.body).toContain(error);
    expect(kept()).toEqual([]);
  });
});

// Bodies as browsers and SDKs send them, each kept as the same hit.
import { deflateRawSync, deflateSync, gzipSync } from 'node:zlib';
import { parseHit } from '../../../../runtime/hit';
import { HttpServer } from '../../../../services/collector/http/server';
import { Client } from '../http/wire';
import { now, setUp } from './set-up';
import type { Fields } from './sites';

const hit = { site: 'acme', kind: 'page', url: 'https://a.example/ü' };
const json = JSON.stringify(hit);
const query = 'site=acme&kind=page&url=https%3A%2F%2Fa.example%2F%C3%BC';
const octets = (text: string) => Buffer.from(text, 'latin1');
const form = 'application/x-www-form-urlencoded';
const withType = (type: string) => ({ 'content-type': type }) as const;

const boundary = '----WebKitFormBoundary7MA4YWxkTrZu0gW';
const part = (name: string, value: string | Buffer, more = '', lines = '') =>
  Buffer.concat([
    Buffer.from(`--${boundary}\r\nContent-Disposition: form-data; name="${name}"${more}\r\n${lines}\r\n`),
    Buffer.from(value),
    Buffer.from('\r\n'),
  ]);
const end = Buffer.from(`--${boundary}--\r\n`);
const texts = [part('site', 'acme'), part('kind', 'page'), part('url', hit.url)];
const multipart = (...parts: Buffer[]) => Buffer.concat([...parts, end]);
const multipartType = withType(`multipart/form-data; boundary=${boundary}`);

test.each<[string, string, string | Buffer, Fields]>([
  ['a beacon without a body', `/hit?${query}`, '', {}],
  ['a beacon without a body, with a type', `/hit?${query}`, '', withType('text/plain;charset=UTF-8')],
  ['a beacon without a body, with an unread type', `/hit?${query}`, '', withType('image/png')],
  ['a query in raw UTF-8', '/hit?site=acme&kind=page&url=https://a.example/\xc3\xbc', '', {}],
  ['an empty FormData', `/hit?${query}`, end, multipartType],
  ['JSON without a type', '/hit', json, {}],
  ['JSON with an empty type', '/hit', json, withType('')],
  ['JSON after white space', '/hit', ` \r\n\t${json}\n`, {}],
  ['JSON after a byte order mark', '/hit', `\ufeff${json}`, withType('application/json')],
  ['JSON as text', '/hit', json, withType('text/plain;charset=UTF-8')],
  ['JSON as octets', '/hit', json, withType('application/octet-stream')],
  ['JSON as a form, as curl sends it', '/hit', json, withType(form)],
  ['JSON of another type', '/hit', json, withType('application/vnd.api+json')],
  ['JSON as text/json', '/hit', json, withType('text/json')],
  ['JSON in one line', '/hit', `${json}\n`, withType('application/x-ndjson')],
  ['JSON in several lines', '/hit', JSON.stringify(hit, undefined, 2), withType('application/json')],
  ['two equal types', '/hit', json, withType('text/plain, text/plain')],
  ['two types, of which the last counts', '/hit', json, withType('text/html, application/json')],
  ['quoted UTF-8', '/hit', json, withType('application/json; charset="UTF-8"')],
  ['UTF8', '/hit', json, withType('application/json;charset=utf8')],
  ['an empty charset', '/hit', json, withType('application/json;charset=')],
  ['ASCII', '/hit', json.replace('ü', '\\u00fc'), withType('application/json; charset=us-ascii')],
  ['ASCII that is UTF-8', '/hit', json, withType('application/json; charset=us-ascii')],
  ['ASCII that is Latin-1', '/hit', octets(json), withType('application/json; charset=us-ascii')],
  ['Latin-1', '/hit', octets(json), withType('application/json; charset=ISO-8859-1')],
  ['windows-1252', '/hit', octets(json), withType('text/plain; charset=windows-1252')],
  ['a form without a type', '/hit', query, {}],
  ['a form as text', '/hit', query, withType('text/plain')],
  ['a form', '/hit', query, withType(`${form}; charset=UTF-8`)],
  ['a form in Latin-1', '/hit', query.replace('%C3%BC', '%fc'), withType(`${form}; charset=iso-8859-1`)],
  ['a form in raw Latin-1', '/hit', octets(query.replace('%C3%BC', 'ü')), withType(`${form}; charset=iso-8859-1`)],
  ['multipart', '/hit', multipart(...texts), multipartType],
  ['multipart with a quoted boundary', '/hit', multipart(...texts), withType(`multipart/form-data; boundary="${boundary}"`)],
  ['multipart with a preamble and an epilogue', '/hit', Buffer.concat([octets('x\r\n'), multipart(...texts), octets('x')]), multipartType],
  [
    'multipart in Latin-1',
    '/hit',
    multipart(part('site', 'acme'), part('kind', 'page'), part('url', octets(hit.url))),
    withType(`multipart/form-data; charset=iso-8859-1; boundary=${boundary}`),
  ],
  ['gzip', '/hit', gzipSync(json), { 'content-encoding': 'gzip', ...withType('application/json') }],
  ['gzip of a beacon, without the field', '/hit', gzipSync(json), withType('text/plain')],
  ['gzip of a form', '/hit', gzipSync(query), { 'content-encoding': 'gzip', ...withType(form) }],
  ['gzip of multipart', '/hit', gzipSync(multipart(...texts)), { 'content-encoding': 'gzip', ...multipartType }],
  ['gzip of nothing', `/hit?${query}`, gzipSync(''), { 'content-encoding': 'gzip' }],
  ['zlib of a beacon, without the field', '/hit', deflateSync(json), withType('text/plain')],
  ['zlib', '/hit', deflateSync(json), { 'content-encoding': 'deflate' }],
  ['bare deflate', '/hit', deflateRawSync(json), { 'content-encoding': 'deflate' }],
  ['a compressed batch', '/hits', gzipSync(`[${json}]`), { 'content-encoding': 'gzip', ...withType('application/json') }],
  ['compressed lines', '/hits', deflateSync(`${json}\n`), { 'content-encoding': 'deflate', ...withType('application/x-ndjson') }],
  ['lines as JSON', '/hits', `${json}\n`, withType('application/json')],
  ['a batch without a type', '/hits', `[${json}]`, {}],
  ['a batch as a form, as curl sends it', '/hits', `[${json}]`, withType(form)],
  ['an array as lines', '/hits', `[\n${json}\n]`, withType('application/x-ndjson')],
  ['lines after a byte order mark', '/hits', `\ufeff${json}`, withType('application/x-ndjson')],
])('%s is kept', async (_, target, body, fields) => {
  const { sink, counts, send } = setUp();
  const { status } = await send('POST', target, body, fields);
  expect([status, sink.hits, counts]).toEqual([204, [{ site: 1, kind: 'page', url: hit.url, keyVersion: 1 }], ['kept 1']]);
});

test('files and parts without a name are left out, which the hit states', async () => {
  const { sink, send } = setUp();
  const file = part('photo', 'x'.repeat(1000), '; filename="a; name=site.jpg"', 'Content-Type: image/jpeg\r\n');
  const unchosen = part('other', '', '; filename=""', 'Content-Type: application/octet-stream\r\n');
  const named = part('site', 'evil', "; filename*=UTF-8''a");
  expect(await send('POST', '/hit', multipart(...texts, file, unchosen, named), multipartType)).toMatchObject({ status: 204 });
  expect(await send('POST', '/hit', multipart(...texts, part('', 'x')), multipartType)).toMatchObject({ status: 204 });
  expect(sink.hits).toEqual([
    expect.objectContaining({ site: 1, repairs: ['hit:file'] }),
    expect.objectContaining({ repairs: ['hit:part'] }),
  ]);
});

test('texts of multipart are kept as they were sent', async () => {
  const { sink, send } = setUp();
  const value = 'a+b & 100% = "ü"\r\n--x\r\n\u20ac \u{1f0a1}';
  const parts = [part('f.a', value), part('f.b%22%0D%0A', ''), part('f.c', 'x', '', 'Content-Type: text/plain\r\n')];
  expect(await send('POST', '/hit', multipart(...texts, ...parts), multipartType)).toMatchObject({ status: 204 });
  expect(sink.hits[0]?.fields).toEqual({ a: value, 'b"\r\n': '', c: 'x' });
});

test('a text of multipart that is no UTF-8 is read as Latin-1, which the hit states; a file may have any octets', async () => {
  const { sink, send } = setUp();
  const file = part('photo', octets('\xff\xd8'), '; filename="a"');
  expect(await send('POST', '/hit', multipart(...texts, file), multipartType)).toMatchObject({ status: 204 });
  expect(await send('POST', '/hit', multipart(...texts, part('f.a', octets('\xfc'))), multipartType)).toMatchObject({ status: 204 });
  expect(sink.hits).toEqual([
    expect.objectContaining({ url: hit.url, repairs: ['hit:file'] }),
    expect.objectContaining({ url: hit.url, fields: { a: 'ü' }, repairs: ['hit:encoding'] }),
  ]);
});

test('windows-1252 is read as browsers read it, where a control character of Latin-1 would be', async () => {
  const { sink, send } = setUp();
  const body = octets('{"site":"acme","kind":"\x80\x85\x99\xe4\x9f"}');
  expect(await send('POST', '/hit', body, withType('application/json; charset=latin1'))).toMatchObject({ status: 204 });
  const encoded = octets('site=acme&kind=%80%85\x99%E4%9F%41');
  expect(await send('POST', '/hit', encoded, withType(`${form};charset=windows-1252`))).toMatchObject({ status: 204 });
  expect(sink.hits.map(({ kind }) => kind)).toEqual(['€…™äŸ', '€…™äŸA']);
});

test.each([
  ['/hit', '{"site":"acme","kind":"\xe4"}', 'ä'],
  ['/hits', '[{"site":"acme","kind":"\xe4"}]', 'ä'],
  ['/hits', '{"site":"acme","kind":"\xe4"}\n', 'ä'],
  ['/hit', 'site=acme&kind=\xe4', 'ä'],
  ['/hit?site=acme&kind=\xe4', '', 'ä'],
  // An overlong NUL.
  ['/hit', '{"site":"acme","kind":"\xc0\x80"}', '\xc0\x80'],
])('octets that are no UTF-8 are read as Latin-1, which the hit states: POST %s %j', async (target, text, kind) => {
  const { sink, send } = setUp();
  expect(await send('POST', target, octets(text))).toMatchObject({ status: 204 });
  expect(sink.hits).toEqual([expect.objectContaining({ kind, repairs: ['hit:encoding'] })]);
});

test('of lines that are not all UTF-8, each is read by itself', async () => {
  const { sink, send } = setUp();
  const lines = octets('{"site":"acme","kind":"\xc3\xa4"}\n{"site":"acme","kind":"\xe4"}');
  expect(await send('POST', '/hits', lines)).toMatchObject({ status: 204 });
  expect(sink.hits.map(({ kind, repairs }) => [kind, repairs])).toEqual([
    ['ä', undefined],
    ['ä', ['hit:encoding']],
  ]);
});

test('a compressed batch of the longest kind is kept', async () => {
  const { sink, send } = setUp();
  const batch = gzipSync(JSON.stringify(Array.from({ length: 1000 }, (_, n) => ({ ...hit, fields: { n, text: 'x'.repeat(800) } }))));
  expect(await send('POST', '/hits', batch, { 'content-encoding': 'gzip' })).toMatchObject({ status: 204 });
  expect(sink.lines).toHaveLength(1000);
});

test('HEAD is answered as GET, and stores no hit', async () => {
  const { sink, counts, health, send } = setUp();
  const pixel = await send('GET', `/hit.gif?${query}`);
  expect(await send('HEAD', `/hit.gif?${query}`)).toEqual(pixel);
  expect(await send('HEAD', '/health')).toEqual(await send('GET', '/health'));
  expect(await send('HEAD', '/metrics')).toMatchObject({ status: 200 });
  health.ok = false;
  expect(await send('HEAD', '/health')).toMatchObject({ status: 503 });
  for (const path of ['/hit', '/hits']) expect(await send('HEAD', path)).toMatchObject({ status: 405 });
  expect(sink.lines).toHaveLength(1);
  expect(counts).toEqual(['kept 1', 'rejected method', 'rejected method']);
});

test('a form of fetch, and a compressed body before others on a connection', async () => {
  const { sink, handler } = setUp();
  const server = new HttpServer({ handler, observer: { answered: () => undefined, rejected: () => undefined } });
  const port = await server.listen(0, '127.0.0.1');
  const url = `http://127.0.0.1:${port}`;
  const data = new FormData();
  for (const [name, value] of Object.entries(hit)) data.set(name, value);
  data.set('photo', new Blob(['x']), 'a.jpg');
  expect((await fetch(`${url}/hit`, { method: 'POST', body: data })).status).toBe(204);
  expect((await fetch(`${url}/hit?${query}`, { method: 'POST' })).status).toBe(204);
  expect((await fetch(`${url}/hit.gif?${query}`, { method: 'HEAD' })).headers.get('content-length')).toBe('43');
  const body = gzipSync(json);
  expect((await fetch(`${url}/hit`, { method: 'POST', body, headers: { 'content-encoding': 'gzip' } })).status).toBe(204);
  const pixel = `GET /hit.gif?${query} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n`;
  const client = new Client(port).send(
    `POST /hit HTTP/1.1\r\nHost: a\r\nContent-Length: ${body.length}\r\n\r\n${body.toString('latin1')}${pixel}`,
  );
  expect((await (await client.end()).answers(2)).map(({ status }) => status)).toEqual([204, 200]);
  await server.stop(0);
  const one = { ...hit, site: 1 };
  expect(sink.hits).toMatchObject([{ ...one, repairs: ['hit:file'] }, one, one, one, one]);
});

test('the query of a batch names the site of its hits, and nothing else in them', async () => {
  const { sink, send } = setUp();
  const url = `https://www.example.com/${'x'.repeat(4000)}`;
  const { status } = await send('POST', `/hits?site=acme&url=${encodeURIComponent(url)}`, JSON.stringify(Array(1000).fill({ kind: 'p' })));
  expect(status).toBe(204);
  expect(sink.lines).toHaveLength(1000);
  expect(sink.lines.join('').length).toBeLessThan(1000 * 400);
});

test.each([
  ['/hit?site=acme&v=2', 'application/x-www-form-urlencoded'],
  ['/hit?site=acme&v=2', 'text/plain;charset=UTF-8'],
  ['/hits?site=acme&v=2', 'text/plain;charset=UTF-8'],
  ['/hits?site=acme&v=2', 'application/x-www-form-urlencoded'],
])('each line of forms at %s as %s is a hit, with the names of the query', async (target, type) => {
  const { sink, send } = setUp();
  const body = 'kind=page&visitor=v1&f.n=1\r\nkind=scroll&visitor=v1&f.n=2\r\n\r\nkind=end&visitor=caf%C3%A9\r\n';
  expect(await send('POST', target, body, { 'content-type': type })).toMatchObject({ status: 204 });
  expect(sink.hits).toMatchObject([
    { site: 1, kind: 'page', visitor: 'v1', fields: { n: '1', v: '2' } },
    { site: 1, kind: 'scroll', visitor: 'v1', fields: { n: '2', v: '2' } },
    { site: 1, kind: 'end', visitor: 'café', fields: { v: '2' } },
  ]);
});

test('forms of which one is refused are answered as a batch is', async () => {
  const { sink, send } = setUp();
  const answer = await send('POST', '/hit', 'site=acme&kind=p\nsite=other&kind=p\n', { 'content-type': 'text/plain' });
  expect(answer.status).toBe(200);
  expect(JSON.parse(answer.body.toString())).toMatchObject({ rejected: [{ index: 1, reason: 'unknown-site' }] });
  expect(sink.lines).toHaveLength(1);
});

test.each(['/hit', '/hits', '/hit.gif'])('at %s, a line end behind a form is none of its value', async (target) => {
  const { sink, send } = setUp();
  await send('POST', target, 'site=acme&kind=page\r\n', { 'content-type': 'application/x-www-form-urlencoded' });
  await send('POST', target, 'site=acme&kind=page\n', { 'content-type': 'text/plain' });
  expect(sink.hits.map(({ kind }) => kind)).toEqual(['page', 'page']);
});

test('lines of one pair each are one form, and a line end within a value stays', async () => {
  const { sink, post } = setUp();
  await post('site=acme\r\nkind=page\r\nvisitor=v1\r\n', { 'content-type': 'text/plain' });
  await post('site=acme&kind=page&f.text=one\ntwo', { 'content-type': 'text/plain' });
  expect(sink.hits).toMatchObject([
    { kind: 'page', visitor: 'v1' },
    { kind: 'page', fields: { text: 'one\ntwo' } },
  ]);
});

test.each(['/hit', '/hits', '/hit.gif'])('a beacon to %s has its hit in the query', async (target) => {
  const { sink, send } = setUp();
  expect(await send('POST', `${target}?site=acme&kind=page`, '')).toMatchObject({ status: 204 });
  expect(sink.hits).toMatchObject([{ site: 1, kind: 'page' }]);
});

test.each([
  ['a byte order mark', Buffer.from('\ufeff[{"site":"acme","kind":"p","url":"https://www.example.com/?a=1"}]')],
  ['a byte order mark and lines', Buffer.from('\ufeff{"site":"acme","kind":"p","url":"https://www.example.com/?a=1"}\n')],
  ['UTF-16', Buffer.from('\ufeff[{"site":"acme","kind":"p","url":"https://www.example.com/?a=1"}]', 'utf16le')],
])('JSON as a text at /hits, behind %s, is no form', async (_, body) => {
  const { sink, send } = setUp();
  expect(await send('POST', '/hits', body, { 'content-type': 'text/plain' })).toMatchObject({ status: 204 });
  expect(sink.hits).toMatchObject([{ kind: 'p', url: 'https://www.example.com/?a=1' }]);
});

test('multipart at /hits is one hit, also behind a byte order mark', async () => {
  const { sink, send } = setUp();
  const body = Buffer.from(`\ufeff--b\r\nContent-Disposition: form-data; name="site"\r\n\r\nacme\r\n--b--`);
  await send('POST', '/hits', body, { 'content-type': 'multipart/form-data; boundary=b' });
  expect(sink.hits).toMatchObject([{ site: 1, repairs: ['kind:missing'] }]);
});

test('each line of a batch is read, with any number of empty lines between', async () => {
  const { sink, send } = setUp();
  const line = JSON.stringify({ site: 'acme', kind: 'p' });
  expect(await send('POST', '/hits', Array(1000).fill(line).join('\n\n\n\n'))).toMatchObject({ status: 204 });
  expect(sink.lines).toHaveLength(1000);
});

test('no site in a body leaves that of the query', async () => {
  const { sink, send } = setUp();
  for (const site of [null, ''])
    expect(await send('POST', '/hit?site=acme', JSON.stringify({ site, kind: 'p' }))).toMatchObject({ status: 204 });
  expect(sink.lines).toHaveLength(2);
});

test('a switch is neither a visitor nor an id', async () => {
  const { sink, send } = setUp();
  await send('POST', '/hit', '{"site":"acme","kind":"p","visitor":false,"id":true}');
  const [hit] = sink.lines.map((text) => JSON.parse(text));
  expect(hit).not.toHaveProperty('ownId');
  expect(hit?.visitor).not.toBe('false');
});

test('fields that are sent twice keep repeated names', async () => {
  const { sink, send } = setUp();
  const body = '{"site":"acme","kind":"p","fields":{"a":{"x":1,"x":2}},"fields":{"b":{"y":1,"z":2}}}';
  expect(await send('POST', '/hit', body)).toMatchObject({ status: 204 });
  expect(parseHit(Buffer.from(sink.lines[0] ?? ''), new Date(now))).toMatchObject({
    hit: { fields: '{"a":{"x":[1,2]},"b":{"y":1,"z":2}}' },
  });
});

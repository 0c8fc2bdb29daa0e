// Requests are read strictly (RFC 9112): ambiguous ones are refused.
import type { KnownField } from '../../../../services/collector/http/message';
import { bytes, type Reading, read, readerOf, type Seen } from './reading';

const readText = (text: string): Reading => read([bytes(text)]);
const get = (...fields: string[]) => ['GET /a HTTP/1.1', 'Host: a', ...fields, '', ''].join('\r\n');
const post = (fields: string, body: string) => `POST /hit HTTP/1.1\r\nHost: a\r\n${fields}\r\n\r\n${body}`;

test.each<[string, string, Partial<Seen>]>([
  ['a GET', 'GET /hit.gif?a=b%20c&d HTTP/1.1\r\nHost: a.example:8080\r\n\r\n', { target: '/hit.gif?a=b%20c&d', host: 'a.example:8080' }],
  ['a second question mark', 'GET /a?b?c HTTP/1.1\r\nHost: a\r\n\r\n', { target: '/a?b?c' }],
  ['what browsers leave unencoded', 'GET /a?b={"x"|^`} HTTP/1.1\r\nHost: a\r\n\r\n', { target: '/a?b={"x"|^`}' }],
  ['octets above ASCII in a query', 'GET /a?b=\xc3\xa4\xff HTTP/1.1\r\nHost: a\r\n\r\n', { target: '/a?b=\xc3\xa4\xff' }],
  ['an absolute target, whose host counts', 'GET http://b.example/c?d HTTP/1.1\r\nHost: a\r\n\r\n', { target: '/c?d' }],
  ['an absolute target without a path', 'GET https://b.example HTTP/1.1\r\nHost: a\r\n\r\n', { target: '/' }],
  ['the server itself', 'OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n', { method: 'OPTIONS', target: '*' }],
  ['one empty line before', '\r\nGET /a HTTP/1.1\r\nHost: a\r\n\r\n', { target: '/a' }],
  ['HTTP/1.0, which ends the connection and needs no Host', 'GET /a HTTP/1.0\r\n\r\n', { close: true, host: undefined }],
  ['an empty Host', 'GET /a HTTP/1.1\r\nHost:\r\n\r\n', { host: '' }],
  ['space around a value', 'GET /a HTTP/1.1\r\nhOsT:\t a \t\r\n\r\n', { host: 'a' }],
  ['a body', post('Content-Length: 3', 'abc'), { body: 'abc' }],
  ['a body of nothing', post('Content-Length: 0', ''), { body: '' }],
  ['chunks', post('Transfer-Encoding: Chunked', '3\r\nabc\r\n0A;x="y"\r\n0123456789\r\n0\r\n\r\n'), { body: 'abc0123456789' }],
  ['chunks with extensions', post('Transfer-Encoding: chunked', '1;x;y=z;a="b c\\"\t\xe4";d\r\na\r\n0;end\r\n\r\n'), { body: 'a' }],
  ['a trailer, forgotten', post('Transfer-Encoding: chunked', '1\r\na\r\n0\r\nX-Y: z\r\nHost: b\r\n\r\n'), { body: 'a', host: 'a' }],
  ['close among others', get('Connection: keep-alive, Close'), { close: true }],
  ['close that is part of a word', get('Connection: closed, x-close'), { close: false }],
])('takes %s', (_, text, expected) => {
  const { requests, end } = readText(text);
  expect(end).toBe('start');
  expect(requests).toMatchObject([expected]);
});

test.each<[string, string[], KnownField, string]>([
  ['DNT, both of which are a signal', ['DNT: 1', 'DNT: 0'], 'dnt', '1, 0'],
  ['equal lines once', ['Sec-GPC: 1', 'Sec-GPC: 1'], 'sec-gpc', '1'],
  [
    'the addresses of several proxies',
    ['X-Forwarded-For: 192.0.2.1', 'X-Forwarded-For: 192.0.2.2'],
    'x-forwarded-for',
    '192.0.2.1, 192.0.2.2',
  ],
  ['cookies, which HTTP/2 separates', ['Cookie: a=1', 'Cookie: b=2', 'Cookie: c=3'], 'cookie', 'a=1; b=2; c=3'],
  ['an equal media type', ['Content-Type: text/plain', 'content-type: text/plain'], 'content-type', 'text/plain'],
  ['another media type', ['Content-Type: text/plain', 'Content-Type: application/json'], 'content-type', 'text/plain, application/json'],
  ['an equal origin', ['Origin: https://a', 'Origin: https://a'], 'origin', 'https://a'],
  ['an equal address', ['CF-Connecting-IP: 192.0.2.1', 'CF-Connecting-IP: 192.0.2.1'], 'cf-connecting-ip', '192.0.2.1'],
  ['user agents', ['User-Agent: a', 'User-Agent: b'], 'user-agent', 'a, b'],
  ['an equal expectation', ['Expect: 100-continue', 'Expect: 100-continue'], 'expect', '100-continue'],
  ['codings, which are both applied', ['Content-Encoding: gzip', 'Content-Encoding: gzip'], 'content-encoding', 'gzip, gzip'],
  ['fields that are not used', ['Accept: a', 'Accept: b', 'X: y', 'X: y', 'DNT: 1'], 'dnt', '1'],
])('merges %s', (_, fields, name, merged) => {
  const reader = readerOf(get(...fields));
  expect(reader.next()).toBe('request');
  expect(reader.field(name)).toBe(merged);
});

test.each<[string, string, string | undefined]>([
  ['a refused field', get('Origin: https://a', 'X'), 'https://a'],
  ['a refused body', post('Origin: https://a\r\nContent-Length: 1048577', ''), 'https://a'],
  ['a refused chunk', post('Origin: https://a\r\nTransfer-Encoding: chunked', 'x'), 'https://a'],
  ['a refused host', get('Origin: https://a', 'Host: b'), 'https://a'],
  ['an origin that comes later', get('X', 'Origin: https://a'), undefined],
  ['a refused request line', 'GET a HTTP/1.1\r\nOrigin: https://a\r\n\r\n', undefined],
  ['the next request', `${get('Origin: https://a')}\rGET /a HTTP/1.1\r\n\r\n`, undefined],
])('the origin is read, as far as the header was, for %s', (_, text, origin) => {
  const reader = readerOf(text);
  let result = reader.next();
  while (result === 'request') result = reader.next();
  expect(result).toBe('refused');
  expect(reader.origin).toBe(origin);
});

test.each<[string, string, string]>([
  ['bare line feeds', 'GET /a HTTP/1.1\nHost: a\n\n', 'request-line'],
  ['a bare line feed behind a field', 'GET /a HTTP/1.1\r\nHost: a\nX: y\r\n\r\n', 'field'],
  ['a bare carriage return in a value', get('X: a\rY: b'), 'field'],
  ['HTTP/0.9', 'GET /a\r\n', 'target'],
  ['the preface of HTTP/2', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', 'version'],
  ['HTTP/1.2', 'GET /a HTTP/1.2\r\nHost: a\r\n\r\n', 'version'],
  ['http in small letters', 'GET /a http/1.1\r\nHost: a\r\n\r\n', 'version'],
  ['two spaces in the request line', 'GET  /a HTTP/1.1\r\nHost: a\r\n\r\n', 'target'],
  ['a tab in the request line', 'GET\t/a HTTP/1.1\r\nHost: a\r\n\r\n', 'request-line'],
  ['space behind the version', 'GET /a HTTP/1.1 \r\nHost: a\r\n\r\n', 'request-line'],
  ['a method that is no token', 'G(T /a HTTP/1.1\r\nHost: a\r\n\r\n', 'request-line'],
  ['an endless method', `${'A'.repeat(33)} /a HTTP/1.1\r\n\r\n`, 'request-line'],
  ['TLS', '\x16\x03\x01\x02\x00\x01', 'request-line'],
  ['two empty lines before', '\r\n\r\nGET /a HTTP/1.1\r\nHost: a\r\n\r\n', 'request-line'],
  ['a target without slash', 'GET a HTTP/1.1\r\nHost: a\r\n\r\n', 'target'],
  ['a fragment', 'GET /a#b HTTP/1.1\r\nHost: a\r\n\r\n', 'target'],
  ['octets above ASCII in a path', 'GET /\xe4 HTTP/1.1\r\nHost: a\r\n\r\n', 'target'],
  ['a space in a query', 'GET /a?b c HTTP/1.1\r\nHost: a\r\n\r\n', 'version'],
  ['DEL in a query', 'GET /a?\x7f HTTP/1.1\r\nHost: a\r\n\r\n', 'target'],
  ['NUL in a target', 'GET /\0 HTTP/1.1\r\nHost: a\r\n\r\n', 'target'],
  ['an authority as target', 'CONNECT a.example:443 HTTP/1.1\r\nHost: a\r\n\r\n', 'target'],
  ['another scheme', 'GET ftp://a/b HTTP/1.1\r\nHost: a\r\n\r\n', 'target'],
  ['a user in an absolute target', 'GET http://u@a/b HTTP/1.1\r\nHost: a\r\n\r\n', 'target'],
  ['the server itself, to be got', 'GET * HTTP/1.1\r\nHost: a\r\n\r\n', 'target'],
  ['space before the colon', get('X : y'), 'field'],
  ['no colon', get('X'), 'field'],
  ['no name', get(': y'), 'field'],
  ['a folded line', get('X: y', ' z'), 'field'],
  ['a first field that is folded', 'GET /a HTTP/1.1\r\n Host: a\r\n\r\n', 'field'],
  ['NUL in a value', get('X: a\0b'), 'field'],
  ['DEL in a value', get('X: a\x7fb'), 'field'],
  ['a name that is no token', get('X(Y): z'), 'field'],
  ['no Host', 'GET /a HTTP/1.1\r\n\r\n', 'host'],
  ['Host twice', get('Host: a'), 'repeated-field'],
  ['a Host with a path', 'GET /a HTTP/1.1\r\nHost: a/b\r\n\r\n', 'host'],
  ['a Host with a user', 'GET /a HTTP/1.1\r\nHost: u@a\r\n\r\n', 'host'],
  ['Origin twice', get('Origin: https://a', 'Origin: https://b'), 'repeated-field'],
  ['two addresses in CF-Connecting-IP', get('CF-Connecting-IP: 192.0.2.1', 'CF-Connecting-IP: 192.0.2.2'), 'repeated-field'],
  ['Origin twice, then another', get('Origin: https://a', 'Origin: https://a', 'Origin: https://b'), 'repeated-field'],
  ['too many fields', get(...Array.from({ length: 100 }, (_, index) => `X-${index}: y`)), 'large-header'],
  ['a long header', get(...Array.from({ length: 40 }, (_, index) => `X-${index}: ${'y'.repeat(1000)}`)), 'large-header'],
  ['a field that never ends', `GET /a HTTP/1.1\r\nX: ${'y'.repeat(40_000)}`, 'large-header'],
  ['a long target', `GET /${'a'.repeat(17_000)} HTTP/1.1\r\nHost: a\r\n\r\n`, 'long-target'],
  ['a target that never ends', `GET /${'a'.repeat(17_000)}`, 'long-target'],
  ['another expectation', get('Expect: the-unexpected'), 'expectation'],
  ['a body announced too long', post('Content-Length: 1048577', ''), 'large-body'],
  ['chunks that grow too long', post('Transfer-Encoding: chunked', `fffff\r\n${'x'.repeat(0xfffff)}\r\n2\r\nxx`), 'large-body'],
  ['a chunk announced too long', post('Transfer-Encoding: chunked', 'ffffffff\r\n'), 'large-body'],
  ['extensions without end', post('Transfer-Encoding: chunked', `1;${'x'.repeat(40_000)}`), 'large-chunk-line'],
  ['extensions beyond their limit', post('Transfer-Encoding: chunked', `1;${'x'.repeat(1024)}\r\na\r\n0\r\n\r\n`), 'large-chunk-line'],
  ['a trailer without end', post('Transfer-Encoding: chunked', `0\r\n${'X: y\r\n'.repeat(10_000)}`), 'large-chunk-line'],
])('refuses %s', (_, text, reason) => expect(readText(text)).toMatchObject({ requests: [], end: reason, held: 0 }));

const smuggled = 'GET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n';
const terminated = `0\r\n\r\n${smuggled}`;

/**
 * What a proxy and a server may understand differently ("HTTP Desync Attacks", PortSwigger; RFC 9112 section 11.2).
 */
test.each<[string, string, string]>([
  ['CL.TE', post('Content-Length: 4\r\nTransfer-Encoding: chunked', terminated), 'transfer-encoding'],
  ['TE.CL', post('Transfer-Encoding: chunked\r\nContent-Length: 4', terminated), 'transfer-encoding'],
  ['CL.CL', post('Content-Length: 0\r\nContent-Length: 4', terminated), 'repeated-field'],
  ['CL.CL, equal', post('Content-Length: 4\r\nContent-Length: 4', terminated), 'repeated-field'],
  ['lengths in a list', post('Content-Length: 4, 4', terminated), 'content-length'],
  ['a length with a sign', post('Content-Length: +4', terminated), 'content-length'],
  ['a negative length', post('Content-Length: -1', terminated), 'content-length'],
  ['a hexadecimal length', post('Content-Length: 0x4', terminated), 'content-length'],
  ['an empty length', post('Content-Length:', terminated), 'content-length'],
  ['a length with a space in it', post('Content-Length: 1 0', terminated), 'content-length'],
  ['a fraction of a length', post('Content-Length: 4.0', terminated), 'content-length'],
  ['an enormous length', post(`Content-Length: ${'9'.repeat(16)}`, terminated), 'content-length'],
  ['TE.TE', post('Transfer-Encoding: chunked\r\nTransfer-Encoding: identity', terminated), 'transfer-encoding'],
  ['chunked twice', post('Transfer-Encoding: chunked, chunked', terminated), 'transfer-encoding'],
  ['chunked on two lines', post('Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked', terminated), 'transfer-encoding'],
  ['gzip, chunked', post('Transfer-Encoding: gzip, chunked', terminated), 'transfer-encoding'],
  ['identity', post('Transfer-Encoding: identity', terminated), 'transfer-encoding'],
  ['xchunked', post('Transfer-Encoding: xchunked', terminated), 'transfer-encoding'],
  ['quoted chunked', post('Transfer-Encoding: "chunked"', terminated), 'transfer-encoding'],
  ['chunked with a parameter', post('Transfer-Encoding: chunked;q=1', terminated), 'transfer-encoding'],
  ['an empty encoding', post('Transfer-Encoding:', terminated), 'transfer-encoding'],
  ['a vertical tab before chunked', post('Transfer-Encoding: \x0bchunked', terminated), 'field'],
  ['space before the colon', post('Transfer-Encoding : chunked', terminated), 'field'],
  ['a folded encoding', post('Transfer-Encoding:\r\n chunked', terminated), 'field'],
  ['an encoding behind a bare line feed', post('X: y\nTransfer-Encoding: chunked', terminated), 'field'],
  ['chunks in HTTP/1.0', post('Transfer-Encoding: chunked', terminated).replace('HTTP/1.1', 'HTTP/1.0'), 'transfer-encoding'],
  ['a size with a sign', post('Transfer-Encoding: chunked', '+1\r\na\r\n0\r\n\r\n'), 'chunk'],
  ['a size with 0x', post('Transfer-Encoding: chunked', '0x1\r\na\r\n0\r\n\r\n'), 'chunk'],
  ['a size with space', post('Transfer-Encoding: chunked', '1 \r\na\r\n0\r\n\r\n'), 'chunk'],
  ['a size that overflows', post('Transfer-Encoding: chunked', '100000000\r\na\r\n0\r\n\r\n'), 'chunk'],
  ['no size', post('Transfer-Encoding: chunked', '\r\na\r\n0\r\n\r\n'), 'chunk'],
  ['no size behind the last chunk', post('Transfer-Encoding: chunked', '1\r\na\r\n\r\n\r\n'), 'chunk'],
  ['a size behind a bare line feed', post('Transfer-Encoding: chunked', '1\na\r\n0\r\n\r\n'), 'chunk'],
  ['an extension with a bare line feed', post('Transfer-Encoding: chunked', '1;x\ny\r\na\r\n0\r\n\r\n'), 'chunk'],
  ['an extension with space before it', post('Transfer-Encoding: chunked', '1 ;x\r\na\r\n0\r\n\r\n'), 'chunk'],
  ['an extension with space in it', post('Transfer-Encoding: chunked', '1; x\r\na\r\n0\r\n\r\n'), 'chunk'],
  ['an extension without a name', post('Transfer-Encoding: chunked', '1;\r\na\r\n0\r\n\r\n'), 'chunk'],
  ['an extension without a value', post('Transfer-Encoding: chunked', '1;x=\r\na\r\n0\r\n\r\n'), 'chunk'],
  ['an extension with an open quote', post('Transfer-Encoding: chunked', '1;x="\r\na\r\n0\r\n\r\n'), 'chunk'],
  ['an extension with text behind its quotes', post('Transfer-Encoding: chunked', '1;x="y"z\r\na\r\n0\r\n\r\n'), 'chunk'],
  ['an extension that is no token', post('Transfer-Encoding: chunked', '1;x@y\r\na\r\n0\r\n\r\n'), 'chunk'],
  ['an extension with NUL', post('Transfer-Encoding: chunked', '1;x="\0"\r\na\r\n0\r\n\r\n'), 'chunk'],
  ['an extension that ends in a line feed', post('Transfer-Encoding: chunked', '1;x\na\r\n0\r\n\r\n'), 'chunk'],
  ['an extension with a bare carriage return', post('Transfer-Encoding: chunked', '1;\ra\r\n0\r\n\r\n'), 'chunk'],
  ['data longer than its size', post('Transfer-Encoding: chunked', '1\r\nab\r\n0\r\n\r\n'), 'chunk'],
  ['data ended by other octets', post('Transfer-Encoding: chunked', '1\r\naXX0\r\n\r\n'), 'chunk'],
  ['a trailer with a bare line feed', post('Transfer-Encoding: chunked', '0\r\nX: y\n\r\n'), 'chunk'],
])('refuses the smuggling by %s', (_, text, reason) => {
  const { requests, end } = readText(text);
  expect(requests).toEqual([]);
  expect(end).toBe(reason);
});

test('consecutive requests are separated by their lengths only', () => {
  const text = post('Content-Length: 34', smuggled.slice(0, 34)) + post('Transfer-Encoding: chunked', '4\r\nGET \r\n0\r\n\r\n') + get();
  expect(readText(text).requests.map(({ method, body }) => [method, body])).toEqual([
    ['POST', smuggled.slice(0, 34)],
    ['POST', 'GET '],
    ['GET', ''],
  ]);
});

test('one empty line before a request is allowed', () => {
  expect(readText(`\r\n${get()}\r\n${get()}\r\n${get()}`)).toMatchObject({ requests: [{}, {}, {}], end: 'start' });
});

test('100 Continue is sent once to a client that waits, and not to others', () => {
  const head = post('Content-Length: 4\r\nExpect: 100-Continue', '');
  expect(read([head, 'ab', 'cd'].map(bytes))).toMatchObject({ continues: 1, requests: [{ body: 'abcd' }] });
  expect(read([`${head}ab`, 'cd'].map(bytes))).toMatchObject({ continues: 0, requests: [{ body: 'abcd' }] });
  expect(read([`${head}abcd`].map(bytes))).toMatchObject({ continues: 0, requests: [{ body: 'abcd' }] });
});

test('unfinished bodies share one limit, and release their bytes', () => {
  const chunks = (length: number) => [post(`Content-Length: ${length}`, ''), 'x'.repeat(length - 1)].map(bytes);
  expect(read(chunks(10_000), { allBodyBytes: 8_000 })).toMatchObject({ end: 'busy', held: 0 });
  expect(read([...chunks(10_000), bytes('x')], { allBodyBytes: 12_000 })).toMatchObject({ requests: [{}], end: 'start', held: 0 });
  // Memory follows what came, not what was announced.
  expect(read([post('Content-Length: 1000000', 'x')].map(bytes)).held).toBe(4096);
});

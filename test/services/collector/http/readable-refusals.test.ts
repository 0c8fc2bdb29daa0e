// A page can read every answer to its request, also those of the server itself, before a handler runs.
import { answer } from '../../../../services/collector/http/answer';
import type { HttpRequest } from '../../../../services/collector/http/message';
import { Client, type Running, serve } from './wire';

const origin = 'https://a.example';
const get = (...fields: string[]) => ['GET /a HTTP/1.1', `Origin: ${origin}`, 'Host: a', ...fields, '', ''].join('\r\n');
const post = (fields: string, body: string) => `POST /a HTTP/1.1\r\nHost: a\r\nOrigin: ${origin}\r\n${fields}\r\n\r\n${body}`;

let running: Running | undefined;
afterEach(async () => {
  await running?.server.stop(0);
  running = undefined;
});

const handler = ({ path }: HttpRequest) => {
  if (path === '/throws') throw new Error('defect');
  return path === '/rejects' ? Promise.reject(new Error('defect')) : answer({ status: 204 });
};

/** The head of the last answer to what a client sends. */
async function headOf(text: string, limits: Parameters<typeof serve>[0]['limits'] = {}, answers = 1): Promise<string> {
  running = await serve({ handler, limits });
  const client = new Client(running.port).send(text);
  await client.answers(answers);
  client.socket.destroy();
  return client.text.slice(client.text.search(/HTTP\/1\.1 \d{3} (?![\s\S]*HTTP\/1\.1 \d{3})/));
}

test.each<[string, number, string, Parameters<typeof serve>[0]['limits']?]>([
  ['a field without colon', 400, get('X')],
  ['a second host', 400, get('Host: b')],
  ['a second length', 400, post('Content-Length: 1\r\nContent-Length: 1', 'x')],
  ['two framings', 400, post('Content-Length: 1\r\nTransfer-Encoding: chunked', 'x')],
  ['a chunk without size', 400, post('Transfer-Encoding: chunked', 'x')],
  ['an unfinished header', 408, `GET /a HTTP/1.1\r\nOrigin: ${origin}\r\nHo`, { headSeconds: 0 }],
  ['an unfinished body', 408, post('Content-Length: 2', 'x'), { bodySeconds: 0 }],
  ['a long body', 413, post('Content-Length: 1048577', '')],
  ['a long body in chunks', 413, post('Transfer-Encoding: chunked', 'fffffff\r\n')],
  ['an expectation', 417, get('Expect: x')],
  ['many fields', 431, get(...Array(101).fill('X: y'))],
  ['a long field', 431, get(`X: ${'y'.repeat(40_000)}`)],
  ['a long extension of a chunk', 431, post('Transfer-Encoding: chunked', `1;${'x'.repeat(2000)}`)],
  ['a body without room', 503, post('Content-Length: 20', 'x'), { allBodyBytes: 10 }],
  ['an exception of the application', 503, get().replace('/a', '/throws')],
  ['a rejection by the application', 503, get().replace('/a', '/rejects')],
])('the answer to %s is %i, for the page of the origin', async (_, status, text, limits = {}) => {
  const head = await headOf(text, limits);
  expect(head).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
  expect(head).toContain(`\r\nAccess-Control-Allow-Origin: ${origin}\r\nAccess-Control-Allow-Credentials: true\r\nVary: Origin\r\n`);
  expect(head).toContain('\r\nCache-Control: no-store\r\n');
  expect(head.includes('\r\nAccess-Control-Expose-Headers: Retry-After\r\n')).toBe(status === 503);
});

test.each<[string, number, string]>([
  ['a request line that is none', 400, `x\r\nOrigin: ${origin}\r\n\r\n`],
  ['a long request line', 414, `GET /${'a'.repeat(17_000)} HTTP/1.1\r\nOrigin: ${origin}\r\n\r\n`],
  ['an origin behind the fault', 400, `GET /a HTTP/1.1\r\nX\r\nOrigin: ${origin}\r\n\r\n`],
  ['no origin', 400, 'GET /a HTTP/1.1\r\nX\r\n\r\n'],
])('the answer to %s is %i, for any page without credentials', async (_, status, text) => {
  const head = await headOf(text);
  expect(head).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
  expect(head).toContain('\r\nAccess-Control-Allow-Origin: *\r\n');
  expect(head).not.toContain('Allow-Credentials');
});

test('the origin of an earlier request on the connection is not used', async () => {
  const head = await headOf(`${get()}GET /a HTTP/1.1\r\nX\r\n\r\n`, {}, 2);
  expect(head).toMatch(/^HTTP\/1\.1 400 /);
  expect(head).toContain('\r\nAccess-Control-Allow-Origin: *\r\n');
});

test('the origin is that of the request whose answer fails, not of a later one', async () => {
  const other = get('Connection: close').replace(origin, 'https://b.example');
  running = await serve({ handler });
  const client = new Client(running.port).send(get().replace('/a', '/rejects') + other);
  await (await client.end()).answers(2);
  expect(client.text).toMatch(/^HTTP\/1\.1 503 [\s\S]*?\r\nAccess-Control-Allow-Origin: https:\/\/a\.example\r\n/);
});

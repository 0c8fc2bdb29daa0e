// Refused hits, batches, queries and paths, each with its status and its counted reason.
import { setUp } from './set-up';
import type { Fields } from './sites';

const hit = { site: 'acme', kind: 'page' };
const errorOf = (answer: { body: Buffer }): unknown => JSON.parse(answer.body.toString()).error;

test.each<[string, string | Buffer, number, string]>([
  ['not JSON', '{', 400, 'not-json'],
  ['JSON that is no object', '[]', 400, 'not-json'],
  ['nothing', '', 400, 'not-json'],
  ['half a character of UTF-16', Buffer.from('\ufeff{"site":"acme","kind":"p"}', 'utf16le').subarray(0, -1), 400, 'not-encoded'],
  ['no site', '{"kind":"p"}', 400, 'missing-field'],
  ['a site of null', '{"site":null,"kind":"p"}', 400, 'missing-field'],
  ['two sites', '{"site":"acme","site":"secret","kind":"p"}', 400, 'invalid-value'],
  ['a site in a macro', '{"site":"${SITE}","kind":"p"}', 404, 'unknown-site'],
  ['a site in digits', '{"site":1,"kind":"p"}', 400, 'missing-field'],
  ['a site that nobody knows', '{"site":"other","kind":"p"}', 404, 'unknown-site'],
  ['a site named like a member of objects', '{"site":"__proto__","kind":"p"}', 404, 'unknown-site'],
  ['a body too long for one hit', ' '.repeat(65_537), 413, 'too-long'],
])('refuses %s with a reason that does not repeat it', async (_, body, status, reason) => {
  const { sink, counts, post } = setUp();
  const answer = await post(body);
  expect(answer.status).toBe(status);
  expect(errorOf(answer)).toMatch(/^[\w -]+: expected .+, got /);
  expect(counts).toEqual([`rejected ${reason}`]);
  expect(sink.lines).toEqual([]);
});

test.each([
  ['', 'missing-field'],
  ['kind=a', 'missing-field'],
  ['site=acme&site=secret', 'invalid-value'],
  ['&'.repeat(300), 'missing-field'],
  [`${'&'.repeat(4096)}site=acme`, 'missing-field'],
])('refuses the query %j', async (query, reason) => {
  const { counts, send } = setUp();
  expect(await send('GET', `/hit.gif?${query}`)).toMatchObject({ status: 400 });
  expect(counts).toEqual([`rejected ${reason}`]);
});

test.each<[string, string, number]>([
  ['an empty array', '[]', 400],
  ['nothing', '', 400],
  ['an array that is none', '[{"site":', 400],
  ['too many hits', JSON.stringify(Array(1001).fill(hit)), 413],
  ['too many lines', `${JSON.stringify(hit)}\n`.repeat(1001), 413],
  ['a batch of empty lines', '\n'.repeat(100_000), 400],
])('refuses the batch %s', async (_, body, status) => {
  const { sink, send } = setUp();
  expect(await send('POST', '/hits', body)).toMatchObject({ status });
  expect(sink.lines).toEqual([]);
});

test.each<[string, string, Fields, number]>([
  ['GET', '/', {}, 404],
  ['GET', '/hit.gif/', {}, 404],
  ['GET', '/__proto__', {}, 404],
  ['OPTIONS', '*', {}, 404],
  ['GET', '/hit', {}, 405],
  ['DELETE', '/hits', {}, 405],
  ['PUT', '/hit.gif', {}, 405],
  ['POST', '/health', {}, 405],
  ['POST', '/hit', { 'content-type': 'text/html' }, 415],
  ['POST', '/hit', { 'content-type': '__proto__/__proto__' }, 415],
])('%s %s with %j is answered %i', async (method, target, fields, status) => {
  const { send } = setUp();
  const answer = await send(method, target, JSON.stringify(hit), fields);
  expect(answer.status).toBe(status);
  expect(answer.head.includes('Allow: ')).toBe(status === 405);
});

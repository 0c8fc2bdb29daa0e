// Refused hits, batches, queries and paths, each with its status and its counted reason.
import { setUp } from './set-up';
import type { Fields } from './sites';

const hit = { site: 'acme', kind: 'page' };
const errorOf = (answer: { body: Buffer }): unknown => JSON.parse(answer.body.toString()).error;

const deep = (levels: number): string => `${'{"a":'.repeat(levels)}1${'}'.repeat(levels)}`;

test.each<[string, string | Buffer, number, string]>([
  ['not JSON', '{', 400, 'not-json'],
  ['JSON that is no object', '[]', 400, 'not-json'],
  ['nothing', '', 400, 'not-json'],
  ['no site', '{"kind":"p"}', 400, 'missing-field'],
  ['a site in digits', '{"site":1,"kind":"p"}', 400, 'missing-field'],
  ['a site that nobody knows', '{"site":"other","kind":"p"}', 404, 'unknown-site'],
  ['a site named like a member of objects', '{"site":"__proto__","kind":"p"}', 404, 'unknown-site'],
  ['no kind', '{"site":"acme"}', 400, 'missing-field'],
  ['an empty kind', '{"site":"acme","kind":""}', 400, 'missing-field'],
  ['a name that nobody knows', '{"site":"acme","kind":"p","extra":1}', 400, 'unknown-field'],
  ['a name like a member of objects', '{"site":"acme","kind":"p","__proto__":{"url":"x"}}', 400, 'unknown-field'],
  ['an id of its own', '{"site":"acme","kind":"p","id":"0f8fad5b-d9cb-469f-a165-70867728950e"}', 400, 'unknown-field'],
  ['a number as text', '{"site":"acme","kind":5}', 400, 'invalid-value'],
  ['null', '{"site":"acme","kind":"p","url":null}', 400, 'invalid-value'],
  ['a long text', `{"site":"acme","kind":"${'p'.repeat(65)}"}`, 400, 'too-long'],
  ['NUL', '{"site":"acme","kind":"p\\u0000"}', 400, 'unstorable-character'],
  ['half a surrogate pair', '{"site":"acme","kind":"\\ud800"}', 400, 'unstorable-character'],
  ['half a pair in a name of a field', '{"site":"acme","kind":"p","fields":{"\\udc00":1}}', 400, 'unstorable-character'],
  ['a number beyond 64 bits', '{"site":"acme","kind":"p","fields":{"a":[1e999]}}', 400, 'invalid-value'],
  ['fields that are a list', '{"site":"acme","kind":"p","fields":[]}', 400, 'invalid-value'],
  ['fields too long', `{"site":"acme","kind":"p","fields":{"a":"${'x'.repeat(8192)}"}}`, 400, 'too-long'],
  ['fields too deep', `{"site":"acme","kind":"p","fields":${deep(22)}}`, 400, 'invalid-value'],
  ['a JSON bomb', `{"site":"acme","kind":"p","fields":{"a":${'['.repeat(30_000)}${']'.repeat(30_000)}}}`, 400, 'invalid-value'],
  ['the 30th of February', '{"site":"acme","kind":"p","occurred":"2026-02-30T00:00:00Z"}', 400, 'invalid-value'],
  ['a clock ahead', '{"site":"acme","kind":"p","occurred":"2026-03-15T12:05:01Z"}', 400, 'clock-skew'],
  ['a clock behind', '{"site":"acme","kind":"p","occurred":"2026-03-08T11:59:59Z"}', 400, 'clock-skew'],
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
  ['site=acme&kind=%', 'not-encoded'],
  ['site=acme&kind=%ff', 'not-encoded'],
  ['site=acme&kind=%ED%A0%80', 'not-encoded'],
  ['site=acme&kind=a%00', 'unstorable-character'],
  ['site=acme&kind=a&kind=b', 'invalid-value'],
  ['site=acme&kind=a&f.x=1&f.x=2', 'invalid-value'],
  ['site=acme&kind=a&fields=1', 'invalid-value'],
  ['site=acme&kind=a&f.x=1&fields=1', 'unknown-field'],
  ['site=acme&kind=a&constructor=1', 'unknown-field'],
  ['site=acme&kind=a&__proto__=1', 'unknown-field'],
  ['', 'missing-field'],
  ['&'.repeat(300), 'too-long'],
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
  ['POST', '/hit.gif', {}, 405],
  ['POST', '/health', {}, 405],
  ['POST', '/hit', { 'content-type': 'text/html' }, 415],
  ['POST', '/hit', { 'content-type': '__proto__' }, 415],
  ['POST', '/hit', { 'content-type': 'application/json; charset=utf-16' }, 415],
  ['POST', '/hit', { 'content-encoding': 'br' }, 415],
])('%s %s with %j is answered %i', async (method, target, fields, status) => {
  const { send } = setUp();
  const answer = await send(method, target, JSON.stringify(hit), fields);
  expect(answer.status).toBe(status);
  expect(answer.head.includes('Allow: ')).toBe(status === 405);
});

// The sender of a hit: privacy signals, user agent, and visitors that have returned their cookie or not.
import { setUp } from './set-up';
import type { Fields } from './sites';

const page = { site: 'private', kind: 'page' };

test.each<[Fields, boolean]>([
  [{}, false],
  [{ dnt: '0' }, false],
  [{ 'sec-gpc': '0' }, false],
  [{ dnt: '0', 'sec-gpc': '0' }, false],
  ...['1', '1, 1', '0, 1', '0, 0', '1xyz', 'yes', '', ' ', '?1', '"0"', '00', 'null'].flatMap((value): [Fields, boolean][] => [
    [{ dnt: value }, true],
    [{ 'sec-gpc': value }, true],
    [{ dnt: '0', 'sec-gpc': value }, true],
  ]),
])('of the signals %j, any but none and 0 counts: %s', async (fields, isSignal) => {
  const { sink, post } = setUp();
  const sent = { ...page, visitor: 'v', occurred: 'v', gclid: 'v', fields: { a: 'v' } };
  const answer = await post(sent, { ...fields, 'x-forwarded-for': '198.51.100.7' });
  expect(sink.hits[0]?.address).toBe(isSignal ? undefined : '198.51.100.0');
  expect(answer.head).not.toMatch(/set-cookie/i);
  // Not even in a time that cannot be read.
  expect(sink.lines[0]?.includes('"v"')).toBe(!isSignal);
  expect((await post(page, fields)).head.includes('Set-Cookie')).toBe(!isSignal);
});

test.each([
  ['UTF-8', Buffer.from('Agent ü🂡').toString('latin1'), 'Agent ü🂡'],
  ['Latin-1', 'Agent \xfc', 'Agent ü'],
  ['both', 'Agent \xc3\xbc \xfc', 'Agent \xc3\xbc \xfc'],
  ['half a character', 'Agent \xf0\x9f', 'Agent \xf0\x9f'],
])('a user agent in octets of %s is stored as sent', async (_, octets, text) => {
  const { sink, post } = setUp();
  await post(page, { 'user-agent': octets });
  expect(sink.hits).toMatchObject([{ userAgent: text }]);
});

test.each(['', ' ', '\t '])('a user agent of %j is none', async (octets) => {
  const { sink, post } = setUp();
  await post(page, { 'user-agent': octets });
  expect(sink.hits[0]).not.toHaveProperty('userAgent');
});

test.each([' ', '\t\n', '\u00a0'])('white space alone, as in %j, is no visitor, address or kind', async (blank) => {
  const { sink, post } = setUp();
  const answer = await post({ site: 'private', kind: blank, url: blank, referrer: blank, visitor: blank });
  expect(sink.hits).toMatchObject([{ kind: 'hit', repairs: ['kind:missing'] }]);
  for (const name of ['url', 'referrer']) expect(sink.hits[0]).not.toHaveProperty(name);
  // The site's cookie names the visitor.
  expect(answer.head).toContain('Set-Cookie');
});

test.each([
  ...['00000000-0000-0000-0000-000000000000', '{00000000-0000-0000-0000-000000000000}', '0'.repeat(32), 'None', 'nil', '(null)', 'NULL'],
  ...['(not set)', '[%FT_GUID%]', '%eaid!', '*|UNIQID|*', '%recipient.id%', '{click-id}', '{param1}', '${a}_${b}'],
])('%j is no visitor: it would be one person with the visits of all', async (visitor) => {
  const { sink, post } = setUp();
  await post({ site: 'acme', kind: 'p', visitor });
  expect(sink.hits).toMatchObject([{ kind: 'p', repairs: ['visitor:macro'] }]);
  expect(sink.hits[0]).not.toHaveProperty('visitor');
});

test.each(['{0f8fad5b-d9cb-469f-a165-70867728950e}', '{abc123}', '0-7', 'Nones', 'null-island', '(a)'])(
  '%j is a visitor',
  async (visitor) => {
    const { sink, post } = setUp();
    await post({ site: 'acme', kind: 'p', visitor });
    expect(sink.hits).toMatchObject([{ visitor }]);
  },
);

test('a long user agent is cut between characters, and the hit states it', async () => {
  const { sink, counts, post } = setUp();
  const cards = (count: number) => Buffer.from('🂡'.repeat(count)).toString('latin1');
  await post(page, { 'user-agent': cards(512) });
  await post(page, { 'user-agent': cards(513) });
  const userAgent = '🂡'.repeat(512);
  expect(sink.hits).toMatchObject([{ userAgent }, { userAgent, repairs: ['userAgent:cut'] }]);
  expect(sink.hits[0]).not.toHaveProperty('repairs');
  expect(counts).toEqual(['kept 1', 'kept 1', 'repaired userAgent:cut']);
});

test('a visitor without a cookie has not returned, one with a cookie has, and the own name of a client is neither', async () => {
  const { sink, post, send } = setUp();
  const first = await post({ ...page, visitor: '' });
  const cookie = /Set-Cookie: ([^;]+);/.exec(first.head)?.[1] ?? '';
  await send('GET', '/hit.gif?site=private&kind=page', '', { cookie });
  await send('POST', '/hits', JSON.stringify([page]), { cookie });
  await send('POST', '/hits', JSON.stringify([page]));
  await post({ ...page, visitor: 'own' }, { cookie });
  await post({ ...page, visitor: 'own' });
  await post({ ...page, visitor: null }, { cookie });
  await post({ ...page, visitor: '${UID}' }, { cookie });
  await post({ site: 'acme', kind: 'page' }, { cookie });
  const visitor = cookie.slice(cookie.indexOf('=') + 1);
  expect(sink.hits.map((hit) => [hit.visitor, hit.returning])).toEqual([
    [visitor, false],
    [visitor, true],
    [visitor, true],
    [undefined, undefined],
    ['own', undefined],
    ['own', undefined],
    [visitor, true],
    [visitor, true],
    [undefined, undefined],
  ]);
});

test('first hits in parallel, and of a browser without cookies, are of visitors that reports can leave out', async () => {
  const { sink, send } = setUp();
  const sent = { 'x-forwarded-for': '198.51.100.7', 'user-agent': 'Agent/1' };
  const pixel = (fields: Fields) => send('GET', '/hit.gif?site=private&kind=page', '', { ...sent, ...fields });
  const answers = await Promise.all([pixel({}), pixel({})]);
  // The browser keeps the cookie of the last answer.
  const cookie = /Set-Cookie: ([^;]+);/.exec(answers[1]?.head ?? '')?.[1] ?? '';
  await pixel({ cookie });
  const [one, other, last] = sink.hits;
  expect([one, other, last].map((hit) => hit?.returning)).toEqual([false, false, true]);
  expect(new Set([one?.visitor, other?.visitor]).size).toBe(2);
  expect(last?.visitor).toBe(other?.visitor);
  const returned = new Set(sink.hits.filter(({ returning }) => returning === true).map(({ visitor }) => visitor));
  expect(returned.size).toBe(1);
});

test('two browsers behind one address are two visitors', async () => {
  const { sink, send } = setUp();
  const sent = { 'x-forwarded-for': '198.51.100.7', 'user-agent': 'Agent/1' };
  const cookies = await Promise.all([1, 2].map(async () => (await send('GET', '/hit.gif?site=private&kind=page', '', sent)).head));
  expect(new Set(cookies.map((head) => /Set-Cookie: ([^;]+);/.exec(head)?.[1])).size).toBe(2);
  expect(new Set(sink.hits.map(({ visitor }) => visitor)).size).toBe(2);
});

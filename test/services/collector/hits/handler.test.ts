// Requests, their lines in the spool, and their answers.
import { parseHit } from '../../../../runtime/hit';
import { keyedHash } from '../../../../runtime/pseudonymisation';
import { SpoolRefusal } from '../../../../services/collector/spool/hit-sink';
import { now, setUp } from './set-up';
import { type Fields, sites } from './sites';

const hit = { site: 'acme', kind: 'page' };
const errorOf = (answer: { body: Buffer }): unknown => JSON.parse(answer.body.toString()).error;

test('a hit becomes the line that the database takes', async () => {
  const { sink, counts, post } = setUp();
  const full = {
    ...hit,
    url: 'https://a.example/ü',
    referrer: 'r',
    visitor: 'v',
    occurred: '2026-03-15T11:59:58Z',
    fields: { a: [1, null, '"'] },
  };
  const answer = await post(full, { 'user-agent': 'Agent/1', 'x-forwarded-for': '203.0.113.9, 198.51.100.7' });
  expect(answer).toMatchObject({ status: 204, body: Buffer.alloc(0) });
  expect(parseHit(Buffer.from(sink.lines[0] ?? ''), new Date(now))).toEqual({
    hit: {
      ...full,
      site: 1,
      id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      received: '2026-03-15T12:00:00.000Z',
      fields: JSON.stringify(full.fields),
      address: '198.51.100.0',
      userAgent: 'Agent/1',
      keyVersion: 1,
    },
  });
  expect(counts).toEqual(['kept 1']);
});

test('the limits of texts count characters of any width, and a longer text is kept up to its limit', async () => {
  const { sink, send } = setUp();
  const longest = { kind: '🂡'.repeat(64), url: '🂡'.repeat(16_384), referrer: '🂡'.repeat(16_384), visitor: '🂡'.repeat(128) };
  const batch = [longest, ...Object.entries(longest).map(([name, text]) => ({ [name]: `${text}x` }))];
  expect(await send('POST', '/hits', JSON.stringify(batch.map((one) => ({ site: 'acme', ...one }))))).toMatchObject({ status: 204 });
  const [whole, ...cut] = sink.hits;
  expect(whole).toEqual({ site: 1, ...longest, keyVersion: 1 });
  for (const [index, name] of (['kind', 'url', 'referrer'] as const).entries()) {
    expect(cut[index]).toMatchObject({ [name]: longest[name], repairs: expect.arrayContaining([`${name}:cut`]) });
  }
  // A visitor is not cut: two could become one.
  expect(cut[3]).toMatchObject({ visitor: expect.stringMatching(/^sha256-[0-9a-f]{64}$/), repairs: ['kind:missing', 'visitor:hashed'] });
});

test('every hit has its own id', async () => {
  const { sink, post } = setUp();
  await Promise.all([post(hit), post(hit)]);
  expect(new Set(sink.lines.map((line) => JSON.parse(line).id)).size).toBe(2);
});

test('the pixel takes a hit from its query', async () => {
  const { sink, send } = setUp();
  const answer = await send(
    'GET',
    '/hit.gif?site=acme&kind=page+view&url=https%3A%2F%2Fa.example%2F%C3%BC&f.color=red&f.__proto__=x&_=123',
  );
  expect(answer.status).toBe(200);
  expect(answer.body).toHaveLength(43);
  expect(answer.body.toString('latin1')).toMatch(/^GIF89a/);
  expect(answer.head).toMatch(/Content-Type: image\/gif\r\nCache-Control: no-store\r\nCross-Origin-Resource-Policy: cross-origin\r\n/);
  const [line = ''] = sink.lines;
  expect(line).toContain('"fields":{"color":"red","__proto__":"x"}');
  expect(sink.hits).toMatchObject([{ site: 1, kind: 'page view', url: 'https://a.example/ü' }]);
});

test('a form and a text are read, as beacons send them', async () => {
  const { sink, post } = setUp();
  expect(await post('site=acme&kind=form&f.a=1', { 'content-type': 'application/x-www-form-urlencoded' })).toMatchObject({ status: 204 });
  expect(await post(hit, { 'content-type': 'text/plain;charset=UTF-8' })).toMatchObject({ status: 204 });
  expect(sink.hits).toMatchObject([{ kind: 'form', fields: { a: '1' } }, { kind: 'page' }]);
});

test("configured fields are hashed under the site's key before the line is written", async () => {
  const { sink, post } = setUp();
  const key = sites[1]?.siteKey ?? { version: 0, key: Buffer.alloc(0) };
  const text = '{"site":"secret","kind":"p","fields":{"email":"a@b.example","__proto__":{"x":1},"other":"o"}}';
  await post(text, { 'x-forwarded-for': '198.51.100.7' });
  const [line = ''] = sink.lines;
  expect(line).not.toMatch(/a@b|198\.51/);
  expect(JSON.parse(line)).toMatchObject({ address: keyedHash(key, 'address', '198.51.100.7'), keyVersion: 3 });
  expect(line).toContain(`"__proto__":"${keyedHash(key, 'field:__proto__', '{"x":1}')}"`);
  expect(JSON.parse(line).fields).toMatchObject({ email: keyedHash(key, 'field:email', 'a@b.example'), other: 'o' });
});

test('the limit of fields applies after hashing', async () => {
  const { post, sink } = setUp();
  const fields = { email: 'a', x: 'y'.repeat(8192 - 40) };
  expect(await post({ ...hit, fields })).toMatchObject({ status: 204 });
  expect(await post({ ...hit, site: 'secret', fields })).toMatchObject({ status: 204 });
  expect(sink.hits[0]).toEqual({ ...hit, site: 1, fields, keyVersion: 1 });
  const { email, x } = JSON.parse(sink.lines[1] ?? '').fields;
  expect(email).toMatch(/^[0-9a-f]{64}$/);
  expect(x).toMatch(/^y{8000,8151}$/);
  expect(sink.hits[1]?.repairs).toEqual(['fields:cut']);
  expect(Buffer.byteLength(JSON.stringify(sink.hits[1]?.fields))).toBe(8192);
});

test.each<[string, Fields]>([
  ['Do Not Track', { dnt: '1' }],
  ['Global Privacy Control', { 'sec-gpc': '1' }],
])('%s removes all data about the visitor, if the site honours it', async (_, signal) => {
  const { sink, post } = setUp();
  const fields = { ...signal, 'user-agent': 'Agent/1', 'x-forwarded-for': '198.51.100.7', cookie: `__Host-visitor-3=${'v'.repeat(22)}` };
  const full = { kind: 'page', url: 'https://a.example/?gclid=EAIaIQ#user=7', referrer: 'r', visitor: 'v', fields: { a: 1 } };
  const answer = await post({ site: 'private', ...full }, fields);
  expect(answer.head).not.toMatch(/set-cookie/i);
  await post({ site: 'acme', ...full }, fields);
  await post({ site: 'private', ...full }, { ...fields, dnt: '0', 'sec-gpc': '0' });
  expect(sink.hits).toEqual([
    { site: 3, kind: 'page', url: 'https://a.example/', keyVersion: 1 },
    { site: 1, ...full, address: '198.51.100.0', userAgent: 'Agent/1', keyVersion: 1 },
    { site: 3, ...full, address: '198.51.100.0', userAgent: 'Agent/1', keyVersion: 1 },
  ]);
  // Nor is a visitor without a cookie given one.
  expect((await post({ site: 'private', kind: 'page' }, signal)).head).not.toMatch(/set-cookie/i);
});

test('a visitor gets a cookie once, if the site enables it', async () => {
  const { sink, post, send } = setUp();
  const first = await post({ site: 'private', kind: 'page' });
  const [, name = '', value = ''] =
    /\r\nSet-Cookie: (__Host-visitor-3)=([\w-]{22}); Max-Age=34128000; Path=\/; Secure; HttpOnly; SameSite=None; Partitioned\r\n/.exec(
      first.head,
    ) ?? [];
  expect(value).toHaveLength(22);
  const cookie = `other=1; ${name}=${value}; more=2`;
  expect((await send('GET', '/hit.gif?site=private&kind=page', '', { cookie })).head).not.toMatch(/set-cookie/i);
  await post({ site: 'private', kind: 'page', visitor: 'own' }, { cookie });
  await post({ site: 'acme', kind: 'page' }, { cookie });
  // A number of our making, for this site, or none.
  for (const foul of ['x', '<script>alert(1)</script>', 'v'.repeat(23)])
    await post({ site: 'private', kind: 'page' }, { cookie: `${name}=${foul}` });
  await post({ site: 'shop', kind: 'page' }, { cookie });
  const visitors = sink.hits.map(({ visitor }) => visitor);
  expect(visitors.slice(0, 4)).toEqual([value, value, 'own', undefined]);
  expect(new Set(visitors.slice(4)).size).toBe(4);
  for (const other of visitors.slice(4)) expect(other).toMatch(/^(?!v{22})[\w-]{22}$/);
});

test.each([
  ['x-forwarded-for', { 'x-forwarded-for': '10.0.0.1, 203.0.113.9,198.51.100.7' }, '198.51.100.0'],
  ['x-forwarded-for', { 'x-forwarded-for': '198.51.100.7:51000' }, '198.51.100.0'],
  ['x-forwarded-for', { 'x-forwarded-for': '203.0.113.9, [2001:db8:1:2::3]:51000' }, '2001:db8:1::'],
  ['x-forwarded-for', { 'x-forwarded-for': '2001:db8:1:2::3' }, '2001:db8:1::'],
  ['x-forwarded-for', { 'x-forwarded-for': '198.51.100.7, <script>' }, undefined],
  ['x-forwarded-for', { 'x-forwarded-for': '' }, undefined],
  ['x-forwarded-for', { 'cf-connecting-ip': '198.51.100.7' }, undefined],
  ['cf-connecting-ip', { 'cf-connecting-ip': '198.51.100.7', 'x-forwarded-for': '203.0.113.9' }, '198.51.100.0'],
  ['cf-connecting-ip', { 'x-forwarded-for': '203.0.113.9' }, undefined],
  ['peer', { 'x-forwarded-for': '203.0.113.9' }, '192.0.2.0'],
] as const)('the address is read from %s: %j', async (source, fields, expected) => {
  const { sink, post } = setUp(source);
  await post(hit, fields);
  expect(sink.hits[0]?.address).toBe(expected);
});

test('pages of other origins may send hits if the site allows their origin', async () => {
  const { sink, counts, post, send } = setUp();
  const good = await post({ site: 'shop', kind: 'page', visitor: 'v' }, { origin: 'https://shop.example' });
  expect(good.head).toMatch(
    /Access-Control-Allow-Origin: https:\/\/shop\.example\r\nAccess-Control-Allow-Credentials: true\r\nVary: Origin\r\n/,
  );
  expect(await post({ site: 'shop', kind: 'page' })).toMatchObject({ status: 204 });
  for (const origin of ['https://evil.example', 'null', 'https://shop.example.evil.example']) {
    expect(await post({ site: 'shop', kind: 'page' }, { origin })).toMatchObject({ status: 403 });
  }
  expect((await post(hit, { origin: 'null' })).head).toContain('Access-Control-Allow-Origin: null');
  // An origin that is none is not echoed.
  expect((await post(hit, { origin: 'a b\x80' })).head).not.toContain('Access-Control-Allow-Origin');
  const preflight = await send('OPTIONS', '/hit', '', { origin: 'https://shop.example' });
  expect(preflight.status).toBe(204);
  expect(preflight.head).toMatch(
    /Access-Control-Allow-Credentials: true[\s\S]*Access-Control-Allow-Methods: GET, POST\r\nAccess-Control-Allow-Headers: Content-Type, Content-Encoding\r\n/,
  );
  // An error can be read by the page too.
  expect((await post('{', { origin: 'https://a.example' })).head).toContain('Access-Control-Allow-Origin: https://a.example');
  expect(sink.lines).toHaveLength(4);
  expect(counts.filter((count) => count === 'rejected origin')).toHaveLength(3);
});

test('the cache of answers by origin is bounded, and its answers are correct', async () => {
  const { post } = setUp();
  for (let index = 0; index < 1100; index++) {
    const origin = `https://${index}.example`;
    expect((await post(hit, { origin })).head).toContain(`Allow-Origin: ${origin}\r\n`);
  }
  expect((await post(hit)).head).not.toContain('Allow-Origin');
});

test('the valid hits of a batch are stored, and the others are listed with their reasons', async () => {
  const { sink, counts, send } = setUp();
  const origin = { origin: 'https://a.example' };
  const batch = [hit, { ...hit, kind: '' }, 5, { ...hit, kind: 'second' }, { site: 'shop', kind: 'x' }, { site: 'none', kind: 'x' }];
  const rejected = [
    { index: 2, reason: 'not-json' },
    { index: 4, reason: 'origin' },
    { index: 5, reason: 'unknown-site' },
  ];
  const answer = await send('POST', '/hits', JSON.stringify(batch), origin);
  expect(answer.status).toBe(200);
  expect(JSON.parse(answer.body.toString())).toEqual({ accepted: 3, rejected });
  const lines = batch.map((one) => JSON.stringify(one)).join('\n\r\n');
  expect((await send('POST', '/hits', lines, { ...origin, 'content-type': 'application/x-ndjson' })).body).toEqual(answer.body);
  expect((await send('POST', '/hits', lines, { ...origin, 'content-type': 'text/plain' })).body).toEqual(answer.body);
  expect(sink.hits.map(({ kind }) => kind)).toEqual(Array(3).fill(['page', 'hit', 'second']).flat());
  expect(counts.filter((count) => count === 'kept 3')).toHaveLength(3);
  expect(await send('POST', '/hits', JSON.stringify([hit, hit]))).toMatchObject({ status: 204 });
  // Nothing was kept: nobody who looks at the status alone should think otherwise.
  expect(await send('POST', '/hits', '[5]')).toMatchObject({ status: 400 });
});

test('a full batch is taken', async () => {
  const { sink, send } = setUp();
  expect(await send('POST', '/hits', JSON.stringify(Array(1000).fill(hit)))).toMatchObject({ status: 204 });
  expect(sink.lines).toHaveLength(1000);
});

test('hits that cannot be stored are answered 503, and a batch with a site that is not ready is refused as a whole', async () => {
  const { sink, counts, post, send } = setUp();
  expect(await post({ site: 'later', kind: 'p' })).toMatchObject({ status: 503 });
  expect(await send('POST', '/hits', JSON.stringify([hit, { site: 'later', kind: 'p' }]))).toMatchObject({ status: 503 });
  for (const [error, reason] of [
    [new SpoolRefusal('full'), 'full'],
    [new Error('secret path'), 'unexpected'],
  ] as const) {
    sink.refusal = error;
    const answer = await post(hit, { origin: 'https://a.example' });
    expect(answer.status).toBe(503);
    expect(answer.head).toMatch(/Retry-After: \d+\r\n[\s\S]*Access-Control-Allow-Origin/);
    expect(errorOf(answer)).toBe(`spool: expected room for hits, got ${reason}; send them again later`);
  }
  expect(counts).toEqual(['refuse not-ready 1', 'refuse not-ready 2', 'refuse full 1', 'refuse unexpected 1']);
  expect(sink.lines).toEqual([]);
});

test('health and metrics are answered', async () => {
  const { health, send } = setUp();
  expect(await send('GET', '/health')).toMatchObject({ status: 200, body: Buffer.from('{"ok":true,"reasons":[]}\n') });
  health.ok = false;
  health.reasons.push('spool: full');
  expect(await send('GET', '/health')).toMatchObject({ status: 503, body: Buffer.from('{"ok":false,"reasons":["spool: full"]}\n') });
  expect(await send('GET', '/metrics')).toMatchObject({ status: 200, body: Buffer.from('collector_hits_total 1\n') });
});

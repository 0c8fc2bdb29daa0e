// Hits that are kept rather than refused: what is stored, and the repairs that the hit states. (ADR 15)
import { parseHit } from '../../../../runtime/hit';
import { keyedHash } from '../../../../runtime/pseudonymisation';
import { now, setUp } from './set-up';
import { sites } from './sites';

const deep = (levels: number): string => `${'{"a":'.repeat(levels)}1${'}'.repeat(levels)}`;
const inList = (levels: number, inner: string): string => `${'['.repeat(levels)}${inner}${']'.repeat(levels)}`;

/** The stored hit without the values that every hit has; its line is one that the database takes. */
function kept({ lines }: { readonly lines: readonly string[] }): unknown {
  expect(lines).toHaveLength(1);
  const [line = ''] = lines;
  expect(parseHit(Buffer.from(line), new Date(now))).toEqual({ hit: expect.anything() });
  const { site, id, received, keyVersion, ...rest } = JSON.parse(line);
  return rest;
}

test.each<[string, string | Buffer, object]>([
  ['octets that are not UTF-8', Buffer.from('{"site":"acme","kind":"\xff"}', 'latin1'), { kind: 'ÿ', repairs: ['hit:encoding'] }],
  ['an overlong NUL', Buffer.from('{"site":"acme","kind":"\xc0\x80"}', 'latin1'), { kind: 'À\x80', repairs: ['hit:encoding'] }],
  ['a byte order mark', '\ufeff{"site":"acme","kind":"p"}', { kind: 'p' }],
  ['no kind', '{"site":"acme"}', { kind: 'hit', repairs: ['kind:missing'] }],
  ['an empty kind', '{"site":"acme","kind":""}', { kind: 'hit', repairs: ['kind:missing'] }],
  ['a name of no hit', '{"site":"acme","kind":"p","extra":1}', { kind: 'p', fields: { extra: 1 }, repairs: ['fields:unknown'] }],
  ['the id of its own', '{"site":"acme","kind":"p","id":"0F8FAD5B-d9cb-469f-a165-70867728950e"}', { kind: 'p', ownId: true }],
  ['a number as text', '{"site":"acme","kind":5}', { kind: '5', repairs: ['kind:text'] }],
  [
    'a visitor in digits',
    '{"site":"acme","kind":"p","visitor":1524831183200260097}',
    { kind: 'p', visitor: '1524831183200260097', repairs: ['visitor:text'] },
  ],
  ['an object as text', '{"site":"acme","kind":"p","url":{"a":1}}', { kind: 'p', fields: { url: { a: 1 } }, repairs: ['url:moved'] }],
  ['null', '{"site":"acme","kind":"p","url":null,"visitor":null,"fields":null,"occurred":null,"id":null}', { kind: 'p' }],
  ['empty texts', '{"site":"acme","kind":"p","url":"","referrer":"","visitor":"","fields":"","occurred":"","id":""}', { kind: 'p' }],
  ['a long text', `{"site":"acme","kind":"${'p'.repeat(65)}"}`, { kind: 'p'.repeat(64), repairs: ['kind:cut'] }],
  ['NUL', '{"site":"acme","kind":"p\\u0000"}', { kind: 'p\ufffd', repairs: ['kind:characters'] }],
  ['half a surrogate pair', '{"site":"acme","kind":"\\ud800"}', { kind: '\ufffd', repairs: ['kind:characters'] }],
  [
    'half a pair in a name of a field',
    '{"site":"acme","kind":"p","fields":{"\\udc00":1}}',
    { kind: 'p', fields: { '\ufffd': 1 }, repairs: ['fields:characters'] },
  ],
  [
    'half a pair and NUL further down',
    '{"site":"acme","kind":"p","fields":{"a":[{"b":"\\ud800 \\\\u0000 \\u0000"}]}}',
    { kind: 'p', fields: { a: [{ b: '\ufffd \\u0000 \ufffd' }] }, repairs: ['fields:characters'] },
  ],
  [
    'fields in a list',
    '{"site":"acme","kind":"p","fields":[1,"a"]}',
    { kind: 'p', fields: { value: [1, 'a'] }, repairs: ['fields:wrapped'] },
  ],
  ['fields in a text', '{"site":"acme","kind":"p","fields":"a"}', { kind: 'p', fields: { value: 'a' }, repairs: ['fields:wrapped'] }],
  [
    'fields as JSON in a text',
    '{"site":"acme","kind":"p","fields":"{\\"a\\":1}"}',
    { kind: 'p', fields: { a: 1 }, repairs: ['fields:parsed'] },
  ],
  [
    'fields as JSON in a text, with half a surrogate pair',
    '{"site":"acme","kind":"p","fields":"{\\"a\\":\\"x\\ud800\\"}"}',
    { kind: 'p', fields: { a: 'x\ufffd' }, repairs: ['fields:parsed', 'fields:characters'] },
  ],
  [
    'the half as an escape of the inner text',
    '{"site":"acme","kind":"p","fields":"{\\"a\\":\\"x\\\\ud800\\"}"}',
    { kind: 'p', fields: { a: 'x\ufffd' }, repairs: ['fields:parsed', 'fields:characters'] },
  ],
  [
    'fields too long',
    `{"site":"acme","kind":"p","fields":{"a":"${'x'.repeat(8192)}","b":2}}`,
    { kind: 'p', fields: { a: 'x'.repeat(8192 - 14), b: 2 }, repairs: ['fields:cut'] },
  ],
  [
    'an astral text too long, cut between characters',
    `{"site":"acme","kind":"p","fields":{"a":"${'🂡'.repeat(3000)}"}}`,
    { kind: 'p', fields: { a: '🂡'.repeat(2046) }, repairs: ['fields:cut'] },
  ],
  [
    'a list too long',
    `{"site":"acme","kind":"p","fields":{"a":[${'12345,'.repeat(2000)}6],"b":2}}`,
    { kind: 'p', fields: { a: expect.stringMatching(/^\[12345,(?:12345,){1350,}/), b: 2 }, repairs: ['fields:cut'] },
  ],
  [
    'fields too deep',
    `{"site":"acme","kind":"p","fields":${deep(22)}}`,
    { kind: 'p', fields: JSON.parse(deep(20).replace('1', '"{\\"a\\":{\\"a\\":1}}"')), repairs: ['fields:deep'] },
  ],
  [
    'a JSON bomb',
    `{"site":"acme","kind":"p","fields":{"a":${inList(30_000, '')},"b":2}}`,
    { kind: 'p', fields: { a: expect.stringMatching(/^\[{8160,8192}$/), b: 2 }, repairs: ['fields:cut'] },
  ],
  [
    'repeated names',
    '{"site":"acme","kind":"a","kind":"b","site":"acme","url":"u","url":"u","fields":{"a":1,"b":[{"x":1,"x":"2"}],"a":null}}',
    { kind: 'a', url: 'u', fields: { a: [1, null], b: [{ x: [1, '2'] }] }, repairs: ['kind:repeated', 'fields:repeated'] },
  ],
  [
    'a repeated name at the deepest level, whose list is a level of its own',
    `{"site":"acme","kind":"a","fields":${deep(20).replace('"a":1', '"a":[1.0],"a":2')}}`,
    { kind: 'a', fields: JSON.parse(deep(20).replace('1', '"[[1.0],2]"')), repairs: ['fields:repeated', 'fields:deep'] },
  ],
  [
    'a deep value under a repeated name',
    `{"site":"acme","kind":"a","fields":{"a":${inList(19, '1')},"a":2}}`,
    { kind: 'a', fields: { a: [JSON.parse(inList(18, '"[1]"')), 2] }, repairs: ['fields:repeated', 'fields:deep'] },
  ],
  [
    'fields twice',
    '{"site":"acme","kind":"a","fields":{"a":1},"fields":{"b":2,"a":3}}',
    { kind: 'a', fields: { a: [1, 3], b: 2 }, repairs: ['fields:repeated'] },
  ],
  [
    'macros that an ad server left',
    '{"site":"acme","kind":"[event]","url":"{{page.url}}","referrer":"%%REFERRER%%","visitor":"${UID}","id":"[timestamp]","occurred":"__TS__","fields":{"gdpr":"${GDPR}"}}',
    {
      kind: '[event]',
      fields: { gdpr: '${GDPR}' },
      repairs: ['url:macro', 'referrer:macro', 'visitor:macro', 'occurred:macro', 'id:macro'],
    },
  ],
  [
    'JavaScript’s undefined',
    '{"site":"acme","kind":"p","visitor":"undefined","id":"null"}',
    { kind: 'p', repairs: ['visitor:macro', 'id:macro'] },
  ],
  ['the nil UUID', '{"site":"acme","kind":"p","id":"00000000-0000-0000-0000-000000000000"}', { kind: 'p', repairs: ['id:unusable'] }],
  ['a long id', `{"site":"acme","kind":"p","id":"${'x'.repeat(129)}"}`, { kind: 'p', repairs: ['id:unusable'] }],
  [
    'numbers of Python that JSON has not',
    '{"site":"acme","kind":"p","fields":{"a":NaN,"b":[-Infinity,1.0],"NaN":"\\" NaN"}}',
    { kind: 'p', fields: { a: 'NaN', b: ['-Infinity', 1], NaN: '" NaN' }, repairs: ['fields:number'] },
  ],
  ['JSON in a JSON text', JSON.stringify('{"site":"acme","kind":"p"}'), { kind: 'p', repairs: ['hit:parsed'] }],
  ['a key with white space around it', '{"site":" acme\\n","kind":"p"}', { kind: 'p' }],
  [
    'line breaks within fields',
    '{"site":"acme",\n "kind":"p",\r\n "fields": {\n  "a": [1,\r\n 2.0]\n }\n}',
    { kind: 'p', fields: { a: [1, 2] } },
  ],
])('keeps %s', async (_, body, expected) => {
  const { sink, counts, post } = setUp();
  expect(await post(body)).toMatchObject({ status: 204 });
  expect(kept(sink)).toEqual(expected);
  const { repairs = [] } = expected as { readonly repairs?: readonly string[] };
  expect(counts).toEqual(['kept 1', ...repairs.map((repair) => `repaired ${repair}`)]);
});

test('a name like a member of objects is a field as any other', async () => {
  const { sink, post } = setUp();
  await post('{"site":"acme","kind":"p","__proto__":{"url":"x"},"fields":{"constructor":1}}');
  expect(sink.lines[0]).toContain('"fields":{"constructor":1,"__proto__":{"url":"x"}},"repairs":["fields:unknown"]');
});

test.each<[string, object]>([
  ['kind=%', { kind: '%', repairs: ['kind:encoding'] }],
  ['kind=%ff', { kind: '%ff', repairs: ['kind:encoding'] }],
  ['kind=%ED%A0%80', { kind: '%ED%A0%80', repairs: ['kind:encoding'] }],
  ['kind=p&url=%C3%BC%FC%20%u00fc%F0%9F%82%A1%', { kind: 'p', url: 'ü%FC %u00fc🂡%', repairs: ['url:encoding'] }],
  ['kind=p&f.%zz=1&f.b=100%25', { kind: 'p', fields: { '%zz': '1', b: '100%' }, repairs: ['fields:encoding'] }],
  ['kind=a%00', { kind: 'a\ufffd', repairs: ['kind:characters'] }],
  ['kind=a&kind=b', { kind: 'a', repairs: ['kind:repeated'] }],
  ['kind=a&kind=a', { kind: 'a' }],
  ['kind=a&f.x=1&f.x=2', { kind: 'a', fields: { x: ['1', '2'] }, repairs: ['fields:repeated'] }],
  ['kind=a&f.x[]=1&f.y%5B0%5D=1&f.y%5B1%5D=2', { kind: 'a', fields: { x: ['1'], y: ['1', '2'] }, repairs: ['fields:list'] }],
  ['kind[]=a&site[]=acme', { kind: 'a', repairs: ['kind:list', 'site:list'] }],
  [
    'kind=a&f[color]=red&fields.size=2&fields[x][]=1',
    { kind: 'a', fields: { color: 'red', size: '2', x: ['1'] }, repairs: ['fields:list'] },
  ],
  ['kind=a&fields=1', { kind: 'a', fields: { value: '1' }, repairs: ['fields:wrapped'] }],
  ['kind=a&fields=%7B%22n%22:1.0%7D', { kind: 'a', fields: { n: 1 }, repairs: ['fields:parsed'] }],
  ['kind=a&f.x=1&fields=1', { kind: 'a', fields: { value: '1', x: '1' }, repairs: ['fields:wrapped'] }],
  ['kind=a&constructor=1', { kind: 'a', fields: { constructor: '1' }, repairs: ['fields:unknown'] }],
  [
    'kind=a&gclid=EAIaIQ&cb=%%CACHEBUSTER%%',
    { kind: 'a', fields: { gclid: 'EAIaIQ', cb: '%%CACHEBUSTER%%' }, repairs: ['fields:encoding', 'fields:unknown'] },
  ],
  ['kind=a&visitor=&url=&visitor=%24%7BUID%7D', { kind: 'a', repairs: ['visitor:macro'] }],
  ['kind=a&id=order-7&occurred=1773575998', { kind: 'a', ownId: true, occurred: '2026-03-15T11:59:58.000Z' }],
  [`kind=a&${'f.a=1&'.repeat(300)}`, { kind: 'a', fields: { a: Array(300).fill('1') }, repairs: ['fields:repeated'] }],
  [`kind=a&${'_&'.repeat(4094)}f.a=1`, { kind: 'a', repairs: ['fields:cut'] }],
  ['kind=p&amp;url=https://a.example/&amp;f.a=1', { kind: 'p', url: 'https://a.example/', fields: { a: '1' }, repairs: ['hit:markup'] }],
  [
    'kind=p&occurred=2026-03-15T12:30:00+00:30',
    { kind: 'p', occurred: '2026-03-15T12:00:00.000Z', clientTime: '2026-03-15T12:30:00 00:30', repairs: ['occurred:zone'] },
  ],
])('keeps the query %j', async (query, expected) => {
  const { sink, send } = setUp();
  expect(await send('GET', `/hit.gif?site=acme&${query}`)).toMatchObject({ status: 200 });
  expect(kept(sink)).toEqual(expected);
});

test('octets in a query are UTF-8, or otherwise Latin-1, and the hit states it', async () => {
  const { sink, send, post } = setUp();
  const octets = (text: string) => Buffer.from(text).toString('latin1');
  await send('GET', `/hit.gif?site=acme&kind=p&url=${octets('ü🂡')}%C3%BC`);
  await send('GET', '/hit.gif?site=acme&kind=p&url=\xfc%C3%BC');
  await post(Buffer.from('site=acme&kind=p&url=\xfc', 'latin1'), { 'content-type': 'application/x-www-form-urlencoded' });
  expect(sink.hits.map(({ url, repairs }) => [url, repairs])).toEqual([
    ['ü🂡ü', undefined],
    ['üü', ['hit:encoding']],
    ['ü', ['hit:encoding']],
  ]);
});

test('each hit of a batch in several charsets is decoded by itself', async () => {
  const { sink, send } = setUp();
  const batch = ['ü', 'é'].map((kind) => JSON.stringify({ site: 'acme', kind }));
  const octets = (separator: string) => Buffer.concat([Buffer.from(`${batch[0]}${separator}`), Buffer.from(batch[1] ?? '', 'latin1')]);
  await send('POST', '/hits', Buffer.concat([Buffer.from('\ufeff['), octets(','), Buffer.from(']')]));
  await send('POST', '/hits', octets('\n'), { 'content-type': 'application/x-ndjson' });
  const stored = [
    { site: 1, kind: 'ü', keyVersion: 1 },
    { site: 1, kind: 'é', repairs: ['hit:encoding'], keyVersion: 1 },
  ];
  expect(sink.hits).toEqual([...stored, ...stored]);
});

test.each([
  '{"tweet":1524831183200260097}',
  '{"a":1.0,"b":-0,"c":1e999,"d":[1E400,0.1000000000000000055]}',
  '{"b":1,"2":2,"1":{"__proto__":3},"__proto__":"x","c":"\\n{\\"a\\":1e9999}"}',
])('the line has the fields as they were sent: %s', async (fields) => {
  const { sink, post, send } = setUp();
  const hit = `{"fields" : ${fields} , "site":"acme","kind":"p"}`;
  await post(hit);
  await send('POST', '/hits', `[${hit}]`);
  await post(`{"site":"acme","kind":"p","fields":\n${fields}}`);
  for (const line of sink.lines) expect(line).toContain(`"kind":"p","fields":${fields},"keyVersion":1}`);
  expect(sink.lines).toHaveLength(3);
});

test('a number of more digits than the database writes out is kept as text', async () => {
  const { sink, post } = setUp();
  await post('{"site":"acme","kind":"p","fields":{"a":1e1000,"b":[-2.5E-99999],"c":1e999}}');
  expect(sink.lines[0]).toContain('"fields":{"a":"1e1000","b":["-2.5E-99999"],"c":1e999},"repairs":["fields:number"]');
});

test('hashed fields are hashed by the text that was sent, wherever it was sent', async () => {
  const { sink, post, send } = setUp();
  const key = sites[1]?.siteKey ?? { version: 0, key: Buffer.alloc(0) };
  const hash = (text: string) => keyedHash(key, 'field:email', text);
  const sent = ['"email":1524831183200260097', '"fields":{"email":1524831183200260096}', '"fields":{"email":{"a": 1.0 }}'];
  for (const one of sent) await post(`{"site":"secret","kind":"p",${one}}`);
  await post('{"site":"secret","kind":"p","fields":{"email":"a","email":"b"},"email":null}');
  await post('{"site":"secret","kind":"p","fields":"{\\"email\\":\\"c\\"}"}');
  await send('GET', '/hit.gif?site=secret&kind=p&f[email]=a&f.email[]=b&email=d');
  expect(sink.hits.map(({ fields }) => (fields as { email: unknown }).email)).toEqual([
    hash('1524831183200260097'),
    hash('1524831183200260096'),
    hash('{"a":1.0}'),
    [hash('a'), hash('b'), null],
    hash('c'),
    [hash('a'), hash('b'), hash('d')],
  ]);
  // A name that is hashed may be anywhere in a list.
  await post('{"site":"secret","kind":"p","fields":[{"email":"a@b.example"}]}');
  expect(sink.lines.at(-1)).not.toContain('a@b');
  expect(sink.hits.at(-1)).toMatchObject({ fields: { value: expect.stringMatching(/^[0-9a-f]{64}$/) }, repairs: ['fields:wrapped'] });
});

test('a hash is never cut', async () => {
  const { sink, post } = setUp();
  const many = Array.from({ length: 125 }, (_, index) => `"email":"${index}"`).join();
  await post(`{"site":"secret","kind":"p","fields":{${many},"other":"o"}}`);
  expect(sink.hits).toMatchObject([{ fields: { other: 'o' }, repairs: ['fields:repeated', 'fields:cut'] }]);
  expect(sink.lines[0]).not.toContain('email');
});

test('a hit lists at most 16 repairs', async () => {
  const { sink, send } = setUp();
  const names = ['kind', 'url', 'referrer', 'visitor', 'occurred', 'id'];
  const query = names.flatMap((name) => [`${name}[]=%ff`, `${name}[]=x`]).join('&');
  await send('GET', `/hit.gif?site=acme&${query}&f.a[]=%ff`);
  const [{ repairs } = {}] = sink.hits as { repairs?: string[] }[];
  expect(repairs).toHaveLength(16);
  expect(repairs?.at(-1)).toBe('hit:more');
  expect(kept(sink)).toBeDefined();
});

test('the longest hit fits a record of the stream', async () => {
  const { sink, send } = setUp();
  const control = (count: number) => '\u0001'.repeat(count);
  const hit = {
    ...{ site: 'acme', kind: control(64), url: control(16_400), referrer: control(16_400), visitor: control(128) },
    ...{ occurred: control(64), id: 'x', fields: { a: control(8192) } },
  };
  await send('POST', '/hits', JSON.stringify([hit]), { 'user-agent': '\xe2\x80\xa8'.repeat(600) });
  expect(Buffer.byteLength(sink.lines[0] ?? '')).toBeGreaterThan(200_000);
  expect(Buffer.byteLength(sink.lines[0] ?? '')).toBeLessThan(262_144);
  expect(kept(sink)).toMatchObject({ userAgent: '\u2028'.repeat(512), clientTime: control(64) });
});

// Records from collectors become hits, or rejects with a reason.
import fc from 'fast-check';
import { fieldsLimits, parseHit, textLimits } from '../../runtime/hit';

const now = new Date('2026-03-15T12:00:00.000Z');
const good = { site: 7, id: '0f8fad5b-d9cb-469f-a165-70867728950e', received: '2026-03-15T11:59:59.123Z', kind: 'page' };
const parse = (value: unknown) => parseHit(Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)), now);
const withFields = (fields: string) => `{"site":7,"id":"${good.id}","fields":${fields},"received":"${good.received}","kind":"p"}`;
const reason = (value: unknown) => {
  const parsed = parse(value);
  return 'reject' in parsed ? parsed.reject.reason : parsed.hit;
};

test('a hit keeps its values and gets its defaults', () => {
  expect(reason(good)).toEqual({ ...good, occurred: good.received, keyVersion: 1 });
  const full = {
    ...good,
    occurred: '2026-03-15T11:59:58Z',
    url: 'https://a.example/',
    referrer: '',
    visitor: 'v',
    address: '192.0.2.0',
    userAgent: 'x',
    fields: { a: [1, 'ü'] },
    keyVersion: 3,
  };
  expect(reason(full)).toEqual({ ...full, fields: '{"a":[1,"ü"]}' });
});

test.each([
  ['not JSON', '{', 'not-json'],
  ['no object', [good], 'not-json'],
  ['no site', { ...good, site: undefined }, 'no-site'],
  ['a site in words', { ...good, site: 'acme' }, 'no-site'],
  ['site 0', { ...good, site: 0 }, 'no-site'],
  ['SQL as a site', { ...good, site: '1; drop table hits' }, 'no-site'],
  ['a field that nobody knows', { ...good, extra: 1 }, 'unknown-field'],
  ['no id', { ...good, id: undefined }, 'invalid-value'],
  ['an id that is none', { ...good, id: 'x' }, 'invalid-value'],
  ['no kind', { ...good, kind: undefined }, 'missing-field'],
  ['an empty kind', { ...good, kind: '' }, 'missing-field'],
  ['a time without zone', { ...good, received: '2026-03-15T11:59:59' }, 'invalid-value'],
  ['the 30th of February', { ...good, received: '2026-02-30T00:00:00Z' }, 'invalid-value'],
  ['a number as text', { ...good, url: 5 }, 'invalid-value'],
  ['NUL', { ...good, url: 'a\0b' }, 'unstorable-character'],
  ['half a surrogate pair', `{"site":7,"id":"${good.id}","received":"${good.received}","kind":"\\ud800"}`, 'unstorable-character'],
  ['NUL in fields', { ...good, fields: { a: [{ b: '\0' }] } }, 'unstorable-character'],
  ['NUL in a field name', { ...good, fields: { 'a\0': 1 } }, 'unstorable-character'],
  ['a number of 1,001 digits', withFields('{"a":1e1000}'), 'invalid-value'],
  ['a number of 1,001 digits after the point', withFields('{"a":[0.1e-999]}'), 'invalid-value'],
  ['a repeated name', withFields('{"a":1,"a":2}'), 'invalid-value'],
  ['a repeated name further down', withFields('{"b":[{"a":1,"a":2}]}'), 'invalid-value'],
  ['fields that are a list', { ...good, fields: [] }, 'invalid-value'],
  ['fields too long', { ...good, fields: { a: 'x'.repeat(fieldsLimits.bytes) } }, 'too-long'],
  ['a collector far ahead', { ...good, received: '2026-03-15T12:05:01Z' }, 'clock-skew'],
  ['29 days ago', { ...good, received: '2026-02-14T23:59:59Z', occurred: '2026-02-14T23:59:59Z' }, 'clock-skew'],
  ['a browser far ahead', { ...good, occurred: '2026-03-15T12:05:01Z' }, 'clock-skew'],
  ['a browser far behind', { ...good, occurred: '2026-03-08T11:00:00Z' }, 'clock-skew'],
  ['a version 0', { ...good, keyVersion: 0 }, 'invalid-value'],
])('%s is a reject', (_, value, expected) => expect(reason(value)).toBe(expected));

test('a hit of the last 28 days is accepted', () => {
  const received = '2026-02-15T00:00:00Z';
  expect(reason({ ...good, received, occurred: received })).toMatchObject({ received });
});

test.each([
  '{"tweet":1524831183200260097}',
  '{"a":1.0,"b":-0,"c":1e999,"d":1E+400,"e":0.1000000000000000055,"f":1e-999}',
  '{"2":1,"1":2,"__proto__":{"__proto__":3},"b":"{\\"fields\\":5,"}',
  '{ "a" : [ ] , "\\u00fc" : "\\\\" }',
])('fields keep the text that was sent: %s', (fields) => {
  expect(reason(withFields(fields))).toMatchObject({ fields });
});

test('the limits of texts count characters of any width', () => {
  for (const [name, limit] of Object.entries(textLimits)) {
    expect(reason({ ...good, [name]: '🂡'.repeat(limit) })).toMatchObject({ [name]: '🂡'.repeat(limit) });
    expect(reason({ ...good, [name]: 'x'.repeat(limit + 1) })).toBe('too-long');
  }
});

test('fields may nest up to the limit and no deeper', () => {
  const nested = (depth: number): unknown => (depth === 0 ? 1 : { a: nested(depth - 1) });
  expect(reason({ ...good, fields: nested(fieldsLimits.depth) })).toMatchObject({ kind: 'page' });
  expect(reason({ ...good, fields: nested(fieldsLimits.depth + 1) })).toBe('invalid-value');
});

test('bytes that are not UTF-8 become a reject that keeps them', () => {
  const record = Buffer.from([0x7b, 0xff, 0xfe, 0x7d]);
  expect(parseHit(record, now)).toEqual({ reject: { reason: 'invalid-utf8', detail: expect.any(String), record } });
});

test('a reject has its site if that could be read, and its reason contains no data', () => {
  expect(parse({ ...good, url: 'secret'.repeat(3000) })).toMatchObject({
    site: 7,
    reject: { detail: 'url: expected at most 16384 characters, got 18000' },
  });
});

test('any record becomes a hit or a reject', () => {
  const anything = fc.oneof(
    fc.uint8Array(),
    fc.json().map((text) => Buffer.from(text)),
    fc
      .record({
        ...Object.fromEntries(Object.entries(good).map(([name, value]) => [name, fc.oneof(fc.constant(value), fc.jsonValue())])),
        fields: fc.jsonValue(),
      })
      .map((value) => Buffer.from(JSON.stringify(value))),
  );
  fc.assert(
    fc.property(anything, (record) => {
      const parsed = parseHit(record, now);
      expect('hit' in parsed || parsed.reject.record === record).toBe(true);
    }),
    { seed: 3, numRuns: 500 },
  );
});

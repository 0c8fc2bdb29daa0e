// Hits that the collector accepts are stored by the database: random hits through both.
import fc from 'fast-check';
import { parseHit } from '../../../../runtime/hit';
import { now, setUp } from './set-up';
import { type Fields, sites } from './sites';

const text = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.string({ unit: 'grapheme', maxLength: 40 }),
  fc.constantFrom('', '\0', '\ud800', '\udc00x', '🂡'.repeat(64), 'x'.repeat(64), 'x'.repeat(129), '2026-03-15T12:00:00.123456Z', '1e999'),
);
const name = fc.oneof(fc.constantFrom('email', '__proto__', 'constructor', 'toJSON', 'a'), text);
const json = fc.letrec((tie) => ({
  value: fc.oneof({ maxDepth: 22 }, text, fc.double(), fc.integer(), fc.constant(null), fc.boolean(), tie('list'), tie('object')),
  list: fc.array(tie('value'), { maxLength: 4 }),
  object: fc.dictionary(name, tie('value'), { maxKeys: 4 }),
}));
const often = (value: unknown) => fc.oneof({ weight: 9, arbitrary: fc.constant(value) }, { weight: 1, arbitrary: text });
const anyHit = fc.record(
  {
    site: fc.oneof({ weight: 9, arbitrary: fc.constantFrom(...sites.map(({ key }) => key)) }, { weight: 1, arbitrary: text }),
    kind: often('page'),
    url: often('https://a.example/'),
    referrer: often(''),
    visitor: often('v'),
    occurred: fc.oneof(
      fc.date().map((date) => (Number.isNaN(date.getTime()) ? '' : date.toISOString())),
      fc.constant('2026-03-10T00:00:00Z'),
      text,
    ),
    fields: fc.oneof({ weight: 5, arbitrary: json.object }, { weight: 1, arbitrary: json.value }),
  },
  { requiredKeys: ['site', 'kind'] },
);
const anyFields: fc.Arbitrary<Fields> = fc.record(
  {
    dnt: fc.constantFrom('0', '1'),
    'user-agent': fc.string({ unit: fc.integer({ min: 0x20, max: 0xff }).map((code) => String.fromCharCode(code)), maxLength: 600 }),
    'x-forwarded-for': fc.oneof(fc.ipV4(), fc.ipV6(), text),
    cookie: text,
    origin: fc.constantFrom('https://shop.example', 'https://other.example'),
  },
  { requiredKeys: [] },
) as fc.Arbitrary<Fields>;

test('what is taken is a hit for the database, whatever came; the rest is refused', async () => {
  let taken = 0;
  await fc.assert(
    fc.asyncProperty(anyHit, anyFields, fc.boolean(), async (value, fields, batch) => {
      const { sink, post, send } = setUp();
      // JSON.stringify would write what is no number as null.
      const body = JSON.stringify(value, (_, item) => (item === Number.POSITIVE_INFINITY ? 'INFINITE' : item)).replaceAll(
        '"INFINITE"',
        '1e999',
      );
      const { status } = batch ? await send('POST', '/hits', `[${body}]`, fields) : await post(body, fields);
      expect([204, 400, 403, 404]).toContain(status);
      expect(sink.lines).toHaveLength(status === 204 ? 1 : 0);
      for (const line of sink.lines) {
        taken++;
        expect(parseHit(Buffer.from(line), new Date(now))).toEqual({ hit: expect.anything() });
      }
    }),
    { seed: 44, numRuns: 1000 },
  );
  expect(taken).toBeGreaterThan(100);
});

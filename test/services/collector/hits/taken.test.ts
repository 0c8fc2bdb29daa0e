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

// JSON as text: with any digits, escapes, white space and repeated names.
const space = fc.constantFrom('', '', '', ' ', '\n', '\t', '\r\n ');
const numberText = fc.oneof(
  fc.stringMatching(/^-?(?:0|[1-9]\d{0,30})(?:\.\d{1,30})?(?:[eE][+-]?\d{1,5})?$/),
  fc.constantFrom('1524831183200260097', '1.0', '-0', '1e999', '1e1000', '0.1000000000000000055'),
);
const stringText = fc.oneof(
  text.map((value) => JSON.stringify(value)),
  fc.constantFrom('"\\u00fc"', '"\\/"', '"\\ud83c\\udca1"', '"\\u0000"', '"\\udca1"', '"{\\"a\\":1}"', '"\\\\"', '"\\\\\\""'),
);
const jsonText = fc.letrec<{ [name in 'value' | 'list' | 'object']: string }>((tie) => ({
  value: fc.oneof({ maxDepth: 24 }, numberText, stringText, fc.constantFrom('null', 'true', 'false'), tie('list'), tie('object')),
  list: fc.tuple(fc.array(tie('value'), { maxLength: 3 }), space).map(([items, between]) => `[${between}${items.join(`,${between}`)}]`),
  object: fc
    .tuple(
      fc.array(fc.tuple(fc.oneof(fc.constantFrom('"a"', '"b"', '"1"', '"__proto__"'), stringText), tie('value')), { maxLength: 4 }),
      space,
    )
    .map(([members, between]) => `{${members.map(([key, value]) => `${between}${key}${between}:${value}`).join()}${between}}`),
}));
/** JSON text without white space, each of its texts in one spelling. */
const normal = (json: string): string =>
  json.replaceAll(/("(?:[^"\\]|\\.)*")|\s+/g, (_, string?: string) => (string === undefined ? '' : JSON.stringify(JSON.parse(string))));
const fieldsOf = (line: string): string => /,"fields":(.*?)(?:,"repairs":\[[^\]]*\])?,"keyVersion":1\}$/s.exec(line)?.[1] ?? '';

test('every kept value is readable as it was sent, or a repair names it', async () => {
  const outcomes = { asSent: 0, repaired: 0, fieldsAsSent: 0, fieldsRepaired: 0 };
  const plainText = fc.oneof(stringText, numberText);
  const names = ['kind', 'url', 'referrer', 'visitor'] as const;
  const anyText: fc.Arbitrary<{ readonly [name: string]: string | undefined }> = fc.record(
    {
      ...Object.fromEntries(
        names.map((key) => [key, fc.oneof({ weight: 19, arbitrary: plainText }, { weight: 1, arbitrary: jsonText.value })]),
      ),
      fields: fc.oneof({ weight: 4, arbitrary: jsonText.object }, { weight: 1, arbitrary: jsonText.value }),
      extra: fc.oneof({ weight: 4, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary: jsonText.value }),
    },
    { requiredKeys: [] },
  );
  const property = fc.asyncProperty(anyText, space, fc.boolean(), async (hit, between, batch) => {
    const { sink, counts, post, send } = setUp();
    const sentValues = Object.entries(hit).filter(([, value]) => value !== undefined);
    const members = sentValues.map(([key, value]) => `"${key}":${between}${value}`);
    const body = `{${['"site":"acme"', ...members].join(`,${between}`)}}`;
    expect(await (batch ? send('POST', '/hits', `[${body}]`) : post(body))).toMatchObject({ status: 204 });
    const [line = ''] = sink.lines;
    expect(parseHit(Buffer.from(line), new Date(now))).toEqual({ hit: expect.anything() });
    const { repairs = [], ...stored } = JSON.parse(line) as { readonly repairs?: readonly string[] } & { readonly [name: string]: unknown };
    expect(counts).toEqual(['kept 1', ...repairs.map((repair) => `repaired ${repair}`)]);
    const expectKept = (key: string, isKept: boolean) => {
      outcomes[isKept ? 'asSent' : 'repaired']++;
      if (key === 'fields') outcomes[isKept ? 'fieldsAsSent' : 'fieldsRepaired']++;
      if (!isKept) expect([key, hit[key], repairs]).toEqual([key, hit[key], expect.arrayContaining([expect.stringMatching(`^${key}:`)])]);
    };
    for (const key of names) {
      const sent = JSON.parse(hit[key] ?? 'null') ?? '';
      expectKept(key, sent === (stored[key] ?? ''));
    }
    // What stood in place of a text is among the fields, and its own repair names it.
    if (repairs.some((repair) => repair.endsWith(':moved'))) return;
    const isEmpty = ['null', '""'].includes(normal(hit.fields ?? 'null'));
    expectKept(
      'fields',
      isEmpty && hit.extra === undefined ? stored.fields === undefined : normal(hit.fields ?? '') === normal(fieldsOf(line)),
    );
  });
  await fc.assert(property, { seed: 45, numRuns: 800 });
  // Each of the four is tried often enough to fail.
  for (const count of Object.values(outcomes)) expect(count).toBeGreaterThan(100);
});

test('every pair of a form is readable as it was sent, or a repair names it', async () => {
  const part = fc.oneof(
    text,
    fc.constantFrom('f.a', 'f.b', 'kind', 'url', 'visitor', 'a', '__proto__', 'f.a[]', 'f[a]', '%', '+', 'ü', 'x=y&'),
  );
  const pairs = fc.array(fc.tuple(part, part), { maxLength: 12 });
  const property = fc.asyncProperty(pairs, fc.boolean(), async (sent, isQuery) => {
    const { sink, post, send } = setUp();
    const form = new URLSearchParams([['site', 'acme'], ...sent.filter(([key]) => key !== 'site' && key !== '_')]);
    const answer = isQuery
      ? await send('GET', `/hit.gif?${form}`)
      : await post(String(form), { 'content-type': 'application/x-www-form-urlencoded' });
    expect(answer.status).toBe(isQuery ? 200 : 204);
    const [line = ''] = sink.lines;
    expect(parseHit(Buffer.from(line), new Date(now))).toEqual({ hit: expect.anything() });
    const { repairs = [], fields = {}, ...stored } = JSON.parse(line);
    form.delete('site');
    for (const [key, value] of form) {
      // An empty text is no value.
      if (value === '') continue;
      const isKnown = /^(?:kind|url|visitor)$/.test(key);
      const name = key.replace(/^(?:fields|f)(?:\.|\[(?=[^\]]+\]$))/s, '').replace(/(?:\[\d*)?\]$/s, '');
      const kept = isKnown ? [stored[key] ?? ''] : [fields[key], fields[name], fields[`${name}]`]].flat();
      const named = new RegExp(`^(?:${isKnown ? key : 'fields|kind|url|visitor'}):`);
      if (!kept.includes(value))
        expect([key, value, repairs]).toEqual([key, value, expect.arrayContaining([expect.stringMatching(named)])]);
    }
  });
  await fc.assert(property, { seed: 46, numRuns: 500 });
});

// Inputs of clients over a socket: what is stored is what was sent, or the hit states the change.
import { collectorOnSocket } from './collector-on-socket';
import { inParts, latin1, named, parts, pixel, post, type, utf16 } from './wire-table';

const { answerTo, kept } = collectorOnSocket();
const json = '{"site":"acme","kind":"p"}';
const p = { kind: 'p' };
const noon = { occurred: '2026-03-15T12:00:00.000Z' };
/** Half a pair in JSON, which is whole in the JSON text around it. */
const halves = '{"site":"acme","kind":"page","url":"https://x/\ud800","visitor":"v","fields":{"a":"\ud800","b\udc00":"\\\\"}}';
const ofHalves = {
  ...{ kind: 'page', url: 'https://x/\ufffd', visitor: 'v', fields: { a: '\ufffd', 'b\ufffd': '\\' } },
  repairs: ['hit:parsed', 'url:characters', 'fields:characters'],
};
const many = (count: number) => Array.from({ length: count }, (_, index) => [`n${index}`, index] as const);

type Row = readonly [string, string, object];

describe('nothing changes without a word', () => {
  test.each<Row>([
    [
      'NaN and Infinity of Python, in no text',
      post('/hit', '{"site":"acme","kind":"p","fields":{"lcp":NaN,"a":[-Infinity],"t":"NaN \\" Infinity"}}'),
      { ...p, fields: { lcp: 'NaN', a: ['-Infinity'], t: 'NaN " Infinity' }, repairs: ['fields:number'] },
    ],
    ...['Infinity', '-Infinity', 'NaN', '-NaN'].map(
      (number): Row => [
        `${number} as visitor, which all visits would share`,
        post('/hit', `{"site":"acme","kind":"p","visitor":${number}}`),
        { ...p, repairs: ['fields:number', 'visitor:macro'] },
      ],
    ),
    ...(['/hit', '/hits'] as const).map(
      (path): Row => [`halves of pairs in JSON that was written twice, on ${path}`, post(path, JSON.stringify(halves)), ofHalves],
    ),
    ['halves of pairs in a list that was written twice', post('/hits', JSON.stringify(`[${halves}]`)), ofHalves],
    [
      'a number of 20 digits as visitor',
      post('/hit', '{"site":"acme","kind":"p","visitor":12345678901234567890}'),
      { ...p, visitor: '12345678901234567890', repairs: ['visitor:text'] },
    ],
    [
      'an object as visitor',
      post('/hit', '{"site":"acme","kind":"p","visitor":{"id":1}}'),
      { ...p, fields: { visitor: { id: 1 } }, repairs: ['visitor:moved'] },
    ],
    [
      'an octet that is no character of its charset',
      post('/hit', latin1('{"site":"acme","kind":"\xd2"}'), type('application/json; charset=windows-1253')),
      { kind: '\ufffd', repairs: ['hit:encoding'] },
    ],
    [
      'half a surrogate pair in UTF-16',
      post('/hit', utf16('\ufeff{"site":"acme","kind":"\ud800"}')),
      { kind: '\ufffd', repairs: ['hit:encoding'] },
    ],
    [
      'UTF-7, of which plus signs mean characters',
      post('/hit', json, type('application/json; charset=utf-7')),
      { ...p, repairs: ['hit:encoding'] },
    ],
    [
      'UTF-8 under an unknown charset',
      post('/hit', '{"site":"acme","kind":"ü"}', type('text/plain; charset=utf8mb4')),
      { kind: 'ü', repairs: ['hit:encoding'] },
    ],
    [
      'a plus of an offset as a space',
      pixel('site=acme&kind=p&occurred=2026-03-15T14:00:00+02:00'),
      { ...p, ...noon, clientTime: '2026-03-15T14:00:00 02:00', repairs: ['occurred:zone'] },
    ],
    [
      'Date.toString() as time',
      pixel('site=acme&kind=p&occurred=Sun%20Mar%2015%202026%2012:00:00%20GMT%2B0100%20(CET)'),
      { ...p, clientTime: 'Sun Mar 15 2026 12:00:00 GMT+0100 (CET)', repairs: ['occurred:unreadable'] },
    ],
    ['escapes of JavaScript', pixel('site=acme&kind=p&f.a=%u00fc'), { ...p, fields: { a: '%u00fc' }, repairs: ['fields:encoding'] }],
    ['a URL that is encoded twice', pixel('site=acme&kind=p&url=https%253A%252F%252Fa.example'), { ...p, url: 'https%3A%2F%2Fa.example' }],
    ['a second question mark of a cache buster', pixel('site=acme&kind=p?cb=7'), { kind: 'p?cb=7' }],
    [
      'a click macro before the URL',
      pixel('site=acme&kind=p&url=%%CLICK_URL_UNESC%%https://x.example'),
      { ...p, url: '%%CLICK_URL_UNESC%%https://x.example', repairs: ['url:encoding'] },
    ],
    [
      'names within names, as PHP reads them',
      pixel('site=acme&kind=p&ev[0][x]=2'),
      { ...p, fields: { 'ev[0][x]': '2' }, repairs: ['fields:unknown'] },
    ],
    [
      'the version of a browser that is also an address',
      pixel('site=acme&kind=p', 'User-Agent: X Chrome/120.0.0.0', 'X-Forwarded-For: 120.0.0.7'),
      { ...p, address: '120.0.0.0', userAgent: 'X Chrome/120.0.0.0' },
    ],
    [
      'more names in JSON than can be stored',
      post('/hit', JSON.stringify({ site: 'acme', kind: 'p', ...Object.fromEntries(many(5000)) })),
      { ...p, fields: expect.objectContaining({ n700: 700 }), repairs: ['fields:cut', 'fields:unknown'] },
    ],
    [
      'more fields in JSON than can be stored',
      post('/hit', JSON.stringify({ site: 'acme', kind: 'p', fields: Object.fromEntries(many(5000)) })),
      { ...p, fields: expect.objectContaining({ n700: 700 }), repairs: ['fields:cut'] },
    ],
    [
      'a name of 9 kB in JSON',
      post('/hit', `{"site":"acme","kind":"p","${'n'.repeat(9000)}":1}`),
      { ...p, fields: {}, repairs: ['fields:unknown', 'fields:cut'] },
    ],
    [
      'a name of 9 kB in a form',
      post('/hit', `site=acme&kind=p&${'n'.repeat(9000)}=1`),
      { ...p, fields: {}, repairs: ['fields:unknown', 'fields:cut'] },
    ],
    [
      'a name of 9 kB in parts',
      post('/hit', parts([named('site'), 'acme'], [named('kind'), 'p'], [named('n'.repeat(9000)), '1']), inParts),
      { ...p, fields: {}, repairs: ['fields:unknown', 'fields:cut'] },
    ],
  ])('%s', async (_, request, expected) => {
    expect([200, 204]).toContain((await answerTo(request)).status);
    expect(kept()).toEqual([expected]);
  });

  test('300 names are the same hit in a query, a form, parts and JSON', async () => {
    const pairs = many(300).map(([name, value]) => [`f.${name}`, String(value)] as const);
    const encoded = `site=acme&kind=p&${pairs.map((pair) => pair.join('=')).join('&')}`;
    const multipart = parts([named('site'), 'acme'], [named('kind'), 'p'], ...pairs.map(([name, value]) => [named(name), value] as const));
    const fields = Object.fromEntries(many(300).map(([name, value]) => [name, String(value)]));
    for (const request of [
      pixel(encoded),
      post('/hit', encoded),
      post('/hit', multipart, inParts),
      post('/hit', JSON.stringify({ site: 'acme', kind: 'p', fields })),
    ])
      await answerTo(request);
    expect(kept()).toEqual(Array(4).fill({ ...p, fields }));
  });
});

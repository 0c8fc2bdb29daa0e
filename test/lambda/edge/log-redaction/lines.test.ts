// Redaction of single lines: which keep the whole address, and what remains of the others.
import fc from 'fast-check';
import { redactLine } from '../../../../lambda/edge/log-redaction/redact-line';
import { collectionPaths } from '../../../../lib/edge/paths';
import { type AccessFields, accessLine, byBalancer, connectionLine, requestOf } from './log-lines';

const paths = [...collectionPaths];
const access = (changes: Partial<AccessFields> = {}, ...more: string[]) => redactLine('access', accessLine(changes, ...more), paths);
const connection = (changes = {}, ...more: string[]) => redactLine('connection', connectionLine(changes, ...more), paths);
const client = '203.0.113.77:49660';

test('a hit loses address, port, query string and trace of the connection, and nothing else', () => {
  expect(access()).toEqual({
    kind: 'pseudonymous',
    text: accessLine({
      client: '203.0.113.0:0',
      request: '"GET https://collect.example.com:443/hit.gif HTTP/2.0"',
      conn_trace_id: '-',
      node: '-',
    }),
  });
});

test.each([
  ['2001:db8:1:2:3:4:5:6:49660', '2001:db8:1:::0'],
  ['[2001:db8:1:2::6]:49660', '2001:db8:1:::0'],
  ['::ffff:203.0.113.77:49660', '203.0.113.0:0'],
  ['203.0.113.77', '203.0.113.0:0'],
])('the client %s becomes %s', (before, after) => {
  expect(access({ client: before }).text.split(' ')[3]).toBe(after);
});

test.each([
  '/hit.gif?a=1',
  '/hit?a=1',
  '/hits?a=1',
  '/hit.gif/?a=1',
  '/HIT.GIF?a=1',
  '//hit.gif?a=1',
  '/./hit.gif?a=1',
  '/x/../hit.gif?a=1',
  '/%68it.gif?a=1',
  '/%2568it.gif?a=1',
  '/hit.gif%3Fa=1',
  '/hit.gif;a=1',
  '/hit/a=1',
  '/\\hit?a=1',
])('%s is a request to a collector, also under a misspelt path', (path) => {
  const { kind, text } = access({ request: requestOf(path), ...byBalancer('404') });
  expect(kind).toBe('pseudonymous');
  expect(text).not.toContain('a=1');
  expect(text).not.toContain('203.0.113.77');
});

test('a hit under the path of another folder, which no target answers, is one too; a page of a target is not', () => {
  expect(access({ request: requestOf('/analytics/hit.gif?a=1'), ...byBalancer('404') })).toMatchObject({ kind: 'pseudonymous' });
  expect(access({ request: requestOf('/sites/hits?a=1') })).toMatchObject({ kind: 'whole' });
});

test('a request to any other path is stored as it is', () => {
  for (const request of [requestOf('/'), requestOf('/portal/sites?page=2'), requestOf('/health')]) {
    expect(access({ request })).toEqual({ kind: 'whole', text: accessLine({ request }) });
  }
});

describe('a refused hit keeps the whole address, and loses the query string', () => {
  test.each<[string, Partial<AccessFields>]>([
    ['the firewall blocks it', byBalancer('403', 'waf')],
    ['a rate rule blocks it', byBalancer('429', 'waf')],
    ['the load balancer rejects it as malformed', byBalancer('400', '-')],
    ['the load balancer rejects its headers', byBalancer('463', '-')],
  ])('%s', (_, changes) => {
    const { kind, text } = access(changes);
    expect(kind).toBe('whole');
    expect(text).toContain(client);
    expect(text).not.toContain('visitor=ann');
  });

  test.each<[string, Partial<AccessFields>]>([
    ['a collector refuses it', { elb_status_code: '400', target_status_code: '400' }],
    ['the client gives up', byBalancer('460', 'waf,forward')],
    ['the client sends nothing more', byBalancer('408', '-')],
    ['no collector answers', byBalancer('503', 'waf,forward')],
    ['the firewall cannot be reached', byBalancer('500', 'waf-failed')],
    ['it is redirected to HTTPS', byBalancer('301', 'waf,redirect')],
  ])('not where %s', (_, changes) => {
    expect(access(changes)).toMatchObject({ kind: 'pseudonymous' });
  });
});

test('redirections and transformed URLs lose their query strings', () => {
  const url = '"https://collect.example.com:443/hit?visitor=ann"';
  const { text } = access({ redirect_url: url, transformed_uri: url, transformed_host: '"203.0.113.77"' });
  expect(text).not.toMatch(/visitor|203\.0\.113\.77/);
  expect(text).toContain('"https://collect.example.com:443/hit"');
});

test('the address of the client is not kept in texts that the client chooses', () => {
  const { text } = access({
    user_agent: '"Bot (203.0.113.77)"',
    trace_id: '"Root=1-58337364-23a8c76965a2ef7629b185e3;ip=203.0.113.77"',
    domain_name: '"203.0.113.77"',
    request: '"GET https://203.0.113.77:443/hit HTTP/1.1"',
  });
  expect(text).not.toContain('203.0.113.77');
  expect(text).toContain('"Bot (-)"');
  expect(text).toContain('"Root=1-58337364-23a8c76965a2ef7629b185e3"');
});

test.each([
  '',
  'nonsense',
  accessLine().split(' ').slice(0, 20).join(' '),
  accessLine({ user_agent: '"a "b" c"' }),
  accessLine({ client: 'visitor:49660' }),
  accessLine({ client: '-' }),
  `  ${accessLine()}`,
  accessLine().replace(' ', '\t'),
])('a line of an unknown form keeps its time alone', (line) => {
  const { kind, text, fault } = redactLine('access', line, paths);
  expect({ kind, fault }).toEqual({ kind: 'pseudonymous', fault: 'unreadable' });
  expect(text).toMatch(/^- (-|2026-11-29T06:15:10\.123456Z)( -){27}$/);
});

test('fields that are unknown have no value, in every line', () => {
  for (const request of [requestOf('/hit'), requestOf('/portal')]) {
    const { text, fault } = access({ request }, '"203.0.113.77"', 'x');
    expect(fault).toBe('unknownFields');
    expect(text).toMatch(/ "-" -$/);
  }
});

test('lines of an older form are read', () => {
  const older = accessLine().split(' ').slice(0, -5).join(' ');
  expect(redactLine('access', older, paths)).toMatchObject({ kind: 'pseudonymous' });
  expect(redactLine('access', older, paths).fault).toBeUndefined();
});

describe('a connection', () => {
  test('loses address and port', () => {
    expect(connection()).toEqual({ kind: 'pseudonymous', text: connectionLine({ client_ip: '203.0.113.0', client_port: '-' }) });
    expect(connection({ client_ip: '2001:db8:1:2::6' }).text).toContain(' 2001:db8:1:: - ');
  });

  test('keeps them where the certificate of the client is refused, and not for other failures', () => {
    const refused = { tls_verify_status: 'Failed:ClientCertUntrusted' };
    expect(connection(refused)).toEqual({ kind: 'whole', text: connectionLine(refused) });
    expect(connection({ tls_verify_status: 'Failed:UnmappedConnectionError' })).toMatchObject({ kind: 'pseudonymous' });
  });

  test('of an unknown form keeps its time alone', () => {
    expect(redactLine('connection', '2026-11-29T06:15:10Z 203.0.113.77', paths)).toEqual({
      ...{ kind: 'pseudonymous', fault: 'unreadable' },
      text: `2026-11-29T06:15:10Z${' -'.repeat(10)}`,
    });
    expect(connection({}, '203.0.113.77')).toMatchObject({ fault: 'unknownFields', text: expect.stringMatching(/ -$/) });
  });
});

describe('of generated lines', () => {
  // Neither text occurs in another field of a line.
  const secret = 'zq9secretzq9';
  const address = fc.oneof(
    fc.tuple(fc.integer({ min: 0, max: 255 }), fc.integer({ min: 1, max: 254 })).map(([third, last]) => `192.0.${third}.${last}`),
    fc
      .array(fc.integer({ min: 0x1000, max: 0xffff }), { minLength: 5, maxLength: 5 })
      .map((groups) => `2001:db8:77:${groups.map((group) => group.toString(16)).join(':')}`),
  );
  const path = fc.constantFrom('/hit', '/hit.gif', '/hits', '/hit/', '/HIT', '//hits', '/%68it', '/hit.gif%3f', '/a/../hit', '/hit;');
  const query = fc.constantFrom('?', '?url=', '?a=1&', ';', '?q=%22');
  const elsewhere = (ip: string) =>
    fc.record(
      {
        user_agent: fc.constantFrom(`"Bot ${ip}"`, `"${ip}"`, '"Mozilla/5.0"', `"a\\x22${ip}"`),
        trace_id: fc.constantFrom(`"Self=1;${secret}"`, `"Root=1-58337364-23a8c76965a2ef7629b185e3;x=${ip}"`),
        domain_name: fc.constantFrom(`"${ip}"`, `"${ip}.example.com"`, '"-"'),
        redirect_url: fc.constantFrom(`"https://x.example:443/hit?${secret}"`, `"${secret}"`, `"https://${ip}:443/hit"`),
        error_reason: fc.constantFrom(`"${ip} ${secret}"`, '"-"'),
        transformed_uri: fc.constantFrom(`"https://x.example/hit?${secret}"`, `"/hit?${secret}"`),
        transformed_host: fc.constantFrom(`"${ip}"`, '"-"'),
        classification_reason: fc.constantFrom(`"${secret}!"`, '"-"'),
        elb_status_code: fc.constantFrom('204', '301', '408', '460', '500', '502', '503'),
        actions_executed: fc.constantFrom('"waf,forward"', '"waf,redirect"', '"waf-failed"', '"-"'),
      },
      { requiredKeys: [] },
    );
  const line = address.chain((ip) =>
    fc
      .record({
        path,
        query,
        port: fc.integer({ min: 1, max: 65535 }),
        more: elsewhere(ip),
        extra: fc.constantFrom('', ` "${ip}"`, ` ${secret}`),
      })
      .map(({ path: at, query: mark, port, more, extra }) => ({
        ip,
        text: `${accessLine({ ...more, client: `${ip}:${port}`, request: requestOf(`${at}${mark}${secret}`) })}${extra}`,
      })),
  );

  test('no whole address and no query string of a hit is stored, and each line leads to one line', () => {
    fc.assert(
      fc.property(line, ({ ip, text }) => {
        const { kind, text: stored } = redactLine('access', text, paths);
        expect(kind).toBe('pseudonymous');
        expect(stored.toLowerCase()).not.toContain(ip);
        expect(stored).not.toContain(secret);
        expect(stored).not.toContain('\n');
      }),
      { seed: 12, numRuns: 1000 },
    );
  });

  test('cut and changed after the client, a line shows no address either, unless the path is another one', () => {
    const changed = fc
      .tuple(line, fc.nat(900), fc.nat(8), fc.constantFrom('', ' ', '"', '\\', '\u0000', '-', '?'))
      .map(([{ ip, text }, offset, length, by]) => {
        const at = text.indexOf(' ', text.indexOf(ip)) + offset;
        return { ip, text: text.slice(0, at) + by + text.slice(at + length) };
      });
    fc.assert(
      fc.property(changed, ({ ip, text }) => {
        const { kind, text: stored } = redactLine('access', text, paths);
        fc.pre(kind === 'pseudonymous');
        // A cut can join the address to digits before it, which is another number.
        expect(stored.toLowerCase()).not.toMatch(new RegExp(`(?<!\\d)${ip.replaceAll('.', '\\.')}`));
        expect(stored).not.toContain(secret);
      }),
      { seed: 13, numRuns: 1000 },
    );
  });

  test('any text leads to one line', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'binary-ascii', maxLength: 300 }),
        fc.constantFrom('access' as const, 'connection' as const),
        (text, log) => {
          const { kind, fault } = redactLine(log, text.replaceAll('\n', ''), paths);
          expect(kind === 'pseudonymous' || fault === undefined).toBe(true);
        },
      ),
      { seed: 14, numRuns: 1000 },
    );
  });
});

// A short fuzz run: hostile input in process, and over sockets against the real program.
import { execFile } from 'node:child_process';
import { createServer } from 'node:net';
import { promisify } from 'node:util';
import { randomFrom } from '../../../tools/measure/collector-stand/random';
import { Findings, isAllowedStatus } from '../../../tools/measure/fuzz-collector/findings';
import { fuzz } from '../../../tools/measure/fuzz-collector/fuzz';
import { fuzzInProcess } from '../../../tools/measure/fuzz-collector/in-process';
import { changedValue } from '../../../tools/measure/fuzz-collector/lax';
import { fuzzOverSockets, parseAnswers } from '../../../tools/measure/fuzz-collector/over-sockets';

const seed = 2026;

test('hostile input in process has no finding', async () => {
  const { requests, kinds, list } = await fuzzInProcess(20_000, randomFrom(seed), Number.POSITIVE_INFINITY);
  expect(list).toEqual([]);
  expect(requests).toBe(20_000);
  expect(Object.keys(kinds).toSorted()).toEqual(['bomb', 'chunks', 'json', 'lax', 'noise', 'smuggling', 'spoilt', 'valid']);
}, 300_000);

test('hostile input over sockets has no finding, and the program ends in order', async () => {
  const log = () => undefined;
  const report = await fuzz({ requests: 2000, inProcess: 0, seconds: 300, seed, connections: 8, hostile: false, log });
  expect(report.findings).toEqual([]);
  expect(report.overSockets.requests).toBeGreaterThanOrEqual(2000);
  expect(report.delivered).toBeGreaterThan(0);
}, 400_000);

test.each([
  ['an answer outside 2xx, 4xx and 503', 'HTTP/1.1 500 Internal Server Error\r\nContent-Length: 0\r\n\r\n', 'answered 500'],
  ['an unreadable answer', 'HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nabc', 'unreadable answers'],
  ['no answer to a valid request', '', 'valid requests were answered'],
])(
  '%s is found',
  async (_, reply, what) => {
    const server = createServer({ allowHalfOpen: true }, (socket) => {
      socket.on('error', () => undefined).on('end', () => socket.end(reply, 'latin1'));
      socket.resume();
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()));
    const address = server.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    const findings = new Findings();
    const until = Number.POSITIVE_INFINITY;
    await fuzzOverSockets({
      port,
      requests: 200,
      connections: 2,
      random: randomFrom(seed),
      until,
      findings,
      sent: new Map(),
      progress: () => undefined,
    });
    await new Promise((resolve) => server.close(resolve));
    expect(findings.list.map((finding) => finding.what).join('\n')).toContain(what);
  },
  120_000,
);

test.each<[string, object, string, string | undefined]>([
  ['nothing changed', {}, '"fields":{"n":1.0}', undefined],
  ['a number', {}, '"fields":{"n":1}', 'fields.n 1.0'],
  ['a number with a repair of another value', { repairs: ['url:cut'] }, '"fields":{"n":1}', 'fields.n 1.0'],
  ['a number with its repair', { repairs: ['fields:number'] }, '"fields":{"n":1}', undefined],
  ['a text', { url: 'v' }, '"fields":{"n":1.0}', 'url "u"'],
  ['a text with its repair', { url: 'v', repairs: ['url:characters'] }, '"fields":{"n":1.0}', undefined],
  ['a text that is missing', { url: undefined }, '"fields":{"n":1.0}', 'url "u"'],
  ['a time', { occurred: '2026-03-15T12:00:00.001Z' }, '"fields":{"n":1.0}', 'occurred 1773576000000'],
])('a changed value is found: %s', (_, changes, fields, expected) => {
  const line = JSON.stringify({ url: 'u', occurred: '2026-03-15T12:00:00Z', ...changes, fields: 0 }).replace('"fields":0', fields);
  const sent = { marker: 'm', texts: [['url', 'u']], fields: [['n', '1.0']], occurred: 1_773_576_000_000 } as const;
  expect(changedValue(sent, line)).toBe(expected);
});

test('consecutive answers and their statuses are parsed', () => {
  expect(
    parseAnswers('HTTP/1.1 204 No Content\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nabHTTP/1.1 100 Continue\r\n\r\n'),
  ).toEqual([204, 200, 100]);
  expect(parseAnswers('HTTP/1.1 204 No Content\r\n\r\nx')).toBeUndefined();
  expect([200, 204, 400, 431, 503, 100, 301, 500, 502].filter(isAllowedStatus)).toEqual([200, 204, 400, 431, 503]);
});

test('--help prints the usage, and an invalid number is refused', async () => {
  const run = (...args: string[]) =>
    promisify(execFile)(process.execPath, ['--import', 'tsx', require.resolve('../../../tools/measure/fuzz-collector.ts'), ...args]);
  expect((await run('--help')).stdout).toContain('npm run fuzz:collector');
  await expect(run('--requests', 'many')).rejects.toThrow(/--requests: expected a whole number, got "many"/);
}, 120_000);

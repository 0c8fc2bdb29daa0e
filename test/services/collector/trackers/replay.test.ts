// The table of trackers: the requests of each, from public documentation, with `site` added, and replayed to the
// collector's server over a socket. Each hit is kept, under its site, and each value is as it was sent or is named in
// the repairs.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { parse } from 'yaml';
import { createHitHandler } from '../../../../services/collector/hits/handler';
import { now } from '../hits/set-up';
import { directory, MemorySink } from '../hits/sites';
import { Client, type Running, serve } from '../http/wire';

interface Source {
  readonly title: string;
  readonly url: string;
}

interface Replayed {
  /** What is special in it. */
  readonly sends: string;
  readonly source: Source;
  /** Further documentation of its names. */
  readonly names?: Source;
  readonly compress?: 'gzip';
  /** The form in a multipart body. */
  readonly form?: Readonly<Record<string, string>>;
  readonly request: string;
  /** Values of each hit besides its fields. `made`: a text that the collector made. */
  readonly hits: readonly Readonly<Record<string, unknown>>[];
  /** Of each hit, sorted. */
  readonly repairs: readonly string[];
  /** Names whose values are left out, as the repairs state. */
  readonly without?: readonly string[];
}

interface Tracker {
  readonly client: string;
  readonly version: string;
  readonly requests: readonly Replayed[];
}

const trackers = readdirSync(__dirname)
  .filter((name) => name.endsWith('.yaml'))
  .map((name) => parse(readFileSync(join(__dirname, name), 'utf8')) as Tracker);

const sink = new MemorySink();
const rejected: string[] = [];
let running: Running;

beforeAll(async () => {
  const count = () => undefined;
  const metrics = { kept: count, repaired: count, refuse: count, rejected: (reason: string) => void rejected.push(reason), text: () => '' };
  const health = () => ({ ok: true, reasons: [] });
  const handler = createHitHandler({ sink, sites: directory, clientAddress: 'x-forwarded-for', health, metrics, now: () => now });
  running = await serve({ handler });
});
afterAll(() => running.server.stop(0));
beforeEach(() => {
  sink.lines.splice(0);
  rejected.splice(0);
});

/** A request as it is on the wire, in Latin-1, and its body as it is in the table. */
function onWire({ request, compress }: Replayed): { readonly octets: string; readonly body: string } {
  const [top = '', ...rest] = request.split('\n\n');
  const head = top.trimEnd().split('\n');
  const isMultipart = /^content-type: multipart/im.test(top);
  const text = rest.join('\n\n').replace(/\n$/, '');
  const body = isMultipart ? `${text.replaceAll('\n', '\r\n')}\r\n` : text;
  const sent = compress === 'gzip' ? gzipSync(body) : Buffer.from(body);
  const hasLength = head.some((line) => /^content-length:/i.test(line)) || head[0]?.startsWith('GET');
  const lines = hasLength ? head : [...head, `Content-Length: ${sent.length}`];
  return { octets: `${lines.join('\r\n')}\r\n\r\n${sent.toString('latin1')}`, body };
}

const known = new Set(['site', 'kind', 'url', 'referrer', 'visitor', 'occurred', 'id', 'fields']);

/** The fields that the hits should have: all but the names of a hit, decoded by other code than the collector's. */
function fieldsOf({ request, form }: Replayed, body: string): readonly unknown[] {
  const query = pairsIn(/^\S+ [^\s?]*\?(\S*)/.exec(request)?.[1] ?? '');
  const values = form ? [form] : /^[[{]/.test(body) ? jsonIn(body) : body.split('\n').map(pairsIn);
  return values.map((value) => Object.fromEntries(Object.entries({ ...query, ...value }).filter(([name]) => !known.has(name))));
}

function jsonIn(body: string): readonly object[] {
  const isLines = body.startsWith('{') && body.includes('}\n{');
  const value = JSON.parse(isLines ? `[${body.replaceAll('}\n{', '},{')}]` : body);
  return Array.isArray(value) ? value : [value];
}

const pairsIn = (query: string): object => Object.fromEntries(new URLSearchParams(query));

test('the table has the trackers of the field, each with its source', () => {
  expect(trackers.length).toBeGreaterThanOrEqual(15);
  expect(new Set(trackers.map(({ client }) => client)).size).toBe(trackers.length);
  for (const { source, names = source } of trackers.flatMap(({ requests }) => requests)) {
    for (const { title, url } of [source, names]) {
      expect(title).not.toBe('');
      expect(url).toMatch(/^https:\/\/\S+$/);
    }
  }
});

describe.each(trackers)('$client, $version', ({ requests }) => {
  test.each(requests)('$sends: kept', async (replayed) => {
    const { octets, body } = onWire(replayed);
    const client = new Client(running.port);
    const [answer] = await client.send(octets).answers(1);
    client.socket.destroy();
    expect({ status: answer?.status, rejected, body: answer?.status === 200 ? '' : answer?.body }).toEqual({
      status: octets.startsWith('GET') ? 200 : 204,
      rejected: [],
      body: '',
    });
    const expected = fieldsOf(replayed, body).map((fields, index) => {
      const { visitor, ...rest } = replayed.hits[index] ?? {};
      const made = visitor === 'made' ? { visitor: expect.stringMatching(/^[\w-]{22}$/) } : visitor === undefined ? {} : { visitor };
      return { ...rest, ...made, keyVersion: 1, fields, repairs: replayed.repairs };
    });
    expect(expected).toHaveLength(replayed.hits.length);
    const kept = sink.hits.map((hit) => ({ ...hit, repairs: [...((hit.repairs ?? []) as string[])].sort() }));
    expect(kept).toEqual(expected);
    for (const name of replayed.without ?? []) expect(kept[0]).not.toHaveProperty(name);
  });
});

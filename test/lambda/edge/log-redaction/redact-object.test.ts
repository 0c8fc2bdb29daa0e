// Redaction of whole objects: every line is stored once, whatever ends a run.
import { createGzip, gunzipSync, gzipSync } from 'node:zlib';
import { redactObject } from '../../../../lambda/edge/log-redaction/redact-object';
import { collectionPaths } from '../../../../lib/edge/paths';
import { accessLine, byBalancer, connectionLine, requestOf } from './log-lines';
import { Crash, MockBuckets } from './mock-buckets';

const folder = 'AWSLogs/111111111111/elasticloadbalancing/eu-west-3/2026/11/29';
const key = `access/${folder}/111111111111_elasticloadbalancing_eu-west-3_app.edge.50dc_20261129T0620Z_10.0.0.4_1x2y.log.gz`;
const lines = [
  accessLine(),
  accessLine({ request: requestOf('/portal') }),
  'unreadable 203.0.113.77',
  accessLine(byBalancer('403', 'waf')),
  accessLine({}, '"new"'),
];

function landed() {
  const buckets = new MockBuckets();
  buckets.land(key, lines);
  const parts = { landing: buckets, logs: buckets, paths: [...collectionPaths] };
  return { buckets, run: (of = key) => redactObject(of, parts) };
}

/** What is stored, uncompressed. */
const contents = ({ stored }: MockBuckets) =>
  Object.fromEntries([...stored].map(([name, content]) => [name, gunzipSync(content).toString('latin1')]));

test('each line is stored once, in the folder of its kind, and the raw object is removed last', async () => {
  const { buckets, run } = landed();
  expect(await run()).toEqual({ objects: 1, pseudonymous: 3, whole: 2, unreadable: 1, unknownFields: 1 });
  expect([buckets.lines(`pseudonymous/${key}`).length, buckets.lines(`whole/${key}`).length]).toEqual([3, 2]);
  expect(JSON.stringify(buckets.lines(`pseudonymous/${key}`))).not.toMatch(/203\.0\.113\.77|visitor=ann/);
  expect(buckets.landed.size).toBe(0);
  expect(buckets.steps.at(-1)).toBe(`remove ${key}`);
});

test('a run that ends at any step, and one run after it, lead to the result of one run', async () => {
  const whole = landed();
  await whole.run();
  const expected = contents(whole.buckets);
  const steps = whole.buckets.steps.flatMap((step) => [`before ${step}`, `after ${step}`]);
  expect(steps).toHaveLength(12);
  for (const end of steps) {
    const { buckets, run } = landed();
    buckets.at = (step) => {
      if (step === end) throw new Crash(step);
    };
    await expect(run()).rejects.toThrow(Crash);
    // Nothing is lost: the raw object is there until both results are.
    expect([end, buckets.landed.has(key) || buckets.stored.size === 2]).toEqual([end, true]);
    buckets.at = () => undefined;
    await run();
    expect([end, contents(buckets), buckets.landed.size]).toEqual([end, expected, 0]);
  }
});

test('two runs at the same time, and a run after the object is gone, change nothing', async () => {
  const { buckets, run } = landed();
  await Promise.all([run(), run()]);
  const stored = contents(buckets);
  expect(await run()).toMatchObject({ objects: 0 });
  expect(contents(buckets)).toEqual(stored);
});

test('the raw object stays where another run has stored something else', async () => {
  const { buckets, run } = landed();
  buckets.at = (step) => {
    if (step.startsWith('after store whole')) buckets.stored.set(`pseudonymous/${key}`, gzipSync('of another version\n'));
  };
  await expect(run()).rejects.toThrow('another checksum');
  expect(buckets.landed.has(key)).toBe(true);
});

test.each([
  ['is not compressed', Buffer.from(lines.join('\n'))],
  ['ends before its end', gzipSync(lines.join('\n')).subarray(0, -12)],
])('an object that %s fails, is not stored, and stays', async (_, content) => {
  const { buckets, run } = landed();
  buckets.landed.set(key, { content, landed: new Date(0) });
  await expect(run()).rejects.toThrow();
  expect([buckets.stored.size, buckets.landed.has(key)]).toEqual([0, true]);
});

test('the same lines have the same bytes, however they arrive', async () => {
  const many = Array.from({ length: 20_000 }, (_, index) => accessLine({ received_bytes: String(index) }));
  const results = new Set<string>();
  for (const level of [1, 9]) {
    const { buckets, run } = landed();
    const gzip = createGzip({ level });
    gzip.end(many.join('\n'));
    const chunks: Buffer[] = [];
    for await (const chunk of gzip) chunks.push(chunk as Buffer);
    buckets.landed.set(key, { content: Buffer.concat(chunks), landed: new Date(0) });
    expect(await run()).toMatchObject({ pseudonymous: many.length });
    results.add(buckets.stored.get(`pseudonymous/${key}`)?.toString('base64') ?? '');
  }
  expect(results.size).toBe(1);
});

test('a file without lines has two empty results', async () => {
  const { buckets, run } = landed();
  buckets.land(key, []);
  expect(await run()).toMatchObject({ objects: 1, pseudonymous: 0, whole: 0 });
  expect(Object.values(contents(buckets))).toEqual(['', '']);
});

test('octets of any value are stored as they were', async () => {
  const { buckets, run } = landed();
  const request = requestOf('/portal');
  const line = Buffer.from(accessLine({ request, user_agent: '"é\u2028\u00a0"' }));
  buckets.landed.set(key, { content: gzipSync(line), landed: new Date(0) });
  await run();
  expect(Buffer.from(buckets.lines(`whole/${key}`)[0] ?? '', 'latin1')).toEqual(line);
});

test('connections are redacted as such', async () => {
  const { buckets, run } = landed();
  const connections = `connection/${folder}/conn_log.111111111111_elasticloadbalancing_eu-west-3_app.edge.50dc_x.log.gz`;
  buckets.land(connections, [connectionLine()]);
  await run(connections);
  expect(buckets.lines(`pseudonymous/${connections}`)).toEqual([connectionLine({ client_ip: '203.0.113.0', client_port: '-' })]);
});

test.each(['access/AWSLogs/111111111111/ELBAccessLogTestFile', 'connection/AWSLogs/111111111111/ELBConnectionLogTestFile'])(
  'the test file %s is removed',
  async (file) => {
    const { buckets, run } = landed();
    buckets.land(file, ['Enable AccessLog for ELB: edge']);
    expect(await run(file)).toMatchObject({ objects: 0 });
    expect([buckets.landed.has(file), buckets.stored.size]).toEqual([false, 0]);
  },
);

test.each(['access/AWSLogs/111111111111/other.txt', 'other/x.log.gz', 'x.log.gz'])(
  '%s, which no load balancer writes, stays',
  async (file) => {
    const { buckets, run } = landed();
    buckets.land(file, lines);
    await expect(run(file)).rejects.toThrow(`${file}: expected a log of the load balancer`);
    expect([buckets.landed.has(file), buckets.stored.size]).toEqual([true, 0]);
  },
);

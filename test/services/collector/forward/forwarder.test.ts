// The forwarder with a real spool and kinesalite, behind a proxy with faults.
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { streamRecordLimits } from '../../../../runtime/hit-lines';
import { Clock } from '../../../../services/collector/clock/clock';
import { Forwarder } from '../../../../services/collector/forward/forwarder';
import { KinesisStream } from '../../../../services/collector/forward/stream';
import { machineFiles } from '../../../../services/collector/spool/files';
import { Spool } from '../../../../services/collector/spool/spool';
import { type Fault, type FaultyStream, startFaults } from '../../../../tools/measure/prove-collector/faults';
import { type LocalStream, region, startStream, streamName } from '../../../../tools/measure/prove-collector/stream';
import { until } from '../until';

let kinesis: LocalStream;
let proxy: FaultyStream;
let folder = '';
let events: string[] = [];
const ends: (() => unknown)[] = [];
/** Lines that the stream has, in no order. */
const delivered: string[] = [];

process.env.AWS_ACCESS_KEY_ID = 'none';
process.env.AWS_SECRET_ACCESS_KEY = 'none';

beforeAll(async () => {
  kinesis = await startStream();
  let turn = 0;
  proxy = await startFaults(kinesis.port, () => turn++ % 2);
});
afterAll(async () => {
  await proxy.close();
  await kinesis.close();
});

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'rempart-forward-'));
  events = [];
  delivered.length = 0;
  proxy.fault = 'none';
});
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
  rmSync(folder, { recursive: true, force: true });
});

async function start(files = machineFiles, before: (spool: Spool) => Promise<void> = async () => undefined) {
  const report = (event: string) => void events.push(event);
  const spool = await Spool.open({ folder, limitBytes: 2 ** 30, commitDelayMilliseconds: 1, sealAfterMilliseconds: 0, report, files });
  const stream = new KinesisStream({
    stream: streamName,
    region,
    endpoint: `http://127.0.0.1:${proxy.port}`,
    concurrency: 2,
    clock: new Clock(report),
  });
  const forwarder = new Forwarder({ source: spool, stream, concurrency: 2, report });
  await before(spool);
  forwarder.start();
  ends.push(
    () => spool.close(),
    () => stream.close(),
    () => forwarder.stop(),
  );
  return { spool, forwarder };
}

const readStream = () => kinesis.read((data) => delivered.push(...data.toString().split('\n').filter(Boolean)));
const lines = (from: number, to: number) => Array.from({ length: to - from }, (_, index) => `{"n":${from + index}}`);
const append = (spool: Spool, texts: readonly string[]) => spool.append(texts.map((text) => `${text}\n`).join(''), texts.length);
const segmentFiles = () => readdirSync(folder).filter((name) => name.endsWith('.segment'));

test('hits arrive in full records, and their segments go', async () => {
  const { spool, forwarder } = await start();
  const all = lines(0, 50_000);
  await append(spool, all);
  await until(() => spool.isEmpty, 'the spool to be empty');
  await readStream();
  expect(delivered.sort()).toEqual(all.sort());
  expect(forwarder.counts.hits).toBe(50_000);
  expect(forwarder.delivery.counts.records).toBe(50_000 / streamRecordLimits.hits);
  expect(segmentFiles()).toEqual([]);
});

test.each([
  ['shorter than what was answered', 0],
  ['cut within a group', 5],
])('a segment of this process that is %s is damage, not an interrupted write: it is logged and set aside', async (_, more) => {
  let name = '';
  const { spool, forwarder } = await start(machineFiles, async (filled) => {
    await append(filled, ['{"n":1}']);
    [name = ''] = segmentFiles();
    const whole = statSync(join(folder, name)).size;
    await append(filled, ['{"n":2}']);
    truncateSync(join(folder, name), whole + more);
  });
  await until(() => events.includes('segment-damaged'), 'the damage to be told');
  expect(spool.isEmpty).toBe(true);
  expect(forwarder.counts.damagedSegments).toBe(1);
  expect(readdirSync(join(folder, 'damaged'))).toEqual([name]);
  await readStream();
});

test.each<[Fault]>([['away'], ['error'], ['denied'], ['throttle'], ['partial'], ['lost']])(
  'after a stream under "%s" all of it has arrived',
  async (fault) => {
    const { spool, forwarder } = await start();
    proxy.fault = fault;
    const many = lines(0, 5).map((line) => `${line.slice(0, -1)},"x":"${'x'.repeat(200_000)}"}`);
    await append(spool, many);
    await until(() => forwarder.delivery.counts.calls > 1 || spool.isEmpty, 'a second call');
    proxy.fault = 'none';
    await until(() => spool.isEmpty, 'the spool to be empty');
    await readStream();
    expect([...new Set(delivered)].sort()).toEqual(many.sort());
    if (fault !== 'lost') expect(delivered).toHaveLength(5);
    // One event where it begins and one where it ends, however many calls fail; a batch taken in part is none.
    if (fault !== 'partial') expect(events).toEqual(['stream-trouble', 'stream-well']);
  },
);

test('a record that Kinesis never takes goes to the refused folder with its reason', async () => {
  const { spool } = await start();
  await append(spool, ['{"first":1}']);
  await until(() => spool.isEmpty, 'the first hit');
  const tooLong = `{"long":"${'x'.repeat(1_100_000)}"}`;
  await append(spool, ['{"good":1}', tooLong, '{"good":2}']);
  await until(() => spool.isEmpty, 'the spool to be empty');
  await readStream();
  expect(delivered.sort()).toEqual(['{"first":1}', '{"good":1}', '{"good":2}']);
  const kept = readdirSync(join(folder, 'refused')).sort();
  expect(kept.map((name) => readFileSync(join(folder, 'refused', name), 'utf8'))).toEqual([
    `${tooLong}\n`,
    expect.stringContaining('ValidationException'),
  ]);
  expect(spool.bytes).toBeGreaterThan(1_100_000);
});

test('a segment with damage is delivered but for the damage, and kept as evidence; a torn end is no damage', async () => {
  const { spool, forwarder } = await start();
  await forwarder.stop();
  for (const n of [1, 2, 3]) await append(spool, [`{"n":${n}}`]);
  await spool.stop();
  await spool.close();
  const [name = ''] = segmentFiles();
  const bytes = readFileSync(join(folder, name));
  bytes[bytes.indexOf('"n":2') + 4] = 0x39;
  writeFileSync(join(folder, name), Buffer.concat([bytes, bytes.subarray(12, 32)]));
  const second = await start();
  await until(() => second.spool.isEmpty, 'the spool to be empty');
  await until(() => events.includes('segment-damaged'), 'the damage to be told');
  await readStream();
  expect(delivered.sort()).toEqual(['{"n":1}', '{"n":3}']);
  expect(readdirSync(join(folder, 'damaged'))).toEqual([name]);
  expect(second.forwarder.counts).toEqual({ hits: 2, damagedSegments: 1, damagedBytes: 24, tornBytes: 20 });
  expect(events).toEqual(['recovered', 'torn-end', 'segment-damaged']);
});

test('a segment that cannot be read keeps no other waiting, and is tried again', async () => {
  let ill = true;
  const read: typeof machineFiles.read = (path, ...rest) =>
    ill && path.includes('000000000001-') ? Promise.reject(new Error('EIO: injected')) : machineFiles.read(path, ...rest);
  const { spool } = await start({ ...machineFiles, read });
  await append(spool, lines(1, 2));
  await until(() => events.includes('segment-not-shipped'), 'the failure to be told');
  await append(spool, lines(2, 3));
  await until(async () => {
    await readStream();
    return delivered.length > 0;
  }, 'the other segment');
  expect(delivered).toEqual(lines(2, 3));
  ill = false;
  await until(() => spool.isEmpty, 'the spool to be empty');
  await readStream();
  expect(delivered.sort()).toEqual(lines(1, 3));
});

test('a drain ends when its time is up, and what is left is there for the next process', async () => {
  const { spool, forwarder } = await start();
  proxy.fault = 'denied';
  await append(spool, lines(0, 3));
  await spool.stop();
  expect(await forwarder.drain(300)).toBe(false);
  await spool.close();
  proxy.fault = 'none';
  const next = await start();
  await next.spool.stop();
  expect(await next.forwarder.drain(20_000)).toBe(true);
  await readStream();
  // A call of the first that was under way may arrive after all: sent again, with the same ids.
  expect([...new Set(delivered)].sort()).toEqual(lines(0, 3));
});

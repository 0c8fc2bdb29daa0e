// The reader of the stream against kinesalite: in order, failed records again, and resumed after the stream was away.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { PutRecordsCommand } from '@aws-sdk/client-kinesis';
import { openCheckpoints } from '../../../../tools/twin/parts/checkpoints';
import { createStream, EventSource, type StreamEvent, type StreamFunction, streamClient } from '../../../../tools/twin/parts/event-source';
import { type StandIn, startStandIn } from '../../../../tools/twin/parts/stand-in';
import type { Janitor } from '../../../../tools/twin/processes/janitor';

jest.setTimeout(120_000);

const nobody: Janitor = { watch: () => undefined, forget: () => undefined, dismiss: async () => undefined };
const stream = 'hits';
let folder = '';
let kinesis: StandIn;
let source: EventSource | undefined;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'rempart-stream-'));
  kinesis = await startStandIn({
    name: 'stream',
    script: require.resolve('../../../../tools/twin/parts/stream-process.ts'),
    args: [join(folder, 'records')],
    janitor: nobody,
    signal: new AbortController().signal,
    lost: (error) => {
      throw error;
    },
  });
  await createStream(kinesis.endpoint, stream, 1);
});
afterEach(async () => {
  await source?.stop();
  await kinesis.stop();
  rmSync(folder, { recursive: true, force: true });
});

async function put(...texts: readonly string[]): Promise<void> {
  const client = streamClient(kinesis.endpoint);
  const entries = texts.map((text) => ({ Data: Buffer.from(text), PartitionKey: 'one' }));
  await client.send(new PutRecordsCommand({ StreamName: stream, Records: entries }));
  client.destroy();
}

async function read(call: StreamFunction, batchSize = 100): Promise<EventSource> {
  const checkpoints = await openCheckpoints(join(folder, 'checkpoints.json'));
  source = new EventSource({ endpoint: kinesis.endpoint, stream, call, checkpoints, batchSize });
  await source.start();
  return source;
}

const textsOf = ({ Records }: StreamEvent) => Records.map(({ kinesis: { data } }) => Buffer.from(data, 'base64').toString());

async function until(true_: () => boolean): Promise<void> {
  while (!true_()) await setTimeout(20);
}

test('records come in order, in batches, once', async () => {
  await put('a', 'b', 'c', 'd', 'e');
  const calls: string[][] = [];
  const reader = await read(async (event) => {
    calls.push(textsOf(event));
    return {};
  }, 2);
  await until(() => calls.flat().length === 5);
  const empty = reader.emptyReads();
  await until(() => reader.emptyReads() >= empty + 2);
  expect(calls).toEqual([['a', 'b'], ['c', 'd'], ['e']]);
  expect([reader.waiting(), reader.failures]).toEqual([0, 0]);
});

test('after a partial failure, the batch is delivered again from the first failed record', async () => {
  await put('a', 'b', 'c', 'd');
  const calls: string[][] = [];
  const reader = await read(async (event) => {
    calls.push(textsOf(event));
    const failed = calls.length === 1 ? [event.Records[2], event.Records[1]] : [];
    return { batchItemFailures: failed.map((record) => ({ itemIdentifier: record?.kinesis.sequenceNumber ?? '' })) };
  });
  await until(() => calls.length === 2);
  expect(calls).toEqual([
    ['a', 'b', 'c', 'd'],
    ['b', 'c', 'd'],
  ]);
  expect(reader.failures).toBe(1);
});

test.each([
  ['throws', () => Promise.reject(new Error('no'))],
  ['names a record outside the batch', async () => ({ batchItemFailures: [{ itemIdentifier: '0' }] })],
])('a call that %s is made again with the whole batch', async (_, fail: () => Promise<object>) => {
  await put('a', 'b');
  const calls: string[][] = [];
  await read(async (event) => {
    calls.push(textsOf(event));
    return calls.length < 3 ? fail() : {};
  });
  await until(() => calls.length === 3);
  expect(calls).toEqual([
    ['a', 'b'],
    ['a', 'b'],
    ['a', 'b'],
  ]);
});

test('the next reader starts after the last processed record', async () => {
  await put('a', 'b');
  let calls: string[][] = [];
  const first = await read(async (event) => {
    calls.push(textsOf(event));
    const [, second] = event.Records;
    return { batchItemFailures: [{ itemIdentifier: second?.kinesis.sequenceNumber ?? event.Records[0]?.kinesis.sequenceNumber ?? '' }] };
  });
  await until(() => calls.length >= 2);
  await first.stop();
  calls = [];
  await read(async (event) => {
    calls.push(textsOf(event));
    return {};
  });
  await until(() => calls.length === 1);
  expect(calls).toEqual([['b']]);
});

test('it resumes when the stream was killed and restarted with its records', async () => {
  const seen: string[] = [];
  await read(async (event) => {
    seen.push(...textsOf(event));
    return {};
  });
  await put('a');
  await until(() => seen.length === 1);
  await kinesis.restart(300);
  await put('b', 'c');
  await until(() => seen.length === 3);
  await kinesis.restart(0);
  await put('d');
  await until(() => seen.length === 4);
  expect(seen).toEqual(['a', 'b', 'c', 'd']);
});

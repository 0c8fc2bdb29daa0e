// Slow clients: as much time as an uplink needs, and bounds on what many of them hold. The clock is set by the tests.
import { answer } from '../../../../services/collector/http/answer';
import { BodyBudget } from '../../../../services/collector/http/body';
import { BodyPace } from '../../../../services/collector/http/body-pace';
import { defaultLimits, type HttpLimits } from '../../../../services/collector/http/limits';
import type { HttpRequest } from '../../../../services/collector/http/message';
import { RequestReader } from '../../../../services/collector/http/request-reader';
import { bytes } from './reading';
import { Client, type Running, serve, until } from './wire';

const handler = ({ body }: HttpRequest) => answer({ status: 200, body: String(body.length) });
const head = (length: number) => `POST /hits HTTP/1.1\r\nHost: a\r\nOrigin: https://a.example\r\nContent-Length: ${length}\r\n\r\n`;
const chunkedHead = 'POST /hits HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n';

let clients: Client[] = [];
let running: Running;
let milliseconds: number;
let sent: number;

async function start(limits: Partial<HttpLimits> = {}): Promise<void> {
  milliseconds = 0;
  sent = 0;
  running = await serve({ handler, limits, monotonic: () => milliseconds });
}
afterEach(async () => {
  for (const { socket } of clients) socket.destroy();
  clients = [];
  await running.server.stop(0);
});

function open(): Client {
  const client = new Client(running.port);
  clients.push(client);
  return client;
}

/** Sends, and waits until the server has read it. */
async function send(client: Client, text: string): Promise<void> {
  sent += text.length;
  client.send(text);
  await until(() => running.received() === sent);
}

function second(): void {
  milliseconds += 1000;
  running.server.check();
}
function pass(seconds: number): void {
  for (let passed = 0; passed < seconds; passed++) second();
}

test('900 kB at 30 kB a second are taken', async () => {
  await start();
  const client = open();
  await send(client, head(900_000));
  for (let part = 0; part < 30; part++) {
    await send(client, 'x'.repeat(30_000));
    second();
  }
  expect(await client.answers(1)).toEqual([{ status: 200, body: '900000', close: false }]);
  expect(running.rejected).toEqual([]);
});

test.each<[string, string, string, number]>([
  ['a byte of a body', head(100_000), 'x', 20],
  ['a chunk of a byte, whose framing does not count', chunkedHead, '1\r\nx\r\n', 20],
  ['a quarter of the rate', head(1_000_000), 'x'.repeat(1024), 26],
  ['a field of a header', 'POST /hits HTTP/1.1\r\nHost: a\r\n', 'X: y\r\n', 10],
])('%s a second is answered 408 in time', async (_, start_, drip, seconds) => {
  await start();
  const client = open();
  await send(client, start_);
  second();
  let lasted = 0;
  for (; running.rejected.length === 0 && lasted < 100; lasted++) {
    await send(client, drip);
    second();
  }
  expect(lasted).toBe(seconds + 1);
  expect(await client.answers(1)).toMatchObject([{ status: 408, close: true }]);
});

test('a pause shorter than the limit is allowed, and early bytes do not make it longer', async () => {
  await start();
  const client = open();
  await send(client, head(1_000_000) + 'x'.repeat(900_000));
  pass(19);
  await send(client, 'x'.repeat(90_000));
  pass(19);
  expect(running.rejected).toEqual([]);
  pass(3);
  expect(await client.answers(1)).toMatchObject([{ status: 408, close: true }]);
  expect(running.rejected).toEqual(['slow-body']);
  // The page can read it.
  expect(client.text).toContain('\r\nAccess-Control-Allow-Origin: https://a.example\r\n');
});

test('the pace of a body does not depend on the one before on the connection', () => {
  const pace = new BodyPace({ ...defaultLimits, bodySeconds: 20, bodyRate: 1000 });
  for (let at = 1; at <= 19; at++) expect(pace.isInTime(0, at, 5)).toBe(true);
  for (let at = 40; at < 59; at++) expect(pace.isInTime(39, at, 0)).toBe(true);
  expect(pace.isInTime(39, 60, 0)).toBe(false);
});

test('no body takes longer than the total limit, at any rate', async () => {
  await start({ longestBodySeconds: 40 });
  const client = open();
  await send(client, head(1_000_000));
  second();
  for (let lasted = 0; lasted < 40; lasted++) {
    await send(client, 'x'.repeat(5000));
    second();
    expect(running.rejected).toEqual([]);
  }
  second();
  expect(await client.answers(1)).toMatchObject([{ status: 408, close: true }]);
});

test('only some bodies may be slow, and the others are answered 503 and may come again', async () => {
  await start({ slowBodies: 5, bodyRate: 1 });
  const slow = Array.from({ length: 15 }, open);
  for (const client of slow) await send(client, head(100_000));
  second();
  for (let lasted = 0; lasted < 25; lasted++) {
    for (const client of slow) if (running.rejected.length === 0) await send(client, 'xx');
    second();
  }
  await until(() => slow.filter(({ ended }) => ended).length === 10);
  const refused = slow.filter(({ ended }) => ended);
  for (const client of refused) {
    expect(await client.answers(1)).toMatchObject([{ status: 503, close: true }]);
    expect(client.text).toMatch(/Retry-After: 1\r\nAccess-Control-Expose-Headers: Retry-After\r\n/);
  }
  expect(running.rejected).toEqual(Array(10).fill('busy'));
  expect(
    await open()
      .send(`${head(3)}abc`)
      .answers(1),
  ).toMatchObject([{ status: 200, body: '3' }]);
});

test('the memory of slow bodies is bounded', async () => {
  await start({ slowBodyBytes: 300_000, bodyRate: 1 });
  const slow = Array.from({ length: 10 }, open);
  for (const client of slow) await send(client, head(100_000) + 'x'.repeat(90_000));
  pass(19);
  expect(running.server.unfinishedBytes).toBeGreaterThan(900_000);
  for (const client of slow) await send(client, 'x'.repeat(20));
  pass(3);
  expect(running.server.unfinishedBytes).toBeLessThanOrEqual(300_000);
  expect(running.rejected).toEqual(Array(7).fill('busy'));
});

test('the memory of unfinished headers is bounded, and whole requests are still taken', async () => {
  await start({ allBodyBytes: 400_000 });
  const slow = Array.from({ length: 40 }, open);
  for (const client of slow) await send(client, `GET /hit.gif?${'x'.repeat(10_000)} HTTP/1.1\r\nX: ${'y'.repeat(10_000)}`);
  expect(running.server.unfinishedBytes).toBeLessThanOrEqual(400_000);
  expect(running.rejected.length).toBeGreaterThanOrEqual(20);
  expect(new Set(running.rejected)).toEqual(new Set(['busy']));
  expect(
    await open()
      .send(`${head(3)}abc`)
      .answers(1),
  ).toMatchObject([{ status: 200, body: '3' }]);
  pass(12);
  expect(running.server.unfinishedBytes).toBe(0);
});

test('ten thousand unfinished requests hold no more than the limit', () => {
  const budget = new BodyBudget(2 ** 24);
  const refusals = new Map<string, number>();
  const readers: RequestReader[] = [];
  let most = 0;
  for (let index = 0; index < 10_000; index++) {
    const reader = new RequestReader(defaultLimits, budget, '192.0.2.1');
    readers.push(reader);
    const unfinished = index % 2 === 0 ? head(20_000) + 'x'.repeat(10_000) : `GET /hit.gif?${'x'.repeat(10_000)}`;
    reader.feed(bytes(unfinished));
    if (reader.next() === 'refused') refusals.set(reader.reason, (refusals.get(reader.reason) ?? 0) + 1);
    most = Math.max(most, budget.used);
  }
  expect(most).toBeLessThanOrEqual(2 ** 24);
  expect(most).toBeGreaterThan(2 ** 24 - 20_000);
  expect([...refusals.keys()]).toEqual(['busy']);
  expect(refusals.get('busy')).toBeGreaterThan(8000);
  for (const reader of readers) reader.release();
  expect(budget.used).toBe(0);
});

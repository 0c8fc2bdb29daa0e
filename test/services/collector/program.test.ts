// The program as a process: its start, its log, and its stop.

import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { serviceProgram } from '../../../lib/functions/service-bundle';
import { siteId } from '../../../runtime/site';
import { formatSiteSnapshot } from '../../../runtime/site-snapshot';
import { type CollectorProcess, startCollector } from '../../../tools/measure/collector-stand/collector';
import { type FaultyStream, startFaults } from '../../../tools/measure/prove-collector/faults';
import { type LocalStream, region, startStream, streamName } from '../../../tools/measure/prove-collector/stream';
import { collectorTimeLimit } from '../../time-limits';
import { until } from './until';

jest.setTimeout(collectorTimeLimit);

const folder = mkdtempSync(join(tmpdir(), 'rempart-program-'));
const program = join(folder, 'collector.cjs');
const site = { privacySignals: true, cookies: false, origins: [], hashedFields: [], addressMode: 'truncate', keyVersion: 1 } as const;
const snapshot = join(folder, 'sites.json');
let kinesis: LocalStream;
let proxy: FaultyStream;
let events: string[] = [];
const running: CollectorProcess[] = [];

beforeAll(async () => {
  writeFileSync(program, serviceProgram('collector'));
  kinesis = await startStream();
  proxy = await startFaults(kinesis.port, Math.random);
});
afterAll(async () => {
  await proxy.close();
  await kinesis.close();
  rmSync(folder, { recursive: true, force: true });
});
beforeEach(() => {
  events = [];
  proxy.fault = 'none';
  writeFileSync(snapshot, formatSiteSnapshot([{ ...site, id: siteId(1), key: 'acme' }]));
});
afterEach(async () => {
  for (const one of running.splice(0)) await one.kill();
});

async function start(more: Record<string, string> = {}): Promise<CollectorProcess> {
  const environment = {
    ...{ HOST: '127.0.0.1', PORT: '0', SPOOL_FOLDER: join(folder, 'spool'), AWS_REGION: region, STREAM_NAME: streamName },
    ...{ STREAM_ENDPOINT: `http://127.0.0.1:${proxy.port}`, SITES_SOURCE: `file://${snapshot}`, KEYS_SOURCE: `file://${folder}/keys` },
    ...{ REFRESH_SECONDS: '1', STOP_SECONDS: '60', ...more },
  };
  const collector = await startCollector({ program, environment, event: (event) => void events.push(event) });
  running.push(collector);
  return collector;
}

function ask(
  port: number,
  method: string,
  path: string,
  body = '',
): Promise<{ status: number; text: string; retryAfter: string | undefined }> {
  return new Promise((resolve, reject) => {
    const headers = body === '' ? {} : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) };
    const outgoing = request({ host: '127.0.0.1', port, method, path, headers, agent: false }, async (answer) => {
      let text = '';
      for await (const chunk of answer) text += chunk;
      resolve({ status: answer.statusCode ?? 0, text, retryAfter: answer.headers['retry-after'] });
    });
    outgoing.on('error', reject).end(body);
  });
}

const hit = (n: number) => JSON.stringify({ site: 'acme', kind: 'page', fields: { n } });
const segments = () => readdirSync(join(folder, 'spool')).filter((name) => name.endsWith('.segment'));

test('a hit is delivered and appears in the metrics', async () => {
  const collector = await start();
  expect((await ask(collector.port, 'POST', '/hit', hit(1))).status).toBe(204);
  const lines: string[] = [];
  await until(async () => {
    await kinesis.read((data) => lines.push(...data.toString().split('\n').filter(Boolean)));
    return lines.length > 0;
  }, 'the hit');
  expect(lines.map((line) => JSON.parse(line))).toEqual([expect.objectContaining({ site: 1, kind: 'page', fields: { n: 1 } })]);
  const { text } = await until(async () => {
    const metrics = await ask(collector.port, 'GET', '/metrics');
    return metrics.text.includes('collector_spool_bytes 0') && metrics;
  }, 'the spool to be empty');
  for (const line of [
    'collector_hits_total 1',
    'collector_forward_hits_total 1',
    'collector_requests_total{status="204"} 1',
    'collector_sites 1',
  ]) {
    expect(text.split('\n')).toContain(line);
  }
  expect(await collector.health()).toMatchObject({ status: 200, body: expect.stringContaining('"ok":true') });
});

test('it exits with 0 after all is delivered, and with 3 with hits on the disk, which the next process delivers', async () => {
  proxy.fault = 'denied';
  const first = await start({ STOP_SECONDS: '1' });
  expect((await ask(first.port, 'POST', '/hit', hit(1))).status).toBe(204);
  expect(await first.stop()).toBe(3);
  expect(segments()).toHaveLength(1);
  proxy.fault = 'none';
  const second = await start();
  expect(await second.stop()).toBe(0);
  expect(segments()).toEqual([]);
  expect(events.filter((event) => /^(listening|recovered|stopping|stopped)$/.test(event))).toEqual([
    ...['listening', 'stopping', 'stopped'],
    ...['recovered', 'listening', 'stopping', 'stopped'],
  ]);
});

test('it exits with 3 with data that was set aside, so that the server and its disk are retained', async () => {
  const refused = join(folder, 'spool', 'refused', 'record.jsonl');
  mkdirSync(dirname(refused), { recursive: true });
  writeFileSync(refused, '{}\n');
  const collector = await start();
  expect(await collector.health()).toMatchObject({ status: 200, body: expect.stringContaining('set aside') });
  expect(await collector.stop()).toBe(3);
  rmSync(refused);
});

test('a second process on the same spool does not start, and the first continues', async () => {
  const first = await start();
  await expect(start()).rejects.toThrow('SPOOL_FOLDER: expected a folder without another collector');
  expect((await first.health()).status).toBe(200);
});

test('without a snapshot it answers 503 with the reason, until there is one', async () => {
  renameSync(snapshot, `${snapshot}.away`);
  const collector = await start();
  expect(await ask(collector.port, 'POST', '/hit', hit(1))).toMatchObject({ status: 503, retryAfter: expect.stringMatching(/^\d+$/) });
  expect(await collector.health()).toMatchObject({ status: 503, body: expect.stringContaining('sites: no snapshot yet') });
  renameSync(`${snapshot}.away`, snapshot);
  await until(async () => (await collector.health()).status === 200, 'the snapshot');
  expect((await ask(collector.port, 'POST', '/hit', hit(1))).status).toBe(204);
});

test('a full spool answers 503 with Retry-After, fails the health check, and recovers', async () => {
  proxy.fault = 'away';
  const collector = await start({ SPOOL_LIMIT_BYTES: '100000' });
  const large = JSON.stringify({ site: 'acme', kind: 'page', fields: { padding: 'x'.repeat(7000) } });
  const refused = await until(async () => {
    const answer = await ask(collector.port, 'POST', '/hit', large);
    return answer.status !== 204 && answer;
  }, 'a refusal');
  expect(refused).toMatchObject({ status: 503, retryAfter: expect.stringMatching(/^\d+$/) });
  expect(await collector.health()).toMatchObject({ status: 503, body: expect.stringContaining('spool: full') });
  proxy.fault = 'none';
  await until(async () => (await collector.health()).status === 200, 'room in the spool');
  await until(async () => (await ask(collector.port, 'POST', '/hit', large)).status === 204, 'hits to be taken again');
  expect(await collector.stop()).toBe(0);
});

test('a stop during the wait for the sites takes effect', async () => {
  // A store that takes connections and never answers.
  const store = createServer();
  const asked = new Promise((resolve) => store.once('connection', resolve));
  await new Promise<void>((resolve) => store.listen(0, '127.0.0.1', resolve));
  const address = store.address();
  const port = address && typeof address === 'object' ? address.port : 0;
  const environment = {
    ...{ HOST: '127.0.0.1', PORT: '0', SPOOL_FOLDER: join(folder, 'waiting'), AWS_REGION: region, STREAM_NAME: streamName },
    ...{ STREAM_ENDPOINT: `http://127.0.0.1:${proxy.port}`, SITES_SOURCE: 's3://bucket/sites.json', KEYS_SOURCE: `file://${folder}/keys` },
    ...{ AWS_ENDPOINT_URL_S3: `http://127.0.0.1:${port}`, AWS_ACCESS_KEY_ID: 'x', AWS_SECRET_ACCESS_KEY: 'x', STOP_SECONDS: '60' },
  };
  mkdirSync(join(folder, 'waiting'));
  const child = spawn(process.execPath, [program], {
    env: { PATH: process.env.PATH, ...environment },
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const closed = new Promise((resolve) => child.once('close', resolve));
  let said = '';
  child.stdout.on('data', (chunk: Buffer) => {
    said += chunk.toString();
  });
  try {
    await asked;
    child.kill('SIGTERM');
    await until(() => said.includes('"event":"stopping"') || child.exitCode !== null || child.signalCode !== null, 'an answer to SIGTERM');
    expect({ said: said.includes('"event":"stopping"'), ended: child.signalCode }).toEqual({ said: true, ended: null });
  } finally {
    child.kill('SIGKILL');
    await closed;
    store.close();
  }
});

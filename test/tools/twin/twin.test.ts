// The twin as users run it: it starts, it is stopped in every way, and leaves nothing behind.
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { leftOf, processesOf, type Ready, RunningTwin } from './running-twin';

// A machine that is busy with other tests is slow.
jest.setTimeout(240_000);

let base = '';
const twins: RunningTwin[] = [];
const kept = (twin: RunningTwin): RunningTwin => {
  twins.push(twin);
  return twin;
};
const start = (...flags: string[]): RunningTwin => kept(RunningTwin.start('--folder', base, ...flags));
const startSources = (...flags: string[]): RunningTwin => kept(RunningTwin.startSources('--folder', base, ...flags));

beforeEach(() => {
  base = mkdtempSync(join(tmpdir(), 'rempart-twin-test-'));
  chmodSync(base, 0o755);
});
afterEach(async () => {
  for (const twin of twins.splice(0)) {
    twin.signal('SIGKILL');
    await twin.ended;
  }
  await leftOf(join(base, 'rempart-twin-'));
  rmSync(base, { recursive: true, force: true });
});

const addressesOf = ({ page, collector }: Ready) => [page, collector];

/** Sends sample hits with the form of the page, and waits until the page shows a number of hits. */
async function sendSamples({ page }: Ready, site: string, stored: string): Promise<Record<string, string>> {
  const response = await fetch(`${page}/sample`, {
    method: 'POST',
    headers: { origin: page, 'content-type': 'application/x-www-form-urlencoded' },
    body: `site=${site}`,
    redirect: 'manual',
  });
  expect(response.headers.get('location')).toBe(`/?site=${site}&answered=4&refused=0`);
  return shown({ page }, stored);
}

async function shown({ page }: Pick<Ready, 'page'>, stored: string): Promise<Record<string, string>> {
  for (;;) {
    const { texts } = (await (await fetch(`${page}/live.json`)).json()) as { texts: Record<string, string> };
    if (texts.stored === stored) return texts;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

test('it starts, accepts hits, and Ctrl-C stops it with nothing left behind; npm sends the signal twice', async () => {
  const twin = startSources();
  const ready = await twin.ready();
  expect(ready.folder.startsWith(`${base}/rempart-twin-`)).toBe(true);
  const texts = await sendSamples(ready, 'clinic', '4');
  expect(texts).toMatchObject({ 'stored-2': '4', 'stored-1': '0', rejected: '0' });
  twin.signal('SIGINT');
  await twin.event('stopping');
  twin.signal('SIGINT');
  expect(await twin.ended).toBe(0);
  expect(await leftOf(ready.folder, addressesOf(ready))).toEqual([]);
});

test('killed, it leaves nothing behind either', async () => {
  const twin = start('--traffic', '20');
  const ready = await twin.ready();
  // And with it the process that shuts PostgreSQL down.
  const guardian = processesOf(join(ready.folder, 'database')).find(({ command }) => command.includes('server-process'))?.pid;
  if (guardian === undefined) throw new Error(twin.everything());
  process.kill(guardian, 'SIGKILL');
  twin.signal('SIGKILL');
  expect(await twin.ended).toBe('SIGKILL');
  expect(await leftOf(ready.folder, addressesOf(ready))).toEqual([]);
});

test('a second Ctrl-C ends it at once, a hanging part included', async () => {
  const twin = start('--traffic', '20');
  const ready = await twin.ready();
  // It never responds again, so that the twin waits for it.
  const collector = processesOf(join(ready.folder, 'collector.cjs'))[0]?.pid;
  if (collector === undefined) throw new Error(twin.everything());
  process.kill(collector, 'SIGSTOP');
  twin.signal('SIGINT');
  // A signal that follows the first one at once counts as the same.
  await twin.event('stopping');
  await new Promise((resolve) => setTimeout(resolve, 1000));
  twin.signal('SIGINT');
  expect(await twin.ended).toBe(130);
  expect(await leftOf(ready.folder, addressesOf(ready))).toEqual([]);
});

test.each(['PostgreSQL', 'functions', 'collector'])('Ctrl-C while it starts (%s) stops the parts that were started', async (part) => {
  const twin = start();
  await twin.event('starting', ({ what }) => String(what).startsWith(part));
  twin.signal('SIGINT');
  expect(await twin.ended).toBe(0);
  await twin.event('stopped');
  expect(await leftOf(join(base, 'rempart-twin-'))).toEqual([]);
});

test('data is kept, by one twin at a time and one version', async () => {
  const folder = join(base, 'kept');
  const first = start('--folder', folder, '--keep');
  await sendSamples(await first.ready(), 'gazette', '4');

  const second = start('--folder', folder, '--keep');
  expect(await second.ended).toBe(1);
  expect(second.everything()).toContain(`--folder: expected a folder that no twin uses, got ${folder}`);
  first.signal('SIGTERM');
  expect(await first.ended).toBe(0);

  const state = readFileSync(join(folder, 'twin.json'), 'utf8');
  writeFileSync(join(folder, 'twin.json'), state.replace('"format":1', '"format":0'));
  const other = start('--folder', folder, '--keep');
  expect(await other.ended).toBe(1);
  expect(other.everything()).toContain('--folder: expected data of format 1 with PostgreSQL 18, got format 0 with PostgreSQL 18');

  writeFileSync(join(folder, 'twin.json'), state);
  const third = start('--folder', folder, '--keep');
  const ready = await third.ready();
  expect(await shown(ready, '4')).toMatchObject({ 'stored-1': '4' });
  await sendSamples(ready, 'gazette', '8');
  third.signal('SIGINT');
  expect(await third.ended).toBe(0);
  expect(await leftOf(folder, addressesOf(ready), true)).toEqual([]);
});

test('hits of an earlier twin are not counted as those of the traffic', async () => {
  const flags = ['--folder', join(base, 'counted'), '--keep', '--traffic', '40', '--seconds', '5'];
  expect(await start(...flags).ended).toBe(0);
  const again = start(...flags);
  const counts = await again.event('counts');
  expect(counts.stored).toBeLessThanOrEqual(Number(counts.answered));
  expect(await again.ended).toBe(0);
});

test.each(['--port', '--collector-port'])('a port in use for %s is reported, and the started parts are ended', async (flag) => {
  const taken = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => taken.once('listening', resolve));
  const address = taken.address();
  const port = String(typeof address === 'object' ? address?.port : '');
  const twin = start(flag, port);
  expect(await twin.ended).toBe(1);
  taken.close();
  expect(await twin.event('failed')).toMatchObject({
    message: expect.stringMatching(`^${flag}: expected a .*port.*, got ${port}.*; choose`),
  });
  expect(await leftOf(join(base, 'rempart-twin-'))).toEqual([]);
});

test('wrong flags exit with 2 and the usage', async () => {
  const twin = startSources('--traffic', 'much');
  expect(await twin.ended).toBe(2);
  expect(twin.everything()).toContain('--traffic: expected a whole number from 1 to 5000, got "much"');
  expect(twin.everything()).toContain('npm run twin -- [flags]');
});

test('through chaos, every accepted hit arrives, once', async () => {
  const twin = start('--traffic', '60', '--chaos', '--seconds', '20', '--seed', '5');
  const code = await twin.ended;
  const played = await twin.event('played');
  if (code !== 0) throw new Error(twin.everything());
  expect(played).toMatchObject({ whole: true, lost: 0, doubled: 0, refused: 0, drained: true });
  expect(played.incidents).toBeGreaterThan(0);
  expect(played.answered).toBeGreaterThan(0);
  expect(played.stored).toBe(played.answered);
});

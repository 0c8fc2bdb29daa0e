// The browser client in Chromium, against the twin: each hit is in the database once, whatever the network does.
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import type { ClientOptions } from '../../../../services/collector/client/options';
import { chromiumPath, launchChromium } from '../../../tools/twin/browser';
import { type Ready, RunningTwin } from '../../../tools/twin/running-twin';
import { until } from '../until';
import { type Gate, startGate } from './gate';
import { type Shop, startShop } from './shop';
import { StoredHits } from './stored-hits';

jest.setTimeout(240_000);

const path = chromiumPath();
if (path === undefined) {
  test('NOT RUN: no Chromium on this machine; install one (apt-get install chromium) or name it in REMPART_CHROMIUM', () => {
    console.warn('The browser client was not tested in a browser: expected Chromium, found none.');
  });
} else {
  describe('in Chromium', () => inChromium(path));
}

function inChromium(executablePath: string): void {
  const site = { key: 'cyclists', id: 6 };
  let base = '';
  let twin: RunningTwin;
  let ready: Ready;
  let browser: Browser;
  let gate: Gate;
  let shop: Shop;
  let context: BrowserContext;
  /** Errors in pages, and addresses that they requested. */
  let errors: string[];
  let requested: Set<string>;
  let storedHits: StoredHits;

  beforeAll(async () => {
    base = mkdtempSync(join(tmpdir(), 'rempart-client-'));
    chmodSync(base, 0o755);
    twin = RunningTwin.start('--folder', base, '--batch-seconds', '1');
    [ready, browser, shop] = await Promise.all([twin.ready(), launchChromium(executablePath), startShop()]);
    gate = await startGate(ready.collector);
    storedHits = new StoredHits(ready.page, site.id);
  });
  afterAll(async () => {
    await browser?.close();
    await gate?.close();
    await shop?.close();
    twin?.signal('SIGTERM');
    await twin?.ended;
    rmSync(base, { recursive: true, force: true });
  });
  beforeEach(async () => {
    gate.state = 'open';
    gate.requests.splice(0);
    errors = [];
    requested = new Set();
    storedHits.begin();
    context = await browser.newContext();
  });
  afterEach(async () => {
    await context.close();
    expect(errors).toEqual([]);
    expect([...requested].filter((address) => address !== shop.address && address !== gate.address)).toEqual([]);
    expect(await context.cookies().catch(() => [])).toEqual([]);
  });

  const expectStored = (hits: number) => storedHits.expect(hits);

  async function open(from: BrowserContext = context): Promise<Page> {
    const page = await from.newPage();
    page.on('pageerror', (error) => errors.push(error.message));
    page.on('request', (request) => requested.add(new URL(request.url()).origin));
    await page.goto(`${shop.address}/?product=7`);
    return page;
  }

  const start = (page: Page, options: Partial<ClientOptions> = {}): Promise<void> =>
    page.evaluate(`{ window.hits = rempart(${JSON.stringify({ collector: gate.address, site: site.key, ...options })}) }`);
  const hit = (page: Page, kind: string, fields: object = {}): Promise<void> =>
    page.evaluate(`hits.hit(${JSON.stringify(kind)}, ${JSON.stringify(fields)})`);
  const sent = () => gate.requests.flatMap(({ hits }) => hits);
  const idsOf = (hits: readonly { readonly id: string }[]) => [...new Set(hits.map(({ id }) => id))];
  const answered = (requests: number) =>
    until(() => gate.requests.filter(({ ended }) => ended).length >= requests, `${requests} answered requests`, 60_000);
  const inStore = (page: Page): Promise<number> =>
    page.evaluate("Object.keys(localStorage).filter((key) => key.startsWith('rempart.')).length");

  test('hits of a page are stored, without a preflight, a cookie or a request elsewhere', async () => {
    const page = await open();
    await start(page, { hits: 2 });
    await hit(page, 'page', { price: 4.5, name: 'Crème brûlée 🂡' });
    await hit(page, 'click');
    await expectStored(2);
    await answered(1);
    expect(gate.requests).toMatchObject([{ method: 'POST', path: '/hits', type: 'text/plain;charset=UTF-8', status: 204 }]);
    expect(sent()[0]).toMatchObject({
      ...{ site: site.key, kind: 'page', url: `${shop.address}/?product=7`, fields: { price: 4.5, name: 'Crème brûlée 🂡' } },
      occurred: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
    });
  });

  test('a page sends the hits of some seconds together, which saves requests and bytes', async () => {
    const perHit: Record<string, { requests: number; bytes: number }> = {};
    for (const [name, options] of Object.entries({ alone: { hits: 1 }, together: { seconds: 3 } })) {
      gate.requests.splice(0);
      const page = await open();
      await start(page, options);
      for (let count = 1; count <= 10; count++) {
        await hit(page, 'click', { count });
        if (name === 'alone') await answered(count);
      }
      await until(() => sent().length === 10, 'ten hits', 60_000);
      const bytes = gate.requests.reduce((sum, request) => sum + request.bytes, 0);
      perHit[name] = { requests: gate.requests.length / 10, bytes: bytes / 10 };
      await page.close();
    }
    const of = (name: string) => perHit[name] ?? { requests: Number.NaN, bytes: Number.NaN };
    console.log(
      ['alone', 'together'].map((name) => `${name}: ${of(name).requests} requests and ${of(name).bytes.toFixed(0)} bytes a hit`).join(', '),
    );
    expect([of('alone').requests, of('together').requests]).toEqual([1, 0.1]);
    expect(of('together').bytes).toBeLessThan(of('alone').bytes / 2);
    await expectStored(20);
  });

  test('a page that is left sends its hits, by a beacon', async () => {
    const page = await open();
    await start(page, { seconds: 3600 });
    await hit(page, 'page');
    await hit(page, 'click');
    await page.goto('about:blank');
    await expectStored(2);
    await answered(1);
    expect(gate.requests).toMatchObject([{ type: 'text/plain;charset=UTF-8', status: 204 }]);
  });

  /** Whether the memory of a page, after garbage collection, has a text. */
  async function remembers(page: Page, text: string): Promise<boolean> {
    const session = await context.newCDPSession(page);
    let snapshot = '';
    session.on('HeapProfiler.addHeapSnapshotChunk', ({ chunk }) => {
      snapshot += chunk;
    });
    await session.send('HeapProfiler.takeHeapSnapshot', { reportProgress: false });
    await session.detach();
    return snapshot.includes(text);
  }

  test('a page keeps no text that was answered, or that left by a beacon', async () => {
    const page = await open();
    await start(page, { hits: 1 });
    // The script of the test does not have the text itself.
    gate.state = 'down';
    await page.evaluate("hits.hit('page', { text: ['answered', 6 * 7, 'text'].join('-') })");
    await answered(1);
    expect(await remembers(page, 'answered-42-text')).toBe(true);
    gate.state = 'open';
    await page.evaluate("dispatchEvent(new Event('online'))");
    await expectStored(1);
    expect(await remembers(page, 'answered-42-text')).toBe(false);
    await start(page, { hits: 9, seconds: 3600 });
    await page.evaluate("hits.hit('page', { text: ['beacon', 6 * 7, 'text'].join('-') })");
    await page.evaluate("dispatchEvent(new Event('pagehide'))");
    await expectStored(2);
    expect(await remembers(page, 'beacon-42-text')).toBe(false);
  });

  test('a page that is closed does, too', async () => {
    const page = await open();
    await start(page, { seconds: 3600 });
    await hit(page, 'page');
    await page.close({ runBeforeUnload: true });
    await expectStored(1);
  });

  test('a collector that is down, then overloaded, then up again, stores each hit once', async () => {
    gate.state = 'down';
    const page = await open();
    await start(page, { hits: 1 });
    await hit(page, '1');
    await answered(1);
    await hit(page, '2');
    gate.state = 'busy';
    await answered(2);
    gate.state = 'open';
    await expectStored(2);
    expect(gate.requests.map(({ state }) => state)).toEqual(['down', 'busy', 'open']);
    expect(idsOf(sent())).toHaveLength(2);
  });

  test('hits whose answer was lost are sent again under their ids, and counted once', async () => {
    gate.state = 'lost';
    const page = await open();
    await start(page, { hits: 3 });
    for (const kind of ['1', '2', '3']) await hit(page, kind);
    await answered(1);
    gate.state = 'open';
    await answered(2);
    await expectStored(3);
    const [first, second] = gate.requests;
    expect(first).toMatchObject({ state: 'lost', status: 204 });
    expect(second).toMatchObject({ state: 'open', status: 204, hits: first?.hits });
  });

  test('hits of a page that was left while the collector was down are sent by the next page', async () => {
    gate.state = 'down';
    const page = await open();
    await start(page, { store: 'localStorage', seconds: 3600 });
    await hit(page, '1');
    await hit(page, '2');
    expect(await inStore(page)).toBe(2);
    await page.goto(`${shop.address}/next`);
    await answered(1);
    gate.state = 'open';
    await start(page, { store: 'localStorage', hits: 1 });
    await expectStored(2);
    expect(idsOf(sent())).toHaveLength(2);
    await until(async () => (await inStore(page)) === 0, 'an empty store');
  });

  test('hits that a beacon and the next page both send are counted once', async () => {
    const page = await open();
    await start(page, { store: 'localStorage', seconds: 3600 });
    await hit(page, '1');
    await page.goto(`${shop.address}/next`);
    await answered(1);
    await start(page, { store: 'localStorage', hits: 1 });
    await answered(2);
    await expectStored(1);
    expect(sent()).toHaveLength(2);
    expect(idsOf(sent())).toHaveLength(1);
  });

  test('a hit that is too large for a beacon waits in the store for the next page', async () => {
    const page = await open();
    await start(page, { store: 'localStorage', seconds: 3600 });
    gate.state = 'down';
    await hit(page, 'large', { text: 'x'.repeat(70_000) });
    await answered(1);
    await page.goto(`${shop.address}/next`);
    expect(gate.requests).toHaveLength(1);
    expect(await inStore(page)).toBe(1);
    gate.state = 'open';
    await start(page, { store: 'localStorage', hits: 1 });
    await answered(2);
    await expectStored(1);
    expect(idsOf(sent())).toHaveLength(1);
  });

  test('hits of a browser that is offline are sent when it is online again', async () => {
    const page = await open();
    await start(page, { hits: 1 });
    await context.setOffline(true);
    await hit(page, '1');
    await hit(page, '2');
    await page.evaluate("dispatchEvent(new Event('pagehide'))");
    expect(gate.requests).toEqual([]);
    await context.setOffline(false);
    await expectStored(2);
    expect(idsOf(sent())).toHaveLength(2);
  });

  test.each(["doNotTrack: { value: '1' }", 'globalPrivacyControl: { value: true }'])(
    'with a privacy signal (%s) nothing is sent and nothing is stored',
    async (signal) => {
      await context.addInitScript(`Object.defineProperties(navigator, { ${signal} })`);
      const page = await open();
      await start(page, { hits: 1, seconds: 0, store: 'localStorage' });
      await hit(page, '1');
      await page.evaluate('hits.consent(true); hits.flush()');
      expect(await page.evaluate('localStorage.length')).toBe(0);
      await page.goto(`${shop.address}/next`);
      await expectStored(0);
      expect(gate.requests).toEqual([]);
    },
  );

  test('before consent nothing is sent and nothing is stored; consent sends; its withdrawal removes', async () => {
    const page = await open();
    await start(page, { consent: true, hits: 1, seconds: 0, store: 'localStorage' });
    await hit(page, '1');
    await page.evaluate("hits.flush(); dispatchEvent(new Event('pagehide'))");
    expect([gate.requests, await page.evaluate('localStorage.length')]).toEqual([[], 0]);
    await page.evaluate('hits.consent(true)');
    await expectStored(1);
    gate.state = 'down';
    await hit(page, '2');
    await answered(2);
    expect(await inStore(page)).toBe(1);
    await page.evaluate('hits.consent(false)');
    gate.state = 'open';
    await hit(page, '3');
    await page.goto(`${shop.address}/next`);
    expect(await inStore(page)).toBe(0);
    await expectStored(1);
  });

  test('a page whose store is blocked, or whose browser has no beacons, still sends', async () => {
    await context.addInitScript("Object.defineProperty(window, 'localStorage', { get() { throw new Error('blocked') } })");
    await context.addInitScript('navigator.sendBeacon = undefined');
    const page = await open();
    await start(page, { hits: 1, store: 'localStorage' });
    await hit(page, '1');
    await page.evaluate("dispatchEvent(new Event('pagehide'))");
    await expectStored(1);
  });

  test('no hit of these pages was stored once more since', () => storedHits.expectNoMore());
}

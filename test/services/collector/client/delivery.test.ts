// What the browser client does after answers, without them, and when its page is hidden.
import fc from 'fast-check';
import { type Settings, SimulatedPage } from './simulated-page';

const second = 1000;
const hour = 3600 * second;
const kinds = (hits: readonly { readonly [name: string]: unknown }[]) => hits.map(({ kind }) => kind);
const ids = (hits: readonly { readonly id: string }[]) => hits.map(({ id }) => id);

describe('after an answer', () => {
  test.each([200, 204, 400, 401, 403, 404, 413, 415, 431])('of %d the batch is gone', async (status) => {
    const page = new SimulatedPage();
    const client = page.start({ hits: 1 });
    client.hit('1');
    await (await page.request()).answer(status);
    await page.pass(24 * hour);
    expect(page.requests).toEqual([]);
    client.hit('2');
    expect(kinds((await page.request()).hits)).toEqual(['2']);
  });

  test.each([408, 425, 429, 500, 502, 503, 504, undefined])('of %d the batch is sent again under the same ids', async (status) => {
    const page = new SimulatedPage({ random: 0 });
    const client = page.start({ hits: 2 });
    client.hit('1');
    client.hit('2');
    const first = await page.request();
    await first.answer(status);
    client.hit('3');
    await page.pass(1.9 * second);
    expect(page.requests).toEqual([]);
    await page.pass(0.1 * second);
    const again = await page.request();
    expect(kinds(again.hits)).toEqual(['1', '2', '3']);
    expect(ids(again.hits.slice(0, 2))).toEqual(ids(first.hits));
    await again.answer(204);
    await page.pass(24 * hour);
    expect(page.requests).toEqual([]);
  });

  test('the pause doubles to 256 seconds, with jitter of up to the same time again, until an answer', async () => {
    const pauses = async (random: number) => {
      const page = new SimulatedPage({ random });
      page.start({ hits: 1 }).hit('1');
      const times: number[] = [];
      for (let n = 0; n < 11; n++) {
        const asked = page.now;
        await (await page.request()).answer(503);
        while (page.requests.length === 0) await page.pass(second);
        times.push((page.now - asked) / second);
      }
      return times;
    };
    expect(await pauses(0)).toEqual([2, 4, 8, 16, 32, 64, 128, 256, 256, 256, 256]);
    expect(await pauses(0.5)).toEqual([3, 6, 12, 24, 48, 96, 192, 384, 384, 384, 384]);
  });

  test('of success the next failure is the first again, and beacons are trusted', async () => {
    const page = new SimulatedPage({ random: 0 });
    const client = page.start({ hits: 1 });
    client.hit('1');
    for (const pause of [2, 4, 2]) {
      await (await page.request()).answer(503);
      await page.pass(pause * second);
      if (pause === 4) {
        await (await page.request()).answer(204);
        client.hit('2');
      }
    }
    await (await page.request()).answer(204);
    const other = page.start();
    other.hit('3');
    page.hide();
    await page.pass(hour);
    expect([page.beacons.map(kinds), page.requests]).toEqual([[['3']], []]);
  });

  test.each([
    ['120', 120],
    ['1', 2],
    ['86400', 3600],
    ['Wed, 21 Oct 2026 07:28:00 GMT', 2],
    ['-5', 2],
    ['soon', 2],
  ])('with Retry-After: %s the pause lasts %d seconds, also if the page is shown or online again', async (field, seconds) => {
    const page = new SimulatedPage({ random: 0 });
    const client = page.start({ hits: 1 });
    client.hit('1');
    await (await page.request()).answer(503, field);
    await page.pass(seconds * second - 1);
    if (seconds > 2) {
      page.show();
      page.fire('online');
      client.flush();
    }
    expect(page.requests).toEqual([]);
    await page.pass(1);
    await page.request();
  });

  test('a pause of the client ends as soon as the page is shown or online again', async () => {
    for (const event of ['online', 'visibilitychange'] as const) {
      const page = new SimulatedPage();
      page.start({ hits: 1 }).hit('1');
      await (await page.request()).answer();
      page.fire(event);
      await (await page.request()).answer(204);
      await page.pass(24 * hour);
      expect(page.requests).toEqual([]);
    }
  });

  test('hits without one for 20 hours are dropped: the collector would count their retry again', async () => {
    const page = new SimulatedPage();
    const client = page.start({ hits: 1 });
    client.hit('old');
    await (await page.request()).answer(503, '3600');
    page.now += 20 * hour;
    client.hit('new');
    await page.pass(2 * hour);
    expect(kinds((await page.request()).hits)).toEqual(['new']);
  });
});

describe('when the page is hidden', () => {
  test.each(['visibilitychange', 'pagehide'] as const)('the hits leave by a beacon (%s)', async (event) => {
    const page = new SimulatedPage();
    const client = page.start();
    client.hit('1');
    client.hit('2');
    page.document.hidden = event === 'visibilitychange';
    page.fire(event);
    expect(page.beacons.map(kinds)).toEqual([['1', '2']]);
    page.fire('pagehide');
    await page.pass(hour);
    expect([page.beacons.length, page.requests.length]).toEqual([1, 0]);
  });

  test('no hit is sent if the page is only shown', () => {
    const page = new SimulatedPage();
    page.start().hit('1');
    page.show();
    expect(page.beacons).toEqual([]);
  });

  test.each<[string, Settings]>([
    ['a beacon that the browser refuses', { beacon: false }],
    ['a browser without beacons', { navigator: { sendBeacon: undefined } }],
    ['a browser whose beacons throw', { navigator: { sendBeacon: null } }],
    ['a browser that is offline', { navigator: { onLine: false } }],
  ])('the hits stay after %s', async (_, settings) => {
    const page = new SimulatedPage(settings);
    page.start().hit('1');
    page.hide();
    await page.pass(5 * second);
    expect(kinds((await page.request()).hits)).toEqual(['1']);
  });

  test('after a failure the beacon is a copy, with the same ids: the hits stay until an answer', async () => {
    const page = new SimulatedPage({ random: 0 });
    page.start({ hits: 1 }).hit('1');
    await (await page.request()).answer();
    page.hide();
    await page.pass(2 * second);
    const { hits } = await page.request();
    expect(page.beacons).toEqual([hits]);
  });

  test('hits in doubt leave by one beacon, although two events hide the page, and follow again by a request', async () => {
    const page = new SimulatedPage({ localStorage: {} });
    const client = page.start({ store: 'localStorage' });
    client.hit('1');
    page.hide();
    client.hit('2');
    page.fire('pagehide');
    expect(page.beacons.map(kinds)).toEqual([['1'], ['2']]);
    await page.pass(5 * second);
    expect(kinds((await page.request()).hits)).toEqual(['1', '2']);
  });

  test('hits of a request under way are not sent twice', async () => {
    const page = new SimulatedPage();
    const client = page.start({ hits: 1 });
    client.hit('1');
    client.hit('2');
    page.hide();
    expect(page.beacons.map(kinds)).toEqual([['2']]);
  });
});

test('each hit is stored once by its id, whatever the network does, in the order of events of chance', async () => {
  const event = fc.oneof(
    { weight: 4, arbitrary: fc.constant('hit' as const) },
    { weight: 6, arbitrary: fc.constantFrom('204', '503', 'cut before', 'cut after', 'hide', 'show', 'pass', 'leave') },
  );
  await fc.assert(
    fc.asyncProperty(fc.array(event, { maxLength: 60 }), async (events) => {
      const store: Record<string, string> = {};
      const options = { store: 'localStorage', hits: 3, seconds: 1 } as const;
      let page = new SimulatedPage({ localStorage: store });
      let client = page.start(options);
      const stored = new Set<unknown>();
      let made = 0;
      const answer = async (how: string) => {
        await page.pass(0);
        const request = page.requests.shift();
        if (!request) return;
        if (how === '204' || how === 'cut after') for (const { id } of request.hits) stored.add(id);
        await request.answer(how === '204' ? 204 : how === '503' ? 503 : undefined);
      };
      const leave = () => {
        const { now } = page;
        page.fire('pagehide');
        page = new SimulatedPage({ localStorage: store });
        page.now = now;
        client = page.start(options);
      };
      for (const one of events) {
        if (one === 'hit') client.hit(String(made++));
        else if (one === 'hide') page.hide();
        else if (one === 'show') page.show();
        else if (one === 'pass') await page.pass(7 * second);
        else if (one === 'leave') leave();
        else await answer(one);
      }
      for (let n = 0; n < 100; n++) {
        await page.pass(600 * second);
        await answer('204');
      }
      expect(stored.size).toBe(made);
      expect(store).toEqual({});
    }),
    { seed: 12, numRuns: 200 },
  );
});

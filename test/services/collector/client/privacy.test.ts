// Privacy signals, consent, and the store of the browser client.
import { SimulatedPage } from './simulated-page';

const second = 1000;
const hour = 3600 * second;
const kinds = (hits: readonly { readonly [name: string]: unknown }[]) => hits.map(({ kind }) => kind);
const ids = (hits: readonly { readonly id: string }[]) => hits.map(({ id }) => id);

describe('a privacy signal', () => {
  const signals: readonly object[] = [
    ...['1', 'yes', '1, 1', '1xyz'].map((doNotTrack) => ({ doNotTrack })),
    { globalPrivacyControl: true },
    { doNotTrack: '0', globalPrivacyControl: true },
  ];
  const none: readonly object[] = [
    ...[null, undefined, '0', 'no', 'unspecified'].map((doNotTrack) => ({ doNotTrack })),
    { globalPrivacyControl: false },
  ];

  test.each(signals)('%j: nothing is sent, nothing stored, and what was stored is removed', async (navigator) => {
    const store: Record<string, string> = { 'rempart.x': 'left by an earlier page', other: 'of the page' };
    const page = new SimulatedPage({ navigator, localStorage: store });
    const client = page.start({ hits: 10, store: 'localStorage' });
    client.hit('1');
    client.consent(true);
    client.hit('2');
    expect(store).toEqual({ other: 'of the page' });
    client.flush();
    page.hide();
    await page.pass(hour);
    expect({ requests: page.requests, beacons: page.beacons }).toEqual({ requests: [], beacons: [] });
  });

  test.each(none)('%j is none', async (navigator) => {
    const page = new SimulatedPage({ navigator });
    page.start({ hits: 1 }).hit('1');
    await page.request();
  });

  test('that appears later empties the queue', async () => {
    const page = new SimulatedPage();
    const client = page.start();
    client.hit('1');
    page.navigator.globalPrivacyControl = true;
    await page.pass(hour);
    page.navigator.globalPrivacyControl = false;
    client.flush();
    await page.pass(hour);
    expect(page.requests).toEqual([]);
  });

  test('is left to the collector with privacySignals: false', async () => {
    const page = new SimulatedPage({ navigator: { doNotTrack: '1', globalPrivacyControl: true } });
    page.start({ hits: 1, privacySignals: false }).hit('1');
    await page.request();
  });
});

describe('consent', () => {
  test('is awaited: hits wait in memory, are neither sent nor stored, and follow with consent', async () => {
    const store = {};
    const page = new SimulatedPage({ localStorage: store });
    const client = page.start({ consent: true, hits: 1, store: 'localStorage' });
    client.hit('1');
    client.flush();
    page.hide();
    await page.pass(hour);
    expect([page.requests, page.beacons, store]).toEqual([[], [], {}]);
    client.consent(true);
    expect(Object.keys(store)).toHaveLength(1);
    expect(kinds((await page.request()).hits)).toEqual(['1']);
  });

  test('that is refused or withdrawn empties the queue and the store, and later hits are dropped', async () => {
    for (const given of [[false], [true, false], [true, false, true]]) {
      const store = {};
      const page = new SimulatedPage({ localStorage: store });
      const client = page.start({ consent: true, store: 'localStorage' });
      client.hit('1');
      for (const one of given) client.consent(one);
      expect(store).toEqual({});
      client.hit('2');
      await page.pass(hour);
      const sent = page.requests.flatMap(({ hits }) => kinds(hits));
      expect(sent).toEqual(given.at(-1) ? ['2'] : []);
    }
  });

  test('that is given twice sends each hit once', async () => {
    const page = new SimulatedPage({ localStorage: {} });
    const client = page.start({ store: 'localStorage', hits: 2 });
    client.hit('1');
    client.consent(true);
    client.hit('2');
    const { hits, answer } = await page.request();
    expect(kinds(hits)).toEqual(['1', '2']);
    client.consent(true);
    await answer(204);
    await page.pass(hour);
    expect(page.requests).toEqual([]);
  });

  test('that is withdrawn removes hits of a beacon in doubt, too', async () => {
    const page = new SimulatedPage({ beacon: false });
    const client = page.start();
    client.hit('1');
    page.hide();
    client.consent(false);
    client.consent(true);
    await page.pass(hour);
    expect(page.requests).toEqual([]);
  });

  test('can be withdrawn where it was not awaited, also during a request', async () => {
    const page = new SimulatedPage();
    const client = page.start({ hits: 1 });
    client.hit('1');
    client.hit('2');
    const request = await page.request();
    client.consent(false);
    await request.answer(503);
    page.hide();
    await page.pass(24 * hour);
    expect([page.requests, page.beacons]).toEqual([[], []]);
  });
});

describe('the store', () => {
  const stored = { store: 'localStorage', hits: 1 } as const;

  test('has hits until their answer, and the next page sends those without one under the same ids', async () => {
    const store: Record<string, string> = { other: 'of the page' };
    const first = new SimulatedPage({ localStorage: store });
    const client = first.start(stored);
    client.hit('1');
    client.hit('2');
    const request = await first.request();
    expect(Object.keys(store)).toHaveLength(3);
    first.hide();
    const next = new SimulatedPage({ localStorage: store });
    next.start(stored);
    const again = await next.request();
    expect(ids(again.hits).sort()).toEqual([...ids(request.hits), ...ids(first.beacons[0] ?? [])].sort());
    await again.answer(204);
    expect(store).toEqual({ other: 'of the page' });
  });

  test('is not used unless the site chose it', async () => {
    const store = {};
    const page = new SimulatedPage({ localStorage: store });
    page.start({ hits: 1 }).hit('1');
    await page.request();
    expect(store).toEqual({});
  });

  test('that is blocked or full changes nothing else', async () => {
    const full = new Proxy({}, { set: () => false, defineProperty: () => false });
    for (const localStorage of [new Error('blocked'), full]) {
      const page = new SimulatedPage({ localStorage });
      const client = page.start(stored);
      client.hit('1');
      expect(kinds((await page.request()).hits)).toEqual(['1']);
    }
  });

  test('with hits older than 20 hours, or texts that are no hits, is cleaned', async () => {
    const store: Record<string, string> = {};
    const first = new SimulatedPage({ localStorage: store });
    first.start({ ...stored, hits: 10 }).hit('1');
    store['rempart.x'] = 'no hit';
    const later = new SimulatedPage({ localStorage: store });
    later.now += 20 * hour;
    later.start({ ...stored, hits: 10 });
    await later.pass(5 * second);
    expect([later.requests, store]).toEqual([[], {}]);
  });
});

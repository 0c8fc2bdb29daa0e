// The browser client: its size, its hits and its batches, in a page whose clock and network are the test's.
import { clientBytes, clientLimitBytes, clientScript } from '../../../../tools/develop/build-client/bundle';
import { SimulatedPage } from './simulated-page';

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
const second = 1000;
const hour = 3600 * second;
const kinds = (hits: readonly { readonly [name: string]: unknown }[]) => hits.map(({ kind }) => kind);

test('the script is smaller than 2,048 bytes', () => {
  const { minified } = clientBytes(clientScript());
  expect(minified).toBeGreaterThan(1000);
  expect(minified).toBeLessThan(clientLimitBytes);
});

test('the script sets no name but rempart, mentions no address, and uses no cookie', () => {
  const script = clientScript();
  expect(script).not.toMatch(/https?:|\/\/|cookie|eval|Function/);
  const names = ['navigator', 'document', 'location', 'crypto', 'localStorage'];
  const window = Object.fromEntries(names.map((name) => [name, {}]));
  const run = new Function('self', ...names, script);
  run(window, ...names.map((name) => window[name]));
  expect(Object.keys(window)).toEqual([...names, 'rempart']);
});

describe('a hit', () => {
  test('has the time, the page and an id of its own', async () => {
    const page = new SimulatedPage({ url: 'https://shop.example/cart?id=7#top', referrer: 'https://search.example/' });
    const client = page.start({ visitor: 'v-1' });
    client.hit('cart', { items: 3 });
    client.hit('cart', undefined, { url: 'https://shop.example/other', referrer: '', visitor: 'v-2' });
    client.flush();
    const { url, keepalive, hits } = await page.request();
    expect({ url, keepalive }).toEqual({ url: 'https://collect.example/hits', keepalive: true });
    const common = { occurred: '2026-03-15T12:00:00.000Z', id: expect.stringMatching(uuid), site: 'acme', kind: 'cart' };
    expect(hits).toEqual([
      { ...common, visitor: 'v-1', url: 'https://shop.example/cart?id=7#top', referrer: 'https://search.example/', fields: { items: 3 } },
      { ...common, visitor: 'v-2', url: 'https://shop.example/other', referrer: '' },
    ]);
    expect(hits[0]?.id).not.toBe(hits[1]?.id);
  });

  test('without a referrer or a visitor has none', async () => {
    const page = new SimulatedPage();
    page.start().hit('page');
    await page.pass(5 * second);
    const { hits } = await page.request();
    expect(Object.keys(hits[0] ?? {})).toEqual(['occurred', 'id', 'site', 'kind', 'url']);
  });

  test('that cannot be written never throws into the page, and others are sent', async () => {
    const page = new SimulatedPage();
    const client = page.start();
    const circular: Record<string, unknown> = {};
    circular.self = circular;
    client.hit('circular', circular);
    client.hit('number', { n: 1n });
    client.hit('getter', {
      get x() {
        throw new Error('of the page');
      },
    });
    client.hit('page', { text: '\ud800 é 🂡' });
    client.flush();
    const { hits } = await page.request();
    expect(hits).toMatchObject([{ kind: 'page', fields: { text: '\ud800 é 🂡' } }]);
  });
});

describe('a batch', () => {
  test('is sent at its number of hits, or at the latest after its time', async () => {
    const page = new SimulatedPage();
    const client = page.start({ hits: 3, seconds: 10 });
    client.hit('1');
    client.hit('2');
    await page.pass(9 * second);
    expect(page.requests).toEqual([]);
    client.hit('3');
    const first = await page.request();
    expect(kinds(first.hits)).toEqual(['1', '2', '3']);
    await first.answer(204);
    await page.pass(10 * second);
    client.hit('4');
    await page.pass(9 * second);
    expect(page.requests).toEqual([]);
    await page.pass(second);
    expect(kinds((await page.request()).hits)).toEqual(['4']);
  });

  test('stays below 60,000 bytes of UTF-8, and the rest follows its answer', async () => {
    const page = new SimulatedPage();
    const client = page.start({ hits: 1000 });
    for (let n = 0; n < 9; n++) client.hit(String(n), { text: '€'.repeat(4000) });
    const first = await page.request();
    expect(Buffer.byteLength(JSON.stringify(first.hits))).toBeLessThan(60_000);
    expect(first.keepalive).toBe(true);
    await first.answer(204);
    const sent = kinds(first.hits);
    for (let next = 0; sent.length < 9 && next < 5; next++) {
      await page.pass(5 * second);
      const request = await page.request();
      sent.push(...kinds(request.hits));
      await request.answer(204);
    }
    expect(sent).toEqual(['0', '1', '2', '3', '4', '5', '6', '7', '8']);
  });

  test('with one hit above the limit is sent without keepalive', async () => {
    const page = new SimulatedPage();
    page.start().hit('large', { text: 'x'.repeat(70_000) });
    const request = await page.request();
    expect(request).toMatchObject({ keepalive: false, hits: [{ kind: 'large' }] });
  });

  test('waits for the answer to the one before', async () => {
    const page = new SimulatedPage();
    const client = page.start({ hits: 1 });
    client.hit('1');
    client.hit('2');
    client.hit('3');
    const first = await page.request();
    expect(kinds(first.hits)).toEqual(['1']);
    await page.pass(hour);
    expect(page.requests).toEqual([]);
    await first.answer(204);
    expect(kinds((await page.request()).hits)).toEqual(['2', '3']);
  });
});

test('the queue holds at most 300,000 bytes', async () => {
  const page = new SimulatedPage({ random: 0 });
  const store: Record<string, string> = {};
  const client = new SimulatedPage({ localStorage: store }).start({ store: 'localStorage', consent: true });
  for (let n = 0; n < 1000; n++) client.hit('before consent', { text: 'x'.repeat(1000) });
  client.consent(true);
  expect(Object.values(store).join().length).toBeLessThanOrEqual(300_000);
  expect(Object.values(store).length).toBeGreaterThan(200);
  const other = page.start({ hits: 1 });
  for (let n = 0; n < 1000; n++) other.hit(String(n), { text: 'x'.repeat(1000) });
  const sent: unknown[] = [];
  for (;;) {
    await page.pass(5 * second);
    if (page.requests.length === 0) break;
    const request = await page.request();
    sent.push(...kinds(request.hits));
    await request.answer(204);
  }
  expect(sent.length).toBeGreaterThan(200);
  expect(sent.length).toBeLessThan(300);
});

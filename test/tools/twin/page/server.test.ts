// The status page without a browser: its headers, its content without scripts, and the origins from which it accepts a
// form.
import { request } from 'node:http';
import { siteId } from '../../../../runtime/site';
import { clauseTable } from '../../../../tools/twin/page/clauses';
import { html } from '../../../../tools/twin/page/html';
import { type Live, partNames } from '../../../../tools/twin/page/live';
import { partRows } from '../../../../tools/twin/page/parts-table';
import { type PageServer, servePage } from '../../../../tools/twin/page/server';
import { sampleSites } from '../../../../tools/twin/parts/sites';

const hostile = '<script>alert("1")</script>';
const live: Live = {
  parts: { collector: 'runs', stream: 'away', ingest: 'runs', archive: 'runs', database: 'runs', snapshot: 'runs' },
  texts: { rate: '12.5 a second', 'stored-1': '4,711' },
  recent: [{ id: '1', site: 'x', received: 'now', kind: hostile, url: hostile, address: '', visitor: "o'x", fields: '{"a":1}' }],
};
const sites = sampleSites.map((site, index) => ({ ...site, id: siteId(index + 1) }));
const sent: string[] = [];
let page: PageServer;

beforeAll(async () => {
  const source = { live: () => live, sites, clauses: () => clauseTable('/nowhere'), collector: 'http://127.0.0.1:1' };
  page = await servePage({ ...source, sendSamples: async (site) => ({ answered: sent.push(site) && 4, refused: 0 }) }, 0);
});
afterAll(() => page.close());
beforeEach(() => sent.splice(0));

interface Asked {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

function ask(path: string, { method = 'GET', headers = {}, body }: Asked = {}) {
  return new Promise<{ status: number | undefined; headers: NodeJS.Dict<string | string[]>; body: string }>((resolve, reject) => {
    const outgoing = request(`${page.address}${path}`, { method, headers }, (response) => {
      let text = '';
      response
        .on('data', (chunk) => (text += chunk))
        .on('end', () => resolve({ status: response.statusCode, headers: response.headers, body: text }));
    });
    outgoing.on('error', reject).end(body);
  });
}

test.each([
  ['/', 200],
  ['/live.json', 200],
  ['/twin.css', 200],
  ['/twin.js', 200],
  ['/icon.svg', 200],
  ['/elsewhere', 404],
  ['/sample', 405],
])('%s carries the headers of DSS-6.7.1 as they are, and a strict policy', async (path, status) => {
  const answer = await ask(path);
  expect(answer.status).toBe(status);
  expect(answer.headers).toMatchObject({
    'referrer-policy': 'strict-origin-when-cross-origin',
    'x-content-type-options': 'nosniff',
    'x-xss-protection': '1; mode=block',
    'strict-transport-security': 'max-age=15768000',
    'x-frame-options': 'SAMEORIGIN',
  });
  expect(answer.headers['content-security-policy']).toMatch(/^default-src 'none'; script-src 'self'; /);
  expect(answer.headers['content-security-policy']).not.toContain('unsafe');
});

test('the page has everything without scripts: sites, figures, parts, each clause, and a form', async () => {
  const { body } = await ask('/');
  for (const { name } of sampleSites) expect(body).toContain(name);
  expect(body).toContain('4,711');
  for (const { name } of partRows) expect(body).toContain(`<th scope="row">${name}</th>`);
  expect(body.match(/<th scope="row">(TOM|DSS)-[\d.]+<\/th>/g)?.length).toBeGreaterThan(80);
  expect(body).toMatch(/<form method="post" action="\/sample">/);
  expect(body).not.toMatch(/ style=| on[a-z]+=/);
});

test('the page is accessible: language, landmarks, captions, labels, a live region', async () => {
  const { body } = await ask('/');
  expect(body).toContain('<html lang="en">');
  for (const landmark of ['<header>', '<main ', '<footer>', '<nav aria-label=']) expect(body).toContain(landmark);
  expect(body.match(/<table/g)?.length).toBe(body.match(/<caption>/g)?.length);
  expect(body).toContain('role="status"');
  expect(body).toMatch(/<label for="site">/);
  const ids = [...body.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id);
  expect(new Set(ids).size).toBe(ids.length);
  for (const [, target] of body.matchAll(/(?:aria-labelledby=|href=)"#?([a-z-]+)"/g)) expect(ids).toContain(target);
});

test('outside values are text, never HTML', async () => {
  const { body } = await ask('/');
  expect(body).not.toContain(hostile);
  expect(html`<p>${`${hostile}&'`}</p>`.text).toBe('<p>&#60;script&#62;alert(&#34;1&#34;)&#60;/script&#62;&#38;&#39;</p>');
});

test('a form of the page is accepted, and redirects to the page with its result', async () => {
  const answer = await ask('/sample', { method: 'POST', headers: { origin: page.address }, body: 'site=clinic' });
  expect([answer.status, answer.headers.location, sent]).toEqual([303, '/?site=clinic&answered=4&refused=0', ['clinic']]);
  const { body } = await ask(answer.headers.location as string);
  expect(body).toContain('Sample hits for Clinic by the Lake: 4 accepted by the collector, 0 not.');
  expect(body).toContain('<option value="clinic" selected>');
});

test.each([
  ['another origin', { origin: 'https://evil.example' }],
  ['another port of this machine', { origin: 'http://127.0.0.1:1' }],
  ['the origin null', { origin: 'null' }],
  ['a cross-site request', { 'sec-fetch-site': 'cross-site' }],
  ['a cross-site request with our origin', { 'sec-fetch-site': 'cross-site', origin: 'own' }],
  ['no origin', {}],
])('a form of %s is refused', async (_, headers: Record<string, string>) => {
  const own = headers.origin === 'own' ? { ...headers, origin: page.address } : headers;
  const answer = await ask('/sample', { method: 'POST', headers: own, body: 'site=clinic' });
  expect([answer.status, sent]).toEqual([403, []]);
});

test.each([
  ['nothing', ''],
  ['no site', 'site='],
  ['an unknown site', 'site=nobody'],
  ['a form that is too large', `site=${'x'.repeat(9000)}`],
])('a form with %s is refused', async (_, body) => {
  expect((await ask('/sample', { method: 'POST', headers: { origin: page.address }, body })).status).toBe(400);
  expect(sent).toEqual([]);
});

test('another name that resolves to this machine is refused', async () => {
  expect((await ask('/', { headers: { host: 'evil.example' } })).status).toBe(421);
  expect((await ask('/live.json', { headers: { host: 'evil.example:80' } })).status).toBe(421);
});

test('a message contains known values, not the text of the address', async () => {
  expect((await ask('/?site=nobody&answered=1')).body).toContain('<p id="message" role="status" class="message"></p>');
  expect((await ask(`/?site=clinic&answered=${encodeURIComponent(hostile)}`)).body).toContain('Clinic by the Lake: 0 accepted');
});

test('a port in use is reported', async () => {
  const port = Number(new URL(page.address).port);
  const source = { live: () => live, sites, clauses: () => clauseTable('/nowhere'), collector: '' };
  await expect(servePage({ ...source, sendSamples: async () => ({ answered: 0, refused: 0 }) }, port)).rejects.toThrow(
    `--port: expected a free port, got ${port}, which another program uses; choose another, or leave it out`,
  );
});

test('every part with a state is shown', () => {
  expect(partRows.flatMap(({ state }) => state ?? []).sort()).toEqual([...partNames].sort());
});

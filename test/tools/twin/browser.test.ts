// The status page in a real browser: it loads without an error, its form and figures work, hits are stored by the
// settings of their site.
import { chmodSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { chromiumPath, launchChromium } from './browser';
import { type Ready, RunningTwin } from './running-twin';

jest.setTimeout(240_000);

/** Runs in the page. */
const lowContrasts = readFileSync(join(__dirname, 'low-contrasts.js'), 'utf8');

const path = chromiumPath();
if (path === undefined) {
  test('NOT RUN: no Chromium on this machine; install one (apt-get install chromium) or name it in REMPART_CHROMIUM', () => {
    console.warn('The status page was not tested in a browser: expected Chromium, found none.');
  });
} else {
  describe('in Chromium', () => inChromium(path));
}

function inChromium(executablePath: string): void {
  let base = '';
  let twin: RunningTwin;
  let ready: Ready;
  let browser: Browser;
  /** Errors of the browser, and failed requests. */
  let complaints: string[] = [];

  beforeAll(async () => {
    base = mkdtempSync(join(tmpdir(), 'rempart-browser-'));
    chmodSync(base, 0o755);
    twin = RunningTwin.start('--folder', base, '--batch-seconds', '1');
    [ready, browser] = await Promise.all([twin.ready(), launchChromium(executablePath)]);
  });
  afterAll(async () => {
    await browser?.close();
    twin?.signal('SIGTERM');
    await twin?.ended;
    rmSync(base, { recursive: true, force: true });
  });
  beforeEach(() => {
    complaints = [];
  });

  async function open(options: Parameters<Browser['newContext']>[0] = {}): Promise<Page> {
    const page = await (await browser.newContext(options)).newPage();
    page.setDefaultTimeout(60_000);
    page.on('console', (message) => {
      if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text());
    });
    page.on('pageerror', (error) => complaints.push(error.message));
    page.on('response', (response) => {
      if (response.status() >= 400) complaints.push(`${response.status()} ${response.url()}`);
    });
    return page;
  }

  async function sendSamples(page: Page, site: string): Promise<void> {
    await page.selectOption('#site', site);
    await page.click('button[type=submit]');
    await page.waitForURL(/answered=4&refused=0/);
  }

  /** Cells of the newest row of a kind, by the heading of their column. */
  async function newest(page: Page, name: string, kind: string): Promise<Record<string, string>> {
    const row = page
      .locator('#recent-rows tr', { hasText: name })
      .filter({ has: page.locator(`td:text-is("${kind}")`) })
      .first();
    // The list of the newest rows is read after their number.
    await row.waitFor();
    const cells = await row.locator('td').allTextContents();
    const headings = await page.locator('#recent thead th').allTextContents();
    return Object.fromEntries(headings.map((heading, index) => [heading, cells[index] ?? '']));
  }

  test('it loads with exactly the headers of DSS-6.7.1, and no error', async () => {
    const page = await open();
    const response = await page.goto(ready.page);
    expect(response?.status()).toBe(200);
    expect(await response?.allHeaders()).toMatchObject({
      'referrer-policy': 'strict-origin-when-cross-origin',
      'x-content-type-options': 'nosniff',
      'x-xss-protection': '1; mode=block',
      'strict-transport-security': 'max-age=15768000',
      'x-frame-options': 'SAMEORIGIN',
    });
    expect(await page.title()).toBe('Rempart, the twin');
    await page.waitForResponse(/live\.json/);
    // The style is applied, so the policy allows it.
    expect(await page.evaluate("getComputedStyle(document.querySelector('section')).borderRadius")).not.toBe('0px');
    expect(complaints).toEqual([]);
  });

  test('sample hits appear under their site, hashed by its settings', async () => {
    const page = await open();
    await page.goto(ready.page);
    await sendSamples(page, 'clinic');
    await page.locator('[data-live=stored-2]', { hasText: /^4$/ }).waitFor();
    const pixel = await newest(page, 'Clinic by the Lake', 'sample-pixel');
    expect(pixel.Address).toMatch(/^[0-9a-f]{64}$/);
    expect(JSON.parse(pixel.Fields ?? '')).toEqual({
      email: expect.stringMatching(/^[0-9a-f]{64}$/),
      patient: expect.stringMatching(/^[0-9a-f]{64}$/),
    });
    // DNT: 1, on a site with privacy signals.
    expect(await newest(page, 'Clinic by the Lake', 'sample-beacon')).toMatchObject({ Address: '', Visitor: '', Fields: '' });
    const stored = await page.locator('#recent').textContent();
    for (const sent of ['198.18.7.42', '198.18.99.200', '2001:db8:7:42', 'ada@example.com', '12-345']) expect(stored).not.toContain(sent);
    expect(complaints).toEqual([]);
  });

  test('other sites cut addresses to a network, or ignore privacy signals, by their settings', async () => {
    const page = await open();
    await page.goto(ready.page);
    await sendSamples(page, 'gazette');
    await page.locator('[data-live=stored-1]', { hasText: /^4$/ }).waitFor();
    expect(await newest(page, 'The Gazette', 'sample-pixel')).toMatchObject({ Address: '198.18.7.0' });
    expect(await newest(page, 'The Gazette', 'sample-first')).toMatchObject({ Address: '198.18.99.0', Visitor: 'sample-other' });
    await sendSamples(page, 'harbour');
    await page.locator('[data-live=stored-3]', { hasText: /^4$/ }).waitFor();
    expect(await newest(page, 'Harbour Weather', 'sample-beacon')).toMatchObject({ Address: '2001:db8:7::', Visitor: 'sample-visitor' });
    expect(complaints).toEqual([]);
  });

  test('the figures update without a reload', async () => {
    const page = await open();
    await page.goto(ready.page);
    const kind = `kind-${Date.now()}`;
    await fetch(`${ready.collector}/hit.gif?site=cyclists&kind=${kind}`, { headers: { 'x-forwarded-for': '198.18.1.1' } });
    // Rows and counts are separate queries of one update: a hit stored between them is counted by the next update.
    await page.locator('#recent-rows td', { hasText: kind }).waitFor();
    await page.locator('[data-live=stored-6]', { hasText: /^1$/ }).waitFor();
    expect(complaints).toEqual([]);
  });

  test('without scripts, the page has its tables and the form works', async () => {
    const page = await open({ javaScriptEnabled: false });
    await page.goto(ready.page);
    expect(await page.locator('#clauses tbody tr').count()).toBeGreaterThan(80);
    expect(await page.locator('#parts tbody tr').count()).toBeGreaterThan(7);
    expect(await page.locator('#clauses tbody tr', { hasText: 'TOM-4.13' }).textContent()).toMatch(/pseudonymous|SHA-256/i);
    await sendSamples(page, 'library');
    expect(await page.locator('#message').textContent()).toContain('City Library: 4 accepted by the collector');
    expect(complaints).toEqual([]);
  });

  test('a form of another site is refused by the headers of the browser', async () => {
    const page = await open();
    await page.route('http://evil.example/', (route) =>
      route.fulfill({
        contentType: 'text/html',
        body: `<form method="post" action="${ready.page}/sample"><input name="site" value="clinic"><button>go</button></form>`,
      }),
    );
    await page.goto('http://evil.example/');
    const [response] = await Promise.all([page.waitForResponse(`${ready.page}/sample`), page.click('button')]);
    expect(response.status()).toBe(403);
  });

  test.each(['light', 'dark'] as const)(
    'every text has a contrast of at least 4.5 to 1 (%s), and the keyboard reaches every control',
    async (colorScheme) => {
      const page = await open({ colorScheme });
      await page.goto(ready.page);
      expect(await page.evaluate(lowContrasts)).toEqual([]);
      await page.keyboard.press('Tab');
      expect(await page.evaluate('document.activeElement.textContent')).toBe('Skip to the content');
    },
  );
}

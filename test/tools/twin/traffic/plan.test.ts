// The traffic: determined by its seed, and with the relevant properties of real traffic.
import { type PlannedRequest, planTraffic } from '../../../../tools/twin/traffic/plan';

const sites = ['large', 'middle', 'small', 'tiny'];

function take(count: number, seed = 7): PlannedRequest[] {
  const plan = planTraffic({ seed, run: 'run', sites });
  return Array.from({ length: count }, () => plan.next().value);
}

const requests = take(5000);
const good = requests.filter(({ fault }) => fault === undefined);
const share = (of: readonly PlannedRequest[], which: (request: PlannedRequest) => boolean) => of.filter(which).length / of.length;

test('the seed determines the requests', () => {
  expect(take(200, 7)).toEqual(requests.slice(0, 200));
  expect(take(200, 8)).not.toEqual(requests.slice(0, 200));
});

test('numbers every hit once, in order', () => {
  const hits = requests.flatMap((request) => request.hits);
  expect(hits).toEqual(hits.map((_, index) => index));
  for (const { hits: numbers, path, body } of good.slice(0, 300)) {
    const text = decodeURIComponent(`${path} ${body}`);
    for (const number of numbers) expect(text).toMatch(new RegExp(`hit=run-${number}(?!\\d)`));
  }
});

test('has sites of different sizes, the first the largest', () => {
  const count = (site: string) =>
    good.filter(({ path, body = '' }) => `${path}${decodeURIComponent(body)}`.includes(`${site}.example`)).length;
  const counts = sites.map(count);
  expect(counts).toEqual([...counts].sort((a, b) => b - a));
  expect(counts[0]).toBeGreaterThan(3 * (counts[3] ?? 0));
});

test('has phones and desktops, IPv4 and IPv6, every format, and privacy signals', () => {
  const header = (name: string, pattern: RegExp) => share(good, ({ headers }) => pattern.test(headers[name] ?? ''));
  expect(header('user-agent', /Mobile/)).toBeGreaterThan(0.4);
  expect(header('user-agent', /Windows|Macintosh|X11/)).toBeGreaterThan(0.2);
  expect(header('x-forwarded-for', /2001:db8:/)).toBeGreaterThan(0.2);
  expect(header('x-forwarded-for', /198\.1[89]\./)).toBeGreaterThan(0.4);
  expect(header('x-forwarded-for', /, /)).toBeGreaterThan(0.01);
  expect(header('dnt', /1/)).toBeGreaterThan(0.02);
  expect(header('sec-gpc', /1/)).toBeGreaterThan(0.02);
  for (const type of [/text\/plain/, /application\/json/, /x-www-form-urlencoded/])
    expect(header('content-type', type)).toBeGreaterThan(0.03);
  expect(share(good, ({ path }) => path.startsWith('/hit.gif?'))).toBeGreaterThan(0.3);
  expect(share(good, ({ path, hits }) => path === '/hits' && hits.length > 1)).toBeGreaterThan(0.03);
});

test('a few requests are bad, in several ways, and contain no hit', () => {
  const bad = requests.filter(({ fault }) => fault !== undefined);
  expect(bad.length / requests.length).toBeGreaterThan(0.01);
  expect(bad.length / requests.length).toBeLessThan(0.06);
  expect(new Set(bad.map(({ fault }) => fault)).size).toBeGreaterThanOrEqual(6);
  expect(bad.flatMap(({ hits }) => hits)).toEqual([]);
});

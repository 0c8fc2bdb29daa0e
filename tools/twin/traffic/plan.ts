// The traffic of many visitors as a sequence of requests; the same seed gives the same sequence. Pure.
import { randomNumbers } from '../../../lambda/database/generated-data/generate';

/** A request in the form in which the load balancer forwards it to a collector. */
export interface PlannedRequest {
  readonly method: 'GET' | 'POST' | 'PUT';
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  /** Numbers of the hits in it, in order; none in a request that a collector must refuse. */
  readonly hits: readonly number[];
  /** The fault of a request that must be refused. */
  readonly fault?: string;
}

export interface PlanOptions {
  readonly seed: number;
  /** Marks the hits of this run in their URL, which no setting of a site changes. */
  readonly run: string;
  /** Keys of the sites, the largest first. */
  readonly sites: readonly string[];
}

const desktop = [
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36',
  'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.4 Safari/605.1.15',
  'Mozilla/5.0 (X11; Linux x86_64; rv:142.0) Gecko/20100101 Firefox/142.0',
];
const mobile = [
  'Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Mobile/15E148 Safari/604.1',
  'Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Mobile Safari/537.36',
  'Mozilla/5.0 (Android 15; Mobile; rv:142.0) Gecko/142.0 Firefox/142.0',
];
const pages = ['/', '/news', '/news/article', '/search', '/basket', '/checkout', '/account', '/help'];
const kinds = ['page', 'page', 'page', 'page', 'click', 'click', 'search', 'purchase'];
const languages = ['de', 'en', 'es', 'fr', 'it', 'nl'];

/** Shares of the traffic, in percent. */
const shares = { mobile: 62, ipv6: 38, dnt: 7, gpc: 9, bad: 3, pixel: 42, beacon: 32, json: 12, form: 6 } as const;
/** Visitors of a medium-sized site; the address and the user agent are derived from the visitor. */
const visitors = 20_000;

/** An endless sequence of requests. */
export function* planTraffic({ seed, run, sites }: PlanOptions): Generator<PlannedRequest, never> {
  const dice = new Dice(seed);
  let next = 0;
  for (;;) {
    if (dice.in100(shares.bad)) {
      yield badRequest(dice, sites);
      continue;
    }
    const site = sites[zipf(dice, sites.length)] ?? '';
    const visitor = visitorOf(dice);
    const hit = () => hitOf(dice, site, visitor.name, `${run}-${next++}`);
    const first = next;
    const request = requestOf(dice, hit);
    const hits = Array.from({ length: next - first }, (_, index) => first + index);
    yield { ...request, hits, headers: { ...visitor.headers, ...request.headers } };
  }
}

class Dice {
  private readonly random: () => number;
  constructor(seed: number) {
    this.random = randomNumbers(seed);
  }
  /** A whole number from 0 to below `limit`. */
  below = (limit: number): number => Math.floor(this.random() * limit);
  in100 = (share: number): boolean => this.random() * 100 < share;
  pick = <T>(from: readonly T[]): T => from[this.below(from.length)] as T;
  fraction = (): number => this.random();
}

/** Index of a site: the second has half the traffic of the first, the third a third of it (Zipf's law). */
function zipf(dice: Dice, count: number): number {
  const total = Array.from({ length: count }, (_, index) => 1 / (index + 1)).reduce((sum, share) => sum + share, 0);
  let left = dice.fraction() * total;
  for (let index = 0; index < count; index++) {
    left -= 1 / (index + 1);
    if (left <= 0) return index;
  }
  return count - 1;
}

interface Visitor {
  readonly name: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** A few visitors come often and most once. Their addresses are of reserved networks (RFC 2544, RFC 3849). */
function visitorOf(dice: Dice): Visitor {
  const number = Math.floor(visitors * dice.fraction() ** 3);
  const own = new Dice(number + 1);
  const address = own.in100(shares.ipv6)
    ? `2001:db8:${own.below(65536).toString(16)}:${own.below(65536).toString(16)}::${own.below(65536).toString(16)}`
    : `198.${18 + own.below(2)}.${own.below(256)}.${own.below(256)}`;
  const userAgent = own.in100(shares.mobile) ? own.pick(mobile) : own.pick(desktop);
  const signals = { ...(own.in100(shares.dnt) ? { dnt: '1' } : {}), ...(own.in100(shares.gpc) ? { 'sec-gpc': '1' } : {}) };
  // A value from the visitor comes before the one that the load balancer appends; collectors take the last.
  const forwarded = own.in100(4) ? `10.1.2.3, ${address}` : address;
  const headers = { 'x-forwarded-for': forwarded, 'user-agent': userAgent, 'accept-language': own.pick(languages), ...signals };
  return { name: `visitor-${number}`, headers };
}

type WireHit = Readonly<Record<string, unknown>> & { readonly fields: Readonly<Record<string, string>> };

const hitOf = (dice: Dice, site: string, visitor: string, mark: string): WireHit => ({
  site,
  kind: dice.pick(kinds),
  url: `https://${site}.example/hit=${mark}${dice.pick(pages)}`,
  ...(dice.in100(40) ? { referrer: dice.pick(['https://search.example/', 'https://social.example/feed']) } : {}),
  visitor,
  fields: { language: dice.pick(languages), email: `${visitor}@example.com`, ...(dice.in100(10) ? { näme: 'Zoë "Ω"' } : {}) },
});

/** The hits in one of the formats that pages send. */
function requestOf(dice: Dice, hit: () => WireHit): Omit<PlannedRequest, 'hits'> {
  let share = dice.fraction() * 100;
  const is = (kind: 'pixel' | 'beacon' | 'json' | 'form') => {
    share -= shares[kind];
    return share < 0;
  };
  if (is('pixel')) return { method: 'GET', path: `/hit.gif?${asForm(hit())}`, headers: { accept: 'image/*' } };
  if (is('beacon')) return post('/hit', 'text/plain;charset=UTF-8', JSON.stringify(hit()));
  if (is('json')) return post('/hit', 'application/json', JSON.stringify(hit()));
  if (is('form')) return post('/hit', 'application/x-www-form-urlencoded', asForm(hit()));
  const many = Array.from({ length: 2 + dice.below(18) }, hit);
  const lines = dice.in100(50);
  return post('/hits', 'application/json', lines ? many.map((one) => JSON.stringify(one)).join('\n') : JSON.stringify(many));
}

const post = (path: string, type: string, body: string): Omit<PlannedRequest, 'hits'> => ({
  method: 'POST',
  path,
  headers: { 'content-type': type },
  body,
});

function asForm({ fields, ...others }: WireHit): string {
  const form = new URLSearchParams();
  for (const [name, value] of Object.entries(others)) form.set(name, String(value));
  for (const [name, value] of Object.entries(fields)) form.set(`f.${name}`, value);
  return form.toString();
}

/** A request from the internet that is no hit, or an invalid hit. */
function badRequest(dice: Dice, sites: readonly string[]): PlannedRequest {
  const site = dice.pick(sites);
  const json = { 'content-type': 'application/json' };
  const faults: readonly (Omit<PlannedRequest, 'hits' | 'headers'> & { readonly headers?: Readonly<Record<string, string>> })[] = [
    { fault: 'unknown site', method: 'GET', path: '/hit.gif?site=nobody-has-this&kind=page' },
    { fault: 'no site', method: 'GET', path: '/hit.gif?kind=page' },
    { fault: 'broken JSON', method: 'POST', path: '/hit', headers: json, body: '{"site":"gaz' },
    { fault: 'unknown path', method: 'GET', path: `/${dice.pick(['wp-login.php', '.env', 'admin'])}` },
    { fault: 'wrong method', method: 'PUT', path: '/hit', headers: json, body: '{}' },
    { fault: 'body too long', method: 'POST', path: '/hit', headers: json, body: JSON.stringify({ site, kind: 'k'.repeat(70_000) }) },
  ];
  const bad = dice.pick(faults);
  return { ...bad, hits: [], headers: { 'x-forwarded-for': '198.19.0.66', 'user-agent': 'curl/8.5.0', ...bad.headers } };
}

// Generates sites, people and hits that resemble real data and belong to nobody; one seed always gives the same data.
// (TOM-7.4)
import { createHash } from 'node:crypto';

export interface GeneratedSite {
  readonly key: string;
  readonly name: string;
  readonly people: readonly GeneratedPerson[];
}

export interface GeneratedPerson {
  readonly id: string;
  readonly name: string;
  /** In example.com, which is reserved (RFC 2606). */
  readonly email: string;
  readonly visitor: string;
  readonly role: 'reader' | 'analyst' | 'editor' | 'administrator';
}

/** A hit as collectors send it, without its site. */
export interface GeneratedHit {
  readonly id: string;
  readonly received: string;
  readonly occurred: string;
  readonly kind: string;
  readonly url: string;
  readonly referrer?: string;
  readonly visitor: string;
  /** A network of the documentation ranges (RFC 5737, RFC 3849). */
  readonly address: string;
  readonly userAgent: string;
  readonly fields: { readonly [name: string]: string | number };
}

/** Pseudorandom numbers in [0, 1) from a seed: mulberry32, suitable for test data only. */
export function randomNumbers(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

const words =
  'amber birch cedar delta ember fjord grove harbor island juniper kestrel lagoon meadow north opal pine quartz river summit tide'.split(
    ' ',
  );
const firstNames = 'Ada Bruno Chloe Dario Elena Felix Greta Hugo Ines Jonas Klara Luca Mila Noor Oskar Petra Rosa Sven Tara Yves'.split(
  ' ',
);
const familyNames =
  'Almeida Berger Costa Dubois Eriksen Fontaine Gruber Horvat Ivanov Jansen Keller Lindqvist Moreau Novak Olsen Rossi'.split(' ');
const roles = ['reader', 'reader', 'reader', 'analyst', 'editor', 'administrator'] as const;
const pages = ['/', '/products', '/products/details', '/search', '/basket', '/checkout', '/account', '/help', '/blog', '/blog/article'];
const kinds = ['page', 'page', 'page', 'page', 'click', 'click', 'search', 'purchase'];
const referrers = [undefined, undefined, 'https://search.example/', 'https://news.example/front', 'https://social.example/feed'];
const browsers = [
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36',
  'Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Mobile/15E148 Safari/604.1',
  'Mozilla/5.0 (X11; Linux x86_64; rv:142.0) Gecko/20100101 Firefox/142.0',
];

/** An id derived from a text, in the form of a UUID: a repeated load finds its rows again. */
function derivedId(text: string): string {
  const hex = createHash('sha256').update(text).digest('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

/** The site with the number `index` of a seed. */
export function generateSite(seed: number, index: number): GeneratedSite {
  const random = randomNumbers(seed * 7919 + index);
  const pick = <T>(from: readonly T[]): T => from[Math.floor(random() * from.length)] as T;
  const [adjective, noun] = [pick(words), pick(words)];
  const people = Array.from({ length: 3 + Math.floor(random() * 10) }, (_, number): GeneratedPerson => {
    const [first, family] = [pick(firstNames), pick(familyNames)];
    const unique = `${seed}/${index}/${number}`;
    return {
      id: derivedId(`person ${unique}`),
      name: `${first} ${family}`,
      email: `${first}.${family}.${index}.${number}@example.com`.toLowerCase(),
      visitor: derivedId(`visitor ${unique}`),
      role: pick(roles),
    };
  });
  return { key: `generated-${seed}-${index}`, name: `${adjective} ${noun} ${index}`, people };
}

/**
 * Hits of a site in the 24 hours before `end`, more of them towards its end. A third are from the site's people, the
 * rest from other visitors, of whom a few come often and most once.
 */
export function* generateHits(seed: number, index: number, site: GeneratedSite, count: number, end: Date): Generator<GeneratedHit> {
  const random = randomNumbers(seed * 104729 + index);
  const pick = <T>(from: readonly T[]): T => from[Math.floor(random() * from.length)] as T;
  for (let number = 0; number < count; number++) {
    const ago = Math.floor(86_400_000 * (1 - Math.sqrt(random())));
    const received = end.getTime() - ago;
    const visitor = random() < 1 / 3 ? pick(site.people).visitor : derivedId(`guest ${seed}/${index}/${Math.floor(count * random() ** 3)}`);
    const referrer = pick(referrers);
    yield {
      id: derivedId(`hit ${seed}/${index}/${number}`),
      received: new Date(received).toISOString(),
      occurred: new Date(received - Math.floor(random() * 3000)).toISOString(),
      kind: pick(kinds),
      url: `https://${site.key}.example${pick(pages)}?item=${Math.floor(random() * 1000)}`,
      ...(referrer ? { referrer } : {}),
      visitor,
      address:
        random() < 0.8 ? pick(['192.0.2.0', '198.51.100.0', '203.0.113.0']) : `2001:db8:${Math.floor(random() * 65536).toString(16)}::`,
      userAgent: pick(browsers),
      fields: { language: pick(['de', 'en', 'es', 'fr']), campaign: pick(words), amount: Math.floor(random() * 20000) / 100 },
    };
  }
}

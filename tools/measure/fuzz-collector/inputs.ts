// Hostile and valid input for the collector: requests generated from a structure, then corrupted in the structure or
// in their octets.

import { type Coding, compressed, contentEncoding, multipart } from './encoded';
import { LaxHits, type SentHit } from './lax';

export interface Input {
  readonly kind: 'valid' | 'lax' | 'json' | 'spoilt' | 'smuggling' | 'chunks' | 'bomb' | 'noise';
  readonly bytes: Buffer;
  /** Of a lax hit, the values that the collector must keep or mark. */
  readonly sent?: SentHit;
}

const crlf = '\r\n';
/** Octets and words on which parsers differ. */
const words = [
  ...['\r', '\n', '\r\n', '\0', ' ', '\t', ':', ';', ',', '"', '\x0b', '\x7f', '\x80', '\xff', '%', '%00', '%ff', '+', '#', '?', '&', '='],
  ...['Content-Length: 5\r\n', 'Transfer-Encoding: chunked\r\n', 'Connection: close\r\n', 'Expect: 100-continue\r\n', 'Host: b\r\n'],
  ...['0\r\n\r\n', 'ffffffffffffffff', '-1', '0x10', 'HTTP/1.0', 'HTTP/2.0', '__proto__', 'constructor', '\\u0000', '\\ud800', '1e999'],
  ...['{', '}', '[', ']', 'null', '\xed\xa0\x80', '\xc0\x80', '\xf4\x90\x80\x80', '\xef\xbb\xbf'],
];

export class Inputs {
  private readonly lax: LaxHits;

  /** @param random numbers from 0 to below 1 */
  constructor(private readonly random: () => number) {
    this.lax = new LaxHits(this.below);
  }

  next(): Input {
    if (this.below(8) === 0) return this.laxHit();
    const makers: readonly (readonly [Input['kind'], () => string])[] = [
      ['valid', this.valid],
      ['json', this.json],
      ['spoilt', this.spoilt],
      ['spoilt', this.spoilt],
      ['smuggling', this.smuggling],
      ['chunks', this.chunks],
      ['noise', this.noise],
    ];
    const [kind, make] = this.below(200) === 0 ? (['bomb', this.bomb] as const) : this.pick(makers);
    return { kind, bytes: Buffer.from(make(), 'latin1') };
  }

  /** A hit that must be answered 2xx and kept. */
  laxHit(): Input {
    const { text, sent } = this.lax.next();
    return { kind: 'lax', bytes: Buffer.from(text, 'latin1'), sent };
  }

  below = (limit: number): number => Math.floor(this.random() * limit);

  private pick<T>(items: readonly [T, ...T[]] | readonly T[]): T {
    return items[this.below(items.length)] as T;
  }

  private times = (most: number, make: () => string): string => Array.from({ length: this.below(most + 1) }, make).join('');

  private word = (): string => this.times(12, () => String.fromCharCode(97 + this.below(26))) || 'x';

  private octets = (most: number): string => this.times(most, () => String.fromCharCode(this.below(256)));

  private fields = (): string =>
    this.times(4, () => {
      const name = this.pick(['X-Forwarded-For', 'User-Agent', 'Cookie', 'DNT', 'Sec-GPC', 'Accept', `X-${this.word()}`]);
      return `${name}: ${this.pick(['1', '198.51.100.7', '2001:db8::1', '__Host-visitor-2=x', this.word()])}${crlf}`;
    });

  /** A request that must be answered 2xx. Each field occurs at most once. */
  valid = (): string => {
    const site = this.pick(['acme', 'shop']);
    const fields = `Host: a.example${crlf}${this.pick(['', `DNT: 1${crlf}`, `User-Agent: ${this.word()}${crlf}`])}`;
    const hit = JSON.stringify({
      site,
      kind: this.word(),
      url: `https://${this.word()}.example/`,
      fields: { email: this.word(), n: this.below(99) },
    });
    switch (this.below(10)) {
      case 0:
        return `GET /hit.gif?site=${site}&kind=${this.word()}&f.email=${this.word()}%20x HTTP/1.1${crlf}${fields}${crlf}`;
      case 1:
        return `OPTIONS /hit HTTP/1.1${crlf}${fields}Origin: https://shop.example${crlf}${crlf}`;
      case 2:
        return this.framed('/hits', `[${hit},${hit}]`, fields);
      case 3:
        return this.framed('/hit', `site=${site}&kind=${this.word()}`, `${fields}Content-Type: application/x-www-form-urlencoded${crlf}`);
      case 4:
        return this.framed('/hits', `${hit}\n${hit}\n`, `${fields}Content-Type: application/x-ndjson${crlf}`);
      case 5:
        return this.framed('/hit', hit, `${fields}Content-Type: application/json${crlf}`);
      default:
        return this.encoded(site, hit, fields);
    }
  };

  /** A valid request whose body is compressed, in parts, without a type, or missing. */
  private encoded(site: string, hit: string, fields: string): string {
    const coding = this.pick<Coding>(['gzip', 'zlib', 'raw']);
    const boundary = this.word();
    const pairs = [
      ['site', site],
      ['kind', this.word()],
      ['f.text', `${this.word()} \xc3\xbc`],
    ] as const;
    switch (this.below(5)) {
      case 0:
        return this.framed('/hit', compressed(hit, coding), `${fields}Content-Encoding: ${contentEncoding(coding)}${crlf}`);
      case 1:
        return this.framed('/hits', compressed(`[${hit},${hit}]`, coding), `${fields}Content-Encoding: ${contentEncoding(coding)}${crlf}`);
      case 2:
        return this.framed('/hit', multipart(pairs, boundary), `${fields}Content-Type: multipart/form-data; boundary=${boundary}${crlf}`);
      case 3:
        return this.framed('/hit', this.pick([hit, `site=${site}&kind=${this.word()}`]), fields);
      default:
        return this.framed(`/hit?site=${site}&kind=${this.word()}`, '', fields);
    }
  }

  private framed(path: string, body: string, fields: string): string {
    const start = `POST ${path} HTTP/1.1${crlf}${fields}`;
    if (this.below(3) > 0) return `${start}Content-Length: ${body.length}${crlf}${crlf}${body}`;
    return `${start}Transfer-Encoding: chunked${crlf}${crlf}${this.inChunks(body)}`;
  }

  private inChunks(body: string): string {
    const size = 1 + this.below(60);
    const parts: string[] = [];
    for (let at = 0; at < body.length; at += size) {
      const part = body.slice(at, at + size);
      parts.push(`${part.length.toString(16)}${crlf}${part}${crlf}`);
    }
    return `${parts.join('')}0${crlf}${crlf}`;
  }

  /** A well-framed request with a hostile body. */
  private json = (): string => {
    const value = this.value(this.below(5));
    const name = this.pick([
      'kind',
      'url',
      'visitor',
      'occurred',
      'fields',
      'referrer',
      'id',
      'site',
      'gclid',
      '__proto__',
      'constructor',
      this.octets(3).replaceAll('"', ''),
    ]);
    const one = `{"site":"${this.pick(['acme', 'shop', '__proto__', this.word()])}","kind":"k","${name}":${value}}`;
    const body = this.pick([one, `[${one},${value}]`, value, `${one}\n${value}`]);
    return this.framed(this.pick(['/hit', '/hits']), body, `Host: a${crlf}${this.fields()}`);
  };

  private value(depth: number): string {
    if (depth > 0 && this.below(3) > 0) {
      const items =
        this.below(2) === 0 ? (['[', ']', ''] as const) : (['{', '}', `"${this.pick(['email', '__proto__', 'a', 'toString'])}":`] as const);
      return `${items[0]}${items[2]}${this.value(depth - 1)}${items[1]}`;
    }
    const bomb = 20 + this.below(3000);
    return this.pick([
      ...[
        '1e999',
        '-0',
        '0.1e-400',
        '1E400',
        'null',
        'true',
        '"\\u0000"',
        '"\\ud800"',
        '"\\udc00\\ud800"',
        '"2026-02-30T00:00:00Z"',
        '""',
        '{}',
        '[]',
      ],
      ...[
        `"${this.octets(40).replaceAll('"', '')}"`,
        `"${'x'.repeat(this.below(9000))}"`,
        '9'.repeat(this.below(400) + 1),
        `"${this.word()}"`,
      ],
      ...[`${'['.repeat(bomb)}${']'.repeat(bomb)}`, `${'{"a":'.repeat(bomb)}1${'}'.repeat(bomb)}`, `${'['.repeat(bomb)}`],
      ...[`{${Array.from({ length: this.below(300) }, (_, index) => `"${index}":${index}`).join(',')}}`],
    ]);
  }

  /** A valid request with octets changed, added, repeated or removed. */
  private spoilt = (): string => {
    let text = this.valid();
    for (let left = 1 + this.below(6); left > 0; left--) {
      const [at, length] = [this.below(text.length + 1), this.below(8)];
      const [before, after] = [text.slice(0, at), text.slice(at)];
      const spoil = this.below(5);
      if (spoil === 0) text = before + String.fromCharCode(this.below(256)) + after.slice(1);
      else if (spoil === 1) text = before + this.pick(words) + after;
      else if (spoil === 2) text = before + after.slice(length);
      else if (spoil === 3) text = before + after.slice(0, length * 4) + after;
      else text = before + this.octets(6) + after;
    }
    return text;
  };

  /** Two contradictory lengths of a body. */
  private smuggling = (): string => {
    const inner = `GET /hit.gif?site=acme&kind=smuggled HTTP/1.1${crlf}Host: a${crlf}${crlf}`;
    const body = this.pick([`0${crlf}${crlf}${inner}`, inner, `${inner.length.toString(16)}${crlf}${inner}${crlf}0${crlf}${crlf}`]);
    const space = () => this.pick(['', ' ', '\t', '\x0b', '\x0c', '\0', '\r', '\n ', crlf, `${crlf} `]);
    const encoding = `${this.pick(['Transfer-Encoding', 'transfer-encoding', 'Transfer_Encoding', 'X-Transfer-Encoding'])}${space()}:${space()}`;
    const coding = this.pick([
      'chunked',
      'CHUNKED',
      'xchunked',
      'chunked, identity',
      'identity, chunked',
      '"chunked"',
      'chunked;a=b',
      'chunke',
    ]);
    const length = `Content-Length${space()}:${space()}${this.pick([String(body.length), '0', '4', '+4', '0x4', '4, 4', '-1', '4 4', '04', '9'.repeat(20)])}`;
    const lines = [`${encoding}${coding}${space()}`, length, ...(this.below(2) === 0 ? [length] : [])];
    if (this.below(2) === 0) lines.reverse();
    return `POST /hit HTTP/1.${this.pick(['1', '1', '1', '0'])}${crlf}Host: a${crlf}${lines.slice(this.below(2)).join(crlf)}${crlf}${crlf}${body}`;
  };

  /** Invalid sizes of chunks, extensions and trailers. */
  private chunks = (): string => {
    const size = () =>
      this.pick([
        '1',
        '01',
        '00000001',
        '000000001',
        '0x1',
        '+1',
        '-1',
        ' 1',
        '1 ',
        'g',
        '',
        'ffffffff',
        '100000000',
        '2',
        '1;x',
        '1;x="y',
        '1;\r',
        '1;\n',
      ]);
    const end = () => this.pick([crlf, crlf, crlf, '\n', '\r', '\r\r\n', '']);
    const chunk = () => `${size()}${end()}a${end()}`;
    const trailer = this.times(2, () =>
      this.pick([`X: y${crlf}`, `Host: b${crlf}`, ` folded${crlf}`, `Content-Length: 3${crlf}`, 'X: y\n', `:${crlf}`]),
    );
    return `POST /hit HTTP/1.1${crlf}Host: a${crlf}Transfer-Encoding: chunked${crlf}${crlf}${this.times(4, chunk)}0${end()}${trailer}${end()}`;
  };

  /** A large number of one element. */
  private bomb = (): string => {
    const many = 50 + this.below(2000);
    return this.pick([
      `GET /${'a'.repeat(many * 20)} HTTP/1.1${crlf}Host: a${crlf}${crlf}`,
      `GET / HTTP/1.1${crlf}Host: a${crlf}${`X: y${crlf}`.repeat(many)}${crlf}`,
      `GET / HTTP/1.1${crlf}Host: a${crlf}X: ${'y'.repeat(many * 30)}${crlf}${crlf}`,
      `GET /hit.gif?${'f.a=1&'.repeat(many)} HTTP/1.1${crlf}Host: a${crlf}${crlf}`,
      `POST /hit HTTP/1.1${crlf}Host: a${crlf}Content-Length: 100000000${crlf}${crlf}${'x'.repeat(many)}`,
      `POST /hit HTTP/1.1${crlf}Host: a${crlf}Transfer-Encoding: chunked${crlf}${crlf}1;${'x'.repeat(many * 30)}`,
      this.framed('/hits', `[${'{},'.repeat(many)}{}]`, `Host: a${crlf}`),
      this.framed('/hits', '['.repeat(many * 100), `Host: a${crlf}`),
      this.framed('/hits', compressed('x'.repeat(many * 2000), 'gzip'), `Host: a${crlf}`),
      this.framed('/hits', '\n'.repeat(many * 100), `Host: a${crlf}`),
    ]);
  };

  private noise = (): string =>
    this.pick(['', 'GET ', 'POST /hit HTTP/1.1\r\n', '\x16\x03\x01', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n']) + this.octets(200);
}

// Hits that a collector keeps although they are not valid, and the check that each value is kept as it was sent, or
// marked as repaired. Independent of the collector: it compares texts.
import { isUtf8 } from 'node:buffer';
import { bodyLimits } from '../../../services/collector/hits/body';
import { type Coding, compressed, contentEncoding, multipart } from './encoded';

const crlf = '\r\n';
/** Types and charsets under which a JSON text in UTF-8 is the same text. */
const jsonTypes = [
  'application/json; charset=utf8mb4',
  'text/plain; charset=unknown-8bit',
  'application/x-json',
  'application/json; charset=us-ascii',
  'json',
];
const names = ['kind', 'url', 'referrer'] as const;

/** A hit as it was sent. */
export interface SentHit {
  /** Its visitor, by which its line is found. */
  readonly marker: string;
  readonly texts: readonly (readonly [(typeof names)[number], string])[];
  /** Fields with the JSON of their values. */
  readonly fields: readonly (readonly [string, string])[];
  /** Its time in milliseconds since 1970. */
  readonly occurred: number;
}

export interface LaxInput {
  readonly text: string;
  readonly sent: SentHit;
}

/** Writes lax hits. */
export class LaxHits {
  private count = 0;

  /** @param below whole random numbers from 0 to below a limit */
  constructor(private readonly below: (limit: number) => number) {}

  next = (): LaxInput => (this.below(2) === 0 ? this.inJson() : this.inForm());

  private pick<T>(items: readonly T[]): T {
    return items[this.below(items.length)] as T;
  }

  private marker = (): string => `lax ${++this.count} ${this.below(1e9)}`;

  private text(): string {
    const odd = [
      '',
      'ü🂡',
      '100%',
      '%zz%fc',
      '${GDPR}',
      '%%CACHEBUSTER%%',
      '{{x}}',
      '[timestamp]',
      'undefined',
      '\u2028"\\',
      'a+b',
      '\t\u0001',
    ];
    const cut = () => this.pick(['x', 'ü', '🂡']).repeat(this.pick([10, 64, 65, 600, 8000]));
    return this.below(3) === 0 ? cut() : `${this.pick(odd)}${this.pick(['', 'word', this.pick(odd)])}`;
  }

  private number(): string {
    const digits = () => String(1 + this.below(9)) + '0123456789'.repeat(this.below(4)).slice(this.below(10));
    const exponent = this.pick(['', '', '', 'e5', 'E+999', 'e-998', 'e1000', 'e99999999999']);
    return `${this.pick(['', '-'])}${this.pick(['0', digits()])}${this.pick(['', '.0', `.${digits()}`, `.00${digits()}0`])}${exponent}`;
  }

  private json(depth: number): string {
    const kind = this.below(depth > 0 ? 7 : 5);
    if (kind < 2) return this.number();
    if (kind === 2) return JSON.stringify(this.text());
    if (kind === 3)
      return this.pick([
        'null',
        'true',
        'NaN',
        '-Infinity',
        '"\\ud800"',
        '"\\u0000x"',
        '"\\u00fc"',
        '[]',
        '{}',
        `${'['.repeat(25)}1${']'.repeat(25)}`,
      ]);
    if (kind === 4) return `[${this.number()},${this.number()}]`;
    const name = () => JSON.stringify(this.pick(['a', 'b', '1', '__proto__', 'ü']));
    return kind === 5 ? `{${name()}:${this.json(depth - 1)},${name()}:${this.json(depth - 1)}}` : `[${this.json(depth - 1)}]`;
  }

  private moment(): { readonly occurred: number; readonly form: string } {
    const occurred = Date.now() - this.below(6 * 86_400_000);
    const iso = new Date(occurred).toISOString();
    const east = `${new Date(occurred + 5.5 * 3_600_000).toISOString().slice(0, -1)}+0530`;
    return {
      occurred,
      form: this.pick([
        iso,
        iso.replace('Z', '000000Z'),
        iso.replace('T', ' '),
        iso.toLowerCase(),
        east,
        String(occurred),
        `${occurred}000`,
        String(occurred / 1000),
      ]),
    };
  }

  private values() {
    const texts = names.filter(() => this.below(3) > 0).map((name) => [name, this.text()] as const);
    return { marker: this.marker(), texts, ...this.moment() };
  }

  private inJson(): LaxInput {
    const { marker, texts, occurred, form } = this.values();
    const fields = Array.from({ length: this.below(5) }, () => [this.pick(['a', 'b', '__proto__', '2', '1', 'ü']), this.json(3)] as const);
    const space = this.pick(['', ' ', '\n', '\r\n\t']);
    const member = ([name, json]: readonly [string, string]) => `${JSON.stringify(name)}${space}:${json}`;
    const unknown = this.below(4) === 0 ? ([['gclid', JSON.stringify(this.text())]] as const) : [];
    const members = [
      ...[
        '"site":"acme"',
        `"visitor":"${marker}"`,
        `"occurred":${/^\d+$/.test(form) && this.below(2) === 0 ? form : JSON.stringify(form)}`,
      ],
      ...texts.map(([name, text]) => member([name, JSON.stringify(text)])),
      ...unknown.map(member),
      `"fields":{${fields.map(member).join(`,${space}`)}}`,
    ];
    const octets = Buffer.from(`${this.pick(['', '\ufeff'])}{${members.join(`,${space}`)}}`).toString('latin1');
    // A longer body is one for /hits.
    const [path, body] =
      this.below(2) === 0 && octets.length <= bodyLimits.hitBytes
        ? ['/hit', octets]
        : ['/hits', octets.includes('\xef\xbb\xbf') ? octets.replace('{', '[{').concat(']') : `[${octets}]`];
    const sent = { marker, texts, occurred, fields: [...fields, ...unknown] };
    const isTwice = this.below(6) === 0 && !octets.startsWith('\xef') && body.length < bodyLimits.hitBytes / 2;
    return { text: this.posted(path, isTwice ? JSON.stringify(body) : body, this.pick(['application/json', ...jsonTypes])), sent };
  }

  private inForm(): LaxInput {
    const { marker, texts, occurred, form } = this.values();
    const encode = (text: string) =>
      this.below(3) === 0 && /^[\w%${}[\]-]*$/.test(text) && !/%[0-9a-f]{2}/i.test(text) ? text : encodeURIComponent(text);
    const fields = Array.from(
      { length: this.below(5) },
      () => [this.pick(['a', 'b', '__proto__', 'ü']), this.text().slice(0, 600)] as const,
    );
    const pairs = [
      ...['site=acme', `visitor=${encodeURIComponent(marker)}`, `occurred=${encodeURIComponent(form)}`, '_=1'],
      ...texts.map(([name, text]) => `${name}=${encode(text.slice(0, 600))}`),
      ...fields.map(
        ([name, text]) => `${this.pick([`f.${name}`, `f[${encodeURIComponent(name)}]`, `f.${name}[]`, `fields.${name}`])}=${encode(text)}`,
      ),
    ];
    const octets = Buffer.from(pairs.join('&')).toString('latin1');
    const sent = {
      ...{ marker, occurred, texts: texts.map(([name, text]) => [name, text.slice(0, 600)] as const) },
      fields: fields.map(([name, text]) => [name, JSON.stringify(text)] as const),
    };
    if (octets.length < 6000 && this.below(2) === 0) {
      const [start, separator] = this.pick([
        ['', '&'],
        ['?', '&'],
        ['%EF%BB%BF', '&'],
        ['', '&amp;'],
      ] as const);
      const query = start + octets.replaceAll('&', separator);
      if (this.below(3) > 0) return { text: `GET /hit.gif?${query} HTTP/1.1${crlf}Host: a${crlf}${crlf}`, sent };
      // The body cannot be read: the query is the hit.
      const [type, body] = this.pick([
        ['application/json', '{"site":"acme"'],
        ['image/png', '\x89PNG'],
        ['text/plain; charset=big5', '\xa4\xa4'],
        ['text/plain', 'x'.repeat(70_000)],
      ] as const);
      return { text: this.posted(`/hit?${query}`, body, type), sent };
    }
    if (this.below(3) === 0) return { text: this.inParts(octets), sent };
    return { text: this.posted('/hit', octets, 'application/x-www-form-urlencoded'), sent };
  }

  /** A form as multipart/form-data; its texts are those that the form stands for. */
  private inParts(form: string): string {
    const pairs = form.split('&').map((pair) => pair.split(/=(.*)/s).map((part) => decodeLeniently(part)));
    return this.posted('/hit', multipart(pairs as [string, string][], 'b0undary'), 'multipart/form-data; boundary=b0undary');
  }

  /** A body that is compressed, or declared as compressed though it is not. */
  private posted(path: string, body: string, type: string): string {
    const coding = this.below(4) === 0 ? this.pick<Coding>(['gzip', 'zlib', 'raw']) : undefined;
    const declared =
      coding === undefined ? this.pick(['', '', '', 'gzip', 'deflate', 'br', 'gzip, deflate', 'utf-8']) : contentEncoding(coding);
    // A text with control characters, or in another charset, looks compressed.
    const isPlain = coding !== undefined || isUtf8(Buffer.from(body, 'latin1'));
    const octets = coding === undefined ? body : compressed(body, coding);
    const encoding = declared === '' || !isPlain ? '' : `Content-Encoding: ${declared}${crlf}`;
    return `POST ${path} HTTP/1.1${crlf}Host: a${crlf}Content-Type: ${type}${crlf}${encoding}Content-Length: ${octets.length}${crlf}${crlf}${octets}`;
  }
}

/** The text of an encoded part of a form, in octets; broken encoding stays as it is. */
function decodeLeniently(encoded: string): string {
  const octets = encoded
    .replaceAll('+', ' ')
    .replace(/%([0-9a-f]{2})/gi, (_, digits: string) => String.fromCharCode(Number.parseInt(digits, 16)));
  return isUtf8(Buffer.from(octets, 'latin1')) ? octets : encoded;
}

/** A value that the line neither has as it was sent nor marks as repaired; undefined for none. */
export function changedValue({ texts, fields, occurred }: SentHit, line: string): string | undefined {
  const stored = JSON.parse(line) as { readonly [name: string]: unknown; readonly repairs?: readonly string[] };
  const isMarked = (name: string) => stored.repairs?.some((repair) => repair.startsWith(`${name}:`)) ?? false;
  for (const [name, text] of texts) if (!isMarked(name) && (stored[name] ?? '') !== text) return `${name} ${JSON.stringify(text)}`;
  const time = stored.occurred ?? stored.received;
  if (!isMarked('occurred') && (typeof time !== 'string' || Date.parse(time) !== occurred)) return `occurred ${occurred}`;
  const whole = normal(line);
  // Only the digits and texts that were sent: the value of JSON.parse would hide a change of both.
  for (const [name, json] of fields) {
    if (!isMarked('fields') && !whole.includes(`${JSON.stringify(name)}:${normal(json)}`)) return `fields.${name} ${json}`;
  }
  return undefined;
}

/** JSON without white space, each of its texts in one spelling. */
const normal = (json: string): string =>
  json.replaceAll(/("(?:[^"\\]|\\.)*")|\s+/g, (_, string?: string) => (string === undefined ? '' : JSON.stringify(JSON.parse(string))));

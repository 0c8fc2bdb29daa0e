// Hits that a collector keeps although they are not valid, and the check that each value is kept as it was sent, or
// marked as repaired. Independent of the collector: it compares texts.
const crlf = '\r\n';
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
      return this.pick(['null', 'true', '"\\ud800"', '"\\u0000x"', '"\\u00fc"', '[]', '{}', `${'['.repeat(25)}1${']'.repeat(25)}`]);
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
    const [path, body] =
      this.below(2) === 0
        ? ['/hit', octets]
        : ['/hits', octets.includes('\xef\xbb\xbf') ? octets.replace('{', '[{').concat(']') : `[${octets}]`];
    const head = `POST ${path} HTTP/1.1${crlf}Host: a${crlf}Content-Type: application/json${crlf}Content-Length: ${body.length}${crlf}${crlf}`;
    return { text: head + body, sent: { marker, texts, occurred, fields: [...fields, ...unknown] } };
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
    if (octets.length < 6000 && this.below(2) === 0) return { text: `GET /hit.gif?${octets} HTTP/1.1${crlf}Host: a${crlf}${crlf}`, sent };
    const type = `Content-Type: application/x-www-form-urlencoded${crlf}`;
    return { text: `POST /hit HTTP/1.1${crlf}Host: a${crlf}${type}Content-Length: ${octets.length}${crlf}${crlf}${octets}`, sent };
  }
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

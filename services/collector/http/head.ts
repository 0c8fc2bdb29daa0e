// Reads the request line and the header fields of one request, strictly (RFC 9112): ambiguous input is refused.
import type { HttpLimits } from './limits';
import { type KnownField, knownFields } from './message';
import { fieldValue, hostCharacter, octet, queryCharacter, targetCharacter, token } from './octets';
import type { HttpRefusalReason } from './refusals';

const { tab, lineFeed, carriageReturn, space, colon, question } = octet;

const fieldNumber = Object.fromEntries(knownFields.map((name, index) => [name, index])) as { readonly [name in KnownField]: number };
/** The known names of each length, in lower case. */
const namesByLength: readonly (readonly (readonly [number, Buffer])[])[] = Array.from({ length: 32 }, (_, length) =>
  knownFields.flatMap((name, index) => (name.length === length ? [[index, Buffer.from(name)] as const] : [])),
);
/**
 * Fields whose lines are joined, as servers and proxies do (RFC 9110 section 5.3). A user agent on two lines is one
 * text; of two media types, the last counts (Fetch standard, "extract a MIME type").
 */
const joined: { readonly [name in KnownField]?: string } = {
  'access-control-request-headers': ', ',
  connection: ', ',
  'content-encoding': ', ',
  'content-type': ', ',
  cookie: '; ',
  dnt: ', ',
  expect: ', ',
  'sec-gpc': ', ',
  'transfer-encoding': ', ',
  'user-agent': ', ',
  'x-forwarded-for': ', ',
};
/** Fields of which each line counts, also an equal one: a body compressed twice, an ambiguous framing. */
const counted = new Set<KnownField>(['host', 'content-length', 'transfer-encoding', 'content-encoding']);
const version11 = Buffer.from('HTTP/1.1\r\n');
const absolute = /^https?:\/\/[A-Za-z0-9._~!$&'()*+,;=:[\]%-]+(?=[/?]|$)/i;
const chunked = /^chunked$/i;
const nothing = Buffer.alloc(0);

/** Results of a read other than a position: more octets are needed, or the request is refused. */
export const more = -1;
export const refused = -2;

export class RequestHead {
  method = '';
  path = '';
  query = '';
  /** Length of the body; 0 without a body, undefined for a chunked one. */
  contentLength: number | undefined = 0;
  /** Whether the connection ends after the answer. */
  close = false;
  expectsContinue = false;
  /** Reason of the refusal by {@link read}. */
  reason: HttpRefusalReason = 'field';

  /** Start and end of values, relative to the first octet of the head; 0 without a value. */
  private readonly places = new Int32Array(knownFields.length * 2);
  /** Values joined from several lines. */
  private readonly texts = new Map<number, string>();
  private bytes: Buffer = nothing;
  private base = 0;
  /** Octets of complete lines read so far, and the number of fields. */
  private taken = 0;
  private fields = 0;
  private modern = true;

  constructor(private readonly limits: HttpLimits) {}

  /** Resets the reader for the next request. */
  begin(): void {
    this.places.fill(0);
    if (this.texts.size > 0) this.texts.clear();
    this.taken = 0;
    this.fields = 0;
    this.contentLength = 0;
    this.close = false;
    this.expectsContinue = false;
  }

  /**
   * Reads octets from `from`, the first of the head; after {@link more}, call it again with the same octets and
   * further ones. Returns the end of the head, {@link more} or {@link refused}.
   */
  read(bytes: Buffer, from: number, end: number): number {
    this.bytes = bytes;
    this.base = from;
    let at = from + this.taken;
    if (this.taken === 0) at = this.readRequestLine(from, end);
    while (at >= 0) {
      this.taken = at - from;
      if (at >= end) break;
      if (bytes[at] === carriageReturn) return this.readEmptyLine(at, end);
      at = this.readField(at, end);
    }
    if (at === refused) return refused;
    if (end - from > this.limits.headBytes) return this.refuse('large-header');
    return more;
  }

  /** Drops the octets of the header, whose fields can then not be read. */
  forget(): void {
    this.begin();
    this.bytes = nothing;
  }

  /** Value of a field as Latin-1, as far as the header was read. */
  field(name: KnownField): string | undefined {
    return this.text(fieldNumber[name]);
  }

  private text(number: number): string | undefined {
    const end = this.places[number * 2 + 1] as number;
    if (end === 0) return undefined;
    return this.texts.get(number) ?? this.bytes.toString('latin1', this.base + (this.places[number * 2] as number), this.base + end);
  }

  private refuse(reason: HttpRefusalReason): typeof refused {
    this.reason = reason;
    return refused;
  }

  private readRequestLine(from: number, end: number): number {
    const { bytes } = this;
    let at = from;
    while (at < end && token[bytes[at] as number] === 1) at++;
    if (at - from > 32) return this.refuse('request-line');
    if (at === end) return more;
    if (bytes[at] !== space || at === from) return this.refuse('request-line');
    const target = at + 1;
    let mark = -1;
    for (at = target; at < end && (mark < 0 ? targetCharacter : queryCharacter)[bytes[at] as number] === 1; at++)
      if (mark < 0 && bytes[at] === question) mark = at;
    if (at - from > this.limits.lineBytes - version11.length) return this.refuse('long-target');
    if (at === end) return more;
    if (bytes[at] !== space || at === target) return this.refuse('target');
    const next = this.readVersion(at + 1, end);
    if (next < 0) return next;
    this.method = this.readMethod(from, target - 1);
    return this.readTarget(target, mark < 0 ? at : mark, at) ? next : this.refuse('target');
  }

  private readVersion(from: number, end: number): number {
    for (let index = 0; index < version11.length; index++) {
      if (from + index >= end) return more;
      // HTTP/1.0 differs in its last digit.
      if (index === 7 && this.bytes[from + index] === 0x30) this.modern = false;
      else if (index === 7 && this.bytes[from + index] === 0x31) this.modern = true;
      else if (this.bytes[from + index] !== version11[index]) return this.refuse(index < 8 ? 'version' : 'request-line');
    }
    return from + version11.length;
  }

  private readMethod(from: number, end: number): string {
    const first = this.bytes[from];
    // The two most frequent methods, without an allocation.
    if (
      end - from === 4 &&
      first === 0x50 &&
      this.bytes[from + 1] === 0x4f &&
      this.bytes[from + 2] === 0x53 &&
      this.bytes[from + 3] === 0x54
    )
      return 'POST';
    if (end - from === 3 && first === 0x47 && this.bytes[from + 1] === 0x45 && this.bytes[from + 2] === 0x54) return 'GET';
    return this.bytes.toString('latin1', from, end);
  }

  private readTarget(from: number, mark: number, end: number): boolean {
    let path = this.bytes.toString('latin1', from, mark);
    if (path.charCodeAt(0) !== 0x2f && !(path === '*' && mark === end && this.method === 'OPTIONS')) {
      // The absolute form, which proxies use (RFC 9112 section 3.2.2): its host replaces the Host field.
      const authority = absolute.exec(path);
      if (authority === null) return false;
      path = path.slice(authority[0].length) || '/';
    }
    this.path = path;
    this.query = mark < end ? this.bytes.toString('latin1', mark + 1, end) : '';
    return true;
  }

  private readField(from: number, end: number): number {
    const { bytes } = this;
    let at = from;
    while (at < end && token[bytes[at] as number] === 1) at++;
    if (at === end) return more;
    // Also refuses a folded line, which begins with a space, and a space before the colon.
    if (bytes[at] !== colon || at === from) return this.refuse('field');
    const nameEnd = at;
    do at++;
    while (at < end && (bytes[at] === space || bytes[at] === tab));
    const value = at;
    while (at < end && fieldValue[bytes[at] as number] === 1) at++;
    if (at + 1 >= end) return at < end && bytes[at] !== carriageReturn ? this.refuse('field') : more;
    if (bytes[at] !== carriageReturn || bytes[at + 1] !== lineFeed) return this.refuse('field');
    const next = at + 2;
    while (at > value && (bytes[at - 1] === space || bytes[at - 1] === tab)) at--;
    if (++this.fields > this.limits.fields || next - this.base > this.limits.headBytes) return this.refuse('large-header');
    const names = namesByLength[nameEnd - from];
    if (names !== undefined && names.length > 0 && !this.note(names, from, value, at)) return this.refuse('repeated-field');
    return next;
  }

  /**
   * Records the position of the value if the name is known. Returns false for a repeated field that may occur once.
   */
  private note(names: readonly (readonly [number, Buffer])[], from: number, value: number, end: number): boolean {
    for (const [number, name] of names) {
      let index = 0;
      // Upper and lower case differ by 0x20; no other character of known names maps to a token character that way.
      while (index < name.length && ((this.bytes[from + index] as number) | 0x20) === name[index]) index++;
      if (index < name.length) continue;
      const before = this.text(number);
      if (before !== undefined) return this.merge(number, before, this.bytes.toString('latin1', value, end));
      this.places[number * 2] = value - this.base;
      this.places[number * 2 + 1] = end - this.base;
      return true;
    }
    return true;
  }

  /** Merges a further line of a field. Returns false for another value of a field that has one, as `Origin`. */
  private merge(number: number, before: string, value: string): boolean {
    const name = knownFields[number] as KnownField;
    if (before === value && !counted.has(name)) return true;
    const separator = joined[name];
    if (separator === undefined) return false;
    this.texts.set(number, before + separator + value);
    return true;
  }

  private readEmptyLine(at: number, end: number): number {
    if (at + 1 >= end) return more;
    if (this.bytes[at + 1] !== lineFeed) return this.refuse('field');
    return this.check() ? at + 2 : refused;
  }

  /** Checks the fields in combination. */
  private check(): boolean {
    if (!this.checkHost()) return this.refuse('host') !== refused;
    const connection = this.field('connection');
    this.close = !this.modern || (connection !== undefined && /(?:^|,)[\t ]*close[\t ]*(?:,|$)/i.test(connection));
    const expect = this.field('expect');
    if (expect !== undefined && this.modern) {
      if (!/^100-continue$/i.test(expect)) return this.refuse('expectation') !== refused;
      this.expectsContinue = true;
    }
    return this.checkFraming();
  }

  private checkHost(): boolean {
    const end = this.endOf('host');
    if (end === 0) return !this.modern;
    for (let at = this.startOf('host'); at < end; at++) if (hostCharacter[this.bytes[this.base + at] as number] === 0) return false;
    return true;
  }

  private startOf = (name: KnownField): number => this.places[fieldNumber[name] * 2] as number;
  private endOf = (name: KnownField): number => this.places[fieldNumber[name] * 2 + 1] as number;

  private checkFraming(): boolean {
    const encoding = this.field('transfer-encoding');
    const end = this.endOf('content-length');
    if (encoding !== undefined) {
      if (!this.modern || end > 0 || !chunked.test(encoding)) return this.refuse('transfer-encoding') !== refused;
      this.contentLength = undefined;
    } else if (end > 0 && !this.readLength(this.startOf('content-length'), end)) return this.refuse('content-length') !== refused;
    return true;
  }

  /** Digits only, few enough for an exact number. */
  private readLength(start: number, end: number): boolean {
    let length = 0;
    for (let at = start; at < end; at++) {
      const digit = (this.bytes[this.base + at] as number) - 0x30;
      if (digit < 0 || digit > 9) return false;
      length = length * 10 + digit;
    }
    this.contentLength = length;
    return end > start && end - start <= 15;
  }
}

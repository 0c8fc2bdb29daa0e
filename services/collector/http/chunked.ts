// Decodes a chunked body (RFC 9112 section 7.1), octet by octet outside the data, so that the result does not depend
// on how the stream is split.
import type { BodyBuffer } from './body';
import { afterOctet, type ExtensionState } from './chunk-extension';
import type { HttpLimits } from './limits';
import { fieldValue, hexDigit, octet, token } from './octets';
import type { HttpRefusalReason } from './refusals';

const { lineFeed, carriageReturn, colon, semicolon } = octet;

type State =
  | 'size'
  | 'extension'
  | 'size-end'
  | 'data'
  | 'data-return'
  | 'data-end'
  | 'trailer-start'
  | 'trailer-name'
  | 'trailer-value'
  | 'trailer-end'
  | 'body-end'
  | 'end';

export class ChunkedBody {
  /** Reason of the refusal by {@link read}. */
  reason: HttpRefusalReason = 'chunk';
  /** Whether the last octet of the body was read. */
  done = false;

  private state: State = 'size';
  private size = 0;
  private digits = 0;
  private extension: ExtensionState = 'start';
  /** Octets of the extensions of the present chunk. */
  private extensionOctets = 0;
  /**
   * Number of octets that are not data: sizes, extensions, trailer. A body of one-octet chunks has five of them per
   * octet of data.
   */
  private overhead = 0;

  constructor(
    private readonly limits: HttpLimits,
    private readonly body: BodyBuffer,
  ) {}

  begin(): void {
    this.state = 'size';
    this.size = 0;
    this.digits = 0;
    this.overhead = 0;
    this.done = false;
  }

  /**
   * Reads further octets; returns the position where it stopped, at the end of the octets or of the body, or a
   * negative number for a refusal.
   */
  read(bytes: Buffer, from: number, end: number): number {
    let at = from;
    while (at < end && !this.done) {
      if (this.state === 'data') {
        const taken = Math.min(this.size, end - at);
        if (!this.body.add(bytes, at, at + taken)) return this.refuse('busy');
        this.size -= taken;
        at += taken;
        if (this.size === 0) this.state = 'data-return';
      } else {
        const refusal = this.step(bytes[at++] as number);
        if (refusal !== undefined) return this.refuse(refusal);
      }
    }
    return at;
  }

  private refuse(reason: HttpRefusalReason): number {
    this.reason = reason;
    return -1;
  }

  private step(character: number): HttpRefusalReason | undefined {
    // Up to three quarters of a body may be chunk framing; more is an attempt to exhaust the server.
    if (++this.overhead > this.limits.headBytes + 8 * this.body.length) return 'large-chunk-line';
    const next = this.state === 'size' ? this.readSize(character) : this.next(character);
    if (this.extensionOctets > this.limits.extensionBytes) return 'large-chunk-line';
    if (next === undefined) return 'chunk';
    if (next === 'data' && this.body.length + this.size > this.limits.bodyBytes) return 'large-body';
    this.state = next === 'data' && this.size === 0 ? 'trailer-start' : next;
    this.done = next === 'end';
    return undefined;
  }

  /** At most eight digits without sign, `0x` or space. */
  private readSize(character: number): State | undefined {
    const digit = hexDigit[character] as number;
    if (digit < 16) {
      this.size = this.size * 16 + digit;
      return ++this.digits <= 8 ? 'size' : undefined;
    }
    if (this.digits === 0) return undefined;
    if (character === carriageReturn) return 'size-end';
    return character === semicolon ? this.beginExtension() : undefined;
  }

  private beginExtension(): State {
    this.extension = 'start';
    this.extensionOctets = 0;
    return 'extension';
  }

  private readExtension(character: number): State | undefined {
    this.extensionOctets++;
    const next = afterOctet(this.extension, character);
    if (next === 'end') return 'size-end';
    if (next !== undefined) this.extension = next;
    return next && 'extension';
  }

  private next(character: number): State | undefined {
    const is = (expected: number, then: State) => (character === expected ? then : undefined);
    switch (this.state) {
      case 'extension':
        return this.readExtension(character);
      case 'size-end':
        this.digits = 0;
        return is(lineFeed, 'data');
      case 'data-return':
        return is(carriageReturn, 'data-end');
      case 'data-end':
        return is(lineFeed, 'size');
      case 'trailer-start':
        return token[character] === 1 ? 'trailer-name' : is(carriageReturn, 'body-end');
      case 'trailer-name':
        return token[character] === 1 ? 'trailer-name' : is(colon, 'trailer-value');
      case 'trailer-value':
        return fieldValue[character] === 1 ? 'trailer-value' : is(carriageReturn, 'trailer-end');
      case 'trailer-end':
        return is(lineFeed, 'trailer-start');
      default:
        return is(lineFeed, 'end');
    }
  }
}

// Codings of bodies (RFC 9110 section 8.4), and the bounds of their decompression.
import { isUtf8 } from 'node:buffer';
import { gunzip, type InputType, inflate, inflateRaw, type ZlibOptions } from 'node:zlib';
import { type HttpRequest, type KnownField, knownFields } from './message';

export interface ContentCoding {
  /** `identity`: none. `chained`: more than one. */
  readonly coding: Coding | 'identity' | 'chained' | 'unsupported';
  /** Whether the field declares it. */
  readonly isDeclared: boolean;
  /** Whether a body that is damaged as data of the coding is a text, which the field does not exclude. */
  readonly mayBeText?: boolean;
}

type Coding = 'gzip' | 'deflate';

/** Codings that are read, as `Accept-Encoding` lists them. */
export const acceptedCodings = 'gzip, deflate';

const codings: { readonly [name: string]: Coding } = { gzip: 'gzip', 'x-gzip': 'gzip', deflate: 'deflate' };

/** Two octets and the method of compression, with which no text in UTF-8 begins (RFC 1952 section 2.3.1). */
const isGzip = (body: Buffer): boolean => body[0] === 0x1f && body[1] === 0x8b && body[2] === 8;

/** The header of zlib (RFC 1950 section 2.2). A text can begin with it. */
const isZlib = (body: Buffer): boolean => body.length >= 2 && ((body[0] as number) & 0x8f) === 8 && body.readUInt16BE(0) % 31 === 0;

/** Whether a body is compressed, as its octets show. */
export const isCompressed = (body: Buffer): boolean => isGzip(body) || (isZlib(body) && !isText(body));

/** In Latin-1. */
const controls = /[^\t\n\r\x20-\x7e\x80-\xff]/;
const hasControls = (body: Buffer): boolean => controls.test(body.toString('latin1'));

/** Random octets of this number are UTF-8 once in 10^12 times. */
const certainOctets = 48;

/**
 * Whether a body is a text as it is: long enough to be UTF-8 not by chance, or without control characters, which
 * compressed data of few octets has. No compressed text begins as JSON does, whatever its charset.
 */
function isText(body: Buffer): boolean {
  const isUnicode = isUtf8(body);
  return (isUnicode && body.length >= certainOctets) || ((isUnicode || isJsonStart(body[0])) && !hasControls(body));
}

const isJsonStart = (octet: number | undefined): boolean => octet === 0x7b || octet === 0x5b;

const asSent: ContentCoding = { coding: 'identity', isDeclared: true };

/**
 * The coding of a request's body, which its octets show: proxies decompress bodies without removing the field, and a
 * beacon cannot set it.
 */
export function contentCoding(request: HttpRequest): ContentCoding {
  const field = request.field('content-encoding');
  const { body } = request;
  if (body.length === 0) return asSent;
  if (field === undefined) return shownCoding(body);
  const [name = '', ...others] = field
    .toLowerCase()
    .split(',')
    .map((text) => text.trim())
    .filter((text) => text !== '' && text !== 'identity');
  const declared = Object.hasOwn(codings, name) ? codings[name] : undefined;
  if (isGzip(body)) return { coding: 'gzip', isDeclared: declared === 'gzip' && others.length === 0 };
  if (name === '') return asSent;
  if (isText(body)) return { coding: 'identity', isDeclared: false };
  if (others.length > 0) return { coding: 'chained', isDeclared: true };
  if (declared === 'gzip') return isZlib(body) ? { coding: 'deflate', isDeclared: false } : { coding: 'identity', isDeclared: false };
  return { coding: declared ?? 'unsupported', isDeclared: true };
}

/** The coding of a body without the field. A text in a charset of single octets can begin as zlib does. */
function shownCoding(body: Buffer): ContentCoding {
  if (!isCompressed(body)) return asSent;
  return isGzip(body) ? { coding: 'gzip', isDeclared: true } : { coding: 'deflate', isDeclared: true, mayBeText: !hasControls(body) };
}

/** A copy that outlives the handler, without the body. */
export function withoutBody(request: HttpRequest): HttpRequest {
  const fields = new Map<KnownField, string | undefined>(knownFields.map((name) => [name, request.field(name)]));
  const { method, path, query, peer } = request;
  return { method, path, query, peer, body: nothing, field: (name) => fields.get(name) };
}

const nothing = Buffer.alloc(0);

/** Bounds of decompression in one process. */
export const decodingLimits = {
  /** Bodies at once. The pool of libuv has four threads, of which the spool needs some for `fdatasync`. */
  running: 2,
  /** Bodies that wait for their turn, and their compressed bytes. */
  waiting: 64,
  waitingBytes: 2 ** 24,
  /**
   * A larger body may have `ratio` times its compressed bytes. A thousand equal hits reach 220, and equal octets, as
   * in a bomb, 1,000.
   */
  unboundBytes: 65_536,
  ratio: 500,
} as const;

/** `busy`: too many wait. `large`: more bytes than allowed. `damaged`: not of the coding, or cut off. */
export type DecodingFailure = 'busy' | 'large' | 'damaged';

interface Waiting {
  readonly bytes: number;
  readonly start: () => void;
}

const decoders: {
  readonly [name: string]: (body: InputType, options: ZlibOptions, done: (error: Error | null, result: Buffer) => void) => void;
} = { gzip: gunzip, zlib: inflate, raw: inflateRaw };

/** `deflate` is the format of zlib; some clients send its content alone (RFC 9110 section 8.4.1.2). */
const formatOf = (body: Buffer, coding: Coding): 'gzip' | 'zlib' | 'raw' => (coding === 'gzip' ? 'gzip' : isZlib(body) ? 'zlib' : 'raw');

/** Decompresses bodies in threads of the pool, a few at once. */
export class BodyDecoder {
  private running = 0;
  private waiting: Waiting[] = [];
  private waitingBytes = 0;

  /** @param mostBytes of the result. The body is copied: it may change after the call. */
  async decode(body: Buffer, coding: Coding, mostBytes: number): Promise<Buffer | DecodingFailure> {
    if (this.running >= decodingLimits.running && !this.hasRoom(body.length)) return 'busy';
    const copy = Buffer.from(body);
    await this.turn(copy.length);
    try {
      return await decompress(copy, coding, mostBytes);
    } finally {
      this.running--;
      this.next();
    }
  }

  private hasRoom = (bytes: number): boolean =>
    this.waiting.length < decodingLimits.waiting && this.waitingBytes + bytes <= decodingLimits.waitingBytes;

  private turn(bytes: number): Promise<void> | void {
    if (this.running < decodingLimits.running) {
      this.running++;
      return;
    }
    this.waitingBytes += bytes;
    return new Promise((start) => this.waiting.push({ bytes, start }));
  }

  private next(): void {
    const first = this.waiting.shift();
    if (first === undefined) return;
    this.waitingBytes -= first.bytes;
    this.running++;
    first.start();
  }
}

function decompress(body: Buffer, coding: Coding, mostBytes: number): Promise<Buffer | DecodingFailure> {
  const { unboundBytes, ratio } = decodingLimits;
  const maxOutputLength = Math.min(mostBytes, Math.max(unboundBytes, body.length * ratio));
  return new Promise((resolve) => {
    decoders[formatOf(body, coding)]?.(body, { maxOutputLength, chunkSize: unboundBytes }, (error, result) => {
      if (error === null) resolve(result);
      else resolve((error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE' ? 'large' : 'damaged');
    });
  });
}

// Codings of bodies (RFC 9110 section 8.4), and the bounds of their decompression.
import { gunzip, type InputType, inflate, inflateRaw, type ZlibOptions } from 'node:zlib';
import { type HttpRequest, type KnownField, knownFields } from './message';

export type ContentCoding = Coding | 'identity' | 'chained' | 'unsupported';

type Coding = 'gzip' | 'deflate';

/** Codings that are read, as `Accept-Encoding` lists them. */
export const acceptedCodings = 'gzip, deflate';

const codings: { readonly [name: string]: Coding } = { gzip: 'gzip', 'x-gzip': 'gzip', deflate: 'deflate' };

/** Two octets and the method of compression, with which no text in UTF-8 begins (RFC 1952 section 2.3.1). */
const isGzip = (body: Buffer): boolean => body[0] === 0x1f && body[1] === 0x8b && body[2] === 8;

/**
 * The coding of a request's body. `identity`: none, also for a body without the mark of gzip that is declared as gzip.
 * Without the field, the mark alone counts: a beacon cannot set the field. `chained`: more than one.
 */
export function contentCoding(request: HttpRequest): ContentCoding {
  const field = request.field('content-encoding');
  if (request.body.length === 0) return 'identity';
  if (field === undefined) return isGzip(request.body) ? 'gzip' : 'identity';
  const names = field
    .toLowerCase()
    .split(',')
    .map((name) => name.trim());
  const [name = '', ...others] = names.filter((text) => text !== '' && text !== 'identity');
  if (others.length > 0) return 'chained';
  if (name === '') return 'identity';
  const coding = Object.hasOwn(codings, name) ? codings[name] : undefined;
  if (coding === 'gzip') return isGzip(request.body) ? 'gzip' : 'identity';
  return coding ?? 'unsupported';
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
const formatOf = (body: Buffer, coding: Coding): 'gzip' | 'zlib' | 'raw' =>
  coding === 'gzip' ? 'gzip' : body.length >= 2 && ((body[0] as number) & 0x0f) === 8 && body.readUInt16BE(0) % 31 === 0 ? 'zlib' : 'raw';

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

// Reads requests from the octets of one connection, independent of their split.
import { type BodyBudget, BodyBuffer } from './body';
import { ChunkedBody } from './chunked';
import { more, RequestHead, refused } from './head';
import type { HttpLimits } from './limits';
import type { HttpRequest, KnownField } from './message';
import { octet } from './octets';
import type { HttpRefusalReason } from './refusals';

const empty = Buffer.alloc(0);

/**
 * `more`: octets are missing. `continue`: the client waits for 100 Continue before it sends the body. `request`: a
 * request is complete and can be read from the reader until the next call. `refused`: see `reason`; no further request
 * can be read.
 */
export type ReadResult = 'more' | 'continue' | 'request' | 'refused';

export class RequestReader implements HttpRequest {
  body: Buffer = empty;
  /** Reason of the refusal of the last request. */
  reason: HttpRefusalReason = 'field';
  /** The part being read. `start`: no octet of a request was received yet. */
  state: 'start' | 'head' | 'length' | 'chunked' | 'refused' = 'start';

  private readonly head: RequestHead;
  private readonly buffer: BodyBuffer;
  private readonly chunks: ChunkedBody;
  private bytes: Buffer = empty;
  private at = 0;
  private end = 0;
  /** Whether an empty line before a request was skipped: one is allowed (RFC 9112 section 2.2). */
  private skipped = false;
  private announced = false;
  private lastOrigin: string | undefined;
  /** Octets of an unfinished header that the budget counts. */
  private headHeld = 0;

  constructor(
    private readonly limits: HttpLimits,
    private readonly budget: BodyBudget,
    readonly peer: string,
  ) {
    this.head = new RequestHead(limits);
    this.buffer = new BodyBuffer(budget);
    this.chunks = new ChunkedBody(limits, this.buffer);
  }

  get method(): string {
    return this.head.method;
  }

  get path(): string {
    return this.head.path;
  }

  get query(): string {
    return this.head.query;
  }

  /** Value of `Origin`, as far as the header was read; also after a refusal. */
  get origin(): string | undefined {
    return this.state === 'refused' ? this.lastOrigin : this.head.field('origin');
  }

  /** Octets of the unfinished body, without framing. */
  get received(): number {
    return this.buffer.length;
  }

  /** Memory of the unfinished body, in bytes. */
  get held(): number {
    return this.buffer.reserved;
  }

  /** Whether the connection ends after the answer. */
  get close(): boolean {
    return this.head.close;
  }

  field(name: KnownField): string | undefined {
    return this.head.field(name);
  }

  /** Adds received octets, which must not be changed afterwards. */
  feed(chunk: Buffer): void {
    this.bytes = this.at === this.end ? chunk : Buffer.concat([this.bytes.subarray(this.at, this.end), chunk]);
    this.at = 0;
    this.end = this.bytes.length;
  }

  /** Reads the next request, if it is complete. */
  next(): ReadResult {
    switch (this.state) {
      case 'start':
        return this.start();
      case 'head':
        return this.readHead();
      case 'length':
        return this.readLength();
      case 'chunked':
        return this.readChunks();
      default:
        return 'refused';
    }
  }

  /** Releases the memory of an unfinished body. */
  release(): void {
    this.lastOrigin = this.origin;
    this.head.forget();
    this.holdHead(0);
    this.buffer.clear();
    this.bytes = empty;
    this.at = this.end = 0;
    this.state = 'refused';
  }

  private refuse(reason: HttpRefusalReason): 'refused' {
    this.reason = reason;
    this.release();
    return 'refused';
  }

  private start(): ReadResult {
    // The body of the previous request is no longer in use.
    this.buffer.clear();
    this.body = empty;
    if (this.at === this.end) return 'more';
    this.head.begin();
    if (!this.skipped && this.bytes[this.at] === octet.carriageReturn) {
      if (this.end - this.at < 2) return 'more';
      if (this.bytes[this.at + 1] !== octet.lineFeed) return this.refuse('request-line');
      this.at += 2;
      this.skipped = true;
      return this.start();
    }
    this.state = 'head';
    return this.readHead();
  }

  private readHead(): ReadResult {
    const at = this.head.read(this.bytes, this.at, this.end);
    if (at === more) return this.holdHead(this.end - this.at) ? 'more' : this.refuse('busy');
    if (at === refused) return this.refuse(this.head.reason);
    if (this.headHeld > 0) this.holdHead(0);
    this.at = at;
    this.announced = false;
    const { contentLength } = this.head;
    if (contentLength === undefined) {
      this.chunks.begin();
      this.buffer.begin(this.limits.bodyBytes);
      this.state = 'chunked';
      return this.readChunks();
    }
    if (contentLength > this.limits.bodyBytes) return this.refuse('large-body');
    if (this.end - at < contentLength) {
      this.state = 'length';
      this.buffer.begin(contentLength);
      return this.readLength();
    }
    this.body = this.bytes.subarray(at, at + contentLength);
    this.at = at + contentLength;
    return this.whole();
  }

  /** Counts the octets of an unfinished header; returns false if the budget is spent. */
  private holdHead(octets: number): boolean {
    if (!this.budget.take(octets - this.headHeld)) return false;
    this.headHeld = octets;
    return true;
  }

  private whole(): 'request' {
    this.state = 'start';
    this.skipped = false;
    return 'request';
  }

  /** The body is incomplete. Returns `continue` once, if the client waits for it and has sent nothing of the body. */
  private wait(): 'more' | 'continue' {
    const announces = this.head.expectsContinue && !this.announced && this.buffer.length === 0;
    this.announced = true;
    return announces ? 'continue' : 'more';
  }

  private readLength(): ReadResult {
    const missing = (this.head.contentLength ?? 0) - this.buffer.length;
    const taken = Math.min(missing, this.end - this.at);
    if (!this.buffer.add(this.bytes, this.at, this.at + taken)) return this.refuse('busy');
    this.at += taken;
    if (taken < missing) return this.wait();
    this.body = this.buffer.content;
    return this.whole();
  }

  private readChunks(): ReadResult {
    const at = this.chunks.read(this.bytes, this.at, this.end);
    if (at < 0) return this.refuse(this.chunks.reason);
    this.at = at;
    if (!this.chunks.done) return this.wait();
    this.body = this.buffer.content;
    return this.whole();
  }
}

// The paths of the collector: stores the hits of a request in the spool and answers it.
import type { Health } from '../health';
import { answer } from '../http/answer';
import { BodyDecoder, contentCoding, isCompressed, withoutBody } from '../http/content-coding';
import type { Answer, HttpRequest, RequestHandler } from '../http/message';
import type { SiteDirectory } from '../sites/directory';
import { type HitSink, SpoolRefusal } from '../spool/hit-sink';
import { bodyLimits, isSeveral, readBatch, readOne, readWithoutBody } from './body';
import { type ClientAddressSource, clientAddress, privacySignal, userAgent } from './client';
import { type CodingFault, codingFaults } from './coding-faults';
import { readQueryHit } from './form';
import { HitRejection } from './hit-rejection';
import { type AcceptedHit, acceptHit, type Sender } from './intake';
import type { RawHit } from './raw-hit';
import type { Repair } from './repairs';
import { Replies } from './replies';

export interface HitHandlerOptions {
  readonly sink: HitSink;
  readonly sites: SiteDirectory;
  readonly clientAddress: ClientAddressSource;
  readonly health: () => Health;
  /** Counts hits, and returns the text of `/metrics`: `Metrics`. */
  readonly metrics: HitCounters & { text(): string };
  /** Milliseconds since 1970. @default Date.now */
  readonly now?: () => number;
}

export interface HitCounters {
  /** Counts durable hits. */
  kept(hits: number): void;
  /** Counts a repair of a durable hit. */
  repaired(repair: Repair): void;
  /** Counts rejected hits. */
  rejected(reason: string, hits?: number): void;
  /** Counts hits that could not be stored (503). */
  refuse(reason: string, hits?: number): void;
}

export function createHitHandler(options: HitHandlerOptions): RequestHandler {
  const paths = new HitPaths(options);
  return (request) => paths.handle(request);
}

const methods: { readonly [path: string]: readonly string[] } = {
  '/hit': ['POST', 'OPTIONS'],
  '/hits': ['POST', 'OPTIONS'],
  '/hit.gif': ['GET', 'HEAD', 'POST', 'OPTIONS'],
  '/health': ['GET', 'HEAD'],
  '/metrics': ['GET', 'HEAD'],
};

const none: readonly Repair[] = [];
const undeclared: readonly Repair[] = ['hit:coding'];

/** @param fault the reason why the body could not be decompressed */
type Take = (request: HttpRequest, repairs: readonly Repair[], fault?: CodingFault) => Answer | Promise<Answer>;

class HitPaths {
  private readonly replies = new Replies();
  private readonly decoder = new BodyDecoder();
  private received = { milliseconds: 0, text: '' };

  constructor(private readonly options: HitHandlerOptions) {}

  handle(request: HttpRequest): Answer | Promise<Answer> {
    const { method, path } = request;
    // A page sends a beacon where it has a pixel.
    if (method === 'POST' && (path === '/hit' || path === '/hit.gif')) return this.takeDecoded(request, bodyLimits.hitBytes, this.takePost);
    if (method === 'GET' && path === '/hit.gif') return this.takeOne(request, readQueryHit(request.query), 'pixel');
    if (method === 'POST' && path === '/hits') return this.takeDecoded(request, bodyLimits.batchBytes, this.takeBatch);
    const allowed = Object.hasOwn(methods, path) ? methods[path] : undefined;
    if (allowed === undefined) return this.reject(request, 404, 'path', 'path: expected /hit, /hits or /hit.gif, got another');
    if (!allowed.includes(method)) {
      return this.reject(request, 405, 'method', `method: expected ${allowed.join(' or ')}, got another`, { Allow: allowed.join(', ') });
    }
    if (method === 'OPTIONS') return this.replies.preflight(request.field('origin'), request.field('access-control-request-headers'));
    // The answer to HEAD is that of GET; it stores no hit, because HEAD is safe (RFC 9110 section 9.2.1).
    if (path === '/hit.gif') return this.replies.taken('pixel', request.field('origin'));
    return path === '/health' ? this.answerHealth() : this.answerMetrics();
  }

  /** Takes the request, after the decompression of its body. */
  private takeDecoded(request: HttpRequest, mostBytes: number, take: Take): Answer | Promise<Answer> {
    const { coding, isDeclared, mayBeText } = contentCoding(request);
    const repairs = isDeclared ? none : undeclared;
    if (coding === 'identity') return take(request, repairs);
    if (coding === 'chained' || coding === 'unsupported') return take(request, repairs, coding);
    const decoded = this.decoder.decode(request.body, coding, mostBytes);
    const copy = withoutBody(request);
    const sent = mayBeText ? Buffer.from(request.body) : undefined;
    return decoded.then((body) => {
      if (body === 'damaged' && sent !== undefined) return take({ ...copy, body: sent }, repairs);
      if (typeof body === 'string') return take(copy, repairs, body);
      return take({ ...copy, body }, repairs, !isDeclared && isCompressed(body) ? 'chained' : undefined);
    });
  }

  private takePost: Take = (request, repairs, fault) => {
    if (fault === undefined) {
      const read = readOne(request, repairs);
      return isSeveral(read) ? this.takeAll(request, read) : this.takeOne(request, read, 'empty');
    }
    // A client that waits for room sends its body again.
    const hit = fault === 'busy' ? undefined : readWithoutBody(request.query);
    return hit === undefined ? this.refuseCoding(request, fault) : this.takeOne(request, hit, 'empty');
  };

  private takeOne(request: HttpRequest, raw: RawHit | HitRejection, form: 'pixel' | 'empty'): Answer | Promise<Answer> {
    const sender = this.sender(request, true);
    const taken = raw instanceof HitRejection ? raw : acceptHit(raw, sender, this.options.sites, this.now());
    if (taken instanceof HitRejection) return this.reject(request, taken.status, taken.reason, taken.detail);
    if (taken === 'not-ready') return this.unready(request, 1);
    // The closure that waits for the disk refers to these two, not to the line.
    const { origin } = sender;
    const { cookie, repairs } = taken;
    return this.keep([taken.line], repairs, origin, () => this.replies.taken(form, origin, cookie));
  }

  private takeBatch: Take = (request, codingRepairs, fault) => {
    if (fault !== undefined) return this.refuseCoding(request, fault);
    const raws = readBatch(request, codingRepairs);
    return raws instanceof HitRejection ? this.reject(request, raws.status, raws.reason, raws.detail) : this.takeAll(request, raws);
  };

  private takeAll(request: HttpRequest, raws: readonly (RawHit | HitRejection)[]): Answer | Promise<Answer> {
    const sender = this.sender(request, false);
    const received = this.now();
    const lines: string[] = [];
    const repairs: Repair[] = [];
    const rejected: { index: number; reason: string }[] = [];
    for (const [index, raw] of raws.entries()) {
      const taken: AcceptedHit | HitRejection | 'not-ready' =
        raw instanceof HitRejection ? raw : acceptHit(raw, sender, this.options.sites, received);
      // All or none: the client repeats the whole batch, and accepted hits must not be sent twice.
      if (taken === 'not-ready') return this.unready(request, raws.length);
      if (taken instanceof HitRejection) rejected.push({ index, reason: taken.reason });
      else {
        lines.push(taken.line);
        repairs.push(...taken.repairs);
      }
    }
    for (const { reason } of rejected) this.options.metrics.rejected(reason);
    const { origin } = sender;
    if (lines.length === 0) return this.replies.partly(0, rejected, origin);
    const reply = () => (rejected.length === 0 ? this.replies.taken('empty', origin) : this.replies.partly(lines.length, rejected, origin));
    return this.keep(lines, repairs, origin, reply);
  }

  /** Answers only after the lines are durable. */
  private keep(lines: readonly string[], repairs: readonly Repair[], origin: string | undefined, reply: () => Answer): Promise<Answer> {
    const { sink, metrics } = this.options;
    const hits = lines.length;
    return sink.append(lines.join(''), hits).then(
      () => {
        metrics.kept(hits);
        for (const repair of repairs) metrics.repaired(repair);
        return reply();
      },
      (error: unknown) => {
        const reason = error instanceof SpoolRefusal ? error.reason : 'unexpected';
        metrics.refuse(reason, hits);
        return this.replies.refused(503, `spool: expected room for hits, got ${reason}; send them again later`, origin);
      },
    );
  }

  private unready(request: HttpRequest, hits: number): Answer {
    this.options.metrics.refuse('not-ready', hits);
    return this.replies.refused(503, 'site: expected loaded settings, got none yet; send the hit again later', request.field('origin'));
  }

  /** Counts a body that could not be decompressed as one hit: the number of its hits is unknown. */
  private refuseCoding(request: HttpRequest, fault: CodingFault): Answer {
    const { status, error, fields } = codingFaults[fault];
    if (status !== 503) return this.reject(request, status, 'content-encoding', error, fields);
    this.options.metrics.refuse('busy');
    return this.replies.refused(status, error, request.field('origin'));
  }

  private reject(
    request: HttpRequest,
    status: number,
    reason: string,
    error: string,
    fields?: { readonly [name: string]: string },
  ): Answer {
    this.options.metrics.rejected(reason);
    return this.replies.refused(status, error, request.field('origin'), fields);
  }

  private sender(request: HttpRequest, setsCookie: boolean): Sender {
    return {
      address: clientAddress(request, this.options.clientAddress),
      userAgent: userAgent(request),
      signal: privacySignal(request),
      origin: request.field('origin'),
      cookies: request.field('cookie'),
      setsCookie,
    };
  }

  /** The present time; its text is formatted once per millisecond. */
  private now() {
    const milliseconds = (this.options.now ?? Date.now)();
    if (milliseconds !== this.received.milliseconds) this.received = { milliseconds, text: new Date(milliseconds).toISOString() };
    return this.received;
  }

  /** @see Health */
  private answerHealth(): Answer {
    const health = this.options.health();
    const fields = { 'Content-Type': 'application/json', 'Cache-Control': 'no-store' };
    return answer({ status: health.ok ? 200 : 503, fields, body: `${JSON.stringify(health)}\n` });
  }

  private answerMetrics(): Answer {
    return answer({ status: 200, fields: { 'Content-Type': 'text/plain; version=0.0.4' }, body: this.options.metrics.text() });
  }
}

// The paths of the collector: stores the hits of a request in the spool and answers it.
import type { Health } from '../health';
import { answer } from '../http/answer';
import type { Answer, HttpRequest, RequestHandler } from '../http/message';
import type { SiteDirectory } from '../sites/directory';
import { type HitSink, SpoolRefusal } from '../spool/hit-sink';
import { bodyType, readBatch, readOne } from './body';
import { type ClientAddressSource, clientAddress, privacySignal, userAgent } from './client';
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
  '/hit.gif': ['GET', 'OPTIONS'],
  '/health': ['GET'],
  '/metrics': ['GET'],
};

class HitPaths {
  private readonly replies = new Replies();
  private received = { milliseconds: 0, text: '' };

  constructor(private readonly options: HitHandlerOptions) {}

  handle(request: HttpRequest): Answer | Promise<Answer> {
    const { method, path } = request;
    if (method === 'POST' && path === '/hit') return this.takePost(request);
    if (method === 'GET' && path === '/hit.gif') return this.takeOne(request, readQueryHit(request.query), 'pixel');
    if (method === 'POST' && path === '/hits') return this.takeBatch(request);
    const allowed = Object.hasOwn(methods, path) ? methods[path] : undefined;
    if (allowed === undefined) return this.reject(request, 404, 'path', 'path: expected /hit, /hits or /hit.gif, got another');
    if (!allowed.includes(method)) {
      return this.reject(request, 405, 'method', `method: expected ${allowed.join(' or ')}, got another`, { Allow: allowed.join(', ') });
    }
    if (method === 'OPTIONS') return this.replies.preflight(request.field('origin'));
    return path === '/health' ? this.answerHealth() : this.answerMetrics();
  }

  private takePost(request: HttpRequest): Answer | Promise<Answer> {
    const type = bodyType(request);
    if (type === undefined || type === 'lines') return this.refuseType(request, 'application/json, text/plain or a form');
    return this.takeOne(request, readOne(request.body, type), 'empty');
  }

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

  private takeBatch(request: HttpRequest): Answer | Promise<Answer> {
    const type = bodyType(request);
    if (type === undefined || type === 'form') return this.refuseType(request, 'application/json, text/plain or application/x-ndjson');
    const raws = readBatch(request.body, type);
    if (raws instanceof HitRejection) return this.reject(request, raws.status, raws.reason, raws.detail);
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

  private refuseType(request: HttpRequest, expected: string): Answer {
    return this.reject(request, 415, 'media-type', `Content-Type: expected uncompressed ${expected} in UTF-8, got another`);
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

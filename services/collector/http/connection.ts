// One connection: reads requests, sends their answers in order, and closes such that the client can read the last
// answer.
import type { Socket } from 'node:net';
import { lastBytes } from './answer';
import type { BodyBudget } from './body';
import { BodyPace, type SlowBodies } from './body-pace';
import type { AnswerDate } from './date';
import type { HttpLimits } from './limits';
import type { Answer, RequestHandler, RequestObserver } from './message';
import { type HttpRefusalReason, refusalOf, unavailable } from './refusals';
import { RequestReader } from './request-reader';

/** Shared state of a server's connections. */
export interface ConnectionContext {
  readonly handler: RequestHandler;
  readonly observer: RequestObserver;
  readonly limits: HttpLimits;
  readonly budget: BodyBudget;
  readonly slowBodies: SlowBodies;
  readonly date: AnswerDate;
  /** Seconds from the start of the server to the last check of the connections. */
  seconds: number;
  /** Whether the server stops: answers then close their connections. */
  stopping: boolean;
}

/** A request and its answer, once there is one. */
interface Exchange {
  /** Time of the request's last byte, in milliseconds; negative for an interim answer, which is not counted. */
  readonly since: number;
  readonly head: boolean;
  answer: Answer | undefined;
}

const interim: Answer = { status: 100, bytes: Buffer.from('HTTP/1.1 100 Continue\r\n\r\n'), bodyStart: 25, dateAt: 0, second: 0 };

const nothing = Buffer.alloc(0);

export class Connection {
  private readonly reader: RequestReader;
  private readonly pace: BodyPace;
  /** In order of the requests. */
  private readonly exchanges: Exchange[] = [];
  /**
   * `open`: reads requests. `last`: reads no more, answers are pending. `lingering`: all answers are sent. `closed`.
   */
  private state: 'open' | 'last' | 'lingering' | 'closed' = 'open';
  private paused = false;
  private stalled = false;
  private flushing = false;
  private reading = false;
  /** Whether received bytes may hold a request that was not read. */
  private unread = false;
  /** Whether the client has closed its side. */
  private complete = false;
  /** Start of the present phase, in seconds. */
  private since: number;
  private phase = '';
  private discarded = 0;

  constructor(
    private readonly socket: Socket,
    private readonly context: ConnectionContext,
    private readonly ended: (connection: Connection) => void,
  ) {
    this.reader = new RequestReader(context.limits, context.budget, socket.remoteAddress ?? '');
    this.pace = new BodyPace(context.limits);
    this.since = context.seconds;
    socket.on('data', (chunk: Buffer) => this.received(chunk));
    socket.on('end', () => this.halfClosed());
    socket.on('drain', () => this.drained());
    socket.on('error', () => socket.destroy());
    socket.on('close', () => this.closed());
  }

  private received(chunk: Buffer): void {
    if (this.state === 'open') {
      this.reader.feed(chunk);
      this.read();
      return;
    }
    this.discarded += chunk.length;
    if (this.discarded > this.context.limits.lingerBytes) this.socket.destroy();
  }

  /** Reads requests while there are some and there is room for their answers, which those make that are sent. */
  private read(): void {
    do {
      this.readWhileRoom();
      if (this.exchanges.length > 0) this.flush();
    } while (this.unread && this.state === 'open' && !this.isCrowded());
    this.throttle();
  }

  private readWhileRoom(): void {
    this.reading = true;
    this.unread = true;
    while (this.unread && this.state === 'open' && !this.isCrowded()) {
      const result = this.reader.next();
      if (result === 'more') {
        this.unread = false;
        if (this.complete) this.takeNoMore();
      } else if (result === 'request') this.take();
      else if (result === 'continue') this.exchanges.push({ since: -1, head: false, answer: interim });
      else this.refuse(this.reader.reason);
    }
    this.reading = false;
  }

  private isCrowded = () => this.stalled || this.exchanges.length >= this.context.limits.pipelined;

  /** Pauses the socket while too many answers are pending. */
  private throttle(): void {
    if (this.isCrowded() === this.paused) return;
    this.paused = !this.paused;
    if (this.paused) this.socket.pause();
    else this.socket.resume();
  }

  private take(): void {
    const { reader, context } = this;
    const exchange: Exchange = { since: performance.now(), head: reader.method === 'HEAD', answer: undefined };
    this.exchanges.push(exchange);
    if (reader.close) this.state = 'last';
    try {
      const answer = context.handler(reader);
      if (!(answer instanceof Promise)) exchange.answer = answer;
      else {
        // The reader may be at the next request when the answer fails.
        const origin = reader.origin;
        answer.then(this.settle(exchange), () => this.fail(exchange, origin));
      }
    } catch {
      this.fail(exchange, reader.origin);
    }
  }

  private settle = (exchange: Exchange) => (answer: Answer) => {
    exchange.answer = answer;
    this.flushSoon();
  };

  private fail(exchange: Exchange, origin: string | undefined): void {
    this.context.observer.rejected('unexpected');
    exchange.answer = unavailable(origin);
    if (!this.reading) this.flushSoon();
  }

  private refuse(reason: HttpRefusalReason): void {
    this.context.observer.rejected(reason);
    this.exchanges.push({ since: performance.now(), head: false, answer: refusalOf(reason, this.reader.origin) });
    this.state = 'last';
  }

  /** Sends answers that become ready together in one write. */
  private flushSoon(): void {
    if (this.flushing) return;
    if (this.exchanges.length === 1) {
      this.flush();
      this.proceed();
      return;
    }
    this.flushing = true;
    queueMicrotask(() => {
      this.flushing = false;
      this.flush();
      this.proceed();
    });
  }

  /** Continues to read after a pause. */
  private proceed(): void {
    if (this.paused && !this.isCrowded()) this.read();
  }

  private flush(): void {
    const { exchanges, context } = this;
    if (this.state === 'closed' || this.state === 'lingering') return;
    let ready = 0;
    while (ready < exchanges.length && exchanges[ready]?.answer !== undefined) ready++;
    if (ready === 0) return;
    const last = ready === exchanges.length && (this.state === 'last' || (context.stopping && this.isBetweenRequests()));
    this.since = context.seconds;
    const now = performance.now();
    const bytes = ready === 1 ? this.shift(now, last) : Buffer.concat(Array.from({ length: ready }, () => this.shift(now, last)));
    if (last) this.finish(bytes);
    else if (!this.socket.write(bytes)) this.stalled = true;
  }

  private isBetweenRequests = () => !this.paused && this.reader.state === 'start';

  private shift(now: number, last: boolean): Buffer {
    const exchange = this.exchanges.shift();
    // Only exchanges with an answer are taken.
    if (exchange?.answer === undefined) return nothing;
    const { answer, since, head } = exchange;
    if (since < 0) return answer.bytes;
    this.context.observer.answered(answer.status, now - since);
    const bytes = this.context.date.write(answer);
    const close = last && this.exchanges.length === 0;
    return close || head ? lastBytes(answer, close, head) : bytes;
  }

  /**
   * Sends the last answer and closes the server's side, then reads for a while: a connection closed with unread octets
   * is reset, and the answer is lost (RFC 9112 section 9.6).
   */
  private finish(bytes: Buffer = nothing): void {
    this.state = 'lingering';
    this.since = this.context.seconds;
    this.reader.release();
    this.socket.end(bytes);
    this.socket.resume();
  }

  private drained(): void {
    this.stalled = false;
    this.since = this.context.seconds;
    if (this.state === 'open') this.proceed();
    else this.socket.resume();
  }

  /** Handles the client's close of its side: complete requests are answered, an incomplete one is not. */
  private halfClosed(): void {
    this.complete = true;
    if (this.state === 'open' && !this.paused) this.takeNoMore();
  }

  private takeNoMore(): void {
    this.state = 'last';
    this.reader.release();
    if (this.exchanges.length === 0) this.finish();
  }

  private closed(): void {
    if (this.state === 'closed') return;
    this.state = 'closed';
    this.reader.release();
    this.ended(this);
  }

  /** Closes the connection after the answers to its requests. */
  end(): void {
    if (this.state !== 'open') return;
    if (this.exchanges.length === 0 && this.isBetweenRequests()) this.finish();
  }

  destroy(): void {
    this.socket.destroy();
  }

  /** Checks the time limits of the client and of the application; called every second. */
  watch(): void {
    const { limits, seconds, observer } = this.context;
    if (this.context.stopping) this.end();
    const phase = this.currentPhase();
    if (phase !== this.phase) {
      this.phase = phase;
      this.since = seconds;
      return;
    }
    const lasted = seconds - this.since;
    if (phase === 'lingering' && lasted > limits.lingerSeconds) this.socket.destroy();
    else if (phase === 'idle' && lasted > limits.idleSeconds) this.end();
    else if (phase === 'answer' && lasted > limits.answerSeconds) {
      observer.rejected('slow-answer');
      this.socket.destroy();
    } else if (phase === 'head' && lasted > limits.headSeconds) this.expire('slow-header');
    else if (phase === 'body') this.watchBody(lasted);
  }

  private watchBody(lasted: number): void {
    const { limits, seconds, slowBodies } = this.context;
    if (lasted > limits.longestBodySeconds || !this.pace.isInTime(this.since, seconds, this.reader.received)) this.expire('slow-body');
    else if (lasted > limits.bodySeconds && !slowBodies.admit(this.reader.held)) this.expire('busy');
  }

  private currentPhase(): 'lingering' | 'answer' | 'idle' | 'head' | 'body' {
    if (this.state === 'lingering') return 'lingering';
    if (this.exchanges.length > 0 || this.stalled) return 'answer';
    if (this.reader.state === 'start') return 'idle';
    return this.reader.state === 'head' ? 'head' : 'body';
  }

  private expire(reason: 'slow-header' | 'slow-body' | 'busy'): void {
    this.refuse(reason);
    this.flush();
  }
}

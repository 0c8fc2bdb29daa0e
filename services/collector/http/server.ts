// The HTTP/1.1 server of the hot path: RFC 9112 over plain sockets, limited to the needs of collecting hits.
import { createServer, type Server, type Socket } from 'node:net';
import { BodyBudget } from './body';
import { SlowBodies } from './body-pace';
import { Connection, type ConnectionContext } from './connection';
import { AnswerDate } from './date';
import { defaultLimits, type HttpLimits } from './limits';
import type { RequestHandler, RequestObserver } from './message';

export interface HttpServerOptions {
  readonly handler: RequestHandler;
  readonly observer: RequestObserver;
  /** @default defaultLimits */
  readonly limits?: Partial<HttpLimits>;
  /** Milliseconds of a clock that does not jump. @default performance.now */
  readonly monotonic?: () => number;
}

/** Interval of the checks of connections, in milliseconds. */
const checkInterval = 1000;
const checkIntervalWhenStopping = 50;

export class HttpServer {
  private readonly server: Server;
  private readonly open = new Set<Connection>();
  private readonly context: ConnectionContext;
  private readonly monotonic: () => number;
  private readonly began: number;
  private timer: NodeJS.Timeout | undefined;

  constructor({ handler, observer, limits: given, monotonic = () => performance.now() }: HttpServerOptions) {
    const limits = { ...defaultLimits, ...given };
    const budget = new BodyBudget(limits.allBodyBytes);
    const slowBodies = new SlowBodies(limits);
    this.context = { handler, observer, limits, budget, slowBodies, date: new AnswerDate(), seconds: 0, stopping: false };
    this.monotonic = monotonic;
    this.began = monotonic();
    this.server = createServer({ allowHalfOpen: true, noDelay: true }, (socket) => this.accept(socket));
    this.server.maxConnections = limits.connections;
    this.server.on('drop', () => observer.rejected('connections'));
  }

  /** Number of open connections. */
  get connections(): number {
    return this.open.size;
  }

  /** Memory of unfinished headers and bodies, in bytes. */
  get unfinishedBytes(): number {
    return this.context.budget.used;
  }

  /** Listens and returns the port. Rejects with the system's error if the port cannot be bound. */
  async listen(port: number, host: string): Promise<number> {
    this.watch();
    await new Promise<void>((resolve, reject) => {
      this.server.once('error', reject);
      this.server.listen({ port, host, backlog: 4096 }, () => {
        this.server.off('error', reject);
        // A failed accept(2) loses one connection and must not end the server.
        this.server.on('error', () => this.context.observer.rejected('accept'));
        resolve();
      });
    });
    const address = this.server.address();
    return typeof address === 'object' && address !== null ? address.port : port;
  }

  /**
   * Stops accepting, answers open requests and closes their connections; after `milliseconds` it resets the others.
   */
  async stop(milliseconds: number): Promise<void> {
    const { context, server } = this;
    context.stopping = true;
    const closed = new Promise<void>((resolve) => server.close(() => resolve()));
    for (const connection of this.open) connection.end();
    this.watch();
    const cut = setTimeout(() => {
      for (const connection of this.open) connection.destroy();
    }, milliseconds);
    await closed;
    clearTimeout(cut);
    clearInterval(this.timer);
  }

  private accept(socket: Socket): void {
    this.open.add(new Connection(socket, this.context, (connection) => this.open.delete(connection)));
  }

  private watch(): void {
    clearInterval(this.timer);
    this.check();
    this.timer = setInterval(() => this.check(), this.context.stopping ? checkIntervalWhenStopping : checkInterval).unref();
  }

  /** Checks the time limits of the connections; called every second. */
  check(): void {
    this.context.seconds = (this.monotonic() - this.began) / 1000;
    this.context.slowBodies.reset();
    this.context.date.update(new Date());
    for (const connection of this.open) connection.watch();
  }
}

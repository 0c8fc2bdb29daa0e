// A server on a free port, and a client that writes octets and records the answers.
import { connect, type Server, type Socket } from 'node:net';
import { HttpServer, type HttpServerOptions } from '../../../../services/collector/http/server';

export interface Counted {
  readonly statuses: number[];
  readonly rejected: string[];
}

export interface Running extends Counted {
  readonly server: HttpServer;
  readonly port: number;
  /** Octets that the server has read from all connections. */
  readonly received: () => number;
  /** Connections of which the server has read the client's close of its side. */
  readonly halfClosed: () => number;
}

export async function serve(options: Omit<HttpServerOptions, 'observer'>): Promise<Running> {
  const statuses: number[] = [];
  const rejected: string[] = [];
  const observer = { answered: (status: number) => void statuses.push(status), rejected: (reason: string) => void rejected.push(reason) };
  const server = new HttpServer({ ...options, observer });
  const { server: sockets } = server as unknown as { server: Server };
  const accepted: Socket[] = [];
  sockets.on('connection', (socket) => void accepted.push(socket));
  const received = () => accepted.reduce((sum, { bytesRead }) => sum + bytesRead, 0);
  const halfClosed = () => accepted.filter(({ readableEnded }) => readableEnded).length;
  return { server, port: await server.listen(0, '127.0.0.1'), statuses, rejected, received, halfClosed };
}

/** Polls until a condition holds. A test that waits in vain stops polling, which would keep its process. */
export async function until(condition: () => boolean): Promise<void> {
  for (const end = performance.now() + 29_000; !condition(); await new Promise((resolve) => setTimeout(resolve, 5))) {
    if (performance.now() > end) throw new Error(`expected within 29 s: ${condition}`);
  }
}

export class Client {
  text = '';
  ended = false;
  closed = false;
  readonly socket: Socket;

  constructor(port: number) {
    this.socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
    this.socket.on('data', (chunk) => {
      this.text += chunk.toString('latin1');
    });
    this.socket.on('end', () => {
      this.ended = true;
    });
    this.socket.on('error', () => undefined);
    this.socket.on('close', () => {
      this.closed = true;
    });
  }

  send(text: string): this {
    this.socket.write(text, 'latin1');
    return this;
  }

  /** Waits until so many answers are there; gives their statuses and bodies. */
  async answers(count: number): Promise<{ status: number; body: string; close: boolean }[]> {
    await until(() => parse(this.text).length >= count || this.closed || this.ended);
    return parse(this.text);
  }

  async end(): Promise<this> {
    await until(() => this.ended || this.closed);
    this.socket.end();
    return this;
  }
}

/** Whole answers in a text; one to `HEAD` only as the last. */
function parse(text: string): { status: number; body: string; close: boolean }[] {
  const answers: { status: number; body: string; close: boolean }[] = [];
  for (let at = 0; at < text.length; ) {
    const end = text.indexOf('\r\n\r\n', at);
    if (end < 0) break;
    const head = text.slice(at, end);
    const length = Number(/^content-length: (\d+)/im.exec(head)?.[1] ?? 0);
    if (text.length < end + 4 + length) break;
    const status = Number(/^HTTP\/1\.1 (\d{3}) /.exec(head)?.[1]);
    answers.push({ status, body: text.slice(end + 4, end + 4 + length), close: /^connection: close/im.test(head) });
    at = end + 4 + length;
  }
  return answers;
}

// Connections that are reused. A connection that ended while idle is replaced without an error.
import { type ClientConfig, Pool, type PoolClient } from 'pg';
import { stopwatch } from './stopwatch';

/**
 * Maximum idle time of a connection, in milliseconds: far below the 15 minutes after which the proxy ends it
 * (lib/database/database-proxy.ts).
 */
const idleMilliseconds = 60_000;

/**
 * Ends by an administrator, a crash or an idle timeout; class 08: connection exceptions ("PostgreSQL Error Codes").
 */
const endedByServer = /^(?:57P0[125]|08\w{3})$/;
const endedByNetwork = new Set(['ECONNRESET', 'EPIPE', 'ETIMEDOUT', 'ENOTCONN']);
/** Errors of the driver on an ended connection. */
const endedForDriver = /^Connection terminated|is not queryable$/;

/** Whether an error means that the connection has ended. */
export function isConnectionLost(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const code = 'code' in error ? String(error.code) : '';
  return endedByServer.test(code) || endedByNetwork.has(code) || endedForDriver.test(error.message);
}

/** Without a listener, a broken connection would end the process. The next statement reports the error. */
const ignore = () => undefined;

export class ConnectionPool {
  private readonly pool: Pool;
  /** Idle milliseconds of each released connection; a new connection has none. */
  private readonly idle = new WeakMap<PoolClient, () => number>();

  /** @param connections maximum number of connections */
  constructor(config: ClientConfig, connections: number) {
    this.pool = new Pool({ ...config, max: connections, idleTimeoutMillis: idleMilliseconds });
    this.pool.on('error', ignore);
  }

  /**
   * Takes a connection and sends the first message, which must be repeatable: if a reused connection has ended,
   * another is taken, finally a new one, whose failure is thrown. A connection that ends after the first message is an
   * error.
   *
   * A frozen function receives no event when a connection ends, and its timers stop; if the network has dropped the
   * connection, no response arrives. Therefore a connection that was idle for longer than the maximum is closed.
   */
  async begin<T>(first: (client: PoolClient) => Promise<T>): Promise<{ readonly client: PoolClient; readonly answer: T }> {
    for (;;) {
      const client = await this.pool.connect();
      const idle = this.idle.get(client);
      if (idle !== undefined && idle() > idleMilliseconds) {
        client.release(true);
        continue;
      }
      client.on('error', ignore);
      try {
        return { client, answer: await first(client) };
      } catch (error) {
        this.release(client, true);
        if (idle === undefined || !isConnectionLost(error)) throw error;
      }
    }
  }

  /** Runs one statement outside any transaction, without repetition, because it can change data. */
  async once<T>(statement: (client: PoolClient) => Promise<T>): Promise<T> {
    const { client } = await this.begin((taken) => taken.query('select 1'));
    let broken = true;
    try {
      const result = await statement(client);
      broken = false;
      return result;
    } catch (error) {
      broken = isConnectionLost(error);
      throw error;
    } finally {
      this.release(client, broken);
    }
  }

  /** Releases a connection; a broken one is closed. */
  release(client: PoolClient, broken: boolean): void {
    client.off('error', ignore);
    this.idle.set(client, stopwatch());
    client.release(broken);
  }

  /** Ends all connections after their work. */
  close(): Promise<void> {
    return this.pool.end();
  }
}

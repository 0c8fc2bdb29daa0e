// Connections that are kept between uses. One that ended while nobody used it is replaced, and nobody notices.
import { type ClientConfig, Pool, type PoolClient } from 'pg';

/** Milliseconds that an idle connection is kept: far below the 15 minutes after which the proxy ends it (lib/database/database-proxy.ts). */
const idleMilliseconds = 60_000;

/** Ended by an administrator, in a crash, or after too long a sleep; class 08 are exceptions of connections ("PostgreSQL Error Codes"). */
const endedByServer = /^(?:57P0[125]|08\w{3})$/;
const endedByNetwork = new Set(['ECONNRESET', 'EPIPE', 'ETIMEDOUT', 'ENOTCONN']);
/** What the driver says of a connection that is gone. */
const goneForDriver = /^Connection terminated|is not queryable$/;

/** Whether an error says that the connection itself is gone. */
export function isLost(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const code = 'code' in error ? String(error.code) : '';
  return endedByServer.test(code) || endedByNetwork.has(code) || goneForDriver.test(error.message);
}

/** A connection without a listener would end the process when it breaks; the next statement reports the break, so the event needs no answer. */
const ignore = () => undefined;

export class ConnectionPool {
  private readonly pool: Pool;
  /** When a connection was given back. One that is not here is new. */
  private readonly idleSince = new WeakMap<PoolClient, number>();

  /** @param connections most connections at once */
  constructor(config: ClientConfig, connections: number) {
    this.pool = new Pool({ ...config, max: connections, idleTimeoutMillis: idleMilliseconds });
    this.pool.on('error', ignore);
  }

  /**
   * Takes a connection and sends the first message of its use, which must be one that may be sent twice: a kept connection that turns out
   * to be gone leads to another, at last to a new one, whose failure is the caller's. What is lost after the first message is an error.
   *
   * A frozen function gets no word of a connection that ends, and its timers stand still; where the network has forgotten the connection,
   * nobody answers at all. So a connection that was idle for longer than one is kept is closed unused.
   */
  async begin<T>(first: (client: PoolClient) => Promise<T>): Promise<{ readonly client: PoolClient; readonly answer: T }> {
    for (;;) {
      const client = await this.pool.connect();
      const since = this.idleSince.get(client);
      if (since !== undefined && Date.now() - since > idleMilliseconds) {
        client.release(true);
        continue;
      }
      client.on('error', ignore);
      try {
        return { client, answer: await first(client) };
      } catch (error) {
        this.giveBack(client, true);
        if (since === undefined || !isLost(error)) throw error;
      }
    }
  }

  /** Runs one statement outside any transaction; once, for it may change something. */
  async once<T>(statement: (client: PoolClient) => Promise<T>): Promise<T> {
    const { client } = await this.begin((taken) => taken.query('select 1'));
    let broken = true;
    try {
      const result = await statement(client);
      broken = false;
      return result;
    } catch (error) {
      broken = isLost(error);
      throw error;
    } finally {
      this.giveBack(client, broken);
    }
  }

  /** Ends the use of a connection; a broken one is closed. */
  giveBack(client: PoolClient, broken: boolean): void {
    client.off('error', ignore);
    this.idleSince.set(client, Date.now());
    client.release(broken);
  }

  /** Ends all connections when their work is done. */
  close(): Promise<void> {
    return this.pool.end();
  }
}

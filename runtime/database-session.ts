// What work inside `withSite` gets instead of a connection: statements, one at a time, for as long as the work lasts.
import type { PoolClient, QueryResult, QueryResultRow } from 'pg';

/** A value that can be bound to a parameter of a statement. */
export type Value = string | number | boolean | bigint | Date | Buffer | null | readonly Value[];

// These end the transaction or outlive it. The database notices what they do to a transaction or a session (rempart.leave, and the session
// is cleaned after each use), and here is the clearer error; but what follows a `commit` is out of its hands, so none gets past.
const notForWork = new Set(
  'abort alter begin close commit deallocate declare discard drop end execute listen load lock prepare reassign release reset rollback savepoint set start unlisten'.split(
    ' ',
  ),
);
// Large objects have no site: what one site's work puts there, another's could read. The database does not commit one (rempart.leave);
// this is the clearer error. Text that is put together in a DO block gets past here, and not past `leave`.
const largeObjects = /\b(?:lo_\w+|loread|lowrite)"?\s*\(/i;
/** What PostgreSQL reads over before a statement begins: empty statements too, and a comment that ends with either end of a line. */
const noise = /^(?:[\s;(]|--[^\n\r]*)*/;

/** The word that a statement begins with, in lower case; comments may hold comments ("Comments", PostgreSQL). */
function firstWord(text: string): string {
  const rest = text.replace(noise, '');
  if (!rest.startsWith('/*')) return /^[a-z]*/i.exec(rest)?.[0].toLowerCase() ?? '';
  let depth = 0;
  for (const { 0: mark, index } of rest.matchAll(/\/\*|\*\//g)) {
    depth += mark === '/*' ? 1 : -1;
    if (depth === 0) return firstWord(rest.slice(index + 2));
  }
  return '';
}

export class Session {
  private tail: Promise<unknown> = Promise.resolve();
  private running = 0;
  private closed = false;

  constructor(private readonly client: PoolClient) {}

  /** Runs one statement with its values bound, never put into its text. The protocol admits no second statement. */
  query<R extends QueryResultRow>(text: string, values: readonly Value[] = []): Promise<QueryResult<R>> {
    const word = firstWord(text);
    if (notForWork.has(word)) {
      return Promise.reject(
        new Error(
          `database session: expected a statement on rows, got ${word.toUpperCase()}; use session.attempt for a part that may fail`,
        ),
      );
    }
    if (largeObjects.test(text))
      return Promise.reject(new Error('database session: expected rows, got a call on large objects; keep bytes in a table with a site'));
    return this.run(() => this.client.query<R>({ text, values: [...values], queryMode: 'extended' } as { text: string; values: Value[] }));
  }

  /** Runs a part of the work behind a savepoint: if it fails, it alone is undone, and the rest goes on. */
  async attempt<T>(part: () => Promise<T>): Promise<T> {
    await this.run(() => this.client.query('savepoint attempt'));
    try {
      const result = await part();
      await this.run(() => this.client.query('release savepoint attempt'));
      return result;
    } catch (error) {
      await this.run(() => this.client.query('rollback to savepoint attempt; release savepoint attempt'));
      throw error;
    }
  }

  /** Waits for the statements that are under way and admits no more. */
  async close(): Promise<void> {
    this.closed = true;
    await this.tail;
  }

  /** Admits no more statements; true if one is still under way, so that the connection cannot be used again. */
  abandon(): boolean {
    this.closed = true;
    return this.running > 0;
  }

  private run<T>(statement: () => Promise<T>): Promise<T> {
    if (this.closed)
      return Promise.reject(
        new Error('database session: expected to be used while its work lasts, got a statement afterwards; await all of it'),
      );
    this.running++;
    // One after the other: a connection takes one statement at a time.
    const turn = this.tail.then(statement).finally(() => this.running--);
    this.tail = turn.catch(() => undefined);
    return turn;
  }
}

// The session of work inside `withSite`: it runs one statement at a time, until the work ends.
import type { PoolClient, QueryResult, QueryResultRow } from 'pg';

/** A value that can be bound to a parameter of a statement. */
export type Value = string | number | boolean | bigint | Date | Buffer | null | readonly Value[];

// Statements that end the transaction or persist after it. The database detects their effects on a transaction or a
// session (rempart.leave; the session is reset after each use), and this error is clearer. It cannot detect statements
// after a `commit`, so all of these are rejected here.
const rejectedStatements = new Set(
  'abort alter begin close commit deallocate declare discard drop end execute listen load lock prepare reassign release reset rollback savepoint set start unlisten'.split(
    ' ',
  ),
);
// Large objects have no site: work on any site could read them. The database commits none (rempart.leave), and this
// error is clearer. A text that a DO block composes passes this check, but not `leave`.
const largeObjects = /\b(?:lo_\w+|loread|lowrite)"?\s*\(/i;
/** Text that PostgreSQL skips before a statement: also empty statements, and comments that end at a CR or an LF. */
const noise = /^(?:[\s;(]|--[^\n\r]*)*/;

/** The first word of a statement, in lower case. Comments can be nested ("Comments", PostgreSQL). */
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

  /** Runs one statement with bound values. The extended protocol rejects a second statement in the text. */
  query<R extends QueryResultRow>(text: string, values: readonly Value[] = []): Promise<QueryResult<R>> {
    const word = firstWord(text);
    if (rejectedStatements.has(word)) {
      return Promise.reject(
        new Error(
          `database session: expected a statement on rows, got ${word.toUpperCase()}; use session.attempt for a part that can fail`,
        ),
      );
    }
    if (largeObjects.test(text))
      return Promise.reject(
        new Error('database session: expected a statement on rows, got a call on large objects; store bytes in a table with a site'),
      );
    return this.run(() => this.client.query<R>({ text, values: [...values], queryMode: 'extended' } as { text: string; values: Value[] }));
  }

  /** Runs a part of the work in a savepoint: a failure rolls back this part only. */
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

  /** Waits for running statements and rejects further ones. */
  async close(): Promise<void> {
    this.closed = true;
    await this.tail;
  }

  /** Rejects further statements. True if one is still running, so that the connection cannot be reused. */
  abandon(): boolean {
    this.closed = true;
    return this.running > 0;
  }

  private run<T>(statement: () => Promise<T>): Promise<T> {
    if (this.closed)
      return Promise.reject(
        new Error('database session: expected statements before the end of the work, got one afterwards; await every statement'),
      );
    this.running++;
    // In sequence: a connection runs one statement at a time.
    const turn = this.tail.then(statement).finally(() => this.running--);
    this.tail = turn.catch(() => undefined);
    return turn;
  }
}

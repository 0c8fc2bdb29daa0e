// Lets the server itself end what takes too long: a deployment must not be told FAILED and then find its migration committed.
import type { DatabaseClient } from '../../../runtime/database-connection';

/**
 * Every statement from now on, and every transaction where the server can (`transaction_timeout`, PostgreSQL 17), ends within these
 * milliseconds of its beginning. Call it right before the work, and again before the next transaction: the time runs on.
 *
 * @throws Error if there is less than a second; nothing was begun.
 */
export async function limitTime(client: DatabaseClient, milliseconds: number): Promise<void> {
  // 0 would mean no limit.
  if (milliseconds < 1000) throw new Error(`migrations: expected a second or more to work in, got ${milliseconds} ms; deploy again`);
  await client.query(
    `select set_config('statement_timeout', $1, false),
       case when current_setting('server_version_num')::integer >= 170000 then set_config('transaction_timeout', $1, false) end`,
    [String(Math.floor(milliseconds))],
  );
}

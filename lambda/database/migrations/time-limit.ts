// Time limits enforced by the server: a migration must not commit after its failure was reported to CloudFormation.
import type { DatabaseClient } from '../../../runtime/database-connection';

/**
 * Limits each further statement, and each transaction if the server supports it (`transaction_timeout`, PostgreSQL
 * 17), to these milliseconds. Call it right before the work, and again before the next transaction with the remaining
 * time.
 *
 * @throws Error for less than a second; no work has started
 */
export async function limitTime(client: DatabaseClient, milliseconds: number): Promise<void> {
  // 0 would disable the limit.
  if (milliseconds < 1000) throw new Error(`migrations: expected a second or more to work in, got ${milliseconds} ms; deploy again`);
  await client.query(
    `select set_config('statement_timeout', $1, false),
       case when current_setting('server_version_num')::integer >= 170000 then set_config('transaction_timeout', $1, false) end`,
    [String(Math.floor(milliseconds))],
  );
}

// The work of one deployment on its database: the schema, then its settings, within a time limit.
import type { DirectConnection } from '../../../runtime/database-connection';
import { type MigrationRun, migrate } from './migrate';
import { type Deployment, settle } from './settle';
import { limitTime } from './time-limit';

export interface Time {
  /** Remaining milliseconds for the work on the database; the server cancels longer statements. */
  readonly remaining: () => number;
  /** Ends the work at once: the connection is closed, and the server rolls back. */
  readonly signal: AbortSignal;
}

/**
 * Always ends the connection. The settings are written even if the database is ahead: a restored one needs its key.
 */
export async function bringUpToDate(
  client: DirectConnection,
  folder: string,
  deployment: Deployment,
  { remaining, signal }: Time,
): Promise<MigrationRun> {
  // Closes the socket during a statement, and no other follows. The server checks the connection once a second
  // (migrate.ts).
  signal.addEventListener('abort', () => void client.end(), { once: true });
  try {
    signal.throwIfAborted();
    const run = await migrate(client, folder, remaining);
    await limitTime(client, remaining());
    await settle(client, deployment);
    return run;
  } finally {
    await client.end();
  }
}

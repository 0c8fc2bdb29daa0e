// The work of one deployment on its database, within a time limit: the schema, then the deployment's settings.
import type { DirectConnection } from '../../../runtime/database-connection';
import { type MigrationRun, migrate } from './migrate';
import { type Deployment, settle } from './settle';
import { limitTime } from './time-limit';

export interface Time {
  /** Remaining time for the work on the database, in milliseconds; the server cancels longer work. */
  readonly remaining: () => number;
  /** Ends the work at once: the connection is closed, and the server rolls back uncommitted work. */
  readonly signal: AbortSignal;
}

/**
 * Updates the schema and the settings, then ends the connection. The settings are written also if the database is
 * ahead: a restored database needs its key.
 */
export async function bringUpToDate(
  client: DirectConnection,
  folder: string,
  deployment: Deployment,
  { remaining, signal }: Time,
  mayBeEmpty = true,
): Promise<MigrationRun> {
  // Closes the socket if a statement is running; no other follows. The server checks once per second (migrate.ts).
  signal.addEventListener('abort', () => void client.end(), { once: true });
  try {
    signal.throwIfAborted();
    const run = await migrate(client, folder, remaining, mayBeEmpty);
    await limitTime(client, remaining());
    await settle(client, deployment);
    return run;
  } finally {
    await client.end();
  }
}

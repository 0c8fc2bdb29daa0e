// One deployment's work on its database: the schema, then what the deployment tells it, and an end to both when time is up.
import type { DirectConnection } from '../../../runtime/database-connection';
import { type MigrationRun, migrate } from './migrate';
import { type Deployment, settle } from './settle';
import { limitTime } from './time-limit';

export interface Time {
  /** Milliseconds that are left for the work on the database; the server ends what takes longer. */
  readonly remaining: () => number;
  /** Ends the work at once: the connection is cut, and the server undoes what was not committed. */
  readonly signal: AbortSignal;
}

/** Ends the connection, whatever happens. What is told is told also where the database is ahead: a restored one needs its key. */
export async function bringUpToDate(
  client: DirectConnection,
  folder: string,
  deployment: Deployment,
  { remaining, signal }: Time,
  mayBeEmpty = true,
): Promise<MigrationRun> {
  // Cuts the socket if a statement is under way; no other is sent after it. The server looks once a second (migrate.ts).
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

// Reads what a restored database says of itself.
import { connectDirectly, type DatabaseAddress } from '../../../runtime/database-connection';

/** The role that signs in to restored databases, and may call one function. (TOM-3.5) */
const validationUser = 'rempart_validation';

/** Time limit of the statement in milliseconds: the function has fifteen minutes. */
const statementMilliseconds = 800_000;

/** The host of a restored cluster, as RDS names it. */
const restoredHost = /^awsbackup-restore-test-[a-z0-9-]+\.cluster-[a-z0-9-]+\.[a-z0-9-]+\.rds\.amazonaws\.com(\.cn)?$/;

/** The host in an event. @throws Error for any that is no restored cluster */
export function hostIn(event: unknown): string {
  const host = typeof event === 'object' && event !== null && 'host' in event ? event.host : undefined;
  if (typeof host === 'string' && restoredHost.test(host)) return host;
  throw new Error(`restored state: expected the host of a restored cluster, got ${JSON.stringify(host)}; invoke restore-validation`);
}

/** The answer of `rempart.restored_state`, in a connection of its own. @throws the error of the server */
export async function readState(address: Omit<DatabaseAddress, 'user'>): Promise<unknown> {
  const client = await connectDirectly({ ...address, user: validationUser });
  try {
    await client.query(`set statement_timeout = ${statementMilliseconds}`);
    const { rows } = await client.query<{ state: unknown }>('select rempart.restored_state() as state');
    return rows[0]?.state;
  } finally {
    await client.end().catch(() => undefined);
  }
}

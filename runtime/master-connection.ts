// Sign-in of the master user: to the writer itself, with the password of its secret. For work reserved to the owner of
// the schema.
import { setTimeout } from 'node:timers/promises';
import { connectDirectly, type DirectConnection } from './database-connection';
import type { MasterEnvironment } from './environment';
import { requiredSecret, type SecretReader } from './secret-store';

/** Waits before the secret is read again after a rejected password, in milliseconds. */
const passwordWaits = [2000, 5000] as const;
/** `invalid_password` ("PostgreSQL Error Codes"). */
const wrongPassword = '28P01';

/**
 * A connection outside any pool; the caller ends it. The secret is read for each connection, because RDS rotates it
 * every seven days; it is read again after a rejected password, because RDS changes the password of the database
 * before the secret.
 *
 * @throws the server's error if the password is rejected after all waits
 */
export async function connectAsMaster(
  environment: MasterEnvironment,
  secrets: SecretReader,
  { tls, waits = passwordWaits }: { readonly tls?: 'verify' | 'off'; readonly waits?: readonly number[] } = {},
): Promise<DirectConnection> {
  const { username, password } = JSON.parse(await requiredSecret(secrets, environment.MASTER_SECRET));
  try {
    return await connectDirectly({
      host: environment.DATABASE_HOST,
      port: Number(environment.DATABASE_PORT),
      database: environment.DATABASE_NAME,
      user: username,
      credentials: { password },
      caFile: environment.DATABASE_CA_FILE,
      ...(tls ? { tls } : {}),
    });
  } catch (error) {
    const [wait, ...others] = waits;
    if (wait === undefined || !(error instanceof Error && 'code' in error && error.code === wrongPassword)) throw error;
    await setTimeout(wait);
    return connectAsMaster(environment, secrets, { ...(tls ? { tls } : {}), waits: others });
  }
}

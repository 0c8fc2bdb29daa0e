// How the master user signs in: past the proxy, with the password of its secret. For what only the owner of the schema may do.
import { setTimeout } from 'node:timers/promises';
import { connectDirectly, type DirectConnection } from './database-connection';
import { requiredSecret, type SecretStore } from './secret-store';

/** What a function that signs in as the master user is told of the database. */
export interface MasterEnvironment {
  readonly DATABASE_HOST: string;
  readonly DATABASE_PORT: string;
  readonly DATABASE_NAME: string;
  readonly DATABASE_CA_FILE: string;
  readonly MASTER_SECRET: string;
}

/** Milliseconds after which a password that was refused is read again. */
const patience = [2000, 5000] as const;
/** `invalid_password` ("PostgreSQL Error Codes"). */
const wrongPassword = '28P01';

/**
 * A connection of its own, which whoever opened it ends. The secret is read each time, as RDS rotates it every seven days; and again
 * where the password is refused, since RDS tells the database a new one before it is the secret's current one.
 *
 * @throws the server's error when the password is refused for good
 */
export async function connectAsMaster(
  environment: MasterEnvironment,
  secrets: SecretStore,
  { tls, waits = patience }: { readonly tls?: 'verify' | 'off'; readonly waits?: readonly number[] } = {},
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

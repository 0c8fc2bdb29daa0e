// How the master user signs in: past the proxy, with the password of its secret. For what only the owner of the schema may do.
import { connectDirectly, type DirectConnection } from './database-connection';
import type { MasterEnvironment } from './environment';
import { requiredSecret, type SecretReader } from './secret-store';

/** A connection of its own, which whoever opened it ends. The secret is read each time: it rotates. */
export async function connectAsMaster(environment: MasterEnvironment, secrets: SecretReader): Promise<DirectConnection> {
  const { username, password } = JSON.parse(await requiredSecret(secrets, environment.MASTER_SECRET));
  return connectDirectly({
    host: environment.DATABASE_HOST,
    port: Number(environment.DATABASE_PORT),
    database: environment.DATABASE_NAME,
    user: username,
    credentials: { password },
    caFile: environment.DATABASE_CA_FILE,
  });
}

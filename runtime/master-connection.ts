// Sign-in of the master user: to the writer itself, with the password of its secret. For work reserved to the owner of
// the schema.
import { connectDirectly, type DirectConnection } from './database-connection';
import type { MasterEnvironment } from './environment';
import { requiredSecret, type SecretReader } from './secret-store';

/** A connection outside any pool; the caller ends it. The secret is read for each connection, because it rotates. */
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

// Opens the database as a function of the deployment does: by IAM token, through the proxy, over TLS, with the context key from the secrets store.
import { Database } from './database';
import { cacheFor, requiredSecret, type SecretStore } from './secret-store';
import { parseContextKey } from './site-context';

/** Variables that every function with a database has in its contract. */
export interface DatabaseEnvironment {
  readonly DATABASE_HOST: string;
  readonly DATABASE_PORT: string;
  readonly DATABASE_NAME: string;
  readonly DATABASE_USER: 'rempart_application' | 'rempart_maintenance';
  readonly CONTEXT_KEY_SECRET: string;
}

/** Opens a pool for one instance of a function, which serves one request at a time. Connects at its first use. */
export function openDatabase(environment: DatabaseEnvironment, region: string, secrets: SecretStore): Database {
  const { CONTEXT_KEY_SECRET: secret } = environment;
  return new Database({
    host: environment.DATABASE_HOST,
    port: Number(environment.DATABASE_PORT),
    database: environment.DATABASE_NAME,
    user: environment.DATABASE_USER,
    // The proxy's certificate is one of ACM's, which the system trusts ("Using TLS/SSL with RDS Proxy", Amazon RDS).
    credentials: { iam: { region } },
    connections: 2,
    contextKey: cacheFor(async () => parseContextKey(await requiredSecret(secrets, secret))),
  });
}

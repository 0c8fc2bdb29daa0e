// Opens the database for a function of the deployment: through the proxy, by IAM token, over TLS, with the context
// key's secret.
import { Database } from './database';
import type { DatabaseEnvironment } from './environment';
import { cacheFor, requiredSecret, type SecretReader } from './secret-store';
import { parseContextKey } from './site-context';

/** Opens a pool for one instance of a function, which serves one request at a time. Connects at first use. */
export function openDatabase(environment: DatabaseEnvironment, region: string, secrets: SecretReader): Database {
  const { CONTEXT_KEY_SECRET: secret } = environment;
  return new Database({
    host: environment.DATABASE_HOST,
    port: Number(environment.DATABASE_PORT),
    database: environment.DATABASE_NAME,
    user: environment.DATABASE_USER,
    // The proxy has a certificate of ACM, which the system trusts ("Using TLS/SSL with RDS Proxy", Amazon RDS).
    credentials: { iam: { region } },
    connections: 2,
    contextKey: cacheFor(async () => parseContextKey(await requiredSecret(secrets, secret))),
  });
}

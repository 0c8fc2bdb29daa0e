// Custom resource of the data stack: brings the schema up to date during a deployment, or fails it.
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { answerCloudFormation, type CustomResourceEvent, type InvocationContext } from '../../runtime/custom-resource';
import { connectDirectly } from '../../runtime/database-connection';
import { requiredSecret, SecretsManager } from '../../runtime/secret-store';
import { parseContextKey } from '../../runtime/site-context';
import { readEnvironment } from './env';
import { migrate } from './migrate';
import { settle } from './settle';

// Reads only, so the key for new secrets is never used.
const secrets = new SecretsManager(new SecretsManagerClient({}), '');

export function handler(event: CustomResourceEvent, context: InvocationContext): Promise<void> {
  return answerCloudFormation(event, context, async () => {
    // The data outlives the resource.
    if (event.RequestType === 'Delete') return {};
    const environment = readEnvironment(process.env);
    const { username, password } = JSON.parse(await requiredSecret(secrets, environment.MASTER_SECRET));
    const contextKey = parseContextKey(await requiredSecret(secrets, environment.CONTEXT_KEY_SECRET));
    const client = await connectDirectly({
      host: environment.DATABASE_HOST,
      port: Number(environment.DATABASE_PORT),
      database: environment.DATABASE_NAME,
      user: username,
      credentials: { password },
      caFile: environment.DATABASE_CA_FILE,
    });
    try {
      const { applied } = await migrate(client, environment.MIGRATIONS_FOLDER);
      await settle(client, { environment: environment.ENVIRONMENT, contextKey });
      return { Applied: applied.length };
    } finally {
      await client.end();
    }
  });
}

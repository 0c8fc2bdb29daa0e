// Custom resource of the data stack: updates the schema during a deployment, or fails the deployment.
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { answerCloudFormation, type CustomResourceEvent, type InvocationContext } from '../../../runtime/custom-resource';
import { connectAsMaster } from '../../../runtime/master-connection';
import { requiredSecret, SecretsManagerReader } from '../../../runtime/secret-store';
import { parseContextKey } from '../../../runtime/site-context';
import { bringUpToDate } from './bring-up-to-date';
import { readEnvironment } from './env';

const secrets = new SecretsManagerReader(new SecretsManagerClient({}));

/**
 * Milliseconds before the timeout at which the server cancels a migration: 10 s before the work is aborted and the
 * failure reported.
 */
const timeToEnd = 20_000;

export function handler(event: CustomResourceEvent, context: InvocationContext): Promise<void> {
  return answerCloudFormation(event, context, async (signal) => {
    // The data is retained.
    if (event.RequestType === 'Delete') return {};
    const environment = readEnvironment(process.env);
    const contextKey = parseContextKey(await requiredSecret(secrets, environment.CONTEXT_KEY_SECRET));
    const client = await connectAsMaster(environment, secrets);
    const { applied, ahead } = await bringUpToDate(
      client,
      environment.MIGRATIONS_FOLDER,
      { environment: environment.ENVIRONMENT, cluster: environment.DATABASE_CLUSTER, contextKey },
      { remaining: () => context.getRemainingTimeInMillis() - timeToEnd, signal },
      event.RequestType === 'Create',
    );
    if (ahead.length > 0) console.warn(`migrations: the database is ahead by ${ahead.join(', ')}; nothing was applied`);
    return { Applied: applied.length, Ahead: ahead.length };
  });
}

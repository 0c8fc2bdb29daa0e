// Rotation function of the context key's secret; Secrets Manager calls it for each step.
import {
  GetSecretValueCommand,
  PutSecretValueCommand,
  ResourceNotFoundException,
  SecretsManagerClient,
  UpdateSecretVersionStageCommand,
} from '@aws-sdk/client-secrets-manager';
import type { DatabaseClient } from '../../../runtime/database-connection';
import { connectAsMaster } from '../../../runtime/master-connection';
import { SecretsManagerReader } from '../../../runtime/secret-store';
import { readEnvironment } from './env';
import { installedKeys } from './installed-keys';
import { type RotationEvent, rotate, type SecretVersions } from './rotate';

const client = new SecretsManagerClient({});
const environment = readEnvironment(process.env);

export const handler = (event: RotationEvent): Promise<void> => rotate(event, versionsOf(event.SecretId), installedKeys(withConnection));

function versionsOf(SecretId: string): SecretVersions {
  return {
    async current() {
      const { VersionId: id = '', SecretString: value = '' } = await client.send(new GetSecretValueCommand({ SecretId }));
      return { id, value };
    },
    async version(VersionId) {
      try {
        return (await client.send(new GetSecretValueCommand({ SecretId, VersionId }))).SecretString;
      } catch (error) {
        // Also thrown for an announced version without a value.
        if (error instanceof ResourceNotFoundException) return undefined;
        throw error;
      }
    },
    async addPending(ClientRequestToken, SecretString) {
      await client.send(new PutSecretValueCommand({ SecretId, ClientRequestToken, SecretString, VersionStages: ['AWSPENDING'] }));
    },
    async promote(MoveToVersionId, RemoveFromVersionId) {
      await client.send(
        new UpdateSecretVersionStageCommand({ SecretId, VersionStage: 'AWSCURRENT', MoveToVersionId, RemoveFromVersionId }),
      );
    },
  };
}

async function withConnection(work: (client: DatabaseClient) => Promise<void>): Promise<void> {
  const database = await connectAsMaster(environment, new SecretsManagerReader(client));
  try {
    await work(database);
  } finally {
    await database.end();
  }
}

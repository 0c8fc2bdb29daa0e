// Stores the hits of the stream. An operator calls the function to replay a dead letter.
import { S3Client } from '@aws-sdk/client-s3';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import type { IngestResult } from '../../../runtime/ingest';
import { S3Objects } from '../../../runtime/object-store';
import { openDatabase } from '../../../runtime/open-database';
import { SecretsManagerReader } from '../../../runtime/secret-store';
import { readEnvironment } from './env';
import { type BatchResponse, isReplay, processEvent, replayDeadLetter } from './process';

const environment = readEnvironment(process.env);
const secrets = new SecretsManagerReader(new SecretsManagerClient({}));
const database = openDatabase(environment, process.env.AWS_REGION ?? '', secrets);
const deadLetters = new S3Objects(new S3Client({}), environment.DEAD_LETTERS_BUCKET);

export const handler = (event: unknown, context: { getRemainingTimeInMillis(): number }): Promise<BatchResponse | IngestResult> => {
  const tools = { database, deadLetters, remaining: () => context.getRemainingTimeInMillis(), now: () => new Date() };
  return isReplay(event) ? replayDeadLetter(event, tools) : processEvent(event, tools);
};

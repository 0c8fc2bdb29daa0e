// Exports one person's data of one site; an operator calls it, and the portal will.
import { randomUUID } from 'node:crypto';
import { S3Client } from '@aws-sdk/client-s3';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { S3Archive } from '../../../runtime/archive';
import { openDatabase } from '../../../runtime/open-database';
import { readPersonRequest } from '../../../runtime/person';
import { SecretsManagerReader } from '../../../runtime/secret-store';
import { readEnvironment } from './env';
import { type Exported, exportPerson } from './export';

const environment = readEnvironment(process.env);
const secrets = new SecretsManagerReader(new SecretsManagerClient({}));
const database = openDatabase(environment, process.env.AWS_REGION ?? '', secrets);
const archive = new S3Archive(new S3Client({}), environment.ARCHIVE_BUCKET);

export const handler = (event: unknown): Promise<Exported> =>
  exportPerson(database, archive, readPersonRequest(event), new Date(), randomUUID());

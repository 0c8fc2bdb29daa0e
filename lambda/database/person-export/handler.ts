// Exports the data of one person of one site. Called by an operator, later by the portal.
import { randomUUID } from 'node:crypto';
import { S3Client } from '@aws-sdk/client-s3';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { STSClient } from '@aws-sdk/client-sts';
import { S3Archive } from '../../../runtime/archive';
import { boundedCalls } from '../../../runtime/bounded-calls';
import { S3Lake } from '../../../runtime/lake/store';
import { openDatabase } from '../../../runtime/open-database';
import { readPersonRequest } from '../../../runtime/person';
import { SecretsManagerReader } from '../../../runtime/secret-store';
import { readEnvironment } from './env';
import { type ExportResult, exportPerson } from './export';

const environment = readEnvironment(process.env);
const secrets = new SecretsManagerReader(new SecretsManagerClient({}));
const database = openDatabase(environment, process.env.AWS_REGION ?? '', secrets);
const archive = new S3Archive(new S3Client({ requestHandler: boundedCalls }), environment.ARCHIVE_BUCKET);
const lake = new S3Lake({
  sts: new STSClient({ requestHandler: boundedCalls }),
  role: environment.LAKE_ROLE,
  bucket: environment.ARCHIVE_BUCKET,
});

export const handler = (event: unknown): Promise<ExportResult> =>
  exportPerson(database, archive, lake, readPersonRequest(event), new Date(), randomUUID());

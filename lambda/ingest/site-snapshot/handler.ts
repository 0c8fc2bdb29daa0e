// Publishes the site snapshot, every minute.
import { S3Client } from '@aws-sdk/client-s3';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { S3Objects } from '../../../runtime/object-store';
import { openDatabase } from '../../../runtime/open-database';
import { SecretsManagerReader } from '../../../runtime/secret-store';
import { readEnvironment } from './env';
import { type PublishResult, publishSites } from './publish';

const environment = readEnvironment(process.env);
const secrets = new SecretsManagerReader(new SecretsManagerClient({}));
const database = openDatabase(environment, process.env.AWS_REGION ?? '', secrets);
const settingsBucket = new S3Objects(new S3Client({}), environment.SETTINGS_BUCKET);

export const handler = (): Promise<PublishResult> => publishSites(database, settingsBucket);

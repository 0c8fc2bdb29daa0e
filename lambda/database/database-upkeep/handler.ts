// Runs the database's upkeep, once a day.
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { openDatabase } from '../../../runtime/open-database';
import { SecretsManagerReader } from '../../../runtime/secret-store';
import { readEnvironment } from './env';
import { type Upkeep, upkeep } from './upkeep';

const environment = readEnvironment(process.env);
const secrets = new SecretsManagerReader(new SecretsManagerClient({}));
const database = openDatabase(environment, process.env.AWS_REGION ?? '', secrets);

export const handler = (): Promise<Upkeep> => upkeep(database, Number(environment.KEEP_MONTHS), new Date());

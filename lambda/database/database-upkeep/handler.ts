// Runs the upkeep of the database, every six hours.
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { openDatabase } from '../../../runtime/open-database';
import { SecretsManagerReader } from '../../../runtime/secret-store';
import { readEnvironment } from './env';
import { type UpkeepResult, upkeep } from './upkeep';

const environment = readEnvironment(process.env);
const secrets = new SecretsManagerReader(new SecretsManagerClient({}));
const database = openDatabase(environment, process.env.AWS_REGION ?? '', secrets);

const kept = { hotDays: Number(environment.HOT_DAYS), keepMonths: Number(environment.KEEP_MONTHS) };

export const handler = (): Promise<UpkeepResult> => upkeep(database, kept, new Date());

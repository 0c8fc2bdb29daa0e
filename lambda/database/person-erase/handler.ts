// Erases the data of one person of one site. Called by an operator, later by the portal.
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { openDatabase } from '../../../runtime/open-database';
import { readPersonRequest } from '../../../runtime/person';
import { SecretsManagerReader } from '../../../runtime/secret-store';
import { readEnvironment } from './env';
import { type ErasureResult, erasePerson } from './erase';

const secrets = new SecretsManagerReader(new SecretsManagerClient({}));
const database = openDatabase(readEnvironment(process.env), process.env.AWS_REGION ?? '', secrets);

export const handler = (event: unknown): Promise<ErasureResult> => erasePerson(database, readPersonRequest(event));

// Erases one person's data of one site; an operator calls it, and the portal will.
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { openDatabase } from '../../../runtime/open-database';
import { readPersonRequest } from '../../../runtime/person';
import { SecretsManagerReader } from '../../../runtime/secret-store';
import { readEnvironment } from './env';
import { type Erased, erasePerson } from './erase';

const secrets = new SecretsManagerReader(new SecretsManagerClient({}));
const database = openDatabase(readEnvironment(process.env), process.env.AWS_REGION ?? '', secrets);

export const handler = (event: unknown): Promise<Erased> => erasePerson(database, readPersonRequest(event));

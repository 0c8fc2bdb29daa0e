// Creates sites and changes their keys; an operator calls it, and the portal will.
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { openDatabase } from '../../../runtime/open-database';
import { SecretsManagerStore } from '../../../runtime/secret-store';
import { SiteKeys } from '../../../runtime/site-keys';
import { administerSite, type SiteAdministered, type SiteRequest } from './administer';
import { readEnvironment } from './env';

const environment = readEnvironment(process.env);
const secrets = new SecretsManagerStore(new SecretsManagerClient({}), environment.ENCRYPTION_KEY);
const database = openDatabase(environment, process.env.AWS_REGION ?? '', secrets);
const keys = new SiteKeys(secrets, environment.SITE_KEY_PREFIX);

export const handler = (event: SiteRequest): Promise<SiteAdministered> => administerSite(database, keys, event);

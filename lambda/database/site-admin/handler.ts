// Creates sites and rotates their keys. Called by an operator, later by the portal.
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { openDatabase } from '../../../runtime/open-database';
import { SecretsManagerStore } from '../../../runtime/secret-store';
import { SiteKeys } from '../../../runtime/site-keys';
import { administerSite, type SiteAdminResult, type SiteRequest } from './administer';
import { readEnvironment } from './env';

const environment = readEnvironment(process.env);
const secrets = new SecretsManagerStore(new SecretsManagerClient({}), environment.ENCRYPTION_KEY);
const database = openDatabase(environment, process.env.AWS_REGION ?? '', secrets);
const keys = new SiteKeys(secrets, environment.SITE_KEY_PREFIX);

export const handler = (event: SiteRequest): Promise<SiteAdminResult> => administerSite(database, keys, event);

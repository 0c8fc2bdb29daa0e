// Environment contract between construct and handler.
import { type DatabaseEnvironment, databaseForms, type Forms, keyArn, readVariables, type Variables } from '../../../runtime/environment';

/** Environment of the function `site-admin`. */
export interface SiteAdminEnvironment extends DatabaseEnvironment<'rempart_maintenance'> {
  /** Prefix of the names of the sites' secrets, as in `production/sites`. */
  readonly SITE_KEY_PREFIX: string;
  /** ARN of the key that encrypts them. */
  readonly ENCRYPTION_KEY: string;
}

const forms: Forms<SiteAdminEnvironment> = {
  ...databaseForms('rempart_maintenance'),
  SITE_KEY_PREFIX: [/^[\w-]+(\/[\w-]+)*$/, "the prefix of a secret's name"],
  ENCRYPTION_KEY: keyArn,
};

/** Reads the contract from the environment of the process; throws where it is broken. */
export const readEnvironment = (from: Variables): SiteAdminEnvironment => readVariables(from, forms, 'deploy the data stack again');

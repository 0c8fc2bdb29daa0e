// Types of the custom resources. Rules find the resources in the templates by these types.

/** Brings the schema of the database up to date. (TOM-4.1) */
export const migrationsType = 'Custom::DatabaseMigrations';

/** Loads generated data outside production. (TOM-7.4) */
export const generatedDataType = 'Custom::GeneratedData';

/**
 * Checks the certificate of every HTTPS listener, and issues it if the configuration sets `edge.certificate.issue`.
 * (DSS-5.3.2)
 */
export const certificateType = 'Custom::Certificate';

/** Sets the password policy of the account, and restores the former one. (TOM-3.7) */
export const passwordPolicyType = 'Custom::PasswordPolicy';

/** Admits the deployment to its account, unless production would share it. (TOM-7.3) */
export const accountEnvironmentsType = 'Custom::AccountEnvironments';

/** Sets the session document of the account, and restores the former one. (TOM-3.6) */
export const sessionDocumentType = 'Custom::SessionDocument';

/** Waits for the first collectors of a deployment. (TOM-6.1) */
export const firstServersType = 'Custom::FirstServers';

/** Waits for the first datapoint of a metric, before the alarm on its silence is created. (TOM-3.4) */
export const firstDatapointType = 'Custom::FirstDatapoint';

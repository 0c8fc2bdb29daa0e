// Types of the custom resources, by which rules find them in the templates.

/** Brings the schema of the database up to date. (TOM-4.1) */
export const migrationsType = 'Custom::DatabaseMigrations';

/** Loads generated data outside production. (TOM-7.4) */
export const generatedDataType = 'Custom::GeneratedData';

/** Checks, and where the configuration asks for it issues, the certificate of every HTTPS listener. (DSS-5.3.2) */
export const certificateType = 'Custom::Certificate';

/** Waits for the first datapoint of a metric, before the alarm on its silence is created. (TOM-3.4) */
export const firstDatapointType = 'Custom::FirstDatapoint';

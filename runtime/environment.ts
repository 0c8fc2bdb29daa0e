// Environment variables of functions and services: their forms, and the one function that reads them. Pure: synthesis
// loads it too.

/** Variables by name, as in `process.env`. */
export type Variables = Readonly<Record<string, string | undefined>>;

/**
 * Form of a variable: its pattern, the pattern in words, and the value of a variable that is not set.
 *
 * @default - the variable is required
 */
export type Form = readonly [pattern: RegExp, expected: string, byDefault?: string];

/** The form of each variable of a contract. */
export type Forms<Environment> = { readonly [variable in keyof Required<Environment>]: Form };

/** Default of a variable that may stay unset: it reads as an empty string. */
export const optional = '';

/**
 * Reads the variables of a contract and no others.
 *
 * @param remedy last part of the error, as in `deploy the data stack again`
 * @throws Error with one line for each variable that is missing or does not match its form
 */
export function readVariables<Environment>(from: Variables, forms: Forms<Environment>, remedy: string): Required<Environment> {
  const faults: string[] = [];
  const read = Object.entries<Form>(forms).map(([variable, [pattern, expected, byDefault]]) => {
    const value = from[variable] ?? byDefault;
    if (value === undefined || !(pattern.test(value) || (value === optional && byDefault === optional))) {
      faults.push(`${variable}: expected ${expected}, got ${JSON.stringify(value)}; ${remedy}`);
    }
    return [variable, value];
  });
  if (faults.length > 0) throw new Error(faults.join('\n'));
  return Object.fromEntries(read) as Required<Environment>;
}

/** Address of the database. */
export interface DatabaseEndpoint {
  /**
   * Host name of the proxy; for the master user, of the writer: the master user does not sign in through the proxy.
   */
  readonly DATABASE_HOST: string;
  /** Port, in digits. */
  readonly DATABASE_PORT: string;
  readonly DATABASE_NAME: string;
}

export interface ContextKeyEnvironment {
  /** Name or ARN of the secret with the key of site contexts: `{"version": 1, "key": "<base64>"}`. */
  readonly CONTEXT_KEY_SECRET: string;
}

/** Environment of a function that signs in through the proxy by IAM token. */
export interface DatabaseEnvironment<Role extends DatabaseRole = DatabaseRole> extends DatabaseEndpoint, ContextKeyEnvironment {
  /** The role that signs in. */
  readonly DATABASE_USER: Role;
}

/** Roles of the database that functions sign in as. (TOM-4.1) */
export type DatabaseRole = 'rempart_application' | 'rempart_maintenance';

/** Environment of a function that signs in as the master user, to the writer itself. */
export interface MasterEnvironment extends DatabaseEndpoint {
  /** Name or ARN of the master user's secret: `{"username": ..., "password": ...}`. */
  readonly MASTER_SECRET: string;
  /**
   * File with Amazon's root certificates, as in `/var/runtime/ca-cert.pem` ("Building Lambda functions with Node.js",
   * AWS Lambda).
   */
  readonly DATABASE_CA_FILE: string;
}

export const endpointForms: Forms<DatabaseEndpoint> = {
  DATABASE_HOST: [/^[a-zA-Z0-9.-]+$/, 'a host name'],
  DATABASE_PORT: [/^[1-9]\d{0,4}$/, 'a port'],
  DATABASE_NAME: [/^[a-z_][a-z0-9_]*$/, 'a database name'],
};

export const contextKeyForms: Forms<ContextKeyEnvironment> = {
  CONTEXT_KEY_SECRET: [/^[\w/+=.@:-]+$/, 'the name of a secret'],
};

export const masterForms: Forms<MasterEnvironment> = {
  ...endpointForms,
  // RDS names the secret `rds!cluster-<id>`.
  MASTER_SECRET: [/^[\w/+=.@:!-]+$/, 'the name of a secret'],
  DATABASE_CA_FILE: [/^\/\S+$/, 'a file'],
};

/** Forms of a function that signs in as one role. */
export const databaseForms = <Role extends DatabaseRole>(role: Role): Forms<DatabaseEnvironment<Role>> => ({
  ...endpointForms,
  ...contextKeyForms,
  DATABASE_USER: [new RegExp(`^${role}$`), role],
});

/** Forms of variables that several contracts have. */
export const bucketName: Form = [/^[a-z0-9][a-z0-9.-]{2,62}$/, 'the name of a bucket'];
export const metricNamespace = [/^[\w./#:-]{1,255}$/, 'a CloudWatch namespace'] as const;
export const environmentName: Form = [/^(production|staging|development)$/, 'production, staging or development'];
export const deploymentName: Form = [/^[a-z][a-z0-9-]*$/, 'the name of a deployment'];
export const iamRoleArn: Form = [/^arn:aws[\w-]*:iam::\d{12}:role\/[\w+=,.@-]+$/, 'the ARN of a role'];
export const keyArn: Form = [/^arn:aws[\w-]*:kms:\S+$/, 'the ARN of a key'];

/** Environment of a function that a person calls, and that signs in without the proxy. */
export interface StaffEnvironment extends DatabaseEndpoint {
  /** File with Amazon's root certificates. */
  readonly DATABASE_CA_FILE: string;
  /** Account of the deployment. */
  readonly ACCOUNT: string;
  /** ARN of this function, for which callers sign. */
  readonly FUNCTION_ARN: string;
  /** Role of people whose sessions may call. */
  readonly CALLER_ROLE: string;
  /** URL of AWS STS in the region. */
  readonly STS_URL: string;
}

export const staffForms: Forms<StaffEnvironment> = {
  ...endpointForms,
  DATABASE_CA_FILE: [/^\/\S+$/, 'a file'],
  ACCOUNT: [/^\d{12}$/, 'the id of an account'],
  FUNCTION_ARN: [/^arn:aws[\w-]*:lambda:[a-z0-9-]+:\d{12}:function:[\w-]+$/, 'the ARN of a function'],
  CALLER_ROLE: [/^[a-z][a-z0-9-]*$/, 'the name of a role'],
  // A mock on this machine has no TLS.
  STS_URL: [/^https:\/\/sts\.[a-z0-9-]+\.amazonaws\.com$|^http:\/\/127\.0\.0\.1:\d+$/, 'the URL of AWS STS in a region'],
};

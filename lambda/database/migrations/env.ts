// What the function is told by its environment: the contract between handler and construct.

/** Environment of the function `migrations`. */
export interface MigrationsEnvironment {
  /** Host name of the writer: the cluster itself, since the master user does not sign in through the proxy. */
  readonly DATABASE_HOST: string;
  /** Port, in digits. */
  readonly DATABASE_PORT: string;
  readonly DATABASE_NAME: string;
  /** What RDS calls the cluster, once and for all, as in `cluster-ABCDEFGHIJKL01234`. */
  readonly DATABASE_CLUSTER: string;
  /** Name or ARN of the master user's secret: `{"username": ..., "password": ...}`. */
  readonly MASTER_SECRET: string;
  /** Name or ARN of the secret with the key of site contexts: `{"version": 1, "key": "<base64>"}`. */
  readonly CONTEXT_KEY_SECRET: string;
  /** File with Amazon's root certificates, as in `/var/runtime/ca-cert.pem` ("Building Lambda functions with Node.js", AWS Lambda). */
  readonly DATABASE_CA_FILE: string;
  readonly ENVIRONMENT: 'production' | 'staging' | 'development';
  /** Folder of the SQL files in the function's bundle. */
  readonly MIGRATIONS_FOLDER: string;
}

const allowed: { readonly [variable in keyof MigrationsEnvironment]: readonly [RegExp, string] } = {
  DATABASE_HOST: [/^[a-zA-Z0-9.-]+$/, 'a host name'],
  DATABASE_PORT: [/^[1-9]\d{0,4}$/, 'a port'],
  DATABASE_NAME: [/^[a-z_][a-z0-9_]*$/, 'a database name'],
  DATABASE_CLUSTER: [/^[\w-]{1,100}$/, 'the resource id of a cluster'],
  MASTER_SECRET: [/^[\w/+=.@:!-]+$/, 'the name of a secret'],
  CONTEXT_KEY_SECRET: [/^[\w/+=.@:-]+$/, 'the name of a secret'],
  DATABASE_CA_FILE: [/^\/\S+$/, 'a file'],
  ENVIRONMENT: [/^(production|staging|development)$/, 'production, staging or development'],
  MIGRATIONS_FOLDER: [/^\S+$/, 'a folder'],
};

/** Reads the contract from the environment of the process; throws where it is broken. */
export function readEnvironment(from: Readonly<Record<string, string | undefined>>): MigrationsEnvironment {
  const read = Object.entries(allowed).map(([variable, [pattern, expected]]) => {
    const value = from[variable];
    if (value === undefined || !pattern.test(value)) {
      throw new Error(`${variable}: expected ${expected}, got ${JSON.stringify(value)}; deploy the data stack again`);
    }
    return [variable, value];
  });
  return Object.fromEntries(read) as MigrationsEnvironment;
}

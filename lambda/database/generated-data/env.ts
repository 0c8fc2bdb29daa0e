// What the function is told by its environment: the contract between handler and construct.

/** Environment of the function `generated-data`, which signs in as `rempart_maintenance` to make sites and as `rempart_application` to fill them. */
export interface GeneratedDataEnvironment {
  /** Host name of the proxy. */
  readonly DATABASE_HOST: string;
  /** Port, in digits. */
  readonly DATABASE_PORT: string;
  readonly DATABASE_NAME: string;
  /** Name or ARN of the secret with the key of site contexts: `{"version": 1, "key": "<base64>"}`. */
  readonly CONTEXT_KEY_SECRET: string;
  /** The function refuses to work for production. */
  readonly ENVIRONMENT: 'production' | 'staging' | 'development';
  /** Number that the data follows from, in digits: the same gives the same. */
  readonly SEED: string;
  /** How many sites, in digits. */
  readonly SITES: string;
  /** How many hits each, in digits. */
  readonly HITS_PER_SITE: string;
}

const allowed: { readonly [variable in keyof GeneratedDataEnvironment]: readonly [RegExp, string] } = {
  DATABASE_HOST: [/^[a-zA-Z0-9.-]+$/, 'a host name'],
  DATABASE_PORT: [/^[1-9]\d{0,4}$/, 'a port'],
  DATABASE_NAME: [/^[a-z_][a-z0-9_]*$/, 'a database name'],
  CONTEXT_KEY_SECRET: [/^[\w/+=.@:-]+$/, 'the name of a secret'],
  ENVIRONMENT: [/^(production|staging|development)$/, 'production, staging or development'],
  SEED: [/^\d{1,7}$/, 'a number'],
  SITES: [/^\d{1,7}$/, 'a number'],
  HITS_PER_SITE: [/^\d{1,7}$/, 'a number'],
};

/** Reads the contract from the environment of the process; throws where it is broken. */
export function readEnvironment(from: Readonly<Record<string, string | undefined>>): GeneratedDataEnvironment {
  const read = Object.entries(allowed).map(([variable, [pattern, expected]]) => {
    const value = from[variable];
    if (value === undefined || !pattern.test(value)) {
      throw new Error(`${variable}: expected ${expected}, got ${JSON.stringify(value)}; deploy the data stack again`);
    }
    return [variable, value];
  });
  return Object.fromEntries(read) as GeneratedDataEnvironment;
}

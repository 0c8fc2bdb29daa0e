// What the function is told by its environment: the contract between handler and construct.

/** Environment of the function `database-upkeep`. */
export interface DatabaseUpkeepEnvironment {
  /** Host name of the proxy. */
  readonly DATABASE_HOST: string;
  /** Port, in digits. */
  readonly DATABASE_PORT: string;
  readonly DATABASE_NAME: string;
  /** The role that signs in, by IAM token. */
  readonly DATABASE_USER: 'rempart_maintenance';
  /** Name or ARN of the secret with the key of site contexts: `{"version": 1, "key": "<base64>"}`. */
  readonly CONTEXT_KEY_SECRET: string;
  /** Whole months that hits are kept after their own, in digits: 2 or more. */
  readonly KEEP_MONTHS: string;
}

const allowed: { readonly [variable in keyof DatabaseUpkeepEnvironment]: readonly [RegExp, string] } = {
  DATABASE_HOST: [/^[a-zA-Z0-9.-]+$/, 'a host name'],
  DATABASE_PORT: [/^[1-9]\d{0,4}$/, 'a port'],
  DATABASE_NAME: [/^[a-z_][a-z0-9_]*$/, 'a database name'],
  DATABASE_USER: [/^rempart_maintenance$/, 'rempart_maintenance'],
  CONTEXT_KEY_SECRET: [/^[\w/+=.@:-]+$/, 'the name of a secret'],
  KEEP_MONTHS: [/^([2-9]|[1-9]\d{1,2})$/, 'a number of months from 2 to 999'],
};

/** Reads the contract from the environment of the process; throws where it is broken. */
export function readEnvironment(from: Readonly<Record<string, string | undefined>>): DatabaseUpkeepEnvironment {
  const read = Object.entries(allowed).map(([variable, [pattern, expected]]) => {
    const value = from[variable];
    if (value === undefined || !pattern.test(value)) {
      throw new Error(`${variable}: expected ${expected}, got ${JSON.stringify(value)}; deploy the data stack again`);
    }
    return [variable, value];
  });
  return Object.fromEntries(read) as DatabaseUpkeepEnvironment;
}

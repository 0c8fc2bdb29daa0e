// What the function is told by its environment: the contract between handler and construct.

/** Environment of the function `context-key-rotation`, which signs in as the master user, past the proxy. */
export interface ContextKeyRotationEnvironment {
  /** Host name of the writer. */
  readonly DATABASE_HOST: string;
  /** Port, in digits. */
  readonly DATABASE_PORT: string;
  readonly DATABASE_NAME: string;
  /** Name or ARN of the master user's secret. */
  readonly MASTER_SECRET: string;
  /** File with Amazon's root certificates. */
  readonly DATABASE_CA_FILE: string;
}

const allowed: { readonly [variable in keyof ContextKeyRotationEnvironment]: readonly [RegExp, string] } = {
  DATABASE_HOST: [/^[a-zA-Z0-9.-]+$/, 'a host name'],
  DATABASE_PORT: [/^[1-9]\d{0,4}$/, 'a port'],
  DATABASE_NAME: [/^[a-z_][a-z0-9_]*$/, 'a database name'],
  MASTER_SECRET: [/^[\w/+=.@:!-]+$/, 'the name of a secret'],
  DATABASE_CA_FILE: [/^\/\S+$/, 'a file'],
};

/** Reads the contract from the environment of the process; throws where it is broken. */
export function readEnvironment(from: Readonly<Record<string, string | undefined>>): ContextKeyRotationEnvironment {
  const read = Object.entries(allowed).map(([variable, [pattern, expected]]) => {
    const value = from[variable];
    if (value === undefined || !pattern.test(value)) {
      throw new Error(`${variable}: expected ${expected}, got ${JSON.stringify(value)}; deploy the data stack again`);
    }
    return [variable, value];
  });
  return Object.fromEntries(read) as unknown as ContextKeyRotationEnvironment;
}

// What the function is told by its environment: the contract between handler and construct.

/** Environment of the function `site-admin`. */
export interface SiteAdminEnvironment {
  /** Host name of the proxy. */
  readonly DATABASE_HOST: string;
  /** Port, in digits. */
  readonly DATABASE_PORT: string;
  readonly DATABASE_NAME: string;
  /** The role that signs in, by IAM token. */
  readonly DATABASE_USER: 'rempart_maintenance';
  /** Name or ARN of the secret with the key of site contexts: `{"version": 1, "key": "<base64>"}`. */
  readonly CONTEXT_KEY_SECRET: string;
  /** Beginning of the names of the sites' secrets, as in `production/sites`. */
  readonly SITE_KEY_PREFIX: string;
  /** ARN of the key that encrypts them. */
  readonly ENCRYPTION_KEY: string;
}

const allowed: { readonly [variable in keyof SiteAdminEnvironment]: readonly [RegExp, string] } = {
  DATABASE_HOST: [/^[a-zA-Z0-9.-]+$/, 'a host name'],
  DATABASE_PORT: [/^[1-9]\d{0,4}$/, 'a port'],
  DATABASE_NAME: [/^[a-z_][a-z0-9_]*$/, 'a database name'],
  DATABASE_USER: [/^rempart_maintenance$/, 'rempart_maintenance'],
  CONTEXT_KEY_SECRET: [/^[\w/+=.@:-]+$/, 'the name of a secret'],
  SITE_KEY_PREFIX: [/^[\w-]+(\/[\w-]+)*$/, "the beginning of a secret's name"],
  ENCRYPTION_KEY: [/^arn:aws[\w-]*:kms:/, 'the ARN of a key'],
};

/** Reads the contract from the environment of the process; throws where it is broken. */
export function readEnvironment(from: Readonly<Record<string, string | undefined>>): SiteAdminEnvironment {
  const read = Object.entries(allowed).map(([variable, [pattern, expected]]) => {
    const value = from[variable];
    if (value === undefined || !pattern.test(value)) {
      throw new Error(`${variable}: expected ${expected}, got ${JSON.stringify(value)}; deploy the data stack again`);
    }
    return [variable, value];
  });
  return Object.fromEntries(read) as SiteAdminEnvironment;
}

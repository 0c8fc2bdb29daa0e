// What the function is told by its environment: the contract between handler and construct.

interface Common {
  /** Name of the deployment, by which its certificates are told from others of the account. */
  readonly DEPLOYMENT: string;
}

/** The certificate is people's: it is checked, never written. */
export interface GivenEnvironment extends Common {
  readonly MODE: 'given';
  /** ARN of the certificate in ACM. */
  readonly CERTIFICATE_ARN: string;
  /** Name that the certificate must be valid for; `*` where the configuration names none. */
  readonly DOMAIN: string;
}

/** The certificate is issued by an authority that speaks ACME. (RFC 8555) */
export interface IssuedEnvironment extends Common {
  readonly MODE: 'issued';
  readonly DOMAIN: string;
  /** Id of the public hosted zone of the domain. */
  readonly HOSTED_ZONE: string;
  /** E-mail address for the authority. */
  readonly CONTACT: string;
  /** URL of the authority's directory. */
  readonly DIRECTORY: string;
  /** Days before its end at which a certificate is renewed. */
  readonly RENEW_DAYS: string;
  /** Name of the secret with the account at the authority. */
  readonly AUTHORITY_ACCOUNT: string;
  /** ARN of the key that encrypts the secret. */
  readonly ENCRYPTION_KEY: string;
}

/** The certificate is self-signed and stands in for one that clients trust. */
export interface SelfSignedEnvironment extends Common {
  readonly MODE: 'self-signed';
  readonly DOMAIN: string;
  readonly RENEW_DAYS: string;
}

/** Environment of the function `certificate`. */
export type CertificateEnvironment = GivenEnvironment | IssuedEnvironment | SelfSignedEnvironment;

type Allowed = Readonly<Record<string, readonly [RegExp, string]>>;

const name: Allowed[string] = [/^(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+[a-z][a-z0-9-]*[a-z0-9]$/, 'a domain name in lower case'];
const days: Allowed[string] = [/^[1-9]\d?$/, 'a number of days'];
const common: Allowed = { DEPLOYMENT: [/^[a-z][a-z0-9-]*$/, 'the name of the deployment'] };

const allowed: Readonly<Record<CertificateEnvironment['MODE'], Allowed>> = {
  given: {
    ...common,
    CERTIFICATE_ARN: [/^arn:aws:acm:[a-z0-9-]+:\d{12}:certificate\/[a-z0-9-]+$/, 'the ARN of a certificate in ACM'],
    DOMAIN: [new RegExp(`^\\*$|${name[0].source}`), 'a domain name in lower case, or *'],
  },
  issued: {
    ...common,
    DOMAIN: name,
    HOSTED_ZONE: [/^Z[A-Z0-9]+$/, 'the id of a hosted zone'],
    CONTACT: [/^[^\s@]+@[^\s@]+$/, 'an e-mail address'],
    DIRECTORY: [/^https:\/\/\S+$/, 'an https URL'],
    RENEW_DAYS: days,
    AUTHORITY_ACCOUNT: [/^[\w/+=.@-]+$/, 'the name of a secret'],
    ENCRYPTION_KEY: [/^arn:aws:kms:\S+$/, 'the ARN of a key'],
  },
  'self-signed': { ...common, DOMAIN: name, RENEW_DAYS: days },
};

/** Reads the contract from the environment of the process; throws where it is broken. */
export function readEnvironment(from: Readonly<Record<string, string | undefined>>): CertificateEnvironment {
  const mode = from.MODE;
  if (mode !== 'given' && mode !== 'issued' && mode !== 'self-signed') throw variableError('MODE', 'given, issued or self-signed', mode);
  const read = Object.entries(allowed[mode]).map(([variable, [pattern, expected]]) => {
    const value = from[variable];
    if (value === undefined || !pattern.test(value)) throw variableError(variable, expected, value);
    return [variable, value];
  });
  return { MODE: mode, ...Object.fromEntries(read) } as CertificateEnvironment;
}

function variableError(variable: string, expected: string, value: string | undefined): Error {
  return new Error(`${variable}: expected ${expected}, got ${JSON.stringify(value)}; deploy the edge stack again`);
}

// Environment contract between construct and handler.
import { deploymentName, type Form, type Forms, keyArn, readVariables, type Variables } from '../../../runtime/environment';

interface Common {
  /** Name of the deployment, which its certificates have as a tag. */
  readonly DEPLOYMENT: string;
}

/** The certificate is in the configuration: the function checks it and never changes it. */
export interface GivenEnvironment extends Common {
  readonly MODE: 'given';
  /** ARN of the certificate in ACM. */
  readonly CERTIFICATE_ARN: string;
  /** Name that the certificate must be valid for; `*` if the configuration has none. */
  readonly DOMAIN: string;
}

/** The certificate is issued by an authority over ACME. (RFC 8555) */
export interface IssuedEnvironment extends Common {
  readonly MODE: 'issued';
  readonly DOMAIN: string;
  /** Id of the public hosted zone of the domain. */
  readonly HOSTED_ZONE: string;
  /** E-mail address for the authority. */
  readonly CONTACT: string;
  /** URL of the authority's directory. */
  readonly DIRECTORY: string;
  /** Days before expiry at which a certificate is renewed. */
  readonly RENEW_DAYS: string;
  /** Name of the secret with the account at the authority. */
  readonly AUTHORITY_ACCOUNT: string;
  /** ARN of the key that encrypts the secret. */
  readonly ENCRYPTION_KEY: string;
}

/** The certificate is self-signed, in place of one that clients trust. */
export interface SelfSignedEnvironment extends Common {
  readonly MODE: 'self-signed';
  readonly DOMAIN: string;
  readonly RENEW_DAYS: string;
}

/** Environment of the function `certificate`. */
export type CertificateEnvironment = GivenEnvironment | IssuedEnvironment | SelfSignedEnvironment;

const domainName: Form = [/^(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+[a-z][a-z0-9-]*[a-z0-9]$/, 'a domain name in lower case'];
const days: Form = [/^[1-9]\d?$/, 'a number of days'];
const mode = <Mode extends CertificateEnvironment['MODE']>(name: Mode): Form => [new RegExp(`^${name}$`), name];

const forms: { readonly [Mode in CertificateEnvironment['MODE']]: Forms<Extract<CertificateEnvironment, { readonly MODE: Mode }>> } = {
  given: {
    MODE: mode('given'),
    DEPLOYMENT: deploymentName,
    CERTIFICATE_ARN: [/^arn:aws:acm:[a-z0-9-]+:\d{12}:certificate\/[a-z0-9-]+$/, 'the ARN of a certificate in ACM'],
    DOMAIN: [new RegExp(`^\\*$|${domainName[0].source}`), 'a domain name in lower case, or *'],
  },
  issued: {
    MODE: mode('issued'),
    DEPLOYMENT: deploymentName,
    DOMAIN: domainName,
    HOSTED_ZONE: [/^Z[A-Z0-9]+$/, 'the id of a hosted zone'],
    CONTACT: [/^[^\s@]+@[^\s@]+$/, 'an e-mail address'],
    DIRECTORY: [/^https:\/\/\S+$/, 'an https URL'],
    RENEW_DAYS: days,
    AUTHORITY_ACCOUNT: [/^[\w/+=.@-]+$/, 'the name of a secret'],
    ENCRYPTION_KEY: keyArn,
  },
  'self-signed': { MODE: mode('self-signed'), DEPLOYMENT: deploymentName, DOMAIN: domainName, RENEW_DAYS: days },
};

const remedy = 'deploy the edge stack again';

/** Reads the contract from the environment of the process; throws where it is broken. */
export function readEnvironment(from: Variables): CertificateEnvironment {
  const { MODE } = readVariables<Pick<CertificateEnvironment, 'MODE'>>(
    from,
    { MODE: [/^(given|issued|self-signed)$/, 'given, issued or self-signed'] },
    remedy,
  );
  if (MODE === 'given') return readVariables(from, forms.given, remedy);
  if (MODE === 'issued') return readVariables(from, forms.issued, remedy);
  return readVariables(from, forms['self-signed'], remedy);
}

// Inspects a certificate: key, validity and names. (DSS-5.3.2)
import { createPrivateKey, X509Certificate } from 'node:crypto';

/** Required length of the key, in bits. */
const modulusBits = 4096;

export const dayInMilliseconds = 86_400_000;

export interface Inspection {
  /** Each as `expected ..., got ...`; empty for a valid certificate. */
  readonly problems: readonly string[];
  readonly notBefore: Date;
  readonly notAfter: Date;
}

/**
 * Inspects the first certificate of a PEM. ACM's key attributes are not read: clients see the certificate.
 *
 * @param domain name that the certificate must be valid for; `undefined` for any
 */
export function inspect(pem: string, domain: string | undefined, now: Date): Inspection {
  const certificate = parse(pem);
  const notBefore = new Date(certificate.validFrom);
  const notAfter = new Date(certificate.validTo);
  const { asymmetricKeyType: type, asymmetricKeyDetails: details } = certificate.publicKey;
  const problems: string[] = [];
  if (type !== 'rsa' || details?.modulusLength !== modulusBits) {
    const size = details?.modulusLength ?? details?.namedCurve;
    problems.push(`expected a key of RSA ${modulusBits}, got ${type}${size === undefined ? '' : ` ${size}`}`);
  }
  if (notBefore > now) problems.push(`expected a certificate that is valid now, got one from ${notBefore.toISOString()}`);
  if (notAfter <= now) problems.push(`expected a certificate that is valid now, got one that ended ${notAfter.toISOString()}`);
  if (domain !== undefined && certificate.checkHost(domain, { subject: 'never' }) === undefined)
    problems.push(`expected a certificate for ${domain}, got one for ${certificate.subjectAltName ?? 'no name'}`);
  return { problems, notBefore, notAfter };
}

/** Whether the private key belongs to the first certificate of the PEM. */
export const matchesPrivateKey = (pem: string, privateKey: string): boolean => parse(pem).checkPrivateKey(createPrivateKey(privateKey));

/**
 * Whether the certificate is due for renewal: by days before its expiry, but never in the first half of its validity,
 * or a short-lived certificate would be renewed every day.
 */
export function isRenewalDue({ notBefore, notAfter }: Inspection, daysBefore: number, now: Date): boolean {
  const validity = notAfter.getTime() - notBefore.getTime();
  return notAfter.getTime() - now.getTime() < Math.min(daysBefore * dayInMilliseconds, validity / 2);
}

function parse(pem: string): X509Certificate {
  try {
    return new X509Certificate(pem);
  } catch (error) {
    throw new Error(`certificate: expected PEM, got ${JSON.stringify(pem.slice(0, 40))}`, { cause: error });
  }
}

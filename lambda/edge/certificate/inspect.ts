// Looks at a certificate itself: its key, its time and its names. (DSS-5.3.2)
import { createPrivateKey, X509Certificate } from 'node:crypto';

/** Bits of the key of every certificate, exactly. */
const modulusBits = 4096;

export const dayInMilliseconds = 86_400_000;

export interface Inspected {
  /** What is wrong with it, each as `expected ..., got ...`; empty where nothing is. */
  readonly problems: readonly string[];
  readonly notBefore: Date;
  readonly notAfter: Date;
}

/**
 * Reads the first certificate of a PEM. ACM's own word for the key is not asked: what the clients see is the certificate.
 *
 * @param domain name that it must be valid for; `undefined` where any will do
 */
export function inspect(pem: string, domain: string | undefined, now: Date): Inspected {
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

/** Whether the private key is that of the first certificate of the PEM. */
export const belongsTogether = (pem: string, privateKey: string): boolean => parse(pem).checkPrivateKey(createPrivateKey(privateKey));

/**
 * Whether it is time to renew: as many days before the end as asked for, but never in the first half of its life, or a certificate
 * that is short-lived by nature would be renewed every day.
 */
export function isDue({ notBefore, notAfter }: Inspected, daysBefore: number, now: Date): boolean {
  const life = notAfter.getTime() - notBefore.getTime();
  return notAfter.getTime() - now.getTime() < Math.min(daysBefore * dayInMilliseconds, life / 2);
}

function parse(pem: string): X509Certificate {
  try {
    return new X509Certificate(pem);
  } catch (error) {
    throw new Error(`certificate: expected PEM, got ${JSON.stringify(pem.slice(0, 40))}`, { cause: error });
  }
}

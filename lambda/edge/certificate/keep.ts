// Ensures a certificate of RSA 4096 that is not due for renewal: checks the configured one, or imports one.
// (DSS-5.3.2)
import type { AccountSecret } from './account';
import type { CertificateStore, Kind, Material, OwnCertificate } from './certificate-store';
import type { CertificateEnvironment, GivenEnvironment, IssuedEnvironment, SelfSignedEnvironment } from './env';
import { inspect, isRenewalDue, matchesPrivateKey } from './inspect';
import type { Order } from './issue';

export interface KeepParts {
  readonly store: CertificateStore;
  readonly account: AccountSecret;
  readonly issue: (order: Order) => Promise<Material>;
  readonly selfSign: (domain: string, now: Date) => Promise<Material>;
  readonly now: () => Date;
  /** Aborted at the time limit: nothing is imported after that. */
  readonly signal: AbortSignal;
}

/** Attributes of the custom resource; a type alias, because an interface is not assignable to `Attributes`. */
export type CertificateOutcome = {
  readonly CertificateArn: string;
  /** Expiry, as in 2027-06-30T00:00:00.000Z. */
  readonly NotAfter: string;
  readonly Outcome: 'checked' | 'kept' | 'imported' | 'renewed';
};

/**
 * Idempotent until the certificate is due for renewal. A failure leaves the certificate in use unchanged. Reads, then
 * writes: the caller prevents concurrent runs.
 */
export function ensureCertificate(environment: CertificateEnvironment, parts: KeepParts): Promise<CertificateOutcome> {
  return environment.MODE === 'given' ? checkConfigured(environment, parts) : ensureImported(environment, parts);
}

async function checkConfigured({ CERTIFICATE_ARN: arn, DOMAIN }: GivenEnvironment, { store, now }: KeepParts): Promise<CertificateOutcome> {
  const status = await store.status(arn);
  if (status !== 'ISSUED') throw new Error(`${arn}: expected a certificate with the status ISSUED, got ${status ?? 'none'}; ${remedy}`);
  const { problems, notAfter } = inspect(await store.pem(arn), DOMAIN === '*' ? undefined : DOMAIN, now());
  if (problems.length > 0) throw new Error(`${arn}: ${problems.join('; ')}; ${remedy}`);
  return { CertificateArn: arn, NotAfter: notAfter.toISOString(), Outcome: 'checked' };
}

const remedy = 'import a certificate of RSA 4096 for the domain into ACM and set edge.certificate.arn to its ARN (DSS-5.3.2)';

type OwnEnvironment = IssuedEnvironment | SelfSignedEnvironment;

async function ensureImported(environment: OwnEnvironment, parts: KeepParts): Promise<CertificateOutcome> {
  const { store, now, signal } = parts;
  const current = currentOf(environment.MODE, await store.importedCertificates());
  if (current) {
    const inspected = inspect(await store.pem(current.arn), environment.DOMAIN, now());
    const isValid = inspected.problems.length === 0 && !isRenewalDue(inspected, Number(environment.RENEW_DAYS), now());
    if (isValid && (await isFromAuthority(environment, parts)))
      return { CertificateArn: current.arn, NotAfter: inspected.notAfter.toISOString(), Outcome: 'kept' };
  }
  const material = await newMaterial(environment, parts);
  const { problems: seen, notAfter } = inspect(material.certificate, environment.DOMAIN, now());
  const problems = [...seen];
  if (!matchesPrivateKey(material.certificate, material.privateKey))
    problems.push('expected a certificate of the generated key, got one of another key');
  if (problems.length > 0)
    throw new Error(`new certificate: ${problems.join('; ')}; the certificate in use stays; choose another authority`);
  signal.throwIfAborted();
  const arn = await importMaterial(store, environment.MODE, material, current?.arn);
  await recordAuthority(environment, parts);
  return { CertificateArn: arn, NotAfter: notAfter.toISOString(), Outcome: current ? 'renewed' : 'imported' };
}

/**
 * ACM rejects a reimport that lacks a key usage of the present certificate ("Reimporting a certificate"), as after a
 * change of the authority.
 */
async function importMaterial(store: CertificateStore, kind: Kind, material: Material, arn: string | undefined): Promise<string> {
  try {
    return await store.import(kind, material, arn);
  } catch (error) {
    const got = error instanceof Error ? error.message : String(error);
    const advice =
      'the certificate in use stays; if a key usage is the reason, set edge.certificate.arn to another certificate, then issue again';
    throw new Error(`${arn ?? 'new certificate'}: expected ACM to import it, got ${got}; ${advice}`, { cause: error });
  }
}

/** Of several, the one in use, otherwise the oldest. */
function currentOf(mode: Kind, own: readonly OwnCertificate[]): OwnCertificate | undefined {
  const ofKind = own.filter(({ kind }) => kind === mode);
  return ofKind.find(({ inUse }) => inUse) ?? ofKind[0];
}

function newMaterial(environment: OwnEnvironment, { issue, selfSign, now }: KeepParts): Promise<Material> {
  if (environment.MODE === 'self-signed') return selfSign(environment.DOMAIN, now());
  return issue({ domain: environment.DOMAIN, contact: environment.CONTACT, directory: environment.DIRECTORY });
}

/**
 * Another directory in the configuration requires another certificate, as after a trial with an authority's test
 * directory.
 */
async function isFromAuthority(environment: OwnEnvironment, { account }: KeepParts): Promise<boolean> {
  return environment.MODE === 'self-signed' || (await account.read())?.issuedBy === environment.DIRECTORY;
}

async function recordAuthority(environment: OwnEnvironment, { account }: KeepParts): Promise<void> {
  if (environment.MODE === 'self-signed') return;
  const known = await account.read();
  if (known) await account.write({ ...known, issuedBy: environment.DIRECTORY }, known);
}

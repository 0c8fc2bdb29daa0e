// Sees to it that there is a certificate of RSA 4096 that is good for some time yet: checks it, or imports one. (DSS-5.3.2)
import type { AccountSecret } from './account';
import type { CertificateStore, Kind, Material, OwnCertificate } from './certificate-store';
import type { CertificateEnvironment, GivenEnvironment, IssuedEnvironment, SelfSignedEnvironment } from './env';
import { belongsTogether, inspect, isDue } from './inspect';
import type { Order } from './issue';

export interface KeepParts {
  readonly store: CertificateStore;
  readonly account: AccountSecret;
  readonly issue: (order: Order) => Promise<Material>;
  readonly selfSign: (domain: string, now: Date) => Promise<Material>;
  readonly now: () => Date;
  /** Aborted when time is up: nothing is imported after that. */
  readonly signal: AbortSignal;
}

/** A type, not an interface: CloudFormation takes it as attributes. */
export type Kept = {
  readonly CertificateArn: string;
  /** When it ends, as in 2027-06-30T00:00:00.000Z. */
  readonly NotAfter: string;
  readonly Outcome: 'checked' | 'kept' | 'imported' | 'renewed';
};

/**
 * Doing it again changes nothing until the certificate is due. What fails leaves the certificate in use as it is. Reads, then writes:
 * one at a time.
 */
export function keep(environment: CertificateEnvironment, parts: KeepParts): Promise<Kept> {
  return environment.MODE === 'given' ? checkGiven(environment, parts) : keepOwn(environment, parts);
}

async function checkGiven({ CERTIFICATE_ARN: arn, DOMAIN }: GivenEnvironment, { store, now }: KeepParts): Promise<Kept> {
  const status = await store.status(arn);
  if (status !== 'ISSUED') throw new Error(`${arn}: expected a certificate that is issued, got ${status ?? 'none'}; ${todo}`);
  const { problems, notAfter } = inspect(await store.pem(arn), DOMAIN === '*' ? undefined : DOMAIN, now());
  if (problems.length > 0) throw new Error(`${arn}: ${problems.join('; ')}; ${todo}`);
  return { CertificateArn: arn, NotAfter: notAfter.toISOString(), Outcome: 'checked' };
}

const todo = 'import one of RSA 4096 for the domain into ACM and name it in edge.certificate.arn (DSS-5.3.2)';

type OwnEnvironment = IssuedEnvironment | SelfSignedEnvironment;

async function keepOwn(environment: OwnEnvironment, parts: KeepParts): Promise<Kept> {
  const { store, now, signal } = parts;
  const current = currentOf(environment.MODE, await store.own());
  if (current) {
    const inspected = inspect(await store.pem(current.arn), environment.DOMAIN, now());
    const isGood = inspected.problems.length === 0 && !isDue(inspected, Number(environment.RENEW_DAYS), now());
    if (isGood && (await isOfAuthority(environment, parts)))
      return { CertificateArn: current.arn, NotAfter: inspected.notAfter.toISOString(), Outcome: 'kept' };
  }
  const material = await make(environment, parts);
  const { problems: seen, notAfter } = inspect(material.certificate, environment.DOMAIN, now());
  const problems = [...seen];
  if (!belongsTogether(material.certificate, material.privateKey))
    problems.push('expected a certificate of the key that was made, got another');
  if (problems.length > 0) throw new Error(`new certificate: ${problems.join('; ')}; the one in use stays, choose another authority`);
  signal.throwIfAborted();
  const arn = await importMaterial(store, environment.MODE, material, current?.arn);
  await rememberAuthority(environment, parts);
  return { CertificateArn: arn, NotAfter: notAfter.toISOString(), Outcome: current ? 'renewed' : 'imported' };
}

/** ACM takes no certificate in the place of one that has a key usage more ("Reimporting a certificate"), as another authority may issue. */
async function importMaterial(store: CertificateStore, kind: Kind, material: Material, arn: string | undefined): Promise<string> {
  try {
    return await store.import(kind, material, arn);
  } catch (error) {
    const got = error instanceof Error ? error.message : String(error);
    const advice = 'the one in use stays; if its usages are the reason, give a certificate in edge.certificate.arn, then issue again';
    throw new Error(`${arn ?? 'new certificate'}: expected ACM to take it, got ${got}; ${advice}`, { cause: error });
  }
}

/** If there is more than one, for whatever reason, the one that something uses, or else the oldest. */
function currentOf(mode: Kind, own: readonly OwnCertificate[]): OwnCertificate | undefined {
  const ofKind = own.filter(({ kind }) => kind === mode);
  return ofKind.find(({ inUse }) => inUse) ?? ofKind[0];
}

function make(environment: OwnEnvironment, { issue, selfSign, now }: KeepParts): Promise<Material> {
  if (environment.MODE === 'self-signed') return selfSign(environment.DOMAIN, now());
  return issue({ domain: environment.DOMAIN, contact: environment.CONTACT, directory: environment.DIRECTORY });
}

/** Another directory in the configuration asks for another certificate, as after a try with an authority's test directory. */
async function isOfAuthority(environment: OwnEnvironment, { account }: KeepParts): Promise<boolean> {
  return environment.MODE === 'self-signed' || (await account.read())?.issuedBy === environment.DIRECTORY;
}

async function rememberAuthority(environment: OwnEnvironment, { account }: KeepParts): Promise<void> {
  if (environment.MODE === 'self-signed') return;
  const known = await account.read();
  if (known) await account.write({ ...known, issuedBy: environment.DIRECTORY }, known);
}

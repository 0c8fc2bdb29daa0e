// Checks or renews the certificate of the load balancer: at deployment, which fails on an invalid one, and once a day.
import { ACMClient } from '@aws-sdk/client-acm';
import { Route53Client } from '@aws-sdk/client-route-53';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { answerCloudFormation, type CustomResourceEvent, type InvocationContext } from '../../../runtime/custom-resource';
import { SecretsManagerStore } from '../../../runtime/secret-store';
import { AccountSecret } from './account';
import { Acm } from './certificate-store';
import { removeAll, removeSuperseded } from './clear-away';
import { type CertificateEnvironment, readEnvironment } from './env';
import { issue } from './issue';
import { type CertificateOutcome, ensureCertificate } from './keep';
import { pause } from './pause';
import { Route53Records } from './proof-records';
import { selfSignedCertificate } from './self-signed';

const acm = new ACMClient({});
const route53 = new Route53Client({});
const secretsManager = new SecretsManagerClient({});

/** Milliseconds before the timeout of a daily run after which nothing is imported. */
const timeToEnd = 10_000;

/** Lambda retries a failed daily run twice, then sends its event to the dead-letter queue, and an alarm notifies. */
export async function handler(event: CustomResourceEvent | Readonly<Record<string, unknown>>, context: InvocationContext): Promise<void> {
  if (isCustomResourceEvent(event)) {
    return answerCloudFormation(event, context, async (signal) => {
      const environment = readEnvironment(process.env);
      if (event.RequestType !== 'Delete') return logOutcome(await ensureCertificate(environment, partsFor(environment, signal)));
      await removeAll(new Acm(acm, environment.DEPLOYMENT), pause);
      return {};
    });
  }
  const environment = readEnvironment(process.env);
  const signal = AbortSignal.timeout(context.getRemainingTimeInMillis() - timeToEnd);
  const { CertificateArn } = logOutcome(await ensureCertificate(environment, partsFor(environment, signal)));
  const removed = await removeSuperseded(new Acm(acm, environment.DEPLOYMENT), CertificateArn);
  if (removed.length > 0) console.info(`deleted ${removed.join(', ')}, which no resource uses`);
}

const isCustomResourceEvent = (event: object): event is CustomResourceEvent => 'ResponseURL' in event;

function logOutcome(outcome: CertificateOutcome): CertificateOutcome {
  console.info(outcome);
  return outcome;
}

function partsFor(environment: CertificateEnvironment, signal: AbortSignal) {
  const { secret, encryptionKey, zone } = issuerSettings(environment);
  const account = new AccountSecret(new SecretsManagerStore(secretsManager, encryptionKey), secret);
  const records = new Route53Records(route53, zone, pause);
  return {
    store: new Acm(acm, environment.DEPLOYMENT),
    account,
    issue: (order: Parameters<typeof issue>[0]) => issue(order, { records, account, pause }),
    selfSign: selfSignedCertificate,
    now: () => new Date(),
    signal,
  };
}

/** An account and a zone exist only for an issued certificate. */
const issuerSettings = (environment: CertificateEnvironment) =>
  environment.MODE === 'issued'
    ? { secret: environment.AUTHORITY_ACCOUNT, encryptionKey: environment.ENCRYPTION_KEY, zone: environment.HOSTED_ZONE }
    : { secret: '', encryptionKey: '', zone: '' };

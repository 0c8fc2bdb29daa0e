// Looks after the certificate of the load balancer: at a deployment, which it fails on a wrong one, and once a day.
import { ACMClient } from '@aws-sdk/client-acm';
import { Route53Client } from '@aws-sdk/client-route-53';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { answerCloudFormation, type CustomResourceEvent, type InvocationContext } from '../../../runtime/custom-resource';
import { SecretsManager } from '../../../runtime/secret-store';
import { AccountSecret } from './account';
import { Acm } from './certificate-store';
import { removeAll, removeSuperseded } from './clear-away';
import { type CertificateEnvironment, readEnvironment } from './env';
import { issue } from './issue';
import { type Kept, keep } from './keep';
import { pause } from './pause';
import { Route53Records } from './proof-records';
import { selfSigned } from './self-signed';

const acm = new ACMClient({});
const route53 = new Route53Client({});
const secretsManager = new SecretsManagerClient({});

/** Milliseconds before the end of a daily run from which on nothing is imported. */
const timeToEnd = 10_000;

/** Daily runs that fail are repeated twice by Lambda; then their event lies in the dead-letter queue, and an alarm tells of it. */
export async function handler(event: CustomResourceEvent | Readonly<Record<string, unknown>>, context: InvocationContext): Promise<void> {
  if (isOfCloudFormation(event)) {
    return answerCloudFormation(event, context, async (signal) => {
      const environment = readEnvironment(process.env);
      if (event.RequestType !== 'Delete') return logOutcome(await keep(environment, partsOf(environment, signal)));
      await removeAll(new Acm(acm, environment.DEPLOYMENT), pause);
      return {};
    });
  }
  const environment = readEnvironment(process.env);
  const signal = AbortSignal.timeout(context.getRemainingTimeInMillis() - timeToEnd);
  const { CertificateArn } = logOutcome(await keep(environment, partsOf(environment, signal)));
  const removed = await removeSuperseded(new Acm(acm, environment.DEPLOYMENT), CertificateArn);
  if (removed.length > 0) console.info(`removed ${removed.join(', ')}, which nothing uses`);
}

const isOfCloudFormation = (event: object): event is CustomResourceEvent => 'ResponseURL' in event;

function logOutcome(kept: Kept): Kept {
  console.info(kept);
  return kept;
}

function partsOf(environment: CertificateEnvironment, signal: AbortSignal) {
  const { secret, encryptionKey, zone } = stateOf(environment);
  const account = new AccountSecret(new SecretsManager(secretsManager, encryptionKey), secret);
  const records = new Route53Records(route53, zone, pause);
  return {
    store: new Acm(acm, environment.DEPLOYMENT),
    account,
    issue: (order: Parameters<typeof issue>[0]) => issue(order, { records, account, pause }),
    selfSign: selfSigned,
    now: () => new Date(),
    signal,
  };
}

/** Only where a certificate is issued are there an account and a zone. */
const stateOf = (environment: CertificateEnvironment) =>
  environment.MODE === 'issued'
    ? { secret: environment.AUTHORITY_ACCOUNT, encryptionKey: environment.ENCRYPTION_KEY, zone: environment.HOSTED_ZONE }
    : { secret: '', encryptionKey: '', zone: '' };

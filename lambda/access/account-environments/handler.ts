// Refuses a deployment that would share the account of production, at each deployment, and looks again every hour.
import { EC2Client } from '@aws-sdk/client-ec2';
import { IAMClient } from '@aws-sdk/client-iam';
import { answerCloudFormation, type CustomResourceEvent, type InvocationContext } from '../../../runtime/custom-resource';
import { evidenceLine, type ProbeRun, report } from '../../../runtime/probe';
import { awsAccount } from './aws-account';
import { type AccountEnvironmentsEnvironment, readEnvironment } from './env';
import { BesideProductionError, enter, leave, type Newcomer, watch } from './keep';
import { releaseOf } from './marker';
import { besideFinding } from './neighbours';

/** IAM throttles an account as a whole; the SDK waits longer before each further attempt. */
const iam = new IAMClient({ maxAttempts: 8 });

/** Lambda retries a failed hourly run twice, then sends its event to the dead-letter queue, and an alarm notifies. */
export async function handler(event: CustomResourceEvent | Readonly<Record<string, unknown>>, context: InvocationContext): Promise<void> {
  if (isCustomResourceEvent(event)) return answerCloudFormation(event, context, () => answerTo(event, readEnvironment(process.env)));
  const environment = readEnvironment(process.env);
  report(runOf(environment), await watch(accountOf(environment), newcomerOf(environment)), write);
}

const isCustomResourceEvent = (event: object): event is CustomResourceEvent => 'ResponseURL' in event;

async function answerTo(event: CustomResourceEvent, environment: AccountEnvironmentsEnvironment): Promise<Record<string, string>> {
  const account = accountOf(environment);
  if (event.RequestType === 'Delete') {
    await leave(account);
    console.info(JSON.stringify({ event: 'account-environments', request: event.RequestType }));
    return {};
  }
  const newcomer = newcomerOf(environment);
  const before = event.RequestType === 'Update' ? releaseOf(event.OldResourceProperties?.Release) : undefined;
  try {
    const outcome = await enter(account, newcomer, { release: releaseOf(event.ResourceProperties.Release), before });
    console.info(JSON.stringify({ event: 'account-environments', request: event.RequestType, outcome }));
    return {};
  } catch (error) {
    if (error instanceof BesideProductionError) reportRefusal(environment, newcomer, error);
    throw error;
  }
}

/**
 * The deployment that is refused, and each one that it would be beside, have an alarm on their findings: that of the
 * present deployment notifies, also where the rollback removes the other.
 */
function reportRefusal(environment: AccountEnvironmentsEnvironment, newcomer: Newcomer, { signs }: BesideProductionError): void {
  const findings = signs.map((sign) => besideFinding(newcomer.deployment, newcomer.environment, sign));
  const result = { looked: { refusals: 1 }, findings, unseen: [] };
  const others = signs.flatMap(({ deployment }) => deployment ?? []);
  for (const deployment of new Set([newcomer.deployment, ...others]))
    write(`${evidenceLine({ ...runOf(environment), deployment }, result)}\n`);
}

const runOf = ({ DEPLOYMENT: deployment, METRIC_NAMESPACE: namespace }: AccountEnvironmentsEnvironment): ProbeRun => ({
  ...{ probe: 'account-environments', clause: 'TOM-7.3', deployment, namespace, at: new Date() },
});

const write = (line: string): void => void process.stdout.write(line);

const accountOf = ({ BOUNDARY, REGIONS }: AccountEnvironmentsEnvironment) =>
  awsAccount(iam, BOUNDARY, new Map(REGIONS.split(',').map((region) => [region, new EC2Client({ region, maxAttempts: 8 })])));

const newcomerOf = ({ DEPLOYMENT, ENVIRONMENT, BOUNDARY }: AccountEnvironmentsEnvironment): Newcomer => ({
  ...{ deployment: DEPLOYMENT, environment: ENVIRONMENT, boundary: BOUNDARY },
});

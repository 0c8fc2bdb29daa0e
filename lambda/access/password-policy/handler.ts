// Sets the password policy of the account at deployment, and reads it back every hour.
import { IAMClient } from '@aws-sdk/client-iam';
import { answerCloudFormation, type CustomResourceEvent, type InvocationContext } from '../../../runtime/custom-resource';
import { report } from '../../../runtime/probe';
import { type PasswordPolicyEnvironment, readEnvironment } from './env';
import { demanded } from './figures';
import { iamAccount } from './iam-account';
import { type Claimant, establish, giveUp, watch } from './keep';

/** IAM throttles an account as a whole; the SDK waits longer before each further attempt. */
const iam = new IAMClient({ maxAttempts: 8 });

/** Lambda retries a failed hourly run twice, then sends its event to the dead-letter queue, and an alarm notifies. */
export async function handler(event: CustomResourceEvent | Readonly<Record<string, unknown>>, context: InvocationContext): Promise<void> {
  if (isCustomResourceEvent(event)) {
    return answerCloudFormation(event, context, async () => {
      const claimant = claimantOf(readEnvironment(process.env));
      const account = iamAccount(iam, claimant.boundary);
      const outcome =
        event.RequestType === 'Delete'
          ? await giveUp(account, claimant)
          : await establish(account, claimant, event.RequestType === 'Create');
      console.info(JSON.stringify({ event: 'password-policy', request: event.RequestType, outcome }));
      return {};
    });
  }
  const environment = readEnvironment(process.env);
  const claimant = claimantOf(environment);
  const { DEPLOYMENT: deployment, METRIC_NAMESPACE: namespace } = environment;
  const run = { probe: 'password-policy', clause: 'TOM-3.7', deployment, namespace, at: new Date() };
  report(run, await watch(iamAccount(iam, claimant.boundary), claimant), (line) => process.stdout.write(line));
}

const isCustomResourceEvent = (event: object): event is CustomResourceEvent => 'ResponseURL' in event;

const claimantOf = ({ BOUNDARY, MINIMUM_LENGTH, MAXIMUM_AGE_DAYS, REUSE_PREVENTION }: PasswordPolicyEnvironment): Claimant => ({
  boundary: BOUNDARY,
  demanded: demanded(Number(MINIMUM_LENGTH), Number(MAXIMUM_AGE_DAYS), Number(REUSE_PREVENTION)),
});

// Sets the session document of the account at deployment, and reads it and that of the deployment back every hour.
import { IAMClient } from '@aws-sdk/client-iam';
import { SSMClient } from '@aws-sdk/client-ssm';
import { answerCloudFormation, type CustomResourceEvent, type InvocationContext } from '../../../runtime/custom-resource';
import { type ProbeResult, report } from '../../../runtime/probe';
import { readEnvironment, type SessionDocumentEnvironment } from './env';
import { type Claimant, establish, giveUp, type SessionAccount, watch } from './keep';
import type { Inputs } from './settings';
import { type ShellDocument, shellDocumentName, watchShell } from './shell';
import { ssmAccount, ssmDocument } from './ssm-account';

/** Both services throttle an account as a whole; the SDK waits longer before each further attempt. */
const clients = { iam: new IAMClient({ maxAttempts: 8 }), ssm: new SSMClient({ maxAttempts: 8 }) };

/** Lambda retries a failed hourly run twice, then sends its event to the dead-letter queue, and an alarm notifies. */
export async function handler(event: CustomResourceEvent | Readonly<Record<string, unknown>>, context: InvocationContext): Promise<void> {
  const at = new Date();
  if (isCustomResourceEvent(event)) {
    return answerCloudFormation(event, context, async () => {
      const { account, claimant } = workOf(readEnvironment(process.env));
      const outcome =
        event.RequestType === 'Delete'
          ? await giveUp(account, claimant)
          : await establish(account, claimant, event.RequestType === 'Create', at);
      console.info(JSON.stringify({ event: 'session-document', request: event.RequestType, outcome }));
      return {};
    });
  }
  const environment = readEnvironment(process.env);
  const { account, claimant, shell } = workOf(environment);
  const { DEPLOYMENT: deployment, METRIC_NAMESPACE: namespace } = environment;
  const run = { probe: 'session-document', clause: 'TOM-3.6', deployment, namespace, at };
  const results = [await watch(account, claimant, at), await watchShell(shell, claimant, at)];
  report(run, combined(results), (line) => process.stdout.write(line));
}

const isCustomResourceEvent = (event: object): event is CustomResourceEvent => 'ResponseURL' in event;

interface Work {
  readonly account: SessionAccount;
  readonly shell: ShellDocument;
  readonly claimant: Claimant;
}

function workOf({ DEPLOYMENT, BOUNDARY, INPUTS }: SessionDocumentEnvironment): Work {
  // The name of a boundary ends with its region.
  const [, region = ''] = BOUNDARY.split('-boundary-');
  return {
    account: ssmAccount(clients, BOUNDARY, region),
    shell: ssmDocument(clients.ssm, shellDocumentName(DEPLOYMENT)),
    claimant: { deployment: DEPLOYMENT, boundary: BOUNDARY, inputs: JSON.parse(INPUTS) as Inputs },
  };
}

const combined = (results: readonly ProbeResult[]): ProbeResult => ({
  looked: { documents: results.reduce((sum, { looked }) => sum + (looked.documents ?? 0), 0) },
  findings: results.flatMap(({ findings }) => findings),
  unseen: results.flatMap(({ unseen }) => unseen),
});

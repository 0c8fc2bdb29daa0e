// Ends passwords and access keys of IAM users that are too old, once a day, and warns their owners in advance.
import { setTimeout } from 'node:timers/promises';
import { IAMClient } from '@aws-sdk/client-iam';
import { PublishCommand, SNSClient } from '@aws-sdk/client-sns';
import { report } from '../../../runtime/probe';
import { readEnvironment } from './env';
import { examine, examineRoot } from './examine';
import { iamCredentials } from './iam-credentials';
import { noticeOf } from './notice';
import { exemptionsOf } from './verdicts';

/** IAM throttles an account as a whole; the SDK waits longer before each further attempt. */
const iam = new IAMClient({ maxAttempts: 8 });
const sns = new SNSClient({ maxAttempts: 5 });

/** Lambda retries a failed run twice, then sends its event to the dead-letter queue, and an alarm notifies. */
export async function handler(): Promise<void> {
  const environment = readEnvironment(process.env);
  const { DEPLOYMENT: deployment, METRIC_NAMESPACE: namespace, TOPIC: TopicArn } = environment;
  const now = new Date();
  const credentials = iamCredentials(iam, async (milliseconds) => void (await setTimeout(milliseconds)));
  const ages = {
    warn: environment.WARN_DAYS.split(',').map(Number),
    limit: Number(environment.LIMIT_DAYS),
    remove: Number(environment.DELETE_DAYS),
  };
  const run = { clause: 'TOM-3.8', deployment, namespace, at: now };
  const write = (line: string) => process.stdout.write(line);
  const { notices, ...examined } = await examine(credentials, { now, ages, exemptions: exemptionsOf(environment.EXEMPT_USERS) });
  const root = await examineRoot(credentials);
  const unsent = await publish(TopicArn, deployment, notices);
  report({ ...run, probe: 'root-user' }, { ...root, unseen: [] }, write);
  report({ ...run, probe: 'credential-hygiene' }, { ...examined, unseen: [...examined.unseen, ...root.unseen, ...unsent] }, write);
}

/** A message that is not sent makes the run incomplete: the credentials are ended, and nobody knows. */
async function publish(TopicArn: string, deployment: string, notices: readonly string[]): Promise<readonly string[]> {
  const notice = noticeOf(deployment, notices);
  if (notice === undefined) return [];
  console.info(JSON.stringify({ event: 'credential-notices', notices }));
  try {
    await sns.send(new PublishCommand({ TopicArn, ...notice }));
    return [];
  } catch (error) {
    return [`topic: ${error instanceof Error ? `${error.name}: ${error.message}` : String(error)}`];
  }
}

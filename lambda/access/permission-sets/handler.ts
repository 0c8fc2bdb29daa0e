// Examines the roles of permission sets of IAM Identity Center once a day: their names, boundaries and trusts.
import { IAMClient } from '@aws-sdk/client-iam';
import { type ProbeResult, report } from '../../../runtime/probe';
import { readEnvironment } from './env';
import { examine } from './examine';
import { iamRoles } from './iam-roles';

/** IAM throttles an account as a whole; the SDK waits longer before each further attempt. */
const roles = iamRoles(new IAMClient({ maxAttempts: 8 }));

/** Lambda retries a failed run twice, then sends its event to the dead-letter queue, and an alarm notifies. */
export async function handler(): Promise<ProbeResult> {
  const { DEPLOYMENT: deployment, METRIC_NAMESPACE: namespace, ACCOUNT: account, SETS, BOUNDARY: boundary } = readEnvironment(process.env);
  const run = { probe: 'permission-sets', clause: 'TOM-3.2', deployment, namespace, at: new Date() };
  const result = await examine(roles, { account, sets: SETS.split(','), boundary });
  return report(run, result, (line) => process.stdout.write(line));
}

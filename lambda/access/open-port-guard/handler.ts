// Closes security groups that are opened to the internet: at each change of one, and every 5 minutes.
import { EC2Client } from '@aws-sdk/client-ec2';
import { type ProbeResult, report } from '../../../runtime/probe';
import { changeOf } from './author';
import { ec2Groups } from './ec2-groups';
import { readEnvironment } from './env';
import { closeOpenPorts } from './guard';

/** EC2 throttles an account as a whole; the SDK waits longer before each further attempt. */
const ec2 = new EC2Client({ maxAttempts: 8 });

/**
 * An event and a sweep can both find a rule, and the first closes it. The caller of each change is therefore written
 * to the log, also where the rule is closed already.
 */
export async function handler(event: unknown): Promise<ProbeResult> {
  const { DEPLOYMENT: deployment, VPC, PROXY_GROUP, METRIC_NAMESPACE: namespace } = readEnvironment(process.env);
  const change = changeOf(event);
  if (change) console.info(JSON.stringify({ event: 'security-group-change', ...change }));
  const result = await closeOpenPorts(ec2Groups(ec2, VPC), PROXY_GROUP, change);
  const run = { probe: 'open-port-guard', clause: 'DSS-5.6.3', deployment, namespace, at: new Date() };
  return report(run, result, (line) => process.stdout.write(line));
}

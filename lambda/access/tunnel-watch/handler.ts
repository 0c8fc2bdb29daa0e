// Examines the Site-to-Site VPN connection every hour: its tunnels, their algorithms and log, and the age of the keys.
import { EC2Client } from '@aws-sdk/client-ec2';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { type ProbeResult, report } from '../../../runtime/probe';
import { readAlgorithms } from './algorithms';
import { liveConnection } from './connection';
import { readEnvironment } from './env';
import { examine } from './examine';

const { DEPLOYMENT: deployment, CONNECTION: connection, METRIC_NAMESPACE: namespace, ALGORITHMS, KEY_DAYS } = readEnvironment(process.env);
const promised = { algorithms: readAlgorithms(ALGORITHMS), keyDays: Number(KEY_DAYS) };
const source = liveConnection(new EC2Client({ maxAttempts: 8 }), new SecretsManagerClient({ maxAttempts: 8 }), connection);

/** Lambda retries a failed run twice, then sends its event to the dead-letter queue, and an alarm notifies. */
export async function handler(): Promise<ProbeResult> {
  const now = new Date();
  const run = { probe: 'tunnel-watch', clause: 'TOM-3.1', deployment, namespace, at: now };
  return report(run, await examine(source, { deployment, connection, ...promised, now }), (line) => process.stdout.write(line));
}

// Exports each complete day of server sessions to the audit archive, and reports days that are not there.
import { setTimeout } from 'node:timers/promises';
import { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import { S3Client } from '@aws-sdk/client-s3';
import { type ProbeResult, report } from '../../../runtime/probe';
import { awsExports } from './aws-exports';
import { readEnvironment } from './env';
import { exportSessions } from './export';

/** The SDK repeats a request that an active task of another export refuses, too; the next run repeats it later. */
const clients = { logs: new CloudWatchLogsClient({ maxAttempts: 4 }), s3: new S3Client({ maxAttempts: 8 }) };

/** Lambda retries a failed run twice, then sends its event to the dead-letter queue, and an alarm notifies. */
export async function handler(_event: unknown, context: { readonly getRemainingTimeInMillis: () => number }): Promise<ProbeResult> {
  const { DEPLOYMENT: deployment, ARCHIVE, LATE_DAYS, REACH_DAYS, METRIC_NAMESPACE: namespace } = readEnvironment(process.env);
  const now = new Date();
  const logGroup = `/rempart/${deployment}/sessions`;
  const exports = awsExports(clients, { logGroup, archive: ARCHIVE.split(':')[5] ?? '' });
  const result = await exportSessions(exports, {
    ...{ logGroup, now, lateDays: Number(LATE_DAYS), reachDays: Number(REACH_DAYS) },
    remaining: () => context.getRemainingTimeInMillis(),
    pause: async (milliseconds) => void (await setTimeout(milliseconds)),
  });
  const run = { probe: 'session-archive', clause: 'TOM-3.6', deployment, namespace, at: now };
  return report(run, result, (line) => process.stdout.write(line));
}

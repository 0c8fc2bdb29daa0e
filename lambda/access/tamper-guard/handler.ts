// Reports changes of the audit outside the deployment: at each record of the audit trail, and its state every hour.
import { CloudTrailClient } from '@aws-sdk/client-cloudtrail';
import { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import { EC2Client } from '@aws-sdk/client-ec2';
import { IAMClient } from '@aws-sdk/client-iam';
import { type ProbeResult, report } from '../../../runtime/probe';
import { awsState } from './aws-state';
import { readEnvironment, type TamperGuardEnvironment } from './env';
import { deliveredRecords } from './records';
import { examineState } from './state';
import { tamperFinding } from './tampering';

const retries = { maxAttempts: 8 };
const clients = {
  cloudTrail: new CloudTrailClient(retries),
  logs: new CloudWatchLogsClient(retries),
  ec2: new EC2Client(retries),
  iam: new IAMClient(retries),
};

/** CloudWatch Logs delivers records, the schedule starts an examination of the state. Both report under one name. */
export async function handler(event: unknown): Promise<ProbeResult> {
  const environment = readEnvironment(process.env);
  const { DEPLOYMENT: deployment, METRIC_NAMESPACE: namespace } = environment;
  const run = { probe: 'tamper-guard', clause: 'TOM-3.6', deployment, namespace, at: new Date() };
  return report(run, await resultOf(event, environment), (line) => process.stdout.write(line));
}

async function resultOf(event: unknown, environment: TamperGuardEnvironment): Promise<ProbeResult> {
  const delivered = deliveredRecords(event);
  if (delivered) {
    const guarded = guardedBy(environment);
    const findings = delivered.records.flatMap((record) => tamperFinding(record, guarded) ?? []);
    return { looked: { records: delivered.records.length }, findings, unseen: delivered.unread };
  }
  const { DEPLOYMENT, TRAIL: trail, TRAIL_LOG: log, VPC: vpc, EXECUTION_ROLE: executionRole, EXECUTION_BOUNDARY: boundary } = environment;
  const state = awsState(clients, { trail, log, vpc, executionRole });
  return examineState(state, { receiver: `${DEPLOYMENT}-tamper-guard`, boundary });
}

const guardedBy = (environment: TamperGuardEnvironment) => ({
  deployment: environment.DEPLOYMENT,
  account: environment.ACCOUNT,
  region: environment.REGION,
  trail: environment.TRAIL,
  trailLog: environment.TRAIL_LOG,
  archive: environment.ARCHIVE.split(':')[5] ?? '',
  boundary: environment.BOUNDARY,
  executionRole: environment.EXECUTION_ROLE,
  executionBoundary: environment.EXECUTION_BOUNDARY,
  keys: environment.KEYS.split(','),
});

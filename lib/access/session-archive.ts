// Exports the server sessions of each day to the audit archive, where nobody deletes them before their lock ends.
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import { Duration, Stack } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { calls } from '../../lambda/access/session-archive/calls';
import type { SessionArchiveEnvironment } from '../../lambda/access/session-archive/env';
import { probeMetrics } from '../config/metrics';
import { logGroupName, sessionArchiveRoleName, sessionLog, sessionPrefix } from '../config/names';
import type { Site } from '../config/site';
import { callStatements } from '../functions/call-statements';
import { ControlFunction } from '../functions/control-function';
import type { FirstDatapoints } from '../functions/first-datapoint';
import { scheduleFunction } from '../functions/schedule';
import { accountInFindings, acknowledgeWildcard } from '../labels/exceptions';
import { serves } from '../labels/labels';
import { alarmOnRuns } from './probe-alarms';
import type { SessionService } from './session-service';

export interface SessionArchiveProps {
  readonly site: Site;
  /** Encrypts environment, log and dead letters. (TOM-5.5) */
  readonly key: IKey;
  /** Receives the sessions, under object lock. (TOM-3.6) */
  readonly auditArchive: IBucket;
  /** Encrypts the records of the archive. (TOM-5.5) */
  readonly auditKey: IKey;
  readonly firstDatapoints: FirstDatapoints;
  /** Notifies people of days that are not exported, and of missed runs. (TOM-3.4) */
  readonly alarmTopic: ITopic;
  /** Their log is exported. */
  readonly sessions: SessionService;
}

/** Days after its end within which a day is exported; CloudWatch Logs makes its data available within 12 hours. */
const lateDays = 2;

/**
 * Days that are examined: people have two months to repair an export. Fewer than the shortest retention of the log
 * and of the archive, so that no day is exported again when its record expires.
 */
const reachDays = 60;

/**
 * Runs every hour, and exports each day of UTC once, from 14:00 of the next day on. A run without a day to export
 * makes two calls. Exports are asynchronous, and an account has one at a time ("CreateExportTask"): a run waits for
 * its own, and leaves the remaining days to the next run. The record of an exported day is an object of the archive,
 * so a deployment that is made again continues where the archive ends. Nothing is to be undone at a deletion. An event
 * that reaches the log group more than two hours after its day may stay in the log group alone: CloudWatch Logs takes
 * up to 12 hours to make it available for export. (TOM-3.6)
 */
export class SessionArchive extends Construct {
  constructor(scope: Construct, id: string, props: SessionArchiveProps) {
    super(scope, id);
    serves(this, 'TOM-3.6');
    const { site, key, sessions } = props;
    const control = this.controlFunction(props);
    const schedule = scheduleFunction(this, {
      site,
      control,
      key,
      name: 'session-archive',
      starts: 'the export of sessions',
      description: 'Hourly export of server sessions to the audit archive',
      expression: 'rate(1 hour)',
      retries: { attempts: 5, age: Duration.hours(1) },
    });
    schedule.node.addDependency(sessions.log);
    alarmOnRuns(this, {
      ...props,
      control,
      probe: 'session-archive',
      after: [sessions.log],
      findings: {
        id: 'SessionsUnarchived',
        description: `The server sessions of a day are not in the audit archive ${lateDays} days after its end, or their export failed (TOM-3.6).`,
        severity: 'ticket',
        period: Duration.hours(1),
      },
      silence: {
        id: 'SessionArchiveOverdue',
        description: 'The export of server sessions to the audit archive has not completed for 6 hours (TOM-3.6).',
        severity: 'ticket',
        period: Duration.hours(2),
        periods: 3,
      },
    });
  }

  private controlFunction({ site, key, auditArchive, auditKey }: SessionArchiveProps): ControlFunction {
    const environment: SessionArchiveEnvironment = {
      DEPLOYMENT: site.deployment,
      ARCHIVE: auditArchive.bucketArn,
      LATE_DAYS: String(lateDays),
      REACH_DAYS: String(reachDays),
      METRIC_NAMESPACE: probeMetrics.namespace,
    };
    const archive = exportedArn(auditArchive);
    const arns = { 'account/AuditArchive.Arn': archive.arn, 'account/AuditKey.Arn': auditKey.keyArn };
    const control = new ControlFunction(this, 'Function', {
      site,
      control: 'session-archive',
      description: 'Exports the server sessions of each day to the audit archive',
      environment: { ...environment },
      key,
      permissions: callStatements(this, calls, { site, arns }),
      // A run waits for its exports, and ends before the deployment stops waiting for the first one.
      timeout: Duration.minutes(5),
      roleName: sessionArchiveRoleName(site),
    });
    const reasons: Readonly<Record<string, string>> = {
      '*': 'Both descriptions, of export tasks and of log groups, only read and cannot be limited to one resource.',
      [`arn:aws:logs:${site.region}:${accountInFindings(site)}:log-group:${logGroupName(site, sessionLog)}:*`]:
        'The ARN of the one log group that is exported ends with its streams.',
      [`${archive.name}/${sessionPrefix}/*/aws-logs-write-test`]:
        'One object of each exported day, with which CloudWatch Logs tests the permission.',
      [`${archive.name}/${sessionPrefix}/completed/*`]: 'One object for each exported day: the record that it is exported.',
    };
    for (const [resource, reason] of Object.entries(reasons)) acknowledgeWildcard(control.permissions, { resource, reason });
    return control;
  }
}

/** The ARN of a bucket of another stack, and the name of its export, by which AwsSolutions reports the bucket. */
function exportedArn(bucket: IBucket): { readonly arn: string; readonly name: string } {
  const stack = Stack.of(bucket);
  const arn = stack.exportValue(bucket.bucketArn);
  const { 'Fn::ImportValue': name } = stack.resolve(arn) as { readonly 'Fn::ImportValue': string };
  return { arn, name };
}

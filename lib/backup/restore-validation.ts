// Validation of restore tests: a function that follows each restore, and one that reads the restored database.
import { Metric, Stats } from 'aws-cdk-lib/aws-cloudwatch';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import { Duration } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { calls as validationCalls } from '../../lambda/backup/restore-validation/calls';
import type { RestoreValidationEnvironment } from '../../lambda/backup/restore-validation/env';
import { calls as readerCalls } from '../../lambda/backup/restored-state/calls';
import type { RestoredStateEnvironment } from '../../lambda/backup/restored-state/env';
import { alarmAbove, alarmBelow, alarmUnlessRun } from '../alarms/alarm';
import { databasePort } from '../config/flows/flow';
import { probeMetrics, restoreMetrics, restoreValidation } from '../config/metrics';
import { functionName, restoreBoundaryName } from '../config/names';
import type { Site } from '../config/site';
import { callStatements } from '../functions/call-statements';
import { ControlFunction } from '../functions/control-function';
import { startOnEvents } from '../functions/event-rule';
import type { FirstDatapoints } from '../functions/first-datapoint';
import { accountInFindings, acknowledgeWildcard } from '../labels/exceptions';
import { serves } from '../labels/labels';
import type { RestoreNetwork } from './restore-network';
import { type RestoreTests, validationWindowHours } from './restore-tests';

export interface RestoreValidationProps {
  readonly site: Site;
  readonly tests: RestoreTests;
  readonly network: RestoreNetwork;
  /** Encrypts environments, logs and dead letters. (TOM-5.5) */
  readonly key: IKey;
  /** The key that the restored cluster is to have. (TOM-5.5) */
  readonly dataKey: IKey;
  readonly firstDatapoints: FirstDatapoints;
  /** Notifies people. (TOM-3.4) */
  readonly alarmTopic: ITopic;
}

/** The smallest class that Aurora PostgreSQL 17 runs on ("Supported DB engines for DB instance classes"). */
const instanceClass = 'db.t4g.medium';

/** Promised hours from the start of a recovery to its end. (DSS-5.5.1) */
const promisedHours = 12;

/** Root certificates of Amazon in the Node.js runtime ("Building Lambda functions with Node.js", certificates). */
const certificates = '/var/runtime/ca-cert.pem';

/**
 * Starts at each change of a restore, and every ten minutes: EventBridge delivers events of AWS Backup as well as it
 * can, and an instance takes longer than a function may run. What AWS has of a restore is its only memory, so each run
 * continues where another ended. (DSS-5.5.1)
 *
 * The reader is a function of its own, in the VPC, from which no way leads to AWS Backup and RDS; the other is
 * outside, with no way to a database. It alone may delete instances, those of restore tests, by a boundary of its own
 * (role-boundary.ts).
 */
export class RestoreValidation extends Construct {
  constructor(scope: Construct, id: string, props: RestoreValidationProps) {
    super(scope, id);
    serves(this, 'DSS-5.5.1', 'TOM-6.10');
    const reader = this.reader(props);
    const control = this.control(props, reader);
    startOnEvents(this, {
      description: 'A restore of the restore testing plan has changed its state',
      control,
      eventPattern: {
        source: ['aws.backup'],
        'detail-type': ['Restore Job State Change'],
        detail: { restoreTestingPlanArn: [props.tests.plan.attrRestoreTestingPlanArn] },
      },
      scheduleExpression: 'rate(10 minutes)',
      retries: { attempts: 5, age: Duration.minutes(15) },
    });
    this.alarms(props, control);
  }

  private reader({ site, network, key }: RestoreValidationProps): ControlFunction {
    const environment: RestoredStateEnvironment = {
      DATABASE_PORT: String(databasePort),
      DATABASE_NAME: 'rempart',
      DATABASE_CA_FILE: certificates,
    };
    const reader = new ControlFunction(this, 'Reader', {
      ...{ site, key, control: 'restored-state', network: network.reader },
      description: 'Reads what a restored database says of itself',
      environment: { ...environment },
      permissions: callStatements(this, readerCalls, { site }),
      timeout: Duration.minutes(15),
    });
    reader.function.node.addDependency(network.ready);
    acknowledgeWildcard(reader.permissions, {
      resource: `arn:aws:rds-db:${site.region}:${accountInFindings(site)}:dbuser:*/rempart_validation`,
      reason: 'A restored cluster has a new id; the role can call two functions, and the network leads to restored clusters alone.',
    });
    return reader;
  }

  private control({ site, tests, key, dataKey }: RestoreValidationProps, reader: ControlFunction): ControlFunction {
    const environment: RestoreValidationEnvironment = {
      DEPLOYMENT: site.deployment,
      PLAN_ARN: tests.plan.attrRestoreTestingPlanArn,
      DATA_KEY: dataKey.keyArn,
      INSTANCE_CLASS: instanceClass,
      READER: functionName(site, 'restored-state'),
      GIVE_UP_HOURS: String(validationWindowHours - 2),
      REPORT_HOURS: String(validationWindowHours - 1),
      METRIC_NAMESPACE: probeMetrics.namespace,
    };
    const control = new ControlFunction(this, 'Function', {
      ...{ site, key, control: restoreValidation, boundary: restoreBoundaryName(site) },
      description: 'Validates restores of the database by reading them, and reports the results to AWS Backup',
      environment: { ...environment },
      permissions: callStatements(this, validationCalls, {
        site,
        arns: { 'backup/RestoreValidationReaderFunction.Arn': reader.function.functionArn },
      }),
      timeout: Duration.minutes(15),
    });
    const ofTests = (type: string): string => `arn:aws:rds:${site.region}:${accountInFindings(site)}:${type}:awsbackup-restore-test-*`;
    const reasons: Readonly<Record<string, string>> = {
      '*': 'Jobs of restores have no ARN, and the list of instances only reads.',
      [ofTests('cluster')]: 'AWS Backup names restored clusters, all with this prefix.',
      [ofTests('db')]: 'The name of an instance ends with the id of its restore.',
    };
    for (const [resource, reason] of Object.entries(reasons)) acknowledgeWildcard(control.permissions, { resource, reason });
    return control;
  }

  private alarms({ site, alarmTopic, firstDatapoints }: RestoreValidationProps, control: ControlFunction): void {
    const metric = (metricName: string, period: Duration): Metric =>
      new Metric({
        ...{ namespace: probeMetrics.namespace, metricName, period, statistic: Stats.MAXIMUM },
        dimensionsMap: { Deployment: site.deployment, Probe: restoreValidation },
      });
    alarmAbove(this, 'RestoreTestFailed', {
      ...{ site, alarmTopic, metric: metric(probeMetrics.findings, Duration.hours(1)), above: 0, severity: 'page' },
      description: 'A restore of the database failed, its data were not those of the source, or its instance was not deleted (DSS-5.5.1).',
    });
    alarmAbove(this, 'RestoreTestSlow', {
      ...{ site, alarmTopic, metric: metric(restoreMetrics.hours, Duration.hours(1)), above: promisedHours, severity: 'page' },
      description: 'A restore of the database has lasted for longer than the 12 hours in which a recovery is promised (DSS-5.5.1).',
    });
    // The state remains without a datapoint: runs that are missing have an alarm of their own.
    alarmBelow(this, 'RestoreTestsMissing', {
      ...{ site, alarmTopic, metric: metric(restoreMetrics.proven, Duration.hours(12)), below: 1, periods: 3, severity: 'ticket' },
      description: 'No restore of the database has succeeded for 36 hours: nothing shows that the backups can be restored (DSS-5.5.1).',
    });
    const firstDatapoint = firstDatapoints.ofSuccess(this, 'FirstRun', control);
    // With the permission of the rule and the policy of the dead letters.
    firstDatapoint.node.addDependency(control.function, control.deadLetters);
    alarmUnlessRun(this, 'RestoreValidationOverdue', {
      ...{ site, alarmTopic, function: control.function, period: Duration.hours(1), periods: 3, severity: 'ticket' },
      firstDatapoint,
      description: 'The validation of restores has not succeeded for 3 hours: a restored database could stay without a result (DSS-5.5.1).',
    });
  }
}

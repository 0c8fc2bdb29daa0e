// Publishes the snapshot of sites, which collectors read: every minute, if a site has changed.
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { EventInvokeConfig } from 'aws-cdk-lib/aws-lambda';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import { Duration } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { calls } from '../../lambda/ingest/site-snapshot/calls';
import type { SiteSnapshotEnvironment } from '../../lambda/ingest/site-snapshot/env';
import { alarmUnlessRun } from '../alarms/alarm';
import type { Site } from '../config/site';
import { callStatements } from '../functions/call-statements';
import { ControlFunction } from '../functions/control-function';
import type { FirstDatapoints } from '../functions/first-datapoint';
import type { FunctionDatabase } from '../functions/function-database';
import { scheduleFunction } from '../functions/schedule';
import { serves } from '../labels/labels';

export interface SiteSnapshotProps {
  readonly site: Site;
  readonly databaseAccess: FunctionDatabase;
  /** Holds the snapshot, `sites.json`. */
  readonly settingsBucket: IBucket;
  /** Encrypts environment, log and dead letters. (TOM-5.5) */
  readonly key: IKey;
  readonly firstDatapoints: FirstDatapoints;
  /** Notifies people. (TOM-3.4) */
  readonly alarmTopic: ITopic;
}

/**
 * A change of a site is in the snapshot within a minute, and collectors read the snapshot every 15 seconds. A failed
 * run is not retried: the next run does all of its work. An alarm notifies after 10 minutes without a successful run;
 * collectors continue with their last snapshot. (TOM-4.13, TOM-7.1)
 */
export class SiteSnapshot extends Construct {
  constructor(scope: Construct, id: string, props: SiteSnapshotProps) {
    super(scope, id);
    serves(this, 'TOM-4.13', 'TOM-7.1');
    const { site, firstDatapoints, alarmTopic } = props;
    const control = this.snapshotFunction(props);
    control.function.node.addDependency(props.databaseAccess.ready);
    const once = new EventInvokeConfig(this, 'Once', { function: control.function, retryAttempts: 0, maxEventAge: Duration.minutes(1) });
    const schedule = scheduleFunction(this, {
      site,
      name: 'site-snapshot',
      starts: 'the snapshot of sites',
      description: 'Publication of the snapshot of sites, every minute',
      control,
      key: props.key,
      expression: 'rate(1 minute)',
      retries: { attempts: 0, age: Duration.minutes(1) },
    });
    const firstRun = firstDatapoints.ofSuccess(this, 'FirstRun', control);
    // A run that starts before has the retries of Lambda.
    for (const start of [schedule, firstRun]) start.node.addDependency(once);
    alarmUnlessRun(this, 'SiteSnapshotStale', {
      ...{ site, alarmTopic },
      function: control.function,
      period: Duration.minutes(5),
      periods: 2,
      firstDatapoint: firstRun,
      description:
        'Changes of sites have not reached the collectors for 10 minutes: collectors return 404 for hits of new sites, which are lost.',
      severity: 'page',
    });
  }

  private snapshotFunction({ site, databaseAccess, settingsBucket, key }: SiteSnapshotProps): ControlFunction {
    const environment: SiteSnapshotEnvironment = {
      ...databaseAccess.environment('rempart_maintenance'),
      SETTINGS_BUCKET: settingsBucket.bucketName,
    };
    return new ControlFunction(this, 'Function', {
      site,
      control: 'site-snapshot',
      description: 'Publishes the snapshot of sites for collectors, once a minute',
      environment: { ...environment },
      key,
      permissions: callStatements(this, calls, { site, arns: { ...databaseAccess.arns, 'data/Settings.Arn': settingsBucket.bucketArn } }),
      timeout: Duration.seconds(50),
      network: databaseAccess.network,
    });
  }
}

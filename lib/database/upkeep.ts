// The daily upkeep of the database: months of hits made and taken out, erasures finished, old rejects removed.
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import { Duration } from 'aws-cdk-lib/core';
import { Construct, type IDependable } from 'constructs';
import type { DatabaseUpkeepEnvironment } from '../../lambda/database/database-upkeep/env';
import { alarmUnlessRun } from '../alarms/alarm';
import type { Site } from '../config/site';
import { ControlFunction } from '../functions/control-function';
import type { FirstDatapoints } from '../functions/first-datapoint';
import { scheduleFunction } from '../functions/schedule';
import { serves } from '../labels/labels';
import type { DatabaseAccess } from './database-access';

export interface UpkeepProps {
  readonly site: Site;
  readonly access: DatabaseAccess;
  /** Encrypts environment, log and dead letters. (TOM-5.5) */
  readonly key: IKey;
  /** The schema, which is there before the function is. */
  readonly schema: IDependable;
  readonly firstDatapoints: FirstDatapoints;
  /** Notifies people when no run succeeds. (TOM-3.4) */
  readonly alarmTopic: ITopic;
}

/**
 * Every day at 04:15 UTC. A run that fails is repeated for a day, then its event lies in the function's dead-letter queue; the next
 * day's run does what was left, and the months are made three ahead. After 36 hours without a run that succeeds there is an alarm: an
 * erasure that is due waits, and one day there is no month for hits. (DSS-4.2, TOM-4.10)
 */
export class Upkeep extends Construct {
  constructor(scope: Construct, id: string, { site, access, key, schema, firstDatapoints, alarmTopic }: UpkeepProps) {
    super(scope, id);
    serves(this, 'DSS-4.2', 'TOM-4.10');
    const environment: DatabaseUpkeepEnvironment = {
      ...access.environment('rempart_maintenance'),
      KEEP_MONTHS: String(site.settings.data.keepMonths),
    };
    const control = new ControlFunction(this, 'Function', {
      site,
      control: 'database-upkeep',
      description: 'Makes and drops months of hits, finishes erasures and removes old rejects, once a day',
      environment: { ...environment },
      key,
      permissions: access.permissions('rempart_maintenance'),
      timeout: Duration.minutes(15),
      memorySize: 512,
      network: access.network,
    });
    control.function.node.addDependency(schema, access.ready);
    scheduleFunction(this, {
      name: 'upkeep',
      starts: 'the upkeep of the database',
      description: 'Daily upkeep of the database',
      control,
      key,
      expression: 'cron(15 4 * * ? *)',
      retries: { attempts: 10, age: Duration.days(1) },
    });
    alarmUnlessRun(this, 'UpkeepOverdue', {
      ...{ site, alarmTopic },
      function: control.function,
      period: Duration.hours(12),
      periods: 3,
      firstDatapoint: firstDatapoints.ofSuccess(this, 'FirstRun', control),
      description:
        'The upkeep of the database has not succeeded for 36 hours: due erasures wait, and no partitions are made for new months.',
      severity: 'ticket',
    });
  }
}

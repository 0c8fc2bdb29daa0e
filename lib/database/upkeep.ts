// Daily upkeep of the database: creates and drops daily partitions of hits, completes erasures, deletes old rejected
// hits.
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import { Duration } from 'aws-cdk-lib/core';
import { Construct, type IDependable } from 'constructs';
import { calls } from '../../lambda/database/database-upkeep/calls';
import type { DatabaseUpkeepEnvironment } from '../../lambda/database/database-upkeep/env';
import { alarmUnlessRun } from '../alarms/alarm';
import { alarmOnLateErasure } from '../alarms/erasure-late';
import type { Site } from '../config/site';
import { callStatements } from '../functions/call-statements';
import { ControlFunction } from '../functions/control-function';
import type { FirstDatapoints } from '../functions/first-datapoint';
import { scheduleFunction } from '../functions/schedule';
import { serves } from '../labels/labels';
import type { DatabaseAccess } from './database-access';

export interface UpkeepProps {
  readonly site: Site;
  readonly databaseAccess: DatabaseAccess;
  /** Encrypts environment, log and dead letters. (TOM-5.5) */
  readonly key: IKey;
  /** The schema, which the function depends on. */
  readonly schema: IDependable;
  readonly firstDatapoints: FirstDatapoints;
  /** Notifies people when no run succeeds. (TOM-3.4) */
  readonly alarmTopic: ITopic;
}

/**
 * Runs every six hours: an erased person's rows are gone within a day, even if runs fail. A failed run is retried
 * until the next one, then its event is in the dead-letter queue of the function. The next run completes the remaining
 * work, and partitions are created 14 days ahead. Alarms notify people before the day is over: of an erasure that
 * waits for 12 hours, and of 18 hours without a successful run, which leave no metric. (DSS-4.2, TOM-4.10)
 */
export class Upkeep extends Construct {
  constructor(scope: Construct, id: string, { site, databaseAccess, key, schema, firstDatapoints, alarmTopic }: UpkeepProps) {
    super(scope, id);
    serves(this, 'TOM-4.10');
    const environment: DatabaseUpkeepEnvironment = {
      ...databaseAccess.environment('rempart_maintenance'),
      HOT_DAYS: String(site.settings.data.hotDays),
      KEEP_MONTHS: String(site.settings.data.keepMonths),
    };
    const control = new ControlFunction(this, 'Function', {
      site,
      control: 'database-upkeep',
      description: 'Creates and drops daily partitions of hits, completes erasures and deletes old rejected hits, every six hours',
      environment: { ...environment },
      key,
      permissions: callStatements(this, calls, { site, arns: databaseAccess.arns }),
      timeout: Duration.minutes(15),
      memorySize: 512,
      network: databaseAccess.network,
    });
    control.function.node.addDependency(schema, databaseAccess.ready);
    scheduleFunction(this, {
      site,
      name: 'upkeep',
      starts: 'the upkeep of the database',
      description: 'Upkeep of the database every six hours',
      control,
      key,
      expression: 'rate(6 hours)',
      retries: { attempts: 10, age: Duration.hours(6) },
    });
    alarmUnlessRun(this, 'UpkeepOverdue', {
      ...{ site, alarmTopic },
      function: control.function,
      period: Duration.hours(6),
      periods: 3,
      firstDatapoint: firstDatapoints.ofSuccess(this, 'FirstRun', control),
      description:
        'The upkeep of the database has not succeeded for 18 hours: due erasures are delayed, days that are over do not leave, and partitions for new days are not created.',
      severity: 'ticket',
    });
    alarmOnLateErasure(this, 'WindowErasureLate', {
      ...{ site, alarmTopic, logGroup: control.logGroup, place: 'Window' },
      description:
        'Rows of an erased person have been in the database for 12 hours. They are to be gone 24 hours after the person asked for it.',
    });
  }
}

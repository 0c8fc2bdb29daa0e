// The lake: hits of past days as files of one site and one day, written by several runs at once, and kept up.

import { Stats } from 'aws-cdk-lib/aws-cloudwatch';
import { FilterPattern, MetricFilter } from 'aws-cdk-lib/aws-logs';
import { Duration, Stack } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { calls as exportCalls } from '../../lambda/lake/lake-export/calls';
import type { LakeExportEnvironment } from '../../lambda/lake/lake-export/env';
import { calls as upkeepCalls } from '../../lambda/lake/lake-upkeep/calls';
import type { LakeUpkeepEnvironment } from '../../lambda/lake/lake-upkeep/env';
import { alarmAbove } from '../alarms/alarm';
import { alarmOnLateErasure, lateErasureHours } from '../alarms/erasure-late';
import { metricsNamespace } from '../config/metrics';
import { type LakeRole, lakeRoleName } from '../config/names';
import { isLakeHeld, type Site } from '../config/site';
import { declareNotMet } from '../labels/exceptions';
import { serves } from '../labels/labels';
import { LakeRoles } from './lake-roles';
import { LakeFunction, type LakeProps } from './lake-task';

/**
 * Days after its end from which on a day of hits is exported: the stream keeps hits for 7 days. A hit that arrives
 * later makes its day due again. A day leaves the window of the database after 32 days at the earliest.
 */
const lakeAfterDays = 10;

/** Hours for which a day may be due before people are notified. */
const lateHours = 48;

/**
 * Runs of the export at once: they begin every two minutes, and a run begins no object after its 12th. Runs that
 * Lambda repeats, or that people invoke, are beyond that: each has a connection of the proxy and reads pages of the
 * database.
 */
const exportsAtOnce = 6;

/** ARN of a role of the lake, by its name: the functions are made before the role that trusts them. */
export const lakeRoleArn = (scope: Construct, site: Site, role: LakeRole): string =>
  Stack.of(scope).formatArn({ service: 'iam', region: '', resource: 'role', resourceName: lakeRoleName(site, role) });

/**
 * Exports due days every two minutes, by six runs at once at the most, and every hour rewrites the files of erased
 * persons, removes the days that are over and the objects that are replaced. Both functions work site by site, and
 * continue in the next run where a run ends. Alarms notify when a day has been due for two days, when the oldest
 * erasure waits, and when runs fail or do not start. (TOM-7.1, DSS-4.2)
 */
export class Lake extends Construct {
  constructor(scope: Construct, id: string, { readers, ...props }: LakeProps) {
    super(scope, id);
    serves(this, 'TOM-4.10', 'TOM-7.1', 'DSS-4.2');
    const lakeExport = this.exportFunction(props);
    const lakeUpkeep = this.upkeepFunction(props);
    const functions = [lakeExport, lakeUpkeep];
    const roles = new LakeRoles(this, 'Roles', { ...props, readers, writers: functions.map(({ control }) => control) });
    for (const each of functions) {
      const others = [...functions.filter((other) => other !== each).map(({ control }) => control), ...readers];
      each.startAfter(roles, ...others.map(({ permissions }) => permissions));
    }
    this.addLateAlarm(lakeExport, props);
    alarmOnLateErasure(this, 'LakeErasureLate', {
      ...{ site: props.site, alarmTopic: props.alarmTopic, logGroup: lakeUpkeep.control.logGroup, place: 'Lake' },
      description:
        'Rows of an erased person have been in files of the lake for 12 hours. They are to be gone 24 hours after the person asked for it.',
    });
    if (isLakeHeld(props.site)) this.declareHeld(props.site);
  }

  private declareHeld({ name }: Site): void {
    const reason = `The lake rests (data.lakeHeld.${name}) until erasures are repeated and its catalogue is reconciled.`;
    for (const clause of ['TOM-7.1', 'DSS-4.2'] as const) declareNotMet(this, { clause, rule: 'lake-written', reason });
  }

  private exportFunction(props: Omit<LakeProps, 'readers'>): LakeFunction {
    const environment: LakeExportEnvironment = { ...this.common(props), LAKE_AFTER_DAYS: String(lakeAfterDays) };
    return new LakeFunction(this, 'Export', props, {
      control: 'lake-export',
      description: 'Exports days of hits from the database to files of the lake, site by site, every two minutes',
      environment: { ...environment },
      calls: exportCalls,
      memorySize: 2048,
      reservedConcurrency: exportsAtOnce,
      schedule: {
        starts: 'the export of hits to the lake',
        description: 'Export of hits to the lake every two minutes',
        // A run begins no object after its 12th minute: six runs work at once at the most, each on days of its own.
        expression: 'rate(2 minutes)',
        retries: { attempts: 5, age: Duration.hours(1) },
      },
      silence: {
        id: 'LakeExportOverdue',
        period: Duration.hours(2),
        periods: 3,
        description: 'The export of hits to the lake has not succeeded for 6 hours. The database keeps the hits until the lake has them.',
      },
    });
  }

  private upkeepFunction(props: Omit<LakeProps, 'readers'>): LakeFunction {
    const environment: LakeUpkeepEnvironment = {
      ...this.common(props),
      KEEP_MONTHS: String(props.site.settings.data.keepMonths),
      LATE_HOURS: String(lateErasureHours),
    };
    return new LakeFunction(this, 'Upkeep', props, {
      control: 'lake-upkeep',
      description: 'Removes erased persons, days that are over and replaced objects from the lake, every hour',
      environment: { ...environment },
      calls: upkeepCalls,
      memorySize: 2048,
      schedule: {
        starts: 'the upkeep of the lake',
        description: 'Upkeep of the lake every hour',
        // An erasure takes two runs and an hour between them, in which readers may have the former objects.
        expression: 'rate(1 hour)',
        retries: { attempts: 5, age: Duration.hours(1) },
      },
      silence: {
        id: 'LakeUpkeepMissed',
        period: Duration.hours(2),
        periods: 3,
        description: 'The upkeep of the lake has not succeeded for 6 hours: erasures are delayed, and days that are over are not removed.',
      },
    });
  }

  private common({ site, databaseAccess, archive }: Omit<LakeProps, 'readers'>) {
    return {
      ...databaseAccess.environment('rempart_maintenance'),
      ARCHIVE_BUCKET: archive.bucketName,
      LAKE_ROLE: lakeRoleArn(this, site, 'lake-writer'),
      LAKE: isLakeHeld(site) ? ('held' as const) : ('runs' as const),
    };
  }

  /** Each run logs for how long a day has been due, 0 without one; the state remains until the next run. */
  private addLateAlarm({ control }: LakeFunction, { site, alarmTopic }: Omit<LakeProps, 'readers'>): void {
    const filter = new MetricFilter(this, 'LongestWait', {
      logGroup: control.logGroup,
      filterPattern: FilterPattern.numberValue('$.message.longestWaitHours', '>=', 0),
      metricNamespace: metricsNamespace(site),
      metricName: 'LakeLongestWait',
      metricValue: '$.message.longestWaitHours',
    });
    alarmAbove(this, 'LakeExportLate', {
      ...{ site, alarmTopic, keepsState: true },
      metric: filter.metric({ statistic: Stats.MAXIMUM, period: Duration.hours(1) }),
      above: lateHours,
      description: `A day of hits has been due for the lake for ${lateHours} hours. The database keeps its hits until the lake has them.`,
      severity: 'ticket',
    });
  }
}

// TOM-7.1, DSS-4.2: functions write and keep the lake for the configured times, and people hear of a day that is late.
import { metricsNamespace } from '../../../config/metrics';
import { lakeAfterDays } from '../../figures';
import { append, type Finding, finding, guardsWhere, guardWhere, type Rule, remove, replace, set } from '../../rule';
import { notifiesTopic } from '../../template/alarms';
import { type Assembly, isObject, listOf, type Resource } from '../../template/assembly';
import { nameOf } from '../../template/names';
import { alarmType, functionType, logGroupType, metricFilterType, scheduleType } from '../../template/resource-types';

/** Most hours for which a day of hits is due for the lake before people are notified. */
export const longestLakeWait = 120;

/** Fewest days of the window: a week to repair the export, after people are notified that it is late. */
const shortestWindow = lakeAfterDays + longestLakeWait / 24 + 7;

const metric = 'LakeLongestWait';
const field = '$.message.longestWaitHours';

const lakeExport = 'data/LakeExportFunction';
const lakeUpkeep = 'data/LakeUpkeepFunction';
const upkeep = 'data/UpkeepFunction';
const fix = 'Create the functions with Lake.';

export const lakeWritten: Rule = {
  name: 'lake-written',
  requires: 'scheduled functions write and keep the lake as configured, with an alarm on a late day before the window ends',
  types: [functionType],
  check(lambda, assembly) {
    const name = nameOf(lambda, assembly.facts);
    if (name !== lakeExport && name !== lakeUpkeep) return 'not-applicable';
    const variable = variableOf(name, assembly);
    return [
      ...variableFindings(lambda, variable),
      ...(isStarted(lambda, assembly) ? [] : [finding(lambda, 'schedule', '', 'an enabled schedule that starts the function', fix)]),
      ...(name === lakeUpkeep || isWatched(lambda, assembly) ? [] : [finding(lambda, 'late', '', lateAlarm, fix)]),
      ...(name === lakeUpkeep || hotDays(assembly) >= shortestWindow ? [] : [finding(lambda, 'window', '', window, fix)]),
    ];
  },
  guards: [
    guardWhere(functionType, isNamed(lakeExport), 'Properties.Environment.Variables.LAKE_AFTER_DAYS', remove, replace('3'), replace('30')),
    guardWhere(functionType, isNamed(upkeep), 'Properties.Environment.Variables.HOT_DAYS', remove, replace(String(shortestWindow - 1))),
    guardWhere(functionType, isNamed(lakeUpkeep), 'Properties.Environment.Variables.KEEP_MONTHS', remove, replace('3')),
    ...guardsWhere(scheduleType, startsLake, {
      '': [remove],
      'Properties.State': [set('DISABLED')],
      'Properties.Target.Arn': [replace('arn:aws:lambda:eu-west-3:111111111111:function:other')],
    }),
    ...guardsWhere(metricFilterType, isOnLateness, {
      '': [remove],
      'Properties.LogGroupName': [replace('another')],
      'Properties.FilterPattern': [replace('{ $.message.days >= 0 }'), replace(`{ ${field} > 100 }`)],
      'Properties.MetricTransformations.0.MetricValue': [replace('0')],
    }),
    ...guardsWhere(alarmType, isOnLateness, {
      '': [remove],
      'Properties.Threshold': [remove, replace(longestLakeWait + 1)],
      'Properties.ComparisonOperator': [replace('LessThanThreshold')],
      'Properties.Statistic': [replace('Minimum')],
      'Properties.EvaluationPeriods': [replace(100)],
      'Properties.Dimensions': [set([{ Name: 'Site', Value: '1' }])],
      'Properties.AlarmActions': [remove, replace([])],
      'Properties.ActionsEnabled': [set(false)],
    }),
    guardWhere(alarmType, isOnLateness, 'Properties.Namespace', replace('AWS/Lambda'), remove),
    guardWhere(
      metricFilterType,
      isOnLateness,
      'Properties.MetricTransformations',
      append({ MetricName: 'Other', MetricNamespace: 'x', MetricValue: '1' }),
    ),
  ],
  reads: [
    { type: functionType, path: 'Properties.LoggingConfig.LogGroup' },
    { type: logGroupType, path: 'Properties' },
    ...[alarmType, metricFilterType, scheduleType].map((type) => ({ type, path: 'Properties' })),
  ],
};

const lateAlarm = `an alarm on ${metric}, which the function logs, with a threshold of at most ${longestLakeWait} hours that notifies a topic`;

const window = `a function database-upkeep whose HOT_DAYS are ${shortestWindow} or more: a day is not to leave before it is exported`;

/** Days that hits stay in the window, of the one function that drops them; 0 without one. */
function hotDays(assembly: Assembly): number {
  const [only, ...others] = assembly.ofType(functionType).filter((lambda) => isNamed(upkeep)(lambda, assembly));
  const text = only?.at('Environment.Variables.HOT_DAYS');
  return others.length === 0 && typeof text === 'string' ? Number(text) : 0;
}

function isNamed(name: string): (lambda: Resource, assembly: Assembly) => boolean {
  return (lambda, { facts }) => nameOf(lambda, facts) === name;
}

interface Variable {
  readonly name: string;
  readonly value: string;
}

const variableOf = (name: string, { facts }: Assembly): Variable =>
  name === lakeExport
    ? { name: 'LAKE_AFTER_DAYS', value: String(lakeAfterDays) }
    : { name: 'KEEP_MONTHS', value: String(facts.settings.data.keepMonths) };

function variableFindings(lambda: Resource, { name, value }: Variable): readonly Finding[] {
  const path = `Environment.Variables.${name}`;
  return lambda.at(path) === value ? [] : [finding(lambda, name, `Properties.${path}`, value, fix)];
}

function isStarted(lambda: Resource, assembly: Assembly): boolean {
  return assembly
    .ofType(scheduleType)
    .some(
      (schedule) =>
        assembly.refersTo(schedule.at('Target.Arn'), schedule, lambda) && [undefined, 'ENABLED'].includes(schedule.at('State') as never),
    );
}

function startsLake(schedule: Resource, assembly: Assembly): boolean {
  return [lakeExport, lakeUpkeep].includes(nameOf(assembly.target(schedule.at('Target.Arn'), schedule.stack) ?? schedule, assembly.facts));
}

/** Whether an alarm or metric filter is about the late day. */
function isOnLateness(resource: Resource): boolean {
  return (
    resource.at('MetricName') === metric ||
    listOf(resource.at('MetricTransformations')).some((one) => isObject(one) && one.MetricName === metric)
  );
}

/** Whether the log of the function becomes the metric, and an alarm on it notifies people. */
function isWatched(lambda: Resource, assembly: Assembly): boolean {
  const namespace = metricsNamespace(assembly.facts as never);
  const isMetric = assembly.ofType(metricFilterType).some((filter) => {
    const [only, ...others] = listOf(filter.at('MetricTransformations')).filter(isObject);
    const log = assembly.target(lambda.at('LoggingConfig.LogGroup'), lambda.stack);
    return (
      log !== undefined &&
      assembly.refersTo(filter.at('LogGroupName'), filter, log) &&
      filter.at('FilterPattern') === `{ ${field} >= 0 }` &&
      others.length === 0 &&
      only?.MetricName === metric &&
      only.MetricNamespace === namespace &&
      only.MetricValue === field
    );
  });
  return isMetric && assembly.ofType(alarmType).some((alarm) => isLateAlarm(alarm, namespace) && notifiesTopic(alarm, assembly));
}

const isLateAlarm = (alarm: Resource, namespace: string): boolean =>
  alarm.at('Namespace') === namespace &&
  alarm.at('MetricName') === metric &&
  alarm.at('Statistic') === 'Maximum' &&
  alarm.at('Dimensions') === undefined &&
  alarm.at('EvaluationPeriods') === 1 &&
  alarm.at('ComparisonOperator') === 'GreaterThanThreshold' &&
  typeof alarm.at('Threshold') === 'number' &&
  Number(alarm.at('Threshold')) <= longestLakeWait;

// The runs of a control of the account, for the rules that require them: its function, its figures, its trigger, and
// its alarms on findings and on missed runs.
import { probeMetrics } from '../../config/metrics';
import type { Control } from '../../config/names';
import { type Finding, type Guard, guardsWhere, type ReadPath, remove, replace, set } from '../rule';
import { type Assembly, isObject, type Json, listOf, type Resource } from '../template/assembly';
import { controlFunctionOf, isControl, variableOf } from '../template/functions';
import { alarmType, type eventRuleType, functionType, logGroupType, scheduleType } from '../template/resource-types';
import { secondsBetweenStarts } from '../template/schedules';
import { findingsAlarmGuards, isFindingsAlarm, isMissedRunAlarm, missedRunAlarmGuards } from './probe-alarms';

/** One variable of the function, with its admitted values in words. */
export interface RequiredVariable {
  readonly name: string;
  readonly required: string;
  readonly holds: (value: Json | undefined, lambda: Resource, assembly: Assembly) => boolean;
  /** Values that violate the requirement. */
  readonly wrong: readonly Json[];
}

export interface RequiredRuns {
  readonly control: Control;
  /** Names under which the function reports; each has an alarm on its findings. @default - the control */
  readonly reports?: readonly string[];
  readonly variables: readonly RequiredVariable[];
  /** Type of the resource that starts the function: a schedule, or a rule with events and a schedule. */
  readonly trigger: typeof scheduleType | typeof eventRuleType;
  /** Longest time between two starts, in seconds. */
  readonly interval: number;
  /** Longest time without a completed run before an alarm, in seconds. */
  readonly gap: number;
}

/** Violations of the required runs. `fix` names the construct that has them. */
export function runFindings(runs: RequiredRuns, assembly: Assembly, fix: string): readonly Finding[] {
  const finding = (id: string, required: string): Finding => ({
    id,
    path: `the function ${runs.control}`,
    found: undefined,
    required,
    fix,
  });
  const lambda = controlFunctionOf(runs.control, assembly);
  if (!lambda) return [finding('function', `a function with the log group .../functions/${runs.control}`)];
  const { trigger, interval, gap, variables, reports = [runs.control] } = runs;
  const alarms = assembly.ofType(alarmType);
  const unreported = reports.filter((report) => !alarms.some((alarm) => isFindingsAlarm(alarm, report, assembly)));
  return [
    ...[...common, ...variables]
      .filter(({ name, holds }) => !holds(variableOf(lambda, name), lambda, assembly))
      .map(({ name, required }) => finding(`variable::${name}`, `${required} in the variable ${name}`)),
    ...(assembly.ofType(trigger).some((resource) => startsWithin(resource, lambda, assembly, interval))
      ? []
      : [finding('trigger', `an enabled ${trigger} that starts the function at least every ${interval} seconds`)]),
    ...unreported.map((report) => finding(`findings::${report}`, `an alarm on the first finding of ${report}`)),
    ...(alarms.some((alarm) => isMissedRunAlarm(alarm, runs.control, gap, assembly))
      ? []
      : [finding('missed-runs', `an alarm after ${gap} seconds without a completed run`)]),
  ];
}

const common: readonly RequiredVariable[] = [
  {
    ...{ name: 'DEPLOYMENT', required: 'the name of the deployment', wrong: ['another'] },
    holds: (value, _, { facts }) => value === facts.deployment,
  },
  {
    ...{ name: 'METRIC_NAMESPACE', required: 'the namespace of the probes', wrong: ['Elsewhere'] },
    holds: (value) => value === probeMetrics.namespace,
  },
];

/** Whether a trigger is enabled without end and starts the function at least once in `interval` seconds. */
export function startsWithin(trigger: Resource, lambda: Resource, assembly: Assembly, interval: number): boolean {
  const targets = trigger.type === scheduleType ? [trigger.at('Target.Arn')] : listOf(trigger.at('Targets')).map(arnOf);
  const seconds = secondsBetweenStarts(trigger);
  return targets.some((arn) => assembly.refersTo(arn, trigger, lambda)) && seconds !== undefined && seconds <= interval;
}

const arnOf = (target: Json): Json | undefined => (isObject(target) ? target.Arn : undefined);

/** The guards of the required runs. */
export function runGuards({ control, reports = [control], variables, trigger, interval, gap }: RequiredRuns): readonly Guard[] {
  const isOwn: Guard['where'] = (lambda, assembly) => isControl(lambda, control, assembly);
  const startsOwn: Guard['where'] = (resource, assembly) => {
    const lambda = controlFunctionOf(control, assembly);
    return lambda !== undefined && startsWithin(resource, lambda, assembly, interval);
  };
  return [
    ...guardsWhere(functionType, isOwn, {
      '': [remove],
      'Properties.LoggingConfig.LogGroup': [remove, replace('/elsewhere')],
      ...Object.fromEntries(
        [...common, ...variables].map(({ name, wrong }) => [
          `Properties.Environment.Variables.${name}`,
          [remove, ...wrong.map((value) => replace(value))],
        ]),
      ),
    }),
    ...guardsWhere(trigger, startsOwn, {
      '': [remove],
      'Properties.ScheduleExpression': [remove, replace('rate(7 days)'), replace('at(2030-01-01T00:00:00)')],
      'Properties.State': [set('DISABLED')],
      [trigger === scheduleType ? 'Properties.Target.Arn' : 'Properties.Targets.*.Arn']: [
        remove,
        replace('arn:aws:lambda:eu-west-3:x:function:y'),
      ],
    }),
    ...reports.flatMap(findingsAlarmGuards),
    ...missedRunAlarmGuards(control, gap),
  ];
}

/** Further properties that the rule reads. */
export const runReads = (trigger: RequiredRuns['trigger']): readonly ReadPath[] => [
  { type: logGroupType, path: 'Properties.LogGroupName' },
  { type: trigger, path: 'Properties' },
  { type: alarmType, path: 'Properties' },
  { type: functionType, path: 'Properties.Environment' },
  { type: functionType, path: 'Properties.LoggingConfig' },
];

/** A whole number in a variable, as text, within bounds. */
export const numberBetween = (name: string, least: number, most: number, wrong: readonly Json[]): RequiredVariable => ({
  ...{ name, required: least === most ? String(least) : `a number from ${least} to ${most}`, wrong },
  holds: (value) => typeof value === 'string' && /^\d+$/.test(value) && Number(value) >= least && Number(value) <= most,
});

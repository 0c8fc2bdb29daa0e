// A control of the account as templates have it: its function with its log, its trigger and its alarms.
import type { JsonObject } from '../../../../../lib/tom/template/assembly';
import { att, changed, type Resources, ref, resource, without } from '../example';

export interface ExampleControl {
  readonly control: string;
  /** Names under which the function reports. @default - the control */
  readonly reports?: readonly string[];
  readonly variables: JsonObject;
  readonly trigger: 'schedule' | 'rule';
  readonly expression: string;
  /** Longest time without a completed run, in seconds. */
  readonly gap: number;
}

const alarm = (probe: string, more: JsonObject) =>
  resource('AWS::CloudWatch::Alarm', {
    ...{ Namespace: 'Rempart/Probes', Statistic: 'Maximum' },
    Dimensions: [
      { Name: 'Deployment', Value: 'production' },
      { Name: 'Probe', Value: probe },
    ],
    ...more,
  });

/** The resources `Log`, `Function`, `Trigger`, `Missed`, and `Found` with the number of the report, from 0. */
export function controlExample({ control, reports = [control], variables, trigger, expression, gap }: ExampleControl): Resources {
  const raised = { MetricName: 'Findings', ComparisonOperator: 'GreaterThanThreshold', Threshold: 0, EvaluationPeriods: 1, Period: 3600 };
  return {
    Trail: resource('AWS::CloudTrail::Trail'),
    Log: resource('AWS::Logs::LogGroup', { LogGroupName: `/rempart/production/functions/${control}` }),
    Function: resource('AWS::Lambda::Function', {
      LoggingConfig: { LogGroup: ref('Log') },
      Environment: { Variables: { DEPLOYMENT: 'production', METRIC_NAMESPACE: 'Rempart/Probes', ...variables } },
    }),
    Trigger:
      trigger === 'schedule'
        ? resource('AWS::Scheduler::Schedule', { ScheduleExpression: expression, Target: { Arn: att('Function') } })
        : resource('AWS::Events::Rule', { ScheduleExpression: expression, Targets: [{ Id: 'Function', Arn: att('Function') }] }),
    ...Object.fromEntries(reports.map((report, index) => [`Found${index}`, alarm(report, raised)])),
    Missed: alarm(control, {
      ...{ MetricName: 'Completed', ComparisonOperator: 'LessThanThreshold', Threshold: 1, TreatMissingData: 'breaching' },
      ...{ EvaluationPeriods: 1, Period: gap },
    }),
  };
}

/** The example with other variables; `undefined` leaves one out. */
export function withVariables(
  example: Resources,
  { variables }: ExampleControl,
  more: Readonly<Record<string, string | undefined>>,
): Resources {
  const all = Object.entries({ DEPLOYMENT: 'production', METRIC_NAMESPACE: 'Rempart/Probes', ...variables, ...more });
  const Variables = Object.fromEntries(all.filter(([, value]) => value !== undefined)) as JsonObject;
  return changed(example, 'Function', { Environment: { Variables } });
}

/** Violations that every control has in common, each with the ids of its findings. */
export function commonViolations(given: ExampleControl): [name: string, resources: Resources, ids: string[]][] {
  const example = controlExample(given);
  const { control, reports: [first = control] = [], gap } = given;
  return [
    ['no function', without(example, 'Function'), ['function']],
    ['a function with another log', changed(example, 'Log', { LogGroupName: '/rempart/production/functions/other' }), ['function']],
    ['a function of another deployment', changed(example, 'Log', { LogGroupName: `/rempart/staging/functions/${control}` }), ['function']],
    ['another deployment', withVariables(example, given, { DEPLOYMENT: 'staging' }), ['variable::DEPLOYMENT']],
    ['another namespace', withVariables(example, given, { METRIC_NAMESPACE: 'x' }), ['variable::METRIC_NAMESPACE']],
    ['no trigger', without(example, 'Trigger'), ['trigger']],
    ['a trigger that is off', changed(example, 'Trigger', { State: 'DISABLED' }), ['trigger']],
    ['a weekly trigger', changed(example, 'Trigger', { ScheduleExpression: 'rate(7 days)' }), ['trigger']],
    ['a single start', changed(example, 'Trigger', { ScheduleExpression: 'at(2030-01-01T00:00:00)' }), ['trigger']],
    ['a trigger of another function', changed(example, 'Trigger', { Target: { Arn: 'x' }, Targets: [{ Arn: 'x' }] }), ['trigger']],
    ['no alarm on findings', without(example, 'Found0'), [`findings::${first}`]],
    ['an alarm on ten findings', changed(example, 'Found0', { Threshold: 10 }), [`findings::${first}`]],
    ['an alarm with disabled actions', changed(example, 'Found0', { ActionsEnabled: false }), [`findings::${first}`]],
    ['no alarm on missed runs', without(example, 'Missed'), ['missed-runs']],
    ['an alarm that ignores missing data', changed(example, 'Missed', { TreatMissingData: 'notBreaching' }), ['missed-runs']],
    ['an alarm that is late', changed(example, 'Missed', { Period: gap + 60 }), ['missed-runs']],
  ];
}

/**
 * Violations of a control that keeps what an account has once: those of every control, and those of its boundary,
 * schedule and custom resource `Set`, which `more` has.
 */
export function keptViolations(given: ExampleControl, more: Resources): [name: string, resources: Resources, ids: string[]][] {
  const example = { ...controlExample(given), ...more };
  const common = commonViolations(given).map(([name, resources, ids]): [string, Resources, string[]] => [
    name,
    { ...resources, ...more },
    ids[0] === 'function' ? [...ids, 'set'] : ids,
  ]);
  return [
    ...common,
    [
      'the boundary of another deployment',
      withVariables(example, given, { BOUNDARY: 'arn:aws:iam::111111111111:policy/staging-boundary-eu-west-3' }),
      ['variable::BOUNDARY'],
    ],
    ['a schedule every two hours', changed(example, 'Trigger', { ScheduleExpression: 'rate(2 hours)' }), ['trigger']],
    ['no custom resource', without(example, 'Set'), ['set']],
    ['a custom resource of another function', changed(example, 'Set', { ServiceToken: 'x' }), ['set']],
  ];
}

// TOM-6.9: collectors scale with the number of requests, scale faster while hits wait, and have a maximum.

import { highestScalingTarget, mostServers } from '../../figures';
import { type Finding, finding, guardWhere, type Rule, remove, replace, set, type Verdict } from '../../rule';
import { alarmsOn } from '../../template/alarms';
import { type Assembly, isObject, listOf, type Resource, valueAt } from '../../template/assembly';
import { bootSettingIs } from '../../template/boot-settings';
import { actingOn, isCollecting, numberIn, templateOf } from '../../template/fleets';
import { alarmType, fleetType, serverTemplateType } from '../../template/resource-types';
import { renderText } from '../../template/texts';
import { scalingBypasses } from './fleet-scaling-bypasses';

const policyType = 'AWS::AutoScaling::ScalingPolicy';
const scheduleType = 'AWS::AutoScaling::ScheduledAction';
const poolType = 'AWS::AutoScaling::WarmPool';

const trackedMetricPath = 'TargetTrackingConfiguration.PredefinedMetricSpecification.PredefinedMetricType';
const labelPath = 'TargetTrackingConfiguration.PredefinedMetricSpecification.ResourceLabel';

/** Metric of collectors: age of the oldest hit in the spool, in seconds. */
const ageMetric = 'SpoolAge';
/** Longest wait of hits, in seconds, before the fleet scales out: five minutes. */
export const longestWait = 300;

export const fleetScaling: Rule = {
  name: 'fleet-scaling',
  requires: 'collectors scale with requests per server and spool age, up to a maximum that no schedule or warm pool exceeds',
  types: [fleetType, policyType, scheduleType, poolType],
  check(resource, assembly) {
    if (resource.type === policyType) return [...forecastFindings(resource), ...scaleInFindings(resource)];
    if (resource.type !== fleetType) return maximumVerdict(resource, assembly);
    return isCollecting(resource) ? fleetFindings(resource, assembly) : 'not-applicable';
  },
  guards: [
    guardWhere(fleetType, isCollecting, 'Properties.MaxSize', remove, replace(100_000), replace({ Ref: 'Most' })),
    guardWhere(policyType, isTracking, '', remove),
    guardWhere(policyType, isTracking, 'Properties.AutoScalingGroupName', remove, replace('elsewhere')),
    guardWhere(policyType, isTracking, `Properties.${trackedMetricPath}`, remove, replace('ASGAverageCPUUtilization')),
    guardWhere(policyType, isTracking, 'Properties.TargetTrackingConfiguration.TargetValue', remove, replace(0)),
    guardWhere(policyType, isTracking, 'Properties.TargetTrackingConfiguration.DisableScaleIn', set(true)),
    guardWhere(policyType, isStepping, '', remove),
    guardWhere(policyType, isStepping, 'Properties.PolicyType', replace('SimpleScaling')),
    guardWhere(policyType, isStepping, 'Properties.StepAdjustments.*.ScalingAdjustment', replace(-10), replace(0)),
    guardWhere(policyType, isStepping, 'Properties.StepAdjustments', replace([])),
    guardWhere(policyType, isForecast, 'Properties.PredictiveScalingConfiguration.MaxCapacityBreachBehavior', set('IncreaseMaxCapacity')),
    ...['AlarmActions', 'Dimensions', 'MetricName'].map((name) => guardWhere(alarmType, isAgeAlarm, `Properties.${name}`, remove)),
    guardWhere(alarmType, isAgeAlarm, 'Properties.Threshold', remove, replace(3600)),
    guardWhere(alarmType, isAgeAlarm, 'Properties.ComparisonOperator', replace('LessThanThreshold')),
    guardWhere(alarmType, isAgeAlarm, 'Properties.ActionsEnabled', set(false)),
    guardWhere(alarmType, isAgeAlarm, 'Properties.Namespace', remove, replace('Other')),
    guardWhere(alarmType, isAgeAlarm, 'Properties.EvaluationPeriods', remove, replace(60)),
    guardWhere(alarmType, isAgeAlarm, 'Properties.Period', remove, replace(3600)),
    guardWhere(alarmType, isAgeAlarm, 'Properties.Statistic', remove, replace('Minimum')),
    guardWhere(policyType, isTracking, `Properties.${labelPath}`, remove, replace('app/other/1/targetgroup/other/2')),
    guardWhere(policyType, isTracking, 'Properties.TargetTrackingConfiguration.TargetValue', replace(1_000_000_000)),
    guardWhere(policyType, isStepping, 'Properties.AdjustmentType', remove, replace('ExactCapacity')),
    guardWhere(policyType, isStepping, 'Properties.StepAdjustments.0.MetricIntervalLowerBound', replace(100_000)),
    guardWhere(policyType, isStepping, 'Properties.StepAdjustments.*.MetricIntervalUpperBound', set(1)),
    ...['MaxSize', 'MinSize', 'DesiredCapacity'].map((name) => guardWhere(scheduleType, () => true, `Properties.${name}`, set(100_000))),
    guardWhere(scheduleType, () => true, 'Properties.MaxSize', set(2)),
    guardWhere(poolType, () => true, 'Properties.MaxGroupPreparedCapacity', set(100_000)),
  ],
  bypasses: scalingBypasses,
  reads: [
    { type: fleetType, path: 'Properties.Tags' },
    ...['AutoScalingGroupName', 'TargetGroupARNs', 'LaunchTemplate', 'MixedInstancesPolicy'].map((name) => ({
      type: fleetType,
      path: `Properties.${name}`,
    })),
    { type: serverTemplateType, path: 'Properties.LaunchTemplateData.UserData' },
    { type: policyType, path: 'Properties' },
    { type: alarmType, path: 'Properties' },
    { type: scheduleType, path: 'Properties' },
    { type: poolType, path: 'Properties' },
  ],
};

function fleetFindings(group: Resource, assembly: Assembly): readonly Finding[] {
  const policies = actingOn(group, policyType, assembly);
  const findings: Finding[] = [];
  const object = (id: string, path: string, required: string, fix: string) => findings.push(finding(group, id, path, required, fix));
  const maximum = numberIn(group.at('MaxSize'));
  if (maximum === undefined || maximum > mostServers) {
    object('maximum', 'Properties.MaxSize', `a number of at most ${mostServers}`, 'Set collection.servers.maximum.');
  }
  if (!policies.some((policy) => followsRequests(policy, group, assembly))) {
    const required = 'target tracking of ALBRequestCountPerTarget of its target group, with scale-in';
    object('requests', 'the scaling policies of the fleet', required, 'Restore the policy of FleetScaling.');
  }
  const alarms = alarmsOn(group, ageMetric, 'AutoScalingGroupName', assembly).filter((alarm) =>
    isInCollectorNamespace(alarm, group, assembly),
  );
  if (!alarms.some((alarm) => startsScaleOut(alarm, policies, assembly))) {
    const required = `step scaling that adds servers when ${ageMetric} exceeds at most ${longestWait} seconds`;
    object('age', 'the scaling policies of the fleet', required, 'Restore the policy and the alarm of FleetScaling.');
  }
  return findings;
}

function followsRequests(policy: Resource, group: Resource, assembly: Assembly): boolean {
  const target = numberIn(policy.at('TargetTrackingConfiguration.TargetValue')) ?? 0;
  return (
    isTracking(policy) &&
    policy.at(trackedMetricPath) === 'ALBRequestCountPerTarget' &&
    target > 0 &&
    target <= highestScalingTarget &&
    policy.at('TargetTrackingConfiguration.DisableScaleIn') !== true &&
    countsRequestsOf(policy, group, assembly)
  );
}

/**
 * Whether a policy counts the requests of the fleet's target group: its label ends with the full name of the group.
 */
function countsRequestsOf(policy: Resource, group: Resource, assembly: Assembly): boolean {
  const label = renderText(policy.at(labelPath)) ?? '';
  const named = listOf(group.at('TargetGroupARNs')).map((value) => assembly.target(value, group.stack));
  return named.some((target) => target !== undefined && label.endsWith(`\${${target.logicalId}.TargetGroupFullName}`));
}

/** Collectors publish the metric in the namespace of their user data. */
function isInCollectorNamespace(alarm: Resource, group: Resource, assembly: Assembly): boolean {
  const template = templateOf(group, assembly);
  return template !== undefined && bootSettingIs(template, 'METRICS_NAMESPACE', alarm.at('Namespace'), assembly);
}

const delayOf = (alarm: Resource): number =>
  (numberIn(alarm.at('Period')) ?? Number.POSITIVE_INFINITY) * (numberIn(alarm.at('EvaluationPeriods')) ?? Number.POSITIVE_INFINITY);

/** Whether the alarm is raised in time and starts one of these policies, which adds servers. */
function startsScaleOut(alarm: Resource, policies: readonly Resource[], assembly: Assembly): boolean {
  const threshold = numberIn(alarm.at('Threshold'));
  const isRaised =
    threshold !== undefined &&
    threshold <= longestWait &&
    String(alarm.at('ComparisonOperator')).startsWith('GreaterThan') &&
    alarm.at('Statistic') === 'Maximum' &&
    delayOf(alarm) <= longestWait &&
    alarm.at('ActionsEnabled') !== false;
  const started = listOf(alarm.at('AlarmActions')).map((action) => assembly.target(action, alarm.stack));
  return isRaised && policies.some((policy) => started.includes(policy) && addsServers(policy));
}

/** Whether the steps cover every breach from the threshold on, and each step adds servers. */
function addsServers(policy: Resource): boolean {
  const steps = listOf(policy.at('StepAdjustments')).filter(isObject);
  const bounds = steps.map(({ MetricIntervalLowerBound: from, MetricIntervalUpperBound: to }) => ({ from: from ?? 0, to: to ?? null }));
  const areContiguous = bounds.every(({ to }, index) => to === (bounds[index + 1]?.from ?? null));
  const addServers = steps.every((step) => Number(step.ScalingAdjustment) > 0);
  return isStepping(policy) && scalesOut(policy) && steps.length > 0 && bounds[0]?.from === 0 && areContiguous && addServers;
}

const scalesOut = (policy: Resource): boolean =>
  ['ChangeInCapacity', 'PercentChangeInCapacity'].some((type) => type === policy.at('AdjustmentType'));

/**
 * Of several active policies the largest capacity applies; a policy that removes servers applies if no other is
 * active.
 */
function scaleInFindings(policy: Resource): readonly Finding[] {
  if (isTracking(policy) || isForecast(policy)) return [];
  const adjustments = [
    policy.at('ScalingAdjustment'),
    ...listOf(policy.at('StepAdjustments')).map((step) => valueAt(step, 'ScalingAdjustment')),
  ];
  const added = adjustments.filter((value) => value !== undefined);
  if (scalesOut(policy) && added.every((value) => Number(value) > 0)) return [];
  const fix = 'Let target tracking remove servers.';
  return [finding(policy, 'shrinks', 'Properties', 'a change in capacity that adds servers', fix)];
}

/** Schedules and warm pools cannot exceed the maximum of the fleet. */
function maximumVerdict(resource: Resource, assembly: Assembly): Verdict {
  const fleets = assembly.ofType(fleetType).filter((group) => actingOn(group, resource.type, assembly).includes(resource));
  if (fleets.length > 0 && !fleets.some(isCollecting)) return 'not-applicable';
  const fleetMaximum = fleets.length === 0 ? 0 : Math.min(...fleets.map((group) => numberIn(group.at('MaxSize')) ?? 0));
  const names = resource.type === scheduleType ? ['MinSize', 'MaxSize', 'DesiredCapacity'] : ['MinSize', 'MaxGroupPreparedCapacity'];
  const fix = 'Raise collection.servers.maximum, which limits the cost of the fleet.';
  const beyond = names
    .filter((name) => resource.at(name) !== undefined && !((numberIn(resource.at(name)) ?? Number.POSITIVE_INFINITY) <= fleetMaximum))
    .map((name) => finding(resource, `beyond::${name}`, `Properties.${name}`, `at most the maximum of the fleet, ${fleetMaximum}`, fix));
  const maximum = numberIn(resource.at('MaxSize'));
  if (resource.type !== scheduleType || maximum === undefined || maximum >= fleetMaximum) return beyond;
  return [
    ...beyond,
    finding(
      resource,
      'below',
      'Properties.MaxSize',
      `the maximum of the fleet, ${fleetMaximum}`,
      'Remove MaxSize: the fleet scales with traffic.',
    ),
  ];
}

/** Predictive scaling cannot exceed the maximum. */
function forecastFindings(policy: Resource): readonly Finding[] {
  if (!isForecast(policy)) return [];
  const path = 'PredictiveScalingConfiguration.MaxCapacityBreachBehavior';
  if ([undefined, 'HonorMaxCapacity'].some((allowed) => allowed === policy.at(path))) return [];
  return [
    finding(
      policy,
      'breach',
      `Properties.${path}`,
      'HonorMaxCapacity',
      'Use HonorMaxCapacity, and raise collection.servers.maximum if needed.',
    ),
  ];
}

function isTracking(policy: Resource): boolean {
  return policy.at('PolicyType') === 'TargetTrackingScaling';
}

function isStepping(policy: Resource): boolean {
  return policy.at('PolicyType') === 'StepScaling';
}

function isForecast(policy: Resource): boolean {
  return policy.at('PolicyType') === 'PredictiveScaling';
}

/** Whether an alarm on the age of hits starts a scaling policy; another alarm on this metric notifies people. */
function isAgeAlarm(alarm: Resource, assembly: Assembly): boolean {
  return (
    alarm.at('MetricName') === ageMetric &&
    listOf(alarm.at('AlarmActions')).some((action) => assembly.target(action, alarm.stack)?.type === policyType)
  );
}

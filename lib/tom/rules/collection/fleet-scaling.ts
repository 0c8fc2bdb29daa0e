// TOM-6.9: collectors follow the number of requests, grow faster when hits wait, and have a maximum.

import { type Finding, finding, guardWhere, type Rule, remove, replace, set, type Verdict } from '../../rule';
import { type Assembly, isObject, listOf, type Resource, valueAt } from '../../template/assembly';
import { bootSettings } from '../../template/boot-settings';
import { actingOn, alarmsOn, fleetType, isCollecting, numberIn, serverTemplateType, templateOf } from '../../template/fleets';
import { renderText } from '../../template/texts';
import { scalingWide } from './fleet-scaling-bypasses';

const policyType = 'AWS::AutoScaling::ScalingPolicy';
const alarmType = 'AWS::CloudWatch::Alarm';
const scheduleType = 'AWS::AutoScaling::ScheduledAction';
const poolType = 'AWS::AutoScaling::WarmPool';

const labelPath = 'TargetTrackingConfiguration.PredefinedMetricSpecification.ResourceLabel';

/** Seconds that the oldest hit of a spool has waited, as collectors publish it. */
const ageMetric = 'SpoolAge';
/** Longest that hits wait before there are more servers: five minutes. */
const longestWait = 300;
/** What any policy counts as full: the largest target that the configuration takes, in requests a minute. */
const highestTarget = 6_000_000;
/** Most servers that one load balancer takes ("Quotas for your Application Load Balancers"). */
const mostServers = 1000;

export const fleetScaling: Rule = {
  name: 'fleet-scaling',
  requires:
    'the collectors follow requests per server by target tracking, grow by steps when their spools age, and have a maximum, which no policy, schedule, pool or forecast passes and below which no other policy takes servers away',
  types: [fleetType, policyType, scheduleType, poolType],
  check(resource, assembly) {
    if (resource.type === policyType) return [...forecastFindings(resource), ...scaleInFindings(resource)];
    if (resource.type !== fleetType) return boundVerdict(resource, assembly);
    return isCollecting(resource) ? fleetVerdict(resource, assembly) : 'not-applicable';
  },
  guards: [
    guardWhere(fleetType, isCollecting, 'Properties.MaxSize', remove, replace(100_000), replace({ Ref: 'Most' })),
    guardWhere(policyType, isTracking, '', remove),
    guardWhere(policyType, isTracking, 'Properties.AutoScalingGroupName', remove, replace('elsewhere')),
    guardWhere(policyType, isTracking, `Properties.${trackedMetric()}`, remove, replace('ASGAverageCPUUtilization')),
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
  bypasses: scalingWide,
  reads: [
    { type: fleetType, path: 'Properties.Tags' },
    ...['AutoScalingGroupName', 'TargetGroupARNs', 'LaunchTemplate'].map((name) => ({ type: fleetType, path: `Properties.${name}` })),
    { type: serverTemplateType, path: 'Properties.LaunchTemplateData.UserData' },
    { type: policyType, path: 'Properties' },
    { type: alarmType, path: 'Properties' },
    { type: scheduleType, path: 'Properties' },
    { type: poolType, path: 'Properties' },
  ],
};

function trackedMetric(): string {
  return 'TargetTrackingConfiguration.PredefinedMetricSpecification.PredefinedMetricType';
}

function fleetVerdict(group: Resource, assembly: Assembly): Verdict {
  const policies = actingOn(group, policyType, assembly);
  const findings: Finding[] = [];
  const object = (id: string, path: string, required: string, fix: string) => findings.push(finding(group, id, path, required, fix));
  const maximum = numberIn(group.at('MaxSize'));
  if (maximum === undefined || maximum > mostServers) {
    object('maximum', 'Properties.MaxSize', `a number of at most ${mostServers}`, 'Set collection.servers.maximum.');
  }
  if (!policies.some((policy) => followsRequests(policy, group, assembly))) {
    const required = 'target tracking of ALBRequestCountPerTarget of its own target group, out and in';
    object('requests', 'the scaling policies of the fleet', required, 'Restore the policy of FleetScaling.');
  }
  const alarms = alarmsOn(group, ageMetric, assembly).filter((alarm) => isPublished(alarm, group, assembly));
  if (!alarms.some((alarm) => growsBy(alarm, policies, assembly))) {
    const required = `steps out when ${ageMetric} passes at most ${longestWait} seconds`;
    object('age', 'the scaling policies of the fleet', required, 'Restore policy and alarm of FleetScaling.');
  }
  return findings;
}

function followsRequests(policy: Resource, group: Resource, assembly: Assembly): boolean {
  const target = numberIn(policy.at('TargetTrackingConfiguration.TargetValue')) ?? 0;
  return (
    isTracking(policy) &&
    policy.at(trackedMetric()) === 'ALBRequestCountPerTarget' &&
    target > 0 &&
    target <= highestTarget &&
    policy.at('TargetTrackingConfiguration.DisableScaleIn') !== true &&
    countsFor(policy, group, assembly)
  );
}

/** The label ends with the full name of the target group whose requests are counted. */
function countsFor(policy: Resource, group: Resource, assembly: Assembly): boolean {
  const label = renderText(policy.at(labelPath)) ?? '';
  const named = listOf(group.at('TargetGroupARNs')).map((value) => assembly.target(value, group.stack));
  return named.some((target) => target !== undefined && label.endsWith(`\${${target.logicalId}.TargetGroupFullName}`));
}

/** Collectors publish the metric under the namespace that they boot with. */
function isPublished(alarm: Resource, group: Resource, assembly: Assembly): boolean {
  const template = templateOf(group, assembly);
  return template !== undefined && bootSettings(template, 'METRICS_NAMESPACE').some((namespace) => namespace === alarm.at('Namespace'));
}

const secondsOf = (alarm: Resource): number =>
  (numberIn(alarm.at('Period')) ?? Number.POSITIVE_INFINITY) * (numberIn(alarm.at('EvaluationPeriods')) ?? Number.POSITIVE_INFINITY);

/** Whether the alarm is raised in time, and makes one of these policies add servers. */
function growsBy(alarm: Resource, policies: readonly Resource[], assembly: Assembly): boolean {
  const threshold = numberIn(alarm.at('Threshold'));
  const raised =
    threshold !== undefined &&
    threshold <= longestWait &&
    String(alarm.at('ComparisonOperator')).startsWith('GreaterThan') &&
    alarm.at('Statistic') === 'Maximum' &&
    secondsOf(alarm) <= longestWait &&
    alarm.at('ActionsEnabled') !== false;
  const started = listOf(alarm.at('AlarmActions')).map((action) => assembly.target(action, alarm.stack));
  return raised && policies.some((policy) => started.includes(policy) && addsServers(policy));
}

/** A breach of any size must be in a step, from the threshold on, and each step must add. */
function addsServers(policy: Resource): boolean {
  const steps = listOf(policy.at('StepAdjustments')).filter(isObject);
  const bounds = steps.map(({ MetricIntervalLowerBound: from, MetricIntervalUpperBound: to }) => ({ from: from ?? 0, to: to ?? null }));
  const joined = bounds.every(({ to }, index) => to === (bounds[index + 1]?.from ?? null));
  const adding = steps.every((step) => Number(step.ScalingAdjustment) > 0);
  return isStepping(policy) && scalesOut(policy) && steps.length > 0 && bounds[0]?.from === 0 && joined && adding;
}

const scalesOut = (policy: Resource): boolean =>
  ['ChangeInCapacity', 'PercentChangeInCapacity'].some((type) => type === policy.at('AdjustmentType'));

/** Policies that disagree come to the larger group, but one that takes servers away does so when no other speaks. */
function scaleInFindings(policy: Resource): readonly Finding[] {
  if (isTracking(policy) || isForecast(policy)) return [];
  const adjustments = [
    policy.at('ScalingAdjustment'),
    ...listOf(policy.at('StepAdjustments')).map((step) => valueAt(step, 'ScalingAdjustment')),
  ];
  const added = adjustments.filter((value) => value !== undefined);
  if (scalesOut(policy) && added.every((value) => Number(value) > 0)) return [];
  const fix = 'Leave it to target tracking to take servers away.';
  return [finding(policy, 'shrinks', 'Properties', 'a change in capacity that adds servers', fix)];
}

/** The maximum of the fleet stands, whatever the clock says and however many servers wait. */
function boundVerdict(resource: Resource, assembly: Assembly): Verdict {
  const fleets = assembly.ofType(fleetType).filter((group) => actingOn(group, resource.type, assembly).includes(resource));
  if (fleets.length > 0 && !fleets.some(isCollecting)) return 'not-applicable';
  const most = fleets.length === 0 ? 0 : Math.min(...fleets.map((group) => numberIn(group.at('MaxSize')) ?? 0));
  const names = resource.type === scheduleType ? ['MinSize', 'MaxSize', 'DesiredCapacity'] : ['MinSize', 'MaxGroupPreparedCapacity'];
  const fix = 'Raise collection.servers.maximum, which bounds what the fleet can cost.';
  const beyond = names
    .filter((name) => resource.at(name) !== undefined && !((numberIn(resource.at(name)) ?? Number.POSITIVE_INFINITY) <= most))
    .map((name) => finding(resource, `beyond::${name}`, `Properties.${name}`, `at most the maximum of the fleet, ${most}`, fix));
  const maximum = numberIn(resource.at('MaxSize'));
  if (resource.type !== scheduleType || maximum === undefined || maximum >= most) return beyond;
  return [
    ...beyond,
    finding(resource, 'below', 'Properties.MaxSize', `the maximum of the fleet, ${most}`, 'Leave it out: traffic decides.'),
  ];
}

/** A forecast is not a reason to cost more than the maximum. */
function forecastFindings(policy: Resource): readonly Finding[] {
  if (!isForecast(policy)) return [];
  const path = 'PredictiveScalingConfiguration.MaxCapacityBreachBehavior';
  if ([undefined, 'HonorMaxCapacity'].some((allowed) => allowed === policy.at(path))) return [];
  return [finding(policy, 'breach', `Properties.${path}`, 'HonorMaxCapacity', 'Let the maximum stand; raise collection.servers.maximum.')];
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

/** The alarm that acts, beside the one that tells people of the same metric. */
function isAgeAlarm(alarm: Resource, assembly: Assembly): boolean {
  return (
    alarm.at('MetricName') === ageMetric &&
    listOf(alarm.at('AlarmActions')).some((action) => assembly.target(action, alarm.stack)?.type === policyType)
  );
}

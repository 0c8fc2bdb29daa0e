// TOM-6.9: collectors follow the number of requests, grow faster when hits wait, and have a maximum.
import { type Assembly, isObject, listOf, type Resource, valueAt } from '../assembly';
import { actingOn, alarmsOn, fleetType, isCollecting, numberIn } from '../reading/fleets';
import { type Finding, finding, guardWhere, type Rule, remove, replace, set, type Verdict } from '../rule';

const policyType = 'AWS::AutoScaling::ScalingPolicy';
const alarmType = 'AWS::CloudWatch::Alarm';

/** Seconds that the oldest hit of a spool has waited, as collectors publish it. */
const ageMetric = 'SpoolAge';
/** Longest that hits wait before there are more servers: five minutes. */
const longestWait = 300;
/** Most servers that one load balancer takes ("Quotas for your Application Load Balancers"). */
const mostServers = 1000;

export const fleetScaling: Rule = {
  name: 'fleet-scaling',
  requires: 'the collectors follow requests per server by target tracking, grow by steps when their spools age, and have a maximum',
  types: [fleetType, policyType],
  check(resource, assembly) {
    if (resource.type === policyType) return forecast(resource);
    return isCollecting(resource) ? fleet(resource, assembly) : 'not-applicable';
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
  ],
  intruders: [
    {
      name: 'a forecast that raises the maximum',
      beside: fleetType,
      resources: (beside) => ({
        Forecast: {
          Type: policyType,
          Properties: {
            AutoScalingGroupName: { Ref: beside.logicalId },
            PolicyType: 'PredictiveScaling',
            PredictiveScalingConfiguration: { MaxCapacityBreachBehavior: 'IncreaseMaxCapacity', MaxCapacityBuffer: 100 },
          },
        },
      }),
    },
  ],
  consults: [
    { type: fleetType, path: 'Properties.Tags' },
    { type: fleetType, path: 'Properties.AutoScalingGroupName' },
    { type: policyType, path: 'Properties' },
    { type: alarmType, path: 'Properties' },
  ],
};

function trackedMetric(): string {
  return 'TargetTrackingConfiguration.PredefinedMetricSpecification.PredefinedMetricType';
}

function fleet(group: Resource, assembly: Assembly): Verdict {
  const policies = actingOn(group, policyType, assembly);
  const findings: Finding[] = [];
  const object = (id: string, path: string, required: string, fix: string) => findings.push(finding(group, id, path, required, fix));
  const maximum = numberIn(group.at('MaxSize'));
  if (maximum === undefined || maximum > mostServers) {
    object('maximum', 'Properties.MaxSize', `a number of at most ${mostServers}`, 'Set collection.servers.maximum.');
  }
  if (!policies.some(follows)) {
    const required = 'target tracking of ALBRequestCountPerTarget, out and in';
    object('requests', 'the scaling policies of the fleet', required, 'Restore the policy of FleetScaling.');
  }
  if (!alarmsOn(group, ageMetric, assembly).some((alarm) => growsBy(alarm, policies, assembly))) {
    const required = `steps out when ${ageMetric} passes at most ${longestWait} seconds`;
    object('age', 'the scaling policies of the fleet', required, 'Restore policy and alarm of FleetScaling.');
  }
  return findings;
}

function follows(policy: Resource): boolean {
  return (
    isTracking(policy) &&
    policy.at(trackedMetric()) === 'ALBRequestCountPerTarget' &&
    (numberIn(policy.at('TargetTrackingConfiguration.TargetValue')) ?? 0) > 0 &&
    policy.at('TargetTrackingConfiguration.DisableScaleIn') !== true
  );
}

/** Whether the alarm is raised in time, and makes one of these policies add servers. */
function growsBy(alarm: Resource, policies: readonly Resource[], assembly: Assembly): boolean {
  const threshold = numberIn(alarm.at('Threshold'));
  const raised =
    threshold !== undefined &&
    threshold <= longestWait &&
    String(alarm.at('ComparisonOperator')).startsWith('GreaterThan') &&
    alarm.at('ActionsEnabled') !== false;
  const started = listOf(alarm.at('AlarmActions')).map((action) => assembly.target(action, alarm.stack));
  return raised && policies.some((policy) => started.includes(policy) && addsServers(policy));
}

function addsServers(policy: Resource): boolean {
  const steps = listOf(policy.at('StepAdjustments'));
  return isStepping(policy) && steps.length > 0 && steps.every((step) => isObject(step) && Number(valueAt(step, 'ScalingAdjustment')) > 0);
}

/** A forecast is not a reason to cost more than the maximum. */
function forecast(policy: Resource): Verdict {
  if (!isForecast(policy)) return 'not-applicable';
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

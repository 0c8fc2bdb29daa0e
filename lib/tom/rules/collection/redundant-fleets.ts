// TOM-6.1, TOM-6.3: every fleet has at least two servers, also while it is updated, and replaces what fails.

import { type Finding, finding, guard, guardWhere, type Rule, remove, replace, type Verdict } from '../../rule';
import { type Assembly, type JsonObject, listOf, type Resource, valueAt } from '../../template/assembly';
import { actingOn, fleetType, numberIn } from '../../template/fleets';

const least = 2;
const scheduleType = 'AWS::AutoScaling::ScheduledAction';
const serverType = 'AWS::EC2::Instance';

/** Where a group says how much of it stays in service while servers are replaced. */
const kept = {
  'Properties.InstanceMaintenancePolicy.MinHealthyPercentage': 'Replace servers only when the new one is there: minHealthyPercentage 100.',
  'UpdatePolicy.AutoScalingInstanceRefresh.Preferences.MinHealthyPercentage': 'Update by instance refresh with minHealthyPercentage 100.',
} as const;

export const redundantFleets: Rule = {
  name: 'redundant-fleets',
  requires: 'every server is of a fleet of at least two, checked by the load balancer that sends it traffic, and whole while it is updated',
  types: [fleetType, scheduleType, serverType],
  check(resource, assembly) {
    if (resource.type === fleetType) return fleetVerdict(resource);
    if (resource.type === scheduleType) return scheduleVerdict(resource, assembly);
    return [finding(resource, 'alone', '', 'a server of a fleet', 'Make it a fleet: an auto scaling group of at least two.')];
  },
  guards: [
    guard(fleetType, 'Properties.MinSize', remove, replace('1'), replace(0), replace({ Ref: 'Servers' })),
    guard(fleetType, 'Properties.MaxSize', remove, replace('1')),
    guardWhere(fleetType, takesTraffic, 'Properties.HealthCheckType', remove, replace('EC2')),
    guard(fleetType, 'Properties.HealthCheckGracePeriod', replace(7200)),
    ...Object.keys(kept).map((path) => guard(fleetType, path, remove, replace(0), replace(50))),
    guard(fleetType, 'UpdatePolicy', remove, replace({ AutoScalingReplacingUpdate: { WillReplace: true } })),
    guard(scheduleType, 'Properties.MinSize', replace(1)),
  ],
  bypasses: [
    { name: 'a server by itself', resources: { Lonely: { Type: serverType, Properties: { InstanceType: 'm8g.large' } } } },
    {
      name: 'a schedule that leaves one server',
      beside: fleetType,
      resources: (beside) => ({
        Night: { Type: scheduleType, Properties: { AutoScalingGroupName: { Ref: beside.logicalId }, MinSize: 1, Recurrence: '0 0 * * *' } },
      }),
    },
    {
      name: 'a schedule that says how many there are, and that is one',
      beside: fleetType,
      resources: (beside) => ({
        Night: { Type: scheduleType, Properties: { AutoScalingGroupName: { Ref: beside.logicalId }, DesiredCapacity: 1 } },
      }),
    },
  ],
  reads: [
    { type: fleetType, path: 'Properties.TargetGroupARNs' },
    { type: scheduleType, path: 'Properties' },
  ],
};

/** Longest that a new server is not judged: a quarter of an hour. */
const longestGrace = 900;

function fleetVerdict(group: Resource): Verdict {
  const findings: Finding[] = [];
  const object = (id: string, path: string, required: string, fix: string) => findings.push(finding(group, id, path, required, fix));
  const minimum = numberIn(group.at('MinSize')) ?? 0;
  if (minimum < least) object('minimum', 'Properties.MinSize', `at least ${least}`, 'Raise collection.servers.minimum.');
  if ((numberIn(group.at('MaxSize')) ?? 0) < Math.max(least, minimum)) {
    object('maximum', 'Properties.MaxSize', `at least ${least}, and MinSize`, 'Raise collection.servers.maximum.');
  }
  if (takesTraffic(group) && !String(group.at('HealthCheckType')).split(',').includes('ELB')) {
    object('health', 'Properties.HealthCheckType', 'the check of the load balancer, ELB', 'Add the health check of the load balancer.');
  }
  if ((numberIn(group.at('HealthCheckGracePeriod')) ?? 0) > longestGrace) {
    object('grace', 'Properties.HealthCheckGracePeriod', `at most ${longestGrace} seconds`, 'Judge new servers sooner.');
  }
  for (const [path, fix] of Object.entries(kept)) {
    const share = numberIn(valueAt(group.json as unknown as JsonObject, path));
    if ((share ?? 0) < 100) object(`kept::${path}`, path, '100', fix);
  }
  return findings;
}

function takesTraffic(group: Resource): boolean {
  return listOf(group.at('TargetGroupARNs')).length > 0;
}

function scheduleVerdict(action: Resource, assembly: Assembly): Verdict {
  const ofFleet = assembly.ofType(fleetType).some((group) => actingOn(group, scheduleType, assembly).includes(action));
  const low = ['MinSize', 'DesiredCapacity', 'MaxSize'].filter(
    (name) => action.at(name) !== undefined && (numberIn(action.at(name)) ?? 0) < least,
  );
  const findings = low.map((name) =>
    finding(action, name, `Properties.${name}`, `at least ${least}`, 'Schedule a minimum of 2 servers or more.'),
  );
  if (!ofFleet)
    findings.push(finding(action, 'fleet', 'Properties.AutoScalingGroupName', 'a fleet of the deployment', 'Refer to the group.'));
  return findings;
}

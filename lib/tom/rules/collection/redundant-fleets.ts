// TOM-6.1, TOM-6.3: every fleet has at least two servers, also during updates, and replaces failed servers.

import { fewestServers } from '../../figures';
import { append, type Finding, finding, guard, guardWhere, type Rule, remove, replace, set } from '../../rule';
import { type Assembly, isObject, type JsonObject, listOf, type Resource, valueAt } from '../../template/assembly';
import { actingOn, instanceTypesOf, numberIn, overridesPath, templateOf } from '../../template/fleets';
import { fleetType, serverTemplateType, serverType } from '../../template/resource-types';

const scheduleType = 'AWS::AutoScaling::ScheduledAction';

/** Properties for the share of a group that stays in service during a replacement, with their fix. */
const healthyShares = {
  'Properties.InstanceMaintenancePolicy.MinHealthyPercentage':
    'Set minHealthyPercentage to 100: a new server starts before the old one stops.',
  'UpdatePolicy.AutoScalingInstanceRefresh.Preferences.MinHealthyPercentage':
    'Update with an instance refresh and minHealthyPercentage 100.',
} as const;

export const redundantFleets: Rule = {
  name: 'redundant-fleets',
  requires: 'servers are in fleets of two or more, with load balancer health checks and, in production, several instance types',
  types: [fleetType, scheduleType, serverType],
  check(resource, assembly) {
    if (resource.type === fleetType) return [...fleetFindings(resource), ...instanceTypeFindings(resource, assembly)];
    if (resource.type === scheduleType) return scheduleFindings(resource, assembly);
    return [finding(resource, 'alone', '', 'a server of a fleet', 'Create an Auto Scaling group of at least two servers.')];
  },
  guards: [
    guard(fleetType, 'Properties.MinSize', remove, replace('1'), replace(0), replace({ Ref: 'Servers' })),
    guard(fleetType, 'Properties.MaxSize', remove, replace('1')),
    guardWhere(fleetType, takesTraffic, 'Properties.HealthCheckType', remove, replace('EC2')),
    guard(fleetType, 'Properties.HealthCheckGracePeriod', replace(7200)),
    ...Object.keys(healthyShares).map((path) => guard(fleetType, path, remove, replace(0), replace(50))),
    guard(fleetType, 'UpdatePolicy', remove, replace({ AutoScalingReplacingUpdate: { WillReplace: true } })),
    guard(scheduleType, 'Properties.MinSize', replace(1)),
    guard(fleetType, `Properties.${overridesPath}`, remove, replace([]), append({ InstanceType: 'm8g.4xlarge' })),
    guard(fleetType, `Properties.${overridesPath}.1`, remove, replace({ InstanceRequirements: { VCpuCount: { Min: 1 } } })),
    guard(fleetType, `Properties.${overridesPath}.*.InstanceType`, remove, replace('m8g.16xlarge'), replace({ Ref: 'Type' })),
    ...['WeightedCapacity', 'ImageId', 'InstanceRequirements', 'LaunchTemplateSpecification'].map((name) =>
      guard(fleetType, `Properties.${overridesPath}.*.${name}`, set('7')),
    ),
  ],
  bypasses: [
    { name: 'a server outside a fleet', resources: { Lonely: { Type: serverType, Properties: { InstanceType: 'm8g.large' } } } },
    {
      name: 'a schedule that leaves one server',
      beside: fleetType,
      resources: (beside) => ({
        Night: { Type: scheduleType, Properties: { AutoScalingGroupName: { Ref: beside.logicalId }, MinSize: 1, Recurrence: '0 0 * * *' } },
      }),
    },
    {
      name: 'a schedule with a desired capacity of one server',
      beside: fleetType,
      resources: (beside) => ({
        Night: { Type: scheduleType, Properties: { AutoScalingGroupName: { Ref: beside.logicalId }, DesiredCapacity: 1 } },
      }),
    },
  ],
  reads: [
    { type: fleetType, path: 'Properties.TargetGroupARNs' },
    { type: fleetType, path: 'Properties.MixedInstancesPolicy' },
    { type: fleetType, path: 'Properties.LaunchTemplate' },
    { type: serverTemplateType, path: 'Properties.LaunchTemplateData.InstanceType' },
    { type: scheduleType, path: 'Properties' },
  ],
};

/** Longest health check grace period, in seconds: a quarter of an hour. */
const longestGrace = 900;

function fleetFindings(group: Resource): readonly Finding[] {
  const findings: Finding[] = [];
  const object = (id: string, path: string, required: string, fix: string) => findings.push(finding(group, id, path, required, fix));
  const minimum = numberIn(group.at('MinSize')) ?? 0;
  if (minimum < fewestServers) object('minimum', 'Properties.MinSize', `at least ${fewestServers}`, 'Raise collection.servers.minimum.');
  if ((numberIn(group.at('MaxSize')) ?? 0) < Math.max(fewestServers, minimum)) {
    object('maximum', 'Properties.MaxSize', `at least ${fewestServers}, and MinSize`, 'Raise collection.servers.maximum.');
  }
  if (takesTraffic(group) && !String(group.at('HealthCheckType')).split(',').includes('ELB')) {
    object(
      'health',
      'Properties.HealthCheckType',
      'ELB, the health check of the load balancer',
      'Add the health check of the load balancer.',
    );
  }
  if ((numberIn(group.at('HealthCheckGracePeriod')) ?? 0) > longestGrace) {
    object('grace', 'Properties.HealthCheckGracePeriod', `at most ${longestGrace} seconds`, 'Shorten the grace period.');
  }
  for (const [path, fix] of Object.entries(healthyShares)) {
    const share = numberIn(valueAt(group.json as unknown as JsonObject, path));
    if ((share ?? 0) < 100) object(`kept::${path}`, path, '100', fix);
  }
  return findings;
}

/**
 * If a zone has no capacity for one type, the group uses the next. An override with more than an instance type can
 * launch a server that differs from the launch template, which the rules check.
 */
function instanceTypeFindings(group: Resource, assembly: Assembly): readonly Finding[] {
  const path = `Properties.${overridesPath}`;
  const named = instanceTypesOf(group, templateOf(group, assembly)).map((type) => (typeof type === 'string' ? type : '?.?'));
  const findings: Finding[] = [];
  if (new Set(named).size < fewestServers && assembly.facts.environment === 'production') {
    findings.push({
      ...finding(group, 'types', path, `at least ${fewestServers} instance types`, 'List several types in collection.instanceTypes.'),
      found: named.join(),
    });
  }
  const sizes = [...new Set(named.map((type) => type.split('.')[1] ?? '?'))];
  if (sizes.length > 1 || sizes.includes('?')) {
    findings.push({ ...finding(group, 'size', path, 'types of one size', 'Choose types of one size.'), found: named.join() });
  }
  const indexes = listOf(group.at(overridesPath)).flatMap((override, index) => {
    const keys = isObject(override) ? Object.keys(override) : [];
    return keys.join() === 'InstanceType' ? [] : [index];
  });
  const required = 'an instance type and nothing else';
  return [
    ...findings,
    ...indexes.map((index) =>
      finding(
        group,
        `override::${index}`,
        `${path}.${index}`,
        required,
        'List instance types only in the overrides, as CollectorFleet does.',
      ),
    ),
  ];
}

function takesTraffic(group: Resource): boolean {
  return listOf(group.at('TargetGroupARNs')).length > 0;
}

function scheduleFindings(action: Resource, assembly: Assembly): readonly Finding[] {
  const ofFleet = assembly.ofType(fleetType).some((group) => actingOn(group, scheduleType, assembly).includes(action));
  const tooSmall = ['MinSize', 'DesiredCapacity', 'MaxSize'].filter(
    (name) => action.at(name) !== undefined && (numberIn(action.at(name)) ?? 0) < fewestServers,
  );
  const findings = tooSmall.map((name) =>
    finding(action, name, `Properties.${name}`, `at least ${fewestServers}`, 'Schedule at least 2 servers.'),
  );
  if (!ofFleet)
    findings.push(
      finding(action, 'fleet', 'Properties.AutoScalingGroupName', 'a fleet of the deployment', 'Refer to the Auto Scaling group.'),
    );
  return findings;
}

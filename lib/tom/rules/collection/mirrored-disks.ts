// TOM-6.2: data disks of servers are encrypted, mirrored in pairs and monitored.
// A server with a degraded mirror is replaced.

import { append, type Finding, finding, guardWhere, type Rule, remove, replace, set } from '../../rule';
import { alarmsOn, notifiesTopic } from '../../template/alarms';
import { type Assembly, isObject, type Json, type JsonObject, listOf, type Resource, valueAt } from '../../template/assembly';
import { bootSettingIs, bootSettings, fetchesChecked } from '../../template/boot-settings';
import { fleetDimension, instanceTypesOf, isCollecting, overridesPath, templateOf } from '../../template/fleets';
import { variableOf } from '../../template/functions';
import { alarmType, eventRuleType, fleetType, functionType, permissionType, serverTemplateType } from '../../template/resource-types';

const disksPath = 'LaunchTemplateData.BlockDeviceMappings';
const userDataPath = 'LaunchTemplateData.UserData.Fn::Base64';

/** Metric of services/collector/host/array-watch.sh: 1 if a mirror lacks a disk. */
const metric = 'ArrayDegraded';
/** Longest time, in seconds, before a degraded mirror raises an alarm. */
const longestDelay = 600;
/** Variable with the metric that the replacement function reads (lambda/collection/server-replacement/env.ts). */
const metricVariable = 'METRIC';
/**
 * Graviton types, for which the image is built, without an instance store, which a `d` in the name denotes ("Amazon
 * EC2 instance type naming conventions").
 */
const withoutInstanceStore = /^[cmr]\d+g\.[a-z0-9]+$/;
/** Device names of root disks. */
const rootDevices = ['/dev/xvda', '/dev/sda1'];

export const mirroredDisks: Rule = {
  name: 'mirrored-disks',
  requires: 'data disks are encrypted and mirrored in equal pairs; a degraded mirror raises an alarm and starts server replacement',
  types: [serverTemplateType, fleetType],
  check(resource, assembly) {
    if (resource.type === fleetType) return isCollecting(resource) ? fleetFindings(resource, assembly) : 'not-applicable';
    return dataDisksOf(resource).length === 0 ? 'not-applicable' : diskFindings(resource, assembly);
  },
  guards: [
    guardWhere(serverTemplateType, hasDataDisks, `Properties.${disksPath}.1`, remove),
    guardWhere(
      serverTemplateType,
      hasDataDisks,
      `Properties.${disksPath}`,
      append({ DeviceName: '/dev/sdp', Ebs: { VolumeSize: 100, Encrypted: true } }),
    ),
    guardWhere(serverTemplateType, hasDataDisks, `Properties.${disksPath}.1.DeviceName`, remove, replace('/dev/sdz')),
    guardWhere(serverTemplateType, hasDataDisks, `Properties.${disksPath}.1.Ebs.VolumeSize`, remove, replace(7)),
    guardWhere(serverTemplateType, hasDataDisks, `Properties.${disksPath}.1.Ebs.VolumeType`, replace('st1')),
    guardWhere(serverTemplateType, hasDataDisks, `Properties.${disksPath}.1.Ebs.Encrypted`, remove, replace(false)),
    guardWhere(serverTemplateType, hasDataDisks, `Properties.${disksPath}.1.Ebs.SnapshotId`, set('snap-of-another')),
    guardWhere(
      serverTemplateType,
      hasDataDisks,
      'Properties.LaunchTemplateData.UserData',
      remove,
      replace({ 'Fn::Base64': '#!/bin/bash\n' }),
    ),
    guardWhere(alarmType, isOnArrayMetric, '', remove),
    guardWhere(alarmType, isOnArrayMetric, 'Properties.AlarmActions', remove, replace([])),
    guardWhere(alarmType, isOnArrayMetric, 'Properties.ActionsEnabled', set(false)),
    guardWhere(alarmType, isOnArrayMetric, 'Properties.Threshold', remove, replace(2)),
    guardWhere(alarmType, isOnArrayMetric, 'Properties.ComparisonOperator', replace('GreaterThanThreshold')),
    guardWhere(alarmType, isOnArrayMetric, 'Properties.AlarmActions', replace(['arn:aws:sns:eu-west-3:x:topic'])),
    guardWhere(alarmType, isOnArrayMetric, 'Properties.Statistic', remove, replace('Minimum')),
    guardWhere(alarmType, isOnArrayMetric, 'Properties.Period', remove, replace(86_400)),
    guardWhere(alarmType, isOnArrayMetric, 'Properties.EvaluationPeriods', remove, replace(60)),
    guardWhere(alarmType, isOnArrayMetric, 'Properties.Namespace', remove, replace('Other')),
    guardWhere(
      functionType,
      (lambda) => variableOf(lambda, metricVariable) === metric,
      `Properties.Environment.Variables.${metricVariable}`,
      remove,
    ),
    guardWhere(permissionType, allowsRule, '', remove),
    guardWhere(permissionType, allowsRule, 'Properties.FunctionName', replace('elsewhere')),
    guardWhere(permissionType, allowsRule, 'Properties.Principal', replace('s3.amazonaws.com')),
    guardWhere(permissionType, allowsRule, 'Properties.SourceArn', replace('arn:aws:events:x:y:rule/z')),
    guardWhere(eventRuleType, startsReplacement, 'Properties.EventBusName', set('another')),
    guardWhere(eventRuleType, startsReplacement, 'Properties.EventPattern.detail-type', replace(['Other'])),
    ...['MetricName', 'Dimensions'].map((name) => guardWhere(alarmType, isOnArrayMetric, `Properties.${name}`, remove)),
    guardWhere(eventRuleType, startsReplacement, '', remove),
    guardWhere(eventRuleType, startsReplacement, 'Properties.State', set('DISABLED')),
    guardWhere(eventRuleType, startsReplacement, 'Properties.Targets', remove, replace([])),
    guardWhere(eventRuleType, startsReplacement, 'Properties.EventPattern', remove),
    guardWhere(eventRuleType, startsReplacement, 'Properties.EventPattern.resources', replace(['arn:aws:cloudwatch:x:y:alarm:z'])),
    guardWhere(eventRuleType, startsReplacement, 'Properties.EventPattern.detail.state.value', replace(['OK'])),
    guardWhere(eventRuleType, startsReplacement, 'Properties.EventPattern.source', replace(['aws.ec2'])),
    guardWhere(
      fleetType,
      isCollecting,
      `Properties.${overridesPath}.*.InstanceType`,
      ...['m8gd.large', 'i4g.large', 'm7i.large', 't4g.large'].map((type) => replace(type)),
    ),
  ],
  reads: [
    { type: fleetType, path: 'Properties' },
    { type: serverTemplateType, path: `Properties.${disksPath}` },
    { type: alarmType, path: 'Properties' },
    { type: eventRuleType, path: 'Properties' },
    { type: permissionType, path: 'Properties' },
    { type: functionType, path: 'Properties.Environment' },
    { type: serverTemplateType, path: 'Properties.LaunchTemplateData.UserData' },
  ],
};

interface Disk {
  readonly path: string;
  readonly name: string;
  readonly ebs: JsonObject;
}

function dataDisksOf(template: Resource): readonly Disk[] {
  const mappings = listOf(template.at(disksPath));
  const firstRoot = mappings.findIndex((mapping) => isObject(mapping) && rootDevices.some((root) => root === mapping.DeviceName));
  return mappings.flatMap((mapping, index) => {
    const name = isObject(mapping) ? mapping.DeviceName : undefined;
    const ebs = isObject(mapping) && isObject(mapping.Ebs) ? mapping.Ebs : {};
    // An image has one root disk: a second one with such a name is a data disk.
    if (rootDevices.some((root) => root === name) && index === firstRoot) return [];
    return [{ path: `Properties.${disksPath}.${index}`, name: String(name), ebs }];
  });
}

function hasDataDisks(template: Resource): boolean {
  return dataDisksOf(template).length > 0;
}

function diskFindings(template: Resource, assembly: Assembly): readonly Finding[] {
  const found = dataDisksOf(template);
  const findings: Finding[] = [];
  const object = (id: string, path: string, required: string, fix: string, what: Json | undefined) =>
    findings.push({ id, path, found: what, required, fix });
  if (found.length % 2 !== 0) {
    object('pairs', `Properties.${disksPath}`, 'data disks in pairs', 'Choose 2 or 4 for collection.disks.count.', found.length);
  }
  for (const property of ['VolumeSize', 'VolumeType', 'Iops', 'Throughput']) {
    const values = new Set(found.map(({ ebs }) => ebs[property]));
    if (values.size > 1)
      object(
        `unequal::${property}`,
        `Properties.${disksPath}`,
        `the same ${property}`,
        'Use the same value for both disks of a pair.',
        [...values].map(String),
      );
  }
  for (const { path, name, ebs } of found) {
    if (ebs.Encrypted !== true)
      object(`encrypted::${name}`, `${path}.Ebs.Encrypted`, 'true', 'Encrypt the disk with the data key.', ebs.Encrypted);
    if (ebs.SnapshotId !== undefined)
      object(`blank::${name}`, `${path}.Ebs.SnapshotId`, 'none', 'Remove the snapshot: servers start with blank disks.', ebs.SnapshotId);
    if (ebs.VolumeSize === undefined) object(`size::${name}`, `${path}.Ebs.VolumeSize`, 'a size', 'Set the size of each disk.', undefined);
  }
  const mirrored = mirroredAtBoot(template, assembly);
  const names = found.map(({ name }) => name.replace('/dev/', ''));
  if (mirrored?.join() !== names.join()) {
    const fix = 'Run services/collector/host/disks.sh at boot, with these disks in DISKS.';
    object('mirror', `Properties.${userDataPath}`, `user data that mirrors ${names.join(', ')}`, fix, mirrored ? [...mirrored] : 'none');
  }
  return findings;
}

/** The disks in the user data: the server fetches disks.sh, verifies its checksum and mirrors these disks. */
function mirroredAtBoot(template: Resource, assembly: Assembly): readonly string[] | undefined {
  const [only = '', ...others] = bootSettings(template, 'DISKS', assembly);
  if (!fetchesChecked(template, 'disks.sh', assembly) || others.length > 0) return undefined;
  return /^"([a-z ]+)"$/.exec(only)?.[1]?.split(' ');
}

function fleetFindings(group: Resource, assembly: Assembly): readonly Finding[] {
  const template = templateOf(group, assembly);
  const findings: Finding[] = [];
  if (!template || !hasDataDisks(template)) {
    findings.push(
      finding(group, 'disks', 'Properties.MixedInstancesPolicy', 'a launch template with data disks', 'Add data disks for the spool.'),
    );
  }
  for (const type of instanceTypesOf(group, template)) {
    if (typeof type === 'string' && withoutInstanceStore.test(type)) continue;
    const required = 'a Graviton type without an instance store, whose disks are not mirrored';
    const fix = 'Use the types of collection.instanceTypes.';
    findings.push({ id: `type::${JSON.stringify(type)}`, path: `Properties.${overridesPath}`, found: type, required, fix });
  }
  const alarms = alarmsOn(group, metric, fleetDimension, assembly).filter((alarm) => isArrayAlarm(alarm, template, assembly));
  const found = { path: 'the alarms of the fleet', found: alarms.map(({ logicalId }) => logicalId) };
  if (alarms.length === 0) {
    const fix = 'Restore the alarm of FleetAlarms.';
    findings.push({ ...found, id: 'alarm', required: `an alarm with actions when ${metric} is 1`, fix });
  } else if (!alarms.some((alarm) => assembly.ofType(eventRuleType).some((rule) => startsOn(rule, alarm, assembly)))) {
    const fix = 'Restore the rule of ServerReplacement.';
    findings.push({ ...found, id: 'replacement', required: 'an EventBridge rule that starts the replacement on the state ALARM', fix });
  }
  return findings;
}

/** Whether one degraded mirror raises the alarm within minutes, and the alarm notifies a topic of the deployment. */
function isArrayAlarm(alarm: Resource, template: Resource | undefined, assembly: Assembly): boolean {
  const threshold = Number(alarm.at('Threshold'));
  const operator = alarm.at('ComparisonOperator');
  const isRaised =
    (operator === 'GreaterThanOrEqualToThreshold' && threshold <= 1 && threshold > 0) ||
    (operator === 'GreaterThanThreshold' && threshold < 1 && threshold >= 0);
  const isInTime = Number(alarm.at('Period')) * Number(alarm.at('EvaluationPeriods')) <= longestDelay;
  return (
    isRaised &&
    isInTime &&
    alarm.at('Statistic') === 'Maximum' &&
    isInServerNamespace(alarm, template, assembly) &&
    notifiesTopic(alarm, assembly)
  );
}

/** Servers publish the metric in the namespace of their user data. */
function isInServerNamespace(alarm: Resource, template: Resource | undefined, assembly: Assembly): boolean {
  return template !== undefined && bootSettingIs(template, 'NAMESPACE', alarm.at('Namespace'), assembly);
}

function startsOn(rule: Resource, alarm: Resource, assembly: Assembly): boolean {
  const pattern = rule.at('EventPattern');
  const includes = (path: string, wanted: string) => listOf(valueAt(pattern, path)).some((value) => value === wanted);
  return (
    listOf(valueAt(pattern, 'resources')).some((value) => assembly.refersTo(value, rule, alarm)) &&
    includes('detail.state.value', 'ALARM') &&
    includes('source', 'aws.cloudwatch') &&
    [undefined, 'default'].some((bus) => bus === rule.at('EventBusName')) &&
    (valueAt(pattern, 'detail-type') === undefined || includes('detail-type', 'CloudWatch Alarm State Change')) &&
    rule.at('State') !== 'DISABLED' &&
    listOf(rule.at('Targets')).some((target) => isObject(target) && isReplacement(assembly.target(target.Arn, rule.stack), rule, assembly))
  );
}

/** Whether a function replaces servers, and its policy allows the rule to invoke it. */
function isReplacement(lambda: Resource | undefined, rule: Resource, assembly: Assembly): boolean {
  if (lambda?.type !== functionType || variableOf(lambda, metricVariable) !== metric) return false;
  return assembly
    .ofType(permissionType)
    .some(
      (permission) =>
        assembly.refersTo(permission.at('FunctionName'), permission, lambda) &&
        permission.at('Principal') === 'events.amazonaws.com' &&
        (permission.at('SourceArn') === undefined || assembly.refersTo(permission.at('SourceArn'), permission, rule)),
    );
}

function allowsRule(permission: Resource, assembly: Assembly): boolean {
  return assembly
    .ofType(eventRuleType)
    .some((rule) => startsReplacement(rule, assembly) && assembly.refersTo(permission.at('SourceArn'), permission, rule));
}

function isOnArrayMetric(alarm: Resource): boolean {
  return alarm.at('MetricName') === metric;
}

function startsReplacement(rule: Resource, assembly: Assembly): boolean {
  return assembly.ofType(alarmType).some((alarm) => isOnArrayMetric(alarm) && startsOn(rule, alarm, assembly));
}

// TOM-6.2: data disks of servers are mirrored in pairs, encrypted and watched, and a server whose pair is degraded is replaced.

import { append, type Finding, finding, guardWhere, type Rule, remove, replace, set, type Verdict } from '../../rule';
import { tellsTopic } from '../../template/alarms';
import { type Assembly, isObject, type Json, type JsonObject, listOf, type Resource, valueAt } from '../../template/assembly';
import { bootScript, bootSettings, fetchesChecked } from '../../template/boot-settings';
import { alarmsOn, fleetType, isCollecting, serverTemplateType, templateOf } from '../../template/fleets';
import { variableOf } from '../../template/functions';

const alarmType = 'AWS::CloudWatch::Alarm';
const eventsType = 'AWS::Events::Rule';
const permissionType = 'AWS::Lambda::Permission';
const lambdaType = 'AWS::Lambda::Function';
const disksPath = 'LaunchTemplateData.BlockDeviceMappings';
const userDataPath = 'LaunchTemplateData.UserData.Fn::Base64';

/** 1 where a mirror lacks a disk, as services/collector/host/array-watch.sh publishes it. */
const metric = 'ArrayDegraded';
/** Seconds that a degraded mirror is known to nobody at most. */
const longestUnseen = 600;
/** The function that replaces servers is told by the metric that it looks at (lambda/collection/server-replacement/env.ts). */
const replacing = 'METRIC';
/** Names under which images have their root disk. */
const rootDevices = ['/dev/xvda', '/dev/sda1'];

export const mirroredDisks: Rule = {
  name: 'mirrored-disks',
  requires:
    'data disks of servers come in equal, encrypted pairs that the server mirrors at boot; a degraded mirror raises an alarm and has the server replaced',
  types: [serverTemplateType, fleetType],
  check(resource, assembly) {
    if (resource.type === fleetType) return isCollecting(resource) ? fleetVerdict(resource, assembly) : 'not-applicable';
    return dataDisksOf(resource).length === 0 ? 'not-applicable' : diskVerdict(resource);
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
    guardWhere(alarmType, hasAction, '', remove),
    guardWhere(alarmType, hasAction, 'Properties.AlarmActions', remove, replace([])),
    guardWhere(alarmType, hasAction, 'Properties.ActionsEnabled', set(false)),
    guardWhere(alarmType, hasAction, 'Properties.Threshold', remove, replace(2)),
    guardWhere(alarmType, hasAction, 'Properties.ComparisonOperator', replace('GreaterThanThreshold')),
    guardWhere(alarmType, hasAction, 'Properties.AlarmActions', replace(['arn:aws:sns:eu-west-3:x:topic'])),
    guardWhere(alarmType, hasAction, 'Properties.Statistic', remove, replace('Minimum')),
    guardWhere(alarmType, hasAction, 'Properties.Period', remove, replace(86_400)),
    guardWhere(alarmType, hasAction, 'Properties.EvaluationPeriods', remove, replace(60)),
    guardWhere(alarmType, hasAction, 'Properties.Namespace', remove, replace('Other')),
    guardWhere(lambdaType, (lambda) => variableOf(lambda, replacing) === metric, `Properties.Environment.Variables.${replacing}`, remove),
    guardWhere(permissionType, allowsRule, '', remove),
    guardWhere(permissionType, allowsRule, 'Properties.FunctionName', replace('elsewhere')),
    guardWhere(permissionType, allowsRule, 'Properties.Principal', replace('s3.amazonaws.com')),
    guardWhere(permissionType, allowsRule, 'Properties.SourceArn', replace('arn:aws:events:x:y:rule/z')),
    guardWhere(eventsType, startsReplacement, 'Properties.EventBusName', set('theirs')),
    guardWhere(eventsType, startsReplacement, 'Properties.EventPattern.detail-type', replace(['Other'])),
    ...['MetricName', 'Dimensions'].map((name) => guardWhere(alarmType, hasAction, `Properties.${name}`, remove)),
    guardWhere(eventsType, startsReplacement, '', remove),
    guardWhere(eventsType, startsReplacement, 'Properties.State', set('DISABLED')),
    guardWhere(eventsType, startsReplacement, 'Properties.Targets', remove, replace([])),
    guardWhere(eventsType, startsReplacement, 'Properties.EventPattern', remove),
    guardWhere(eventsType, startsReplacement, 'Properties.EventPattern.resources', replace(['arn:aws:cloudwatch:x:y:alarm:z'])),
    guardWhere(eventsType, startsReplacement, 'Properties.EventPattern.detail.state.value', replace(['OK'])),
    guardWhere(eventsType, startsReplacement, 'Properties.EventPattern.source', replace(['aws.ec2'])),
  ],
  reads: [
    { type: fleetType, path: 'Properties' },
    { type: serverTemplateType, path: `Properties.${disksPath}` },
    { type: alarmType, path: 'Properties' },
    { type: eventsType, path: 'Properties' },
    { type: permissionType, path: 'Properties' },
    { type: lambdaType, path: 'Properties.Environment' },
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
    // An image has one root disk: a second one of such a name is a disk like others.
    if (rootDevices.some((root) => root === name) && index === firstRoot) return [];
    return [{ path: `Properties.${disksPath}.${index}`, name: String(name), ebs }];
  });
}

function hasDataDisks(template: Resource): boolean {
  return dataDisksOf(template).length > 0;
}

function diskVerdict(template: Resource): Verdict {
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
      object(`unequal::${property}`, `Properties.${disksPath}`, `the same ${property}`, 'Make both halves alike.', [...values].map(String));
  }
  for (const { path, name, ebs } of found) {
    if (ebs.Encrypted !== true)
      object(`encrypted::${name}`, `${path}.Ebs.Encrypted`, 'true', 'Encrypt the disk with the data key.', ebs.Encrypted);
    if (ebs.SnapshotId !== undefined)
      object(`blank::${name}`, `${path}.Ebs.SnapshotId`, 'none', 'Servers begin with blank disks.', ebs.SnapshotId);
    if (ebs.VolumeSize === undefined) object(`size::${name}`, `${path}.Ebs.VolumeSize`, 'a size', 'Give each disk its size.', undefined);
  }
  const mirrored = mirroredAtBoot(template);
  const names = found.map(({ name }) => name.replace('/dev/', ''));
  if (mirrored?.join() !== names.join()) {
    const fix = 'Boot servers with services/collector/host/disks.sh, and tell it of these disks.';
    object('mirror', `Properties.${userDataPath}`, `a boot that mirrors ${names.join(', ')}`, fix, mirrored ? [...mirrored] : 'none');
  }
  return findings;
}

/** The disks that the user data has the server mirror: it fetches the script, checks it, and names them. */
function mirroredAtBoot(template: Resource): readonly string[] | undefined {
  if (!fetchesChecked(template, 'disks.sh')) return undefined;
  return /^DISKS="([a-z ]+)"$/m.exec(bootScript(template))?.[1]?.split(' ');
}

function fleetVerdict(group: Resource, assembly: Assembly): Verdict {
  const template = templateOf(group, assembly);
  const findings: Finding[] = [];
  if (!template || !hasDataDisks(template)) {
    findings.push(
      finding(group, 'disks', 'Properties.LaunchTemplate', 'a launch template with data disks', 'Give servers disks for the spool.'),
    );
  }
  const alarms = alarmsOn(group, metric, assembly).filter((alarm) => isArrayAlarm(alarm, template, assembly));
  const told = { path: 'the alarms of the fleet', found: alarms.map(({ logicalId }) => logicalId) };
  if (alarms.length === 0) {
    const fix = 'Restore the alarm of FleetAlarms.';
    findings.push({ ...told, id: 'alarm', required: `an alarm with actions when ${metric} is 1`, fix });
  } else if (!alarms.some((alarm) => assembly.ofType(eventsType).some((rule) => startsOn(rule, alarm, assembly)))) {
    const fix = 'Restore the rule of ServerReplacement.';
    findings.push({ ...told, id: 'replacement', required: 'an event rule that starts the replacement when the alarm is raised', fix });
  }
  return findings;
}

/** Whether the alarm is raised by one degraded mirror, within minutes, and tells a topic of the deployment. */
function isArrayAlarm(alarm: Resource, template: Resource | undefined, assembly: Assembly): boolean {
  const threshold = Number(alarm.at('Threshold'));
  const operator = alarm.at('ComparisonOperator');
  const raised =
    (operator === 'GreaterThanOrEqualToThreshold' && threshold <= 1 && threshold > 0) ||
    (operator === 'GreaterThanThreshold' && threshold < 1 && threshold >= 0);
  const inTime = Number(alarm.at('Period')) * Number(alarm.at('EvaluationPeriods')) <= longestUnseen;
  return raised && inTime && alarm.at('Statistic') === 'Maximum' && isPublished(alarm, template) && tellsTopic(alarm, assembly);
}

/** Servers publish the metric under the namespace that they boot with. */
function isPublished(alarm: Resource, template: Resource | undefined): boolean {
  return template !== undefined && bootSettings(template, 'NAMESPACE').some((namespace) => namespace === alarm.at('Namespace'));
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
    listOf(rule.at('Targets')).some((target) => isObject(target) && isReplacing(assembly.target(target.Arn, rule.stack), rule, assembly))
  );
}

/** Whether a function replaces servers, and the rule may start it. */
function isReplacing(lambda: Resource | undefined, rule: Resource, assembly: Assembly): boolean {
  if (lambda?.type !== lambdaType || variableOf(lambda, replacing) !== metric) return false;
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
    .ofType(eventsType)
    .some((rule) => startsReplacement(rule, assembly) && assembly.refersTo(permission.at('SourceArn'), permission, rule));
}

function hasAction(alarm: Resource): boolean {
  return alarm.at('MetricName') === metric;
}

function startsReplacement(rule: Resource, assembly: Assembly): boolean {
  return assembly.ofType(alarmType).some((alarm) => hasAction(alarm) && startsOn(rule, alarm, assembly));
}

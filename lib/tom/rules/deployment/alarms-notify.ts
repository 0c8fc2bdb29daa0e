// TOM-3.4: every alarm scales a fleet or notifies a topic that admits CloudWatch, and links to its runbook entry.
import { append, type Finding, finding, type Guard, guard, guardWhere, type Rule, remove, replace, set } from '../../rule';
import { admitsAlarms, deniesAlarms, keyStatements, topicStatements } from '../../template/alarms';
import { type Assembly, listOf, type Resource } from '../../template/assembly';
import { customerKey } from '../../template/keys';
import { alarmType, keyAliasType, keyType, topicType } from '../../template/resource-types';
import { unactionableAlarms } from './alarms-notify-bypasses';
import { firstDatapointFindings, firstDatapointGuards } from './first-datapoint-findings';

const compositeType = 'AWS::CloudWatch::CompositeAlarm';
const alarmTypes = [alarmType, compositeType];
const policyType = 'AWS::SNS::TopicPolicy';
/** Types of an alarm's actions. */
const actionTypes = [topicType, 'AWS::AutoScaling::ScalingPolicy'];

/** End of a description: the severity, and the runbook entry, whose heading is the last part of the alarm's name. */
const descriptionEnd = /[.] Severity: (page|ticket|none)[.] Runbook: \S+#([a-z]+)$/;

export const alarmsNotify: Rule = {
  name: 'alarms-notify',
  requires: 'every alarm notifies the topic of the deployment or scales a fleet, is enabled, and links to its runbook entry',
  types: [...alarmTypes, topicType],
  check(resource, assembly) {
    if (resource.type === topicType) return isNotified(resource, assembly) ? topicFindings(resource, assembly) : 'not-applicable';
    return [
      ...actionFindings(resource, assembly),
      ...suppressionFindings(resource),
      ...descriptionFindings(resource, assembly),
      ...(isOnSilence(resource) ? firstDatapointFindings(resource, assembly) : []),
    ];
  },
  guards: [...alarmTypes.flatMap(alarmGuards), ...topicGuards(), ...firstDatapointGuards],
  bypasses: unactionableAlarms,
  reads: [
    ...alarmTypes.map((type) => ({ type, path: 'Properties' })),
    { type: topicType, path: 'Properties.KmsMasterKeyId' },
    { type: policyType, path: 'Properties' },
    { type: keyType, path: 'Properties.KeyPolicy' },
    { type: keyAliasType, path: 'Properties' },
  ],
};

const actionsOf = (alarm: Resource, assembly: Assembly): readonly (Resource | undefined)[] =>
  listOf(alarm.at('AlarmActions')).map((action) => assembly.target(action, alarm.stack));

function actionFindings(alarm: Resource, assembly: Assembly): readonly Finding[] {
  const types = actionsOf(alarm, assembly).map((target) => target?.type);
  if (types.length > 0 && types.every((type) => actionTypes.some((allowed) => allowed === type))) return [];
  const fix = 'Create the alarm with a function of lib/alarms/alarm.ts.';
  return [finding(alarm, 'actions', 'Properties.AlarmActions', 'topics and scaling policies of the deployment', fix)];
}

function suppressionFindings(alarm: Resource): readonly Finding[] {
  const enabled = alarm.at('ActionsEnabled');
  return [
    ...(enabled === undefined || enabled === true
      ? []
      : [finding(alarm, 'muted', 'Properties.ActionsEnabled', 'true', 'Remove the property.')]),
    ...(alarm.at('ActionsSuppressor') === undefined
      ? []
      : [finding(alarm, 'suppressed', 'Properties.ActionsSuppressor', 'none', 'Remove the property.')]),
  ];
}

/** Only an alarm without a topic has the severity none. */
function descriptionFindings(alarm: Resource, assembly: Assembly): readonly Finding[] {
  const path = 'Properties.AlarmDescription';
  const fix = 'Create the alarm with a function of lib/alarms/alarm.ts, and add its entry to docs/runbook.md.';
  const [, severity, heading] = descriptionEnd.exec(String(alarm.at('AlarmDescription'))) ?? [];
  const last = String(alarm.at('AlarmName')).split('-').at(-1)?.toLowerCase();
  const hasTopic = actionsOf(alarm, assembly).some((target) => target?.type === topicType);
  if (heading !== undefined && heading === last && (severity === 'none') !== hasTopic) return [];
  const required = `a text that ends with "Severity: ${hasTopic ? 'page|ticket' : 'none'}. Runbook: <address>#${last}"`;
  return [finding(alarm, 'runbook', path, required, fix)];
}

function isOnSilence(alarm: Resource): boolean {
  return alarm.at('TreatMissingData') === 'breaching';
}

/** Whether an alarm of the deployment notifies the topic. */
function isNotified(topic: Resource, assembly: Assembly): boolean {
  return assembly.ofType(alarmType).some((alarm) => actionsOf(alarm, assembly).includes(topic));
}

/** An encrypted topic drops the messages of CloudWatch if its key does not admit CloudWatch. */
function topicFindings(topic: Resource, assembly: Assembly): readonly Finding[] {
  const fix = 'Create the topic with AlarmTopic, and its key with DeploymentKey.';
  const place = { stack: topic.stack, deployment: assembly.facts.deployment };
  const statements = topicStatements(topic, assembly);
  const key = customerKey(topic.at('KmsMasterKeyId'), topic, assembly);
  const isAdmitted = statements.some((statement) => admitsAlarms(statement, ['sns:Publish'], place));
  const canEncrypt = keyStatements(key).some((statement) => admitsAlarms(statement, ['kms:Decrypt', 'kms:GenerateDataKey'], place));
  return [
    ...(isAdmitted
      ? []
      : [finding(topic, 'policy', '', 'a policy that allows CloudWatch to publish for alarms of the deployment only', fix)]),
    ...(statements.some(deniesAlarms) ? [finding(topic, 'denied', '', 'no denial of sns:Publish, except without TLS', fix)] : []),
    ...(canEncrypt ? [] : [finding(topic, 'key', 'Properties.KmsMasterKeyId', 'a key whose policy admits CloudWatch', fix)]),
  ];
}

function alarmGuards(type: string): readonly Guard[] {
  const name = 'Properties.AlarmDescription';
  return [
    guard(type, 'Properties.AlarmActions', remove, replace([]), append('arn:aws:sns:eu-west-3:x:topic')),
    guard(type, 'Properties.ActionsEnabled', set(false)),
    guard(type, 'Properties.ActionsSuppressor', set('another')),
    guard(type, name, remove, replace('It is wrong.'), replace('It is wrong. Severity: page. Runbook: docs/runbook.md#elsewhere')),
    guardWhere(type, isOnSilence, 'DependsOn', remove, replace('Elsewhere')),
  ];
}

function topicGuards(): readonly Guard[] {
  const denial = { Effect: 'Deny', Principal: '*', Action: 'sns:*', Resource: '*' };
  return [
    guardWhere(topicType, isNotified, 'Properties.KmsMasterKeyId', remove),
    guardWhere(policyType, isOfAlarmTopic, '', remove),
    guardWhere(policyType, isOfAlarmTopic, 'Properties.Topics', remove, replace([])),
    guardWhere(policyType, isOfAlarmTopic, 'Properties.PolicyDocument.Statement', append(denial), replace([])),
    guardWhere(
      policyType,
      isOfAlarmTopic,
      cloudWatchPaths('PolicyDocument', 'Principal'),
      remove,
      replace({ Service: 'events.amazonaws.com' }),
    ),
    guardWhere(policyType, isOfAlarmTopic, cloudWatchPaths('PolicyDocument', 'Action'), replace('sns:GetTopicAttributes')),
    guardWhere(policyType, isOfAlarmTopic, cloudWatchPaths('PolicyDocument', 'Condition'), remove),
    guardWhere(
      policyType,
      isOfAlarmTopic,
      cloudWatchPaths('PolicyDocument', 'Condition.StringEquals'),
      replace({ 'aws:SourceAccount': 'x' }),
    ),
    guardWhere(keyType, encryptsAlarms, cloudWatchPaths('KeyPolicy', 'Action'), replace('kms:Decrypt')),
    guardWhere(keyType, encryptsAlarms, cloudWatchPaths('KeyPolicy', 'Principal'), replace({ Service: 'events.amazonaws.com' })),
  ];
}

function isOfAlarmTopic(policy: Resource, assembly: Assembly): boolean {
  return assembly.ofType(topicType).some((topic) => isNotified(topic, assembly) && isAttached(policy, topic, assembly));
}

const isAttached = (policy: Resource, topic: Resource, assembly: Assembly): boolean =>
  listOf(policy.at('Topics')).some((value) => assembly.refersTo(value, policy, topic));

function encryptsAlarms(key: Resource, assembly: Assembly): boolean {
  return assembly
    .ofType(topicType)
    .some((topic) => isNotified(topic, assembly) && customerKey(topic.at('KmsMasterKeyId'), topic, assembly) === key);
}

/** Paths of a property in the statements of a policy that admit CloudWatch. */
function cloudWatchPaths(document: string, property: string): Guard['path'] {
  return (resource) =>
    listOf(resource.at(`${document}.Statement`)).flatMap((_, index) =>
      resource.at(`${document}.Statement.${index}.Principal.Service`) === 'cloudwatch.amazonaws.com'
        ? [`Properties.${document}.Statement.${index}.${property}`]
        : [],
    );
}

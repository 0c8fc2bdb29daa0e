// TOM-3.4: every alarm notifies people or scales a fleet, by a topic that CloudWatch can publish to, and names its runbook entry.
import { append, type Finding, finding, type Guard, guard, guardWhere, type Rule, remove, replace, set } from '../../rule';
import { admitsAlarms, alarmType, deniesAlarms, keyStatements, topicStatements, topicType } from '../../template/alarms';
import { type Assembly, listOf, type Resource } from '../../template/assembly';
import { customerKey } from '../../template/keys';
import { unheardAlarms } from './alarms-notify-bypasses';
import { firstDatapointFindings, firstDatapointGuards } from './first-datapoint-findings';

const compositeType = 'AWS::CloudWatch::CompositeAlarm';
const alarmTypes = [alarmType, compositeType];
const policyType = 'AWS::SNS::TopicPolicy';
const keyType = 'AWS::KMS::Key';
/** What an alarm may start. */
const targets = [topicType, 'AWS::AutoScaling::ScalingPolicy'];

/** The end of a description: severity, and the entry whose heading is the end of the alarm's name. */
const ending = /[.] Severity: (page|ticket|none)[.] Runbook: \S+#([a-z]+)$/;

export const alarmsNotify: Rule = {
  name: 'alarms-notify',
  requires: 'every alarm notifies the topic of the deployment or scales a fleet, is enabled, and links to its runbook entry',
  types: [...alarmTypes, topicType],
  check(resource, assembly) {
    if (resource.type === topicType) return notifies(resource, assembly) ? published(resource, assembly) : 'not-applicable';
    const silence = isOnSilence(resource) ? firstDatapointFindings(resource, assembly) : [];
    return [...actions(resource, assembly), ...muted(resource), ...description(resource, assembly), ...silence];
  },
  guards: [...alarmTypes.flatMap(alarmGuards), ...topicGuards(), ...firstDatapointGuards],
  bypasses: unheardAlarms,
  reads: [
    ...alarmTypes.map((type) => ({ type, path: 'Properties' })),
    { type: topicType, path: 'Properties.KmsMasterKeyId' },
    { type: policyType, path: 'Properties' },
    { type: keyType, path: 'Properties.KeyPolicy' },
    { type: 'AWS::KMS::Alias', path: 'Properties' },
  ],
};

const actionsOf = (alarm: Resource, assembly: Assembly): readonly (Resource | undefined)[] =>
  listOf(alarm.at('AlarmActions')).map((action) => assembly.target(action, alarm.stack));

function actions(alarm: Resource, assembly: Assembly): readonly Finding[] {
  const types = actionsOf(alarm, assembly).map((target) => target?.type);
  if (types.length > 0 && types.every((type) => targets.some((allowed) => allowed === type))) return [];
  const fix = 'Build the alarm with a function of lib/alarms/alarm.ts.';
  return [finding(alarm, 'actions', 'Properties.AlarmActions', 'topics and scaling policies of the deployment', fix)];
}

function muted(alarm: Resource): readonly Finding[] {
  const enabled = alarm.at('ActionsEnabled');
  return [
    ...(enabled === undefined || enabled === true ? [] : [finding(alarm, 'muted', 'Properties.ActionsEnabled', 'true', 'Leave it out.')]),
    ...(alarm.at('ActionsSuppressor') === undefined
      ? []
      : [finding(alarm, 'suppressed', 'Properties.ActionsSuppressor', 'none', 'Leave it out.')]),
  ];
}

/** Only an alarm that notifies nobody has no severity. */
function description(alarm: Resource, assembly: Assembly): readonly Finding[] {
  const path = 'Properties.AlarmDescription';
  const fix = 'Build the alarm with a function of lib/alarms/alarm.ts, and give it an entry in docs/runbook.md.';
  const [, severity, heading] = ending.exec(String(alarm.at('AlarmDescription'))) ?? [];
  const last = String(alarm.at('AlarmName')).split('-').at(-1)?.toLowerCase();
  const isHeard = actionsOf(alarm, assembly).some((target) => target?.type === topicType);
  if (heading !== undefined && heading === last && (severity === 'none') !== isHeard) return [];
  const required = `a text that ends with "Severity: ${isHeard ? 'page|ticket' : 'none'}. Runbook: <address>#${last}"`;
  return [finding(alarm, 'runbook', path, required, fix)];
}

function isOnSilence(alarm: Resource): boolean {
  return alarm.at('TreatMissingData') === 'breaching';
}

/** Whether an alarm of the deployment notifies the topic. */
function notifies(topic: Resource, assembly: Assembly): boolean {
  return assembly.ofType(alarmType).some((alarm) => actionsOf(alarm, assembly).includes(topic));
}

/** An encrypted topic drops what CloudWatch publishes where its key does not admit CloudWatch. */
function published(topic: Resource, assembly: Assembly): readonly Finding[] {
  const fix = 'Build the topic with AlarmTopic, and its key with DeploymentKey.';
  const statements = topicStatements(topic, assembly);
  const key = customerKey(topic.at('KmsMasterKeyId'), topic, assembly);
  const isAdmitted = statements.some((statement) => admitsAlarms(statement, ['sns:Publish'], topic.stack));
  const canEncrypt = keyStatements(key).some((statement) => admitsAlarms(statement, ['kms:Decrypt', 'kms:GenerateDataKey'], topic.stack));
  return [
    ...(isAdmitted ? [] : [finding(topic, 'policy', '', 'a policy that lets CloudWatch publish for alarms of this account alone', fix)]),
    ...(statements.some(deniesAlarms) ? [finding(topic, 'denied', '', 'no denial of sns:Publish but without TLS', fix)] : []),
    ...(canEncrypt ? [] : [finding(topic, 'key', 'Properties.KmsMasterKeyId', 'a key that admits CloudWatch for alarms', fix)]),
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
  const stranger = { Effect: 'Deny', Principal: '*', Action: 'sns:*', Resource: '*' };
  return [
    guardWhere(topicType, notifies, 'Properties.KmsMasterKeyId', remove),
    guardWhere(policyType, isOfAlarms, '', remove),
    guardWhere(policyType, isOfAlarms, 'Properties.Topics', remove, replace([])),
    guardWhere(policyType, isOfAlarms, 'Properties.PolicyDocument.Statement', append(stranger), replace([])),
    guardWhere(policyType, isOfAlarms, ofCloudWatch('PolicyDocument', 'Principal'), remove, replace({ Service: 'events.amazonaws.com' })),
    guardWhere(policyType, isOfAlarms, ofCloudWatch('PolicyDocument', 'Action'), replace('sns:GetTopicAttributes')),
    guardWhere(policyType, isOfAlarms, ofCloudWatch('PolicyDocument', 'Condition'), remove),
    guardWhere(policyType, isOfAlarms, ofCloudWatch('PolicyDocument', 'Condition.StringEquals'), replace({ 'aws:SourceAccount': 'x' })),
    guardWhere(keyType, encryptsAlarms, ofCloudWatch('KeyPolicy', 'Action'), replace('kms:Decrypt')),
    guardWhere(keyType, encryptsAlarms, ofCloudWatch('KeyPolicy', 'Principal'), replace({ Service: 'events.amazonaws.com' })),
  ];
}

function isOfAlarms(policy: Resource, assembly: Assembly): boolean {
  return assembly.ofType(topicType).some((topic) => notifies(topic, assembly) && isAttached(policy, topic, assembly));
}

const isAttached = (policy: Resource, topic: Resource, assembly: Assembly): boolean =>
  listOf(policy.at('Topics')).some((value) => assembly.refersTo(value, policy, topic));

function encryptsAlarms(key: Resource, assembly: Assembly): boolean {
  return assembly
    .ofType(topicType)
    .some((topic) => notifies(topic, assembly) && customerKey(topic.at('KmsMasterKeyId'), topic, assembly) === key);
}

/** A property of the statements of a document that admit CloudWatch. */
function ofCloudWatch(document: string, property: string): Guard['path'] {
  return (resource) =>
    listOf(resource.at(`${document}.Statement`)).flatMap((_, index) =>
      resource.at(`${document}.Statement.${index}.Principal.Service`) === 'cloudwatch.amazonaws.com'
        ? [`Properties.${document}.Statement.${index}.${property}`]
        : [],
    );
}

// Alarms in the templates: the metric and resource that they monitor, the topics that they notify, and the statements
// that allow CloudWatch to publish.
import { type Assembly, isObject, type Json, listOf, type Resource, type StackTemplate } from './assembly';
import { conditionsAre, coversActions, type Statement, statementsOf } from './policies';
import { principalsOf } from './principals';
import { alarmType, topicType } from './resource-types';

import { renderText } from './texts';

/**
 * Whether an alarm on a metric of a resource notifies a topic of the deployment. `dimension` is the one dimension of
 * the alarm.
 */
export function hasAlarm(
  resource: Resource,
  metric: string,
  dimension: string,
  assembly: Assembly,
  isRaised: (alarm: Resource) => boolean = () => true,
): boolean {
  return alarmsOn(resource, metric, dimension, assembly).some((alarm) => isRaised(alarm) && notifiesTopic(alarm, assembly));
}

/**
 * The alarms on a metric whose one dimension names the resource: by reference, or by the name that the resource is
 * given.
 */
export function alarmsOn(resource: Resource, metric: string, dimension: string, assembly: Assembly): readonly Resource[] {
  return assembly.ofType(alarmType).filter((alarm) => alarm.at('MetricName') === metric && isAlarmOn(alarm, resource, dimension, assembly));
}

function isAlarmOn(alarm: Resource, resource: Resource, name: string, assembly: Assembly): boolean {
  const dimensions = listOf(alarm.at('Dimensions')).filter(isObject);
  const isNamed = (value: Json | undefined): boolean =>
    assembly.refersTo(value, alarm, resource) || (typeof value === 'string' && value === resource.at(name));
  return dimensions.length === 1 && dimensions.some(({ Name, Value }) => Name === name && isNamed(Value));
}

/** Whether an alarm notifies a topic of the deployment. */
export function notifiesTopic(alarm: Resource, assembly: Assembly): boolean {
  const topics = listOf(alarm.at('AlarmActions')).map((action) => assembly.target(action, alarm.stack));
  return alarm.at('ActionsEnabled') !== false && topics.some((topic) => topic?.type === topicType);
}

/** The statements of the policies of a topic. */
export function topicStatements(topic: Resource, assembly: Assembly): readonly Statement[] {
  return assembly
    .ofType('AWS::SNS::TopicPolicy')
    .filter((policy) => listOf(policy.at('Topics')).some((value) => assembly.refersTo(value, policy, topic)))
    .flatMap((policy) => statementsOf(policy.at('PolicyDocument'), 'PolicyDocument'));
}

/** The statements of the policy of a key. */
export const keyStatements = (key: Resource | undefined): readonly Statement[] => statementsOf(key?.at('KeyPolicy'), 'KeyPolicy');

/** The stack of a statement, and the deployment whose name the names of alarms begin with. */
interface AlarmPlace {
  readonly stack: StackTemplate;
  readonly deployment: string;
}

/**
 * Whether a statement allows actions of CloudWatch for the alarms of the deployment, every one and no other. ("Amazon
 * SNS example cases")
 */
export function admitsAlarms(statement: Statement, actions: readonly string[], { stack, deployment }: AlarmPlace): boolean {
  const isCloudWatch = principalsOf(statement.json).some(({ kind, name }) => kind === 'Service' && name === 'cloudwatch.amazonaws.com');
  return statement.effect === 'Allow' && isCloudWatch && coversActions(statement, actions) && isForAlarms(statement, { stack, deployment });
}

function isForAlarms({ json }: Statement, { stack, deployment }: AlarmPlace): boolean {
  const conditions = Object.entries(isObject(json.Condition) ? json.Condition : {}).flatMap(([operator, keys]) =>
    isObject(keys) ? Object.entries(keys).map(([key, value]) => ({ name: `${operator} ${key}`, text: renderText(value) ?? '' })) : [],
  );
  const isOwn = (account: string | undefined): boolean =>
    account === '${AWS.AccountId}' || (account !== undefined && account === stack.account);
  const isMet = ({ name, text }: (typeof conditions)[number]): boolean => {
    if (name === 'StringEquals aws:SourceAccount') return isOwn(text);
    return name === 'ArnLike aws:SourceArn' && isOwn(text.split(':')[4]) && text.endsWith(`:alarm:${deployment}-*`);
  };
  return conditions.length === 2 && conditions.every(isMet);
}

/** Whether a statement denies publishing by CloudWatch, which always uses TLS. */
export function deniesAlarms(statement: Statement): boolean {
  const isWithoutTls = conditionsAre(statement, [{ operator: 'Bool', key: 'aws:SecureTransport', value: 'false' }]);
  return statement.effect === 'Deny' && coversActions(statement, ['sns:Publish']) && !isWithoutTls;
}

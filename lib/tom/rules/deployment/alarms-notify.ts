// TOM-3.4: every alarm tells people, or has something done; none is muted.

import { append, type Finding, finding, guard, type Rule, remove, replace, set } from '../../rule';
import { alarmType } from '../../template/alarms';
import { type Assembly, listOf, type Resource } from '../../template/assembly';

const compositeType = 'AWS::CloudWatch::CompositeAlarm';
/** What may be done by an alarm: people are told by a topic, a fleet grows by a policy. */
const done = ['AWS::SNS::Topic', 'AWS::AutoScaling::ScalingPolicy'];

export const alarmsNotify: Rule = {
  name: 'alarms-notify',
  requires: 'every alarm has actions, all of the deployment: a topic that people hear of, or a policy of a fleet; and none is muted',
  types: [alarmType, compositeType],
  check: (alarm, assembly) => [...acts(alarm, assembly), ...heard(alarm)],
  guards: [alarmType, compositeType].flatMap((type) => [
    guard(type, 'Properties.AlarmActions', remove, replace([]), append('arn:aws:sns:eu-west-3:x:topic')),
    guard(type, 'Properties.ActionsEnabled', set(false)),
    guard(type, 'Properties.ActionsSuppressor', set('another')),
  ]),
  bypasses: [
    {
      name: 'an alarm that tells nobody',
      resources: { Silent: { Type: alarmType, Properties: { MetricName: 'x', Threshold: 1, ComparisonOperator: 'GreaterThanThreshold' } } },
    },
    {
      name: 'an alarm that tells a stranger',
      resources: { Leak: { Type: alarmType, Properties: { AlarmActions: ['arn:aws:sns:eu-west-3:x:topic'] } } },
    },
  ],
};

function acts(alarm: Resource, assembly: Assembly): readonly Finding[] {
  const path = 'Properties.AlarmActions';
  const actions = listOf(alarm.at('AlarmActions')).map((action) => assembly.target(action, alarm.stack)?.type);
  if (actions.length > 0 && actions.every((type) => done.some((known) => known === type))) return [];
  return [finding(alarm, 'actions', path, 'topics and policies of the deployment', 'Tell the alarm topic of the deployment.')];
}

function heard(alarm: Resource): readonly Finding[] {
  const muted = alarm.at('ActionsEnabled') !== undefined && alarm.at('ActionsEnabled') !== true;
  return [
    ...(muted ? [finding(alarm, 'muted', 'Properties.ActionsEnabled', 'true', 'Leave it out.')] : []),
    ...(alarm.at('ActionsSuppressor') === undefined
      ? []
      : [finding(alarm, 'suppressed', 'Properties.ActionsSuppressor', 'none', 'Leave it out.')]),
  ];
}

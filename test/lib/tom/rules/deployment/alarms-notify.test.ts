import { alarmsNotify } from '../../../../../lib/tom/rules/deployment/alarms-notify';
import type { JsonObject } from '../../../../../lib/tom/template/assembly';
import { answers, ref, resource } from '../example';

const says = (properties: JsonObject, type = 'Alarm') =>
  answers(alarmsNotify, {
    A: resource(`AWS::CloudWatch::${type}`, properties),
    Topic: resource('AWS::SNS::Topic'),
    Policy: resource('AWS::AutoScaling::ScalingPolicy'),
    Queue: resource('AWS::SQS::Queue'),
  }).A;

test('an alarm that tells people, or has a fleet grow, complies', () => {
  expect(says({ AlarmActions: [ref('Topic')] })).toBe('compliant');
  expect(says({ AlarmActions: [ref('Policy'), ref('Topic')], ActionsEnabled: true }, 'CompositeAlarm')).toBe('compliant');
});

test.each<[string, JsonObject, string[]]>([
  ['has no actions', {}, ['actions']],
  ['has none of them', { AlarmActions: [] }, ['actions']],
  ['tells only when it is over', { OKActions: [ref('Topic')] }, ['actions']],
  ['tells a stranger', { AlarmActions: ['arn:aws:sns:eu-west-3:x:y'] }, ['actions']],
  ['tells a stranger too', { AlarmActions: [ref('Topic'), 'arn:aws:sns:eu-west-3:x:y'] }, ['actions']],
  ['tells a queue', { AlarmActions: [ref('Queue')] }, ['actions']],
  ['is muted', { AlarmActions: [ref('Topic')], ActionsEnabled: false }, ['muted']],
  ['may be muted', { AlarmActions: [ref('Topic')], ActionsEnabled: ref('Choice') }, ['muted']],
  ['is muted by another', { AlarmActions: [ref('Topic')], ActionsSuppressor: 'x' }, ['suppressed']],
])('an alarm that %s does not', (_, properties, ids) => {
  expect(says(properties)).toEqual(ids);
});

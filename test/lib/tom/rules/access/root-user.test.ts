import { rootUser } from '../../../../../lib/tom/rules/access/root-user';
import type { JsonObject } from '../../../../../lib/tom/template/assembly';
import { answers, changed, type Resources, ref, resource, without } from '../example';

const pattern = (rest: string) => `{ ($.userIdentity.type = "Root") && ($.userIdentity.invokedBy NOT EXISTS)${rest} }`;
const example: Resources = {
  Trail: resource('AWS::CloudTrail::Trail', { TrailName: 'production' }),
  Uses: resource('AWS::Logs::MetricFilter', {
    FilterPattern: pattern(' && ($.eventType != "AwsServiceEvent")'),
    MetricTransformations: [{ MetricNamespace: 'Rempart/production', MetricName: 'RootUserEvents', MetricValue: '1' }],
  }),
  Alarm: resource('AWS::CloudWatch::Alarm', { MetricName: 'RootUserEvents', Threshold: 0, AlarmActions: [ref('Topic')] }),
};
const says = (resources: Resources) => answers(rootUser, resources).Trail;

test('an alarm on each use complies', () => expect(says(example)).toBe('compliant'));

test.each<[string, string, JsonObject]>([
  ['sign-ins alone', 'Uses', { FilterPattern: pattern(' && ($.eventName = "ConsoleLogin")') }],
  ['uses that succeed', 'Uses', { FilterPattern: pattern(' && ($.eventType != "AwsServiceEvent") && ($.errorCode NOT EXISTS)') }],
  ['the uses of another metric', 'Alarm', { MetricName: 'EmergencyRoleUses' }],
  ['several uses', 'Alarm', { Threshold: 3 }],
  ['uses, and notifies nobody', 'Alarm', { AlarmActions: [] }],
])('an alarm on %s does not', (_, id, properties) => expect(says(changed(example, id, properties))).toEqual(['alarm']));

test('no alarm does not', () => expect(says(without(example, 'Alarm'))).toEqual(['alarm']));

import { mirroredDisks } from '../../../../../lib/tom/rules/collection/mirrored-disks';
import { answers, changed, type Resources, without } from '../example';
import { disk, fleet, mixed, withServer } from './example-fleet';

const says = (resources: Resources, id: string) => answers(mirroredDisks, resources)[id];
const disks = (...mappings: object[]) => withServer({ BlockDeviceMappings: [disk('/dev/xvda', { VolumeSize: 20 }), ...mappings] });

test('a mirrored and monitored pair complies', () => {
  expect([says(fleet, 'Server'), says(fleet, 'Fleet')]).toEqual(['compliant', 'compliant']);
});

test.each<[string, Resources, string[]]>([
  ['one data disk', disks(disk('/dev/sdf')), ['pairs', 'mirror']],
  ['three', disks(disk('/dev/sdf'), disk('/dev/sdg'), disk('/dev/sdh')), ['pairs', 'mirror']],
  ['four, of which it mirrors two', disks(...['f', 'g', 'h', 'i'].map((letter) => disk(`/dev/sd${letter}`))), ['mirror']],
  ['unequal halves', disks(disk('/dev/sdf'), disk('/dev/sdg', { VolumeSize: 50 })), ['unequal::VolumeSize']],
  ['a slow half', disks(disk('/dev/sdf'), disk('/dev/sdg', { VolumeType: 'st1' })), ['unequal::VolumeType']],
  ['an open half', disks(disk('/dev/sdf'), disk('/dev/sdg', { Encrypted: false })), ['encrypted::/dev/sdg']],
  ['a half of something else', disks(disk('/dev/sdf'), disk('/dev/sdg', { SnapshotId: 'snap' })), ['blank::/dev/sdg']],
  ['a third under the name of a root disk', disks(disk('/dev/sdf'), disk('/dev/sdg'), disk('/dev/sda1')), ['pairs', 'mirror']],
  ['no boot that mirrors them', withServer({ UserData: { 'Fn::Base64': '#!/bin/bash\n' } }), ['mirror']],
  ['no user data', withServer({ UserData: undefined }), ['mirror']],
  [
    'a script that is not checked',
    withServer({ UserData: { 'Fn::Base64': 'fetch b k unchecked disks.sh\nDISKS="sdf sdg"\n' } }),
    ['mirror'],
  ],
])('a server with %s does not', (_, resources, ids) => {
  expect(says(resources, 'Server')).toEqual(ids);
});

test('a server without data disks is not its concern, unless it collects', () => {
  expect(says(disks(), 'Server')).toBe('not-applicable');
  expect(says(disks(), 'Fleet')).toEqual(['disks']);
  expect(says(changed(disks(), 'Fleet', { Tags: [{ Key: 'rempart:role', Value: 'portal' }] }), 'Fleet')).toBe('not-applicable');
});

test.each<[string, Resources, string[]]>([
  [
    'a type that has disks of its own',
    changed(fleet, 'Fleet', { MixedInstancesPolicy: mixed({}, { InstanceType: 'm8g.large' }, { InstanceType: 'm8gd.large' }) }),
    ['type::"m8gd.large"'],
  ],
  [
    'a type that the image does not start on',
    changed(fleet, 'Fleet', { MixedInstancesPolicy: mixed({}, { InstanceType: 'm7i.large' }) }),
    ['type::"m7i.large"'],
  ],
  ['no alarm', without(fleet, 'Degraded'), ['alarm']],
  ['an alarm of another fleet', changed(fleet, 'Degraded', { Dimensions: [{ Name: 'AutoScalingGroupName', Value: 'other' }] }), ['alarm']],
  ['an alarm that tells nobody', changed(fleet, 'Degraded', { AlarmActions: [] }), ['alarm']],
  ['an alarm that is off', changed(fleet, 'Degraded', { ActionsEnabled: false }), ['alarm']],
  ['an alarm that two degraded mirrors raise', changed(fleet, 'Degraded', { Threshold: 2 }), ['alarm']],
  ['an alarm that is never raised', changed(fleet, 'Degraded', { ComparisonOperator: 'GreaterThanThreshold' }), ['alarm']],
  ['an alarm that tells a stranger', changed(fleet, 'Degraded', { AlarmActions: ['arn:aws:sns:eu-west-3:x:y'] }), ['alarm']],
  ['an alarm that all must raise', changed(fleet, 'Degraded', { Statistic: 'Minimum' }), ['alarm']],
  ['an alarm after a day', changed(fleet, 'Degraded', { Period: 3600, EvaluationPeriods: 24 }), ['alarm']],
  ['an alarm on what nobody publishes', changed(fleet, 'Degraded', { Namespace: 'Other' }), ['alarm']],
  ['a replacement that may not be started', without(fleet, 'MayReplace'), ['replacement']],
  ['a replacement by something else', changed(fleet, 'Replace', { Environment: {} }), ['replacement']],
  ['a replacement on another bus', changed(fleet, 'Replacement', { EventBusName: 'theirs' }), ['replacement']],
  [
    'a replacement on other events',
    changed(fleet, 'Replacement', {
      EventPattern: { ...(fleet.Replacement?.Properties?.EventPattern as object), 'detail-type': ['Other'] },
    }),
    ['replacement'],
  ],
  ['nothing that replaces it', without(fleet, 'Replacement'), ['replacement']],
  ['a replacement that is off', changed(fleet, 'Replacement', { State: 'DISABLED' }), ['replacement']],
  ['a replacement without a function', changed(fleet, 'Replacement', { Targets: [{ Id: 'x', Arn: 'elsewhere' }] }), ['replacement']],
  [
    'a replacement when all is well again',
    changed(fleet, 'Replacement', { EventPattern: { source: ['aws.cloudwatch'], detail: { state: { value: ['OK'] } } } }),
    ['replacement'],
  ],
])('a fleet with %s does not', (_, resources, ids) => {
  expect(says(resources, 'Fleet')).toEqual(ids);
});

test('the alarm can refer to the group by its name', () => {
  const named = changed(fleet, 'Degraded', { Dimensions: [{ Name: 'AutoScalingGroupName', Value: 'production-collectors' }] });
  expect(says(named, 'Fleet')).toBe('compliant');
});

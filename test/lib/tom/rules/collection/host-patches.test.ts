import { hostPatches } from '../../../../../lib/tom/rules/collection/host-patches';
import { aboutHost, type Host } from './example-host';

const timer = (change: (text: string) => string): Host => ({ files: { 'patches.timer': change } });
const script = (change: (text: string) => string): Host => ({ files: { 'patches.sh': change } });
const window = 'patches::patches.timer every night from 1:00 to 4:00 UTC';

test('servers with the files of the repository comply', () => {
  expect(aboutHost(hostPatches)).toBe('compliant');
});

test.each<[string, Host, string]>([
  ['no timer', { files: { 'patches.timer': undefined } }, window],
  ['a timer once a week', timer((text) => text.replace('*-*-*', 'Sun')), window],
  ['a timer by day', timer((text) => text.replace('01:00:00', '13:00:00')), window],
  ['a second start by day', timer((text) => text.replace('[Timer]\n', '[Timer]\nOnCalendar=13:00\n')), window],
  ['a delay past the window', timer((text) => text.replace('10800', '36000')), window],
  [
    'a timer that is not started',
    { files: { 'boot.sh': (text) => text.replace('enable --now patches.timer', 'disable patches.timer') } },
    'patches::boot.sh: systemctl enable --now patches.timer',
  ],
  [
    'another program',
    { files: { 'patches.service': (text) => text.replace('patches.sh', 'packages.sh') } },
    'patches::patches.service: ExecStart=/opt/rempart/patches.sh',
  ],
  ['an alarm that nobody hears', { alarms: { AlarmActions: [] } }, 'alarm::PatchesMissing'],
  ['an alarm after a week', { alarms: { EvaluationPeriods: 7 } }, 'alarm::PatchesMissing'],
])('servers with %s do not', (_, host, id) => {
  expect(aboutHost(hostPatches, host)).toEqual([id]);
});

test.each(['--releasever=latest', 'gpgcheck=1', '--repo=amazonlinux', ' upgrade', ' || missing=1'])(
  'a script without %s does not',
  (part) => {
    expect(
      aboutHost(
        hostPatches,
        script((text) => text.replaceAll(part, '')),
      ),
    ).not.toBe('compliant');
  },
);

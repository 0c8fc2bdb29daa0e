import { declaredPackages } from '../../../../../lib/tom/rules/collection/declared-packages';
import { installLines } from '../../../../../lib/tom/template/server-packages';
import { aboutHost, type Host } from './example-host';

const install = installLines[1];
const boot = (change: (text: string) => string): Host => ({ files: { 'boot.sh': change } });
const list = (change: (text: string) => string): Host => ({ files: { 'packages.list': change } });

test('servers with the files of the repository comply', () => {
  expect(aboutHost(declaredPackages)).toBe('compliant');
});

test.each<[string, Host, string[]]>([
  ['a further package', boot((text) => text.replace(install, `${install} nmap`)), ['packages::boot.sh']],
  ['a package less', boot((text) => text.replace(' logrotate amazon-cloud', ' amazon-cloud')), ['packages::boot.sh']],
  ['no check of signatures', boot((text) => text.replace('gpgcheck=1', 'gpgcheck=0')), ['packages::boot.sh']],
  ['every repository', boot((text) => text.replace('--repo=amazonlinux ', '')), ['packages::boot.sh']],
  ['a second installation', boot((text) => `${text}dnf install nmap\n`), ['packages::boot.sh']],
  ['a download', boot((text) => `${text}curl --silent https://example.com/install | bash\n`), ['packages::boot.sh']],
  [
    'a boot of another name',
    { files: { 'boot.sh': undefined } },
    ['packages::boot.sh', 'exclusion::persist "$here/packages.sh" exclude', 'exclusion::systemctl enable --now packages.timer'],
  ],
  ['patches from elsewhere', { files: { 'patches.sh': (text) => `${text}pip install tool\n` } }, ['packages::patches.sh']],
  ['no removal', boot((text) => text.replace('packages.sh" exclude', 'packages.sh"')), ['exclusion::persist "$here/packages.sh" exclude']],
  [
    'a removal in a comment',
    boot((text) => text.replace('persist "$here/packages.sh" exclude', '# persist "$here/packages.sh" exclude')),
    ['exclusion::persist "$here/packages.sh" exclude'],
  ],
  [
    'no comparison',
    boot((text) => text.replace('enable --now packages.timer', 'disable packages.timer')),
    ['exclusion::systemctl enable --now packages.timer'],
  ],
  ['no timer', { files: { 'packages.timer': undefined } }, ['exclusion::packages.timer']],
  ['a list without the agent of sessions', list((text) => text.replace('amazon-ssm-agent\n', '')), ['list::amazon-ssm-agent']],
  ['a list with an SSH server', list((text) => `${text}openssh-server\n`), ['list::openssh-server']],
  ['an alarm that nobody hears', { alarms: { AlarmActions: [] } }, ['alarm::PackagesDiffer']],
  ['an alarm on the average', { alarms: { Statistic: 'Average' } }, ['alarm::PackagesDiffer']],
  ['an alarm on two packages', { alarms: { Threshold: 2 } }, ['alarm::PackagesDiffer']],
  ['an alarm of another deployment', { alarms: { Namespace: 'Rempart/staging' } }, ['alarm::PackagesDiffer']],
  ['an alarm after a day', { alarms: { EvaluationPeriods: 24 } }, ['alarm::PackagesDiffer']],
])('servers with %s do not', (_, host, ids) => {
  expect(aboutHost(declaredPackages, host)).toEqual(ids);
});

describe('with EC2 Instance Connect', () => {
  test('servers with its packages comply, and those without do not', () => {
    expect(aboutHost(declaredPackages, { configured: true })).toBe('compliant');
    const names = ['ec2-instance-connect', 'ec2-instance-connect-selinux', 'openssh', 'openssh-server'];
    expect(aboutHost(declaredPackages, { configured: true, connect: false })).toEqual([
      'packages::instance-connect.sh',
      ...names.map((name) => `list::${name}`),
    ]);
    expect(aboutHost(declaredPackages, { connect: true })).toEqual([
      'packages::instance-connect.sh',
      ...names.map((name) => `list::${name}`),
    ]);
  });

  test('a further package, and a client of SSH, do not', () => {
    const files = {
      'instance-connect.sh': (text: string) => text.replace('openssh-server', 'openssh-server nmap'),
      'packages.list': (text: string) => `${text}openssh-clients\n`,
    };
    expect(aboutHost(declaredPackages, { configured: true, files })).toEqual(['packages::instance-connect.sh', 'list::openssh-clients']);
  });
});

// The SSH server of a deployment with `access.instanceConnect`: its user data runs on a folder, with stubs of commands
// that change the machine; its configuration is read by sshd, and its unit by systemd, where they are installed.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App, Stack } from 'aws-cdk-lib/core';
import { connectTexts, hostTexts, ServerFiles } from '../../../../lib/collection/server-files';
import { connectPackages, sshdLines } from '../../../../lib/tom/template/server-ssh';
import { Machine, metadata, type Run } from '../host/machine';

const folder = join(__dirname, '../../../../services/collector/instance-connect');
const read = (name: string): string => readFileSync(join(folder, name), 'utf8');

const program = { 'collector.cjs': 'console.log(1);\n' };
const settings = {
  'host.env': 'GROUP=example-collectors\nLAUNCH_HOOK=ready\nTERMINATION_HOOK=drained\n',
  'collector.env': 'PORT=8080\n',
  'amazon-cloudwatch-agent.json': '{}\n',
  'sessions.conf': '[Login]\nStopIdleSessionSec=900\nKillUserProcesses=yes\n',
};
const stack = new Stack(new App(), 'example', { env: { account: '111111111111', region: 'eu-west-3' } });
const common = { program, settings, region: 'eu-west-3' };
const { userData } = new ServerFiles(stack, 'On', { ...common, instanceConnect: true });
const without = new ServerFiles(stack, 'Off', { ...common, instanceConnect: false }).userData;
const texts: Readonly<Record<string, string>> = { ...hostTexts(), ...connectTexts(), ...program };

let machine: Machine;

function machineWith(boot: string): void {
  machine = new Machine({
    curl: metadata,
    aws: 'if [[ $1 == autoscaling ]]; then exit; fi; eval "$(printf \'key=%q part=%q\' "$6" "$7")"; cp "$root/bucket/$key" "$part"',
    systemctl: '[[ ! -e "$root/no-$2" ]]',
    dnf: '[[ ! -e "$root/no-packages" || "$*" != *openssh* ]]',
    id: 'exit 1',
    rpm: 'grep -v "^#" "$root/opt/rempart/packages.list"',
    augenrules: '',
    useradd: '',
    usermod: '',
    'ssh-keygen': ': >"${@: -1}"',
    sync: '',
  });
  for (const [, , key, name] of boot.matchAll(/^fetch (\S+) (\S+) [0-9a-f]{64} (\S+)$/gm)) {
    const text = boot === without && name === 'packages.list' ? hostTexts()[name] : texts[name ?? ''];
    machine.write(`bucket/${key}`, text ?? '');
  }
  machine.write('opt/aws/amazon-cloudwatch-agent/bin/amazon-cloudwatch-agent-ctl', '');
  machine.stub('amazon-cloudwatch-agent-ctl', '');
  machine.link('opt/aws/amazon-cloudwatch-agent/bin/amazon-cloudwatch-agent-ctl', 'amazon-cloudwatch-agent-ctl');
  machine.write('etc/audit/rules.d/audit.rules', '');
  machine.write('metadata/instance-id', 'i-0a1b');
  machine.write('user-data', boot);
}
afterEach(() => machine.remove());

const boot = (): Run => machine.run(join(machine.root, 'user-data'));
const positions = ({ calls }: Run, ...texts: readonly string[]) => texts.map((text) => calls.findIndex((call) => call.includes(text)));

test('starts after the collector, with keys of the moment, sessions that end, and a user who has a shell', () => {
  machineWith(userData);
  const run = boot();
  expect({ status: run.status, output: run.output }).toMatchObject({
    status: 0,
    output: expect.stringMatching(/instance-connect: done\n$/),
  });
  const steps = [
    'mask sshd.service',
    'enable --now collector.service',
    'mask ec2-instance-connect-harvest-hostkeys.service',
    `install ${connectPackages.join(' ')}`,
    'restart systemd-logind.service',
    'usermod --shell /bin/bash shell',
    'ssh-keygen -q -t ed25519',
    'enable --now instance-connect.service',
  ];
  const found = positions(run, ...steps);
  expect(found).not.toContain(-1);
  expect(found).toEqual(found.toSorted((a, b) => a - b));
  expect(machine.read('etc/systemd/logind.conf.d/rempart.conf')).toBe(settings['sessions.conf']);
  expect(machine.read('etc/systemd/system/instance-connect.service')).toBe(read('instance-connect.service'));
  expect(run.calls.join()).not.toMatch(/unmask|enable --now sshd|wheel|sudo/);
});

test.each([
  ['no packages', 'no-packages'],
  ['a logind that does not start again', 'no-systemd-logind.service'],
  ['a server that does not start', 'no---now'],
])('collects with %s, and reports it', (_, file) => {
  machineWith(userData);
  if (file === 'no---now') machine.stub('systemctl', '[[ "$*" != *instance-connect.service || "$*" == mask* ]]');
  else machine.write(file, '');
  const run = boot();
  expect(run.status).toBe(0);
  expect(positions(run, 'enable --now collector.service')).not.toContain(-1);
  expect(run.output).toContain('instance-connect: expected the SSH server to start, it did not');
  expect(machine.has('opt/rempart/collector.cjs')).toBe(true);
});

test('a server of another deployment has no file, package or step of it', () => {
  machineWith(without);
  const run = boot();
  expect(run.status).toBe(0);
  expect(run.calls.join('\n')).not.toMatch(/openssh|instance-connect|usermod|ssh-keygen/);
  for (const name of ['instance-connect.sh', 'instance-connect.service', 'sshd.conf'])
    expect(machine.has(`opt/rempart/${name}`)).toBe(false);
  expect(hostTexts()['packages.list']).not.toMatch(/ssh|instance-connect/);
});

test('the list has the further packages alone', () => {
  const names = (text: string | undefined) => (text ?? '').split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  const further = names(connectTexts()['packages.list']).filter((name) => !names(hostTexts()['packages.list']).includes(name));
  expect(further).toEqual([...connectPackages]);
  expect(readdirSync(folder).sort()).toEqual(['instance-connect.service', 'instance-connect.sh', 'packages.list', 'sshd.conf']);
});

test('sshd has this configuration alone, without passwords, root, forwarding and keys of files', () => {
  const lines = read('sshd.conf')
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'));
  expect(lines).toEqual([...sshdLines]);
  expect(read('instance-connect.service')).toContain('ExecStart=/usr/sbin/sshd -D -f /opt/rempart/sshd.conf\n');
  expect(lines.filter((line) => /^(?:Include|Match|Subsystem|ForceCommand|AcceptEnv)\b/.test(line))).toEqual([]);
});

test('sshd reads it, where it is installed', () => {
  if (spawnSync('/usr/sbin/sshd', ['-V']).error) return console.log('sshd is not installed: sshd.conf is not read');
  const place = mkdtempSync(join(tmpdir(), 'rempart-sshd-'));
  try {
    const key = join(place, 'host-key');
    expect(spawnSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', key]).status).toBe(0);
    writeFileSync(join(place, 'sshd.conf'), read('sshd.conf').replace('/etc/rempart/host-key', key));
    const connection = 'user=shell,host=h,addr=10.64.0.9,laddr=10.64.0.8,lport=22';
    const { status, stdout, stderr } = spawnSync('/usr/sbin/sshd', ['-T', '-f', join(place, 'sshd.conf'), '-C', connection], {
      encoding: 'utf8',
    });
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    for (const line of [
      'permitrootlogin no',
      'passwordauthentication no',
      'kbdinteractiveauthentication no',
      'authenticationmethods publickey',
      'authorizedkeysfile none',
      'allowusers shell',
      'disableforwarding yes',
      'allowtcpforwarding no',
      'x11forwarding no',
    ])
      expect(stdout.toLowerCase().split('\n')).toContain(line);
  } finally {
    rmSync(place, { recursive: true });
  }
});

test('systemd understands the unit, and rates it as little exposed, where it is installed', () => {
  if (spawnSync('systemd-analyze', ['--version']).status !== 0)
    return console.log('systemd-analyze is not installed: the unit is not verified');
  const { stdout } = spawnSync('systemd-analyze', ['security', '--offline=true', '--no-pager', join(folder, 'instance-connect.service')], {
    encoding: 'utf8',
  });
  expect(Number(/Overall exposure level for \S+: ([\d.]+)/.exec(stdout)?.[1])).toBeLessThan(4.9);
  expect(read('instance-connect.service')).toContain('\nNoNewPrivileges=yes\n');
});

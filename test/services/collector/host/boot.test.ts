// The user data of a server runs on a folder: it fetches, verifies and boots, with stubs of commands that change the
// machine.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { App, Stack } from 'aws-cdk-lib/core';
import { hostTexts, ServerFiles } from '../../../../lib/collection/server-files';
import { hostFolder, Machine, metadata, type Run } from './machine';

const program = { 'collector.cjs': 'console.log(1);\n' };
const settings = {
  'host.env': 'GROUP=example-collectors\nLAUNCH_HOOK=ready\nTERMINATION_HOOK=drained\n',
  'collector.env': 'PORT=8080\n',
  'amazon-cloudwatch-agent.json': '{"a": "$HOME `x`"}\n',
};
const stack = new Stack(new App(), 'example', { env: { account: '111111111111', region: 'eu-west-3' } });
const { userData, objects } = new ServerFiles(stack, 'Files', { program, settings, region: 'eu-west-3', instanceConnect: false });
const texts: Readonly<Record<string, string>> = { ...hostTexts(), ...program };

/** The objects of the bucket, by key, as the user data names them. */
const fetched = [...userData.matchAll(/^fetch (\S+) (\S+) ([0-9a-f]{64}) (\S+)$/gm)].map(([, bucket, key, , name]) => ({
  bucket: bucket ?? '',
  key: key ?? '',
  name: name ?? '',
}));

let machine: Machine;

beforeEach(() => {
  machine = new Machine({
    curl: metadata,
    aws: 'if [[ $1 == autoscaling ]]; then [[ ! -e "$root/not-leaving" ]]; exit; fi; eval "$(printf \'key=%q part=%q\' "$6" "$7")"; cp "$root/bucket/$key" "$part"',
    systemctl: '',
    dnf: '[[ ! -e "$root/no-packages" ]]',
    id: 'exit 1',
    rpm: 'grep -v "^#" "$root/opt/rempart/packages.list"',
    augenrules: '',
    useradd: '',
    sync: '',
  });
  for (const { key, name } of fetched) machine.write(`bucket/${key}`, texts[name] ?? '');
  machine.write('opt/aws/amazon-cloudwatch-agent/bin/amazon-cloudwatch-agent-ctl', '');
  machine.write('user-data', userData);
  machine.write('etc/audit/rules.d/audit.rules', '-a never,task\n');
  machine.write('metadata/instance-id', 'i-0a1b');
  machine.stub('amazon-cloudwatch-agent-ctl', '');
  machine.link('opt/aws/amazon-cloudwatch-agent/bin/amazon-cloudwatch-agent-ctl', 'amazon-cloudwatch-agent-ctl');
});
afterEach(() => machine.remove());

const boot = (): Run => machine.run(join(machine.root, 'user-data'));
const started = ({ calls }: Run) =>
  calls.filter((call) => call.startsWith('systemctl enable --now ')).flatMap((call) => call.split(' ').slice(3));

test('brings every file and every setting, as it is, and boots', () => {
  const run = boot();
  expect({ status: run.status, output: run.output }).toMatchObject({ status: 0, output: expect.stringContaining('boot: done') });
  for (const [name, text] of Object.entries(texts)) expect(machine.read(`opt/rempart/${name}`)).toBe(text);
  for (const [name, text] of Object.entries(settings)) expect(machine.read(`etc/rempart/${name}`)).toBe(text);
});

test('speaks to the fleet first, and collects last', () => {
  expect(started(boot())).toEqual([
    'lifecycle.service',
    'patches.timer',
    'packages.timer',
    'auditd.service',
    'journal-file.service',
    'logrotate.timer',
    'amazon-ssm-agent.service',
    'spool-disks.service',
    'mdmonitor.service',
    'raid-check.timer',
    'array-watch.timer',
    'collector.service',
  ]);
});

test('is patched, and rid of what is not declared, before it collects', () => {
  machine.stub(
    'rpm',
    'if [[ $1 == --query ]]; then grep -v "^#" "$root/opt/rempart/packages.list"; [[ -e "$root/gone" ]] || echo openssh-server; else : >"$root/gone"; fi',
  );
  const { calls, status } = boot();
  const at = (text: string) => calls.findIndex((call) => call.includes(text));
  expect(status).toBe(0);
  const steps = [
    ' install nodejs24',
    'start patches.service',
    'rpm --erase --allmatches openssh-server',
    'useradd ',
    'augenrules',
    'enable --now collector.service',
  ];
  expect(steps.map(at)).toEqual([...steps.map(at)].sort((a, b) => a - b));
  expect(steps.map(at)).not.toContain(-1);
});

test('collects without patches that cannot be had, which are tried again at night', () => {
  machine.stub('systemctl', '[[ "$*" != "start patches.service" ]]');
  const run = boot();
  expect(run.status).toBe(0);
  expect(run.output).toContain('boot: expected patches.service to succeed, it failed');
  expect(started(run)).toEqual(expect.arrayContaining(['patches.timer', 'collector.service']));
});

test('is audited by its own rules alone, once the user of sessions exists', () => {
  const { calls } = boot();
  expect(machine.read('etc/audit/rules.d/rempart.rules')).toBe(texts['audit.rules']);
  expect(machine.has('etc/audit/rules.d/audit.rules')).toBe(false);
  const at = (text: string) => calls.findIndex((call) => call.includes(text));
  expect(at('augenrules --load')).toBeGreaterThan(at('--groups systemd-journal shell'));
  expect(at('augenrules --load')).toBeLessThan(at('enable --now amazon-ssm-agent.service'));
});

test('is on its disk as a whole before it collects', () => {
  const { calls } = boot();
  const [last, before] = [...calls].reverse();
  expect([before, last]).toEqual(['sync ', 'systemctl enable --now collector.service']);
});

test('closes the shells, installs from the repositories of the image, and makes a user who cannot sign in', () => {
  const { calls } = boot();
  expect(calls).toEqual(expect.arrayContaining(['systemctl disable --now sshd.service', 'systemctl mask sshd.service']));
  expect(calls.find((call) => call.startsWith('dnf'))).toContain(
    'nodejs24 mdadm xfsprogs logrotate amazon-cloudwatch-agent amazon-ssm-agent',
  );
  const users = calls.filter((call) => call.startsWith('useradd'));
  expect(users.map((call) => call.split(' ').at(-1))).toEqual(['collector', 'shell']);
  for (const user of users) expect(user).toContain('--system --no-create-home --home-dir /nonexistent --shell /usr/sbin/nologin');
  expect(users.join()).not.toMatch(/wheel|adm|sudo|root|--uid|--non-unique/);
  expect(calls.join()).not.toMatch(/https?:\/\/(?!169\.254\.169\.254)/);
});

test.each(fetched.map(({ name, key }) => [name, key] as const))('believes no other %s: it stops before anything runs', (name, key) => {
  machine.write(`bucket/${key}`, `${texts[name]} `);
  const run = boot();
  expect(run.status).toBe(1);
  expect(run.output).toMatch(new RegExp(`fetch: expected ${name.replace('.', '\\.')} with SHA-256 [0-9a-f]{64}, got [0-9a-f]{64}`));
  const tampered = `${texts[name]} `;
  expect(machine.has(`opt/rempart/${name}`) && machine.read(`opt/rempart/${name}`) === tampered).toBe(false);
  expect(started(run)).toEqual([]);
});

test('stops where a file cannot be fetched', () => {
  machine.stub('aws', 'if [[ $1 == s3api ]]; then echo Forbidden >&2; exit 254; fi');
  expect(boot()).toMatchObject({ status: 254, output: expect.stringContaining('Forbidden') });
});

describe('a server that cannot be set up', () => {
  const answers = ({ calls }: Run) => calls.filter((call) => call.startsWith('aws autoscaling'));
  const answer = (hook: string, result: string) =>
    `aws autoscaling complete-lifecycle-action --auto-scaling-group-name example-collectors --lifecycle-hook-name ${hook} ` +
    `--instance-id i-0a1b --lifecycle-action-result ${result}`;

  test('abandons its launch hook, and terminates without being retained', () => {
    machine.remove(`bucket/${fetched[0]?.key}`);
    expect(answers(boot())).toEqual([answer('ready', 'ABANDON'), answer('drained', 'CONTINUE')]);
  });

  test('retries until it is terminated, up to a limit', () => {
    machine.remove(`bucket/${fetched[0]?.key}`);
    machine.write('not-leaving', '');
    const run = boot();
    expect(run.status).toBe(1);
    expect(answers(run)).toHaveLength(240);
  });

  test('a server that is set up does not abandon its hook', () => {
    expect(answers(boot())).toEqual([]);
  });
});

/** Waits of ten seconds each: less than the ten minutes of the launch hook. */
const mostWaits = 20;
const sleeps = ({ calls }: Run) => calls.filter((call) => call === 'sleep 10').length;
const passing = (command: string, status: number) =>
  `if (($(grep -c "^${command} " "$root/.calls") < 3)); then echo "can't create transaction lock on /var/lib/rpm/.rpm.lock" >&2; exit ${status}; fi`;

test('sessions are admitted after their user exists, and a user that exists is not made again', () => {
  const { calls } = boot();
  const at = (text: string) => calls.findIndex((call) => call.includes(text));
  expect(at('nologin --groups systemd-journal shell')).toBeLessThan(at('enable --now amazon-ssm-agent.service'));
  expect(at('mask sshd.service')).toBeLessThan(at('enable --now amazon-ssm-agent.service'));
  machine.stub('id', '');
  expect(boot().calls.filter((call) => call.startsWith('useradd '))).toEqual([]);
});

test.each([
  ['dnf', 'the lock of RPM is held', passing('dnf', 1), 1],
  ['augenrules', 'auditd is not there yet', passing('augenrules', 1), 1],
  ['useradd', 'the lock of /etc/passwd is held', passing('useradd', 10), 2],
  ['amazon-cloudwatch-agent-ctl', 'the metadata service is not there yet', passing('amazon-cloudwatch-agent-ctl', 1), 1],
])('%s is tried again where %s', (command, _, body, times) => {
  machine.stub(command, body);
  const run = boot();
  expect(run).toMatchObject({ status: 0, output: expect.stringContaining('boot: done') });
  expect(run.calls.filter((call) => call.startsWith(`${command} `))).toHaveLength(2 + times);
  expect(sleeps(run)).toBe(2);
});

test('a fetch is tried again where the credentials of the role are not there yet', () => {
  machine.write('refusals', '\n\n');
  machine.stub(
    'aws',
    'if [[ -s "$root/refusals" ]]; then sed -i 1d "$root/refusals"; echo "Unable to locate credentials" >&2; exit 253; fi; ' +
      'eval "$(printf \'key=%q part=%q\' "$6" "$7")"; cp "$root/bucket/$key" "$part"',
  );
  const run = boot();
  expect(run).toMatchObject({ status: 0, output: expect.stringContaining('boot: done') });
  expect(sleeps(run)).toBe(2);
});

describe('a server whose boot fails', () => {
  const hooks = ({ calls }: Run) =>
    calls
      .filter((call) => call.startsWith('aws autoscaling'))
      .map((call) => /--lifecycle-hook-name (\w+) .* --lifecycle-action-result (\w+)$/.exec(call)?.slice(1).join(' '));

  test('retries the packages up to the limit, then abandons its launch hook', () => {
    machine.write('no-packages', '');
    const run = boot();
    expect(run.status).toBe(1);
    expect(started(run)).toEqual(['lifecycle.service']);
    expect(run.calls.filter((call) => call.startsWith('dnf'))).toHaveLength(mostWaits + 1);
    expect(hooks(run)).toEqual(['ready ABANDON', 'drained CONTINUE']);
  });

  test('waits no longer where two things fail by turns', () => {
    machine.stub('dnf', passing('dnf', 1));
    machine.stub('useradd', 'exit 10');
    const run = boot();
    expect(run.status).toBe(10);
    expect(run.calls.filter((call) => /^(dnf|useradd)/.test(call))).toHaveLength(mostWaits + 2);
    expect(hooks(run)).toEqual(['ready ABANDON', 'drained CONTINUE']);
  });

  test.each(['spool-disks', 'journal-file', 'lifecycle', 'sshd', 'amazon-ssm-agent', 'array-watch', 'auditd', 'packages.timer'])(
    'abandons its launch hook where %s does not start',
    (unit) => {
      machine.stub('systemctl', `[[ "$*" != *${unit}* ]]`);
      expect(hooks(boot())).toEqual(['ready ABANDON', 'drained CONTINUE']);
    },
  );

  test('takes no hits later, and leaves its leaving to the lifecycle service where it took some', () => {
    machine.stub('systemctl', 'if [[ "$*" == "enable --now collector.service" ]]; then : >"$root/var/lib/rempart/took-hits"; exit 1; fi');
    const run = boot();
    expect(run.status).toBe(1);
    expect(run.calls.at(-1)).toBe('systemctl disable --now collector.service');
    expect(hooks(run)).toEqual([]);
  });
});

test('stops where the disks do not come up: nothing collects', () => {
  machine.stub('systemctl', '[[ "$*" != *spool-disks* ]]');
  const run = boot();
  expect(run.status).not.toBe(0);
  expect(started(run)).not.toContain('collector.service');
});

test('collects without what only sees a failed disk sooner than the watch', () => {
  machine.stub('systemctl', '[[ "$*" != *mdmonitor* && "$*" != *raid-check* ]]');
  const run = boot();
  expect(run.status).toBe(0);
  expect(run.output).toContain('boot: expected mdmonitor.service to start, it did not');
  expect(started(run)).toEqual(expect.arrayContaining(['array-watch.timer', 'collector.service']));
});

test('stops where the array could not be watched', () => {
  machine.stub('systemctl', '[[ "$*" != *array-watch* ]]');
  const run = boot();
  expect(run.status).not.toBe(0);
  expect(started(run)).not.toContain('collector.service');
});

test('the user data fits into a launch template, and names the objects that the role may read', () => {
  expect(Buffer.byteLength(userData)).toBeLessThan(16_384);
  expect(objects).toHaveLength(fetched.length);
  for (const [index, { bucket, key }] of fetched.entries()) expect(objects[index]).toContain(`${bucket}/${key}`);
});

test('every file of the folder is brought, except the contract and what the user data begins with', () => {
  const files = readdirSync(hostFolder).filter((name) => name !== 'fetch.sh' && !name.endsWith('.ts'));
  expect(fetched.map(({ name }) => name)).toEqual([...files.sort(), 'collector.cjs']);
  expect(userData).toContain(readFileSync(join(hostFolder, 'fetch.sh'), 'utf8').trimEnd());
});

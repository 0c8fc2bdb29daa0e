// The real script prepares the mirrored disk; mdadm and disk commands are stubs, and disks are files with their
// content.
import { join } from 'node:path';
import { hostFolder, Machine } from './machine';

const script = join(hostFolder, 'disks.sh');

const mdadm = `
case "$1" in
  --examine) grep -q member "$2" ;;
  --create)
    mkdir -p "$root/dev/md" && : >"$2"
    for device in "$@"; do [[ $device == */dev/sd? || $device == */nvme* ]] && echo member >"$device"; done
    true ;;
  --assemble) [[ -e "$root/refuses" ]] && exit 1; mkdir -p "$root/dev/md" && echo xfs >"$3" ;;
  --incremental) [[ -e "$root/refuses-all" ]] && exit 1; mkdir -p "$root/dev/md" && echo xfs >"$root/dev/md/spool" ;;
  --detail) echo 'ARRAY /dev/md/spool UUID=1' ;;
esac`;

let machine: Machine;

beforeEach(() => {
  machine = new Machine({
    mdadm,
    wipefs: 'cat "$2"',
    'mkfs.xfs': 'echo xfs >"${@: -1}"',
    mountpoint: '[[ -e "$root/mounted" ]]',
    mount: ': >"$root/mounted"',
    chown: '',
    systemctl: '',
    udevadm: 'if [[ -e "$root/late" ]]; then mv "$root/late" "$root/dev/md/spool"; fi',
    'ebsnvme-id': 'cat "$2.name"',
  });
});
afterEach(() => machine.remove());

const disks = (contents: Readonly<Record<string, string>>) => {
  for (const [name, content] of Object.entries(contents)) machine.write(`dev/${name}`, content);
};
const of = (calls: readonly string[], command: string) => calls.filter((call) => call.startsWith(`${command} `));
const quick = { DISK_PATIENCE_SECONDS: '2' };

test('two blank disks become a mirror with a write-intent bitmap, with a file system of that label', () => {
  disks({ sdf: '', sdg: '' });
  const { status, calls } = machine.run(script);
  expect(status).toBe(0);
  expect(of(calls, 'mdadm')).toContain(
    'mdadm --create /dev/md/spool --run --homehost=any --name=spool --metadata=1.2 --bitmap=internal --assume-clean ' +
      '--level=1 --raid-devices=2 /dev/sdf /dev/sdg',
  );
  expect(calls).toContain('mkfs.xfs -q -L spool /dev/md/spool');
  expect(of(calls, 'mount')).toEqual(['mount /var/spool/collector']);
  expect(machine.read('etc/fstab')).toMatch(/^LABEL=spool \S+\/var\/spool\/collector xfs \S*nodev,nosuid,noexec,nofail\S* 0 2\n$/);
  expect(machine.read('etc/mdadm.conf')).toBe('PROGRAM /opt/rempart/array-watch.sh\nARRAY /dev/md/spool UUID=1\n');
  expect(machine.read('etc/rempart/array.env')).toBe('ARRAY_FOLDER=/sys/block/spool/md\n');
});

test('four become a RAID 10', () => {
  machine.write('etc/rempart/host.env', machine.read('etc/rempart/host.env').replace('"sdf sdg"', '"sdf sdg sdh sdi"'));
  disks({ sdf: '', sdg: '', sdh: '', sdi: '' });
  const { status, calls } = machine.run(script);
  expect(status).toBe(0);
  expect(calls.join()).toContain('--level=10 --raid-devices=4 /dev/sdf /dev/sdg /dev/sdh /dev/sdi');
});

test('a second boot takes up what the first made, and writes nothing twice', () => {
  disks({ sdf: '', sdg: '' });
  machine.run(script);
  const { status, calls } = machine.run(script);
  expect(status).toBe(0);
  expect(calls.join()).not.toMatch(/--create|mkfs|--assemble|mount \//);
  expect(machine.read('etc/fstab').trim().split('\n')).toHaveLength(1);
});

test('an array is assembled, and its file system kept', () => {
  disks({ sdf: 'member', sdg: 'member' });
  const { status, calls } = machine.run(script);
  expect(status).toBe(0);
  expect(calls).toContain('mdadm --assemble --run /dev/md/spool /dev/sdf /dev/sdg');
  expect(calls.join()).not.toMatch(/--create|mkfs/);
});

test('half of a mirror is assembled and reported', () => {
  disks({ sdf: 'member' });
  const { status, calls, output } = machine.run(script, quick);
  expect(status).toBe(0);
  expect(calls).toContain('mdadm --assemble --run /dev/md/spool /dev/sdf');
  expect(output).toContain('missing sdg; the array is taken up without');
});

test('an array that the system began to take up, and waits for, is started', () => {
  disks({ sdf: 'member', sdg: 'member' });
  machine.write('refuses', '');
  expect(machine.run(script)).toMatchObject({ status: 0, calls: expect.arrayContaining(['mdadm --incremental --run --scan']) });
});

test('the name of an array that was started comes from udev, and is waited for', () => {
  disks({ sdf: 'member', sdg: 'member' });
  machine.write('refuses', '');
  machine.stub('mdadm', mdadm.replace('echo xfs >"$root/dev/md/spool" ;;', 'echo xfs >"$root/late" ;;'));
  expect(machine.run(script)).toMatchObject({ status: 0, output: expect.stringContaining('the spool is on') });
});

test('a spool that systemd mounts meanwhile is mounted', () => {
  disks({ sdf: 'member', sdg: 'member', 'md/spool': 'xfs' });
  machine.stub('mount', ': >"$root/mounted"; echo already mounted >&2; exit 32');
  expect(machine.run(script).status).toBe(0);
  expect(machine.has('etc/rempart/array.env')).toBe(true);
});

test('an array without a file system, of a boot that was cut short, gets one', () => {
  disks({ sdf: 'member', sdg: 'member', 'md/spool': '' });
  expect(machine.run(script).calls).toContain('mkfs.xfs -q -L spool /dev/md/spool');
});

test.each<[string, Record<string, string>, string]>([
  ['a disk is missing at the first boot', { sdf: '' }, 'expected the disks sdf sdg, missing sdg; the server is replaced'],
  ['there is none', {}, 'expected the disks sdf sdg, got none; the server is replaced'],
  ['something else is on one', { sdf: '', sdg: 'ext4' }, 'expected a blank disk, got one with ext4 at /dev/sdg; the server is replaced'],
])('it stops where %s, and touches nothing', (_, contents, message) => {
  disks(contents);
  const { status, calls, output } = machine.run(script, quick);
  expect(status).toBe(1);
  expect(output).toContain(message);
  expect(calls.join()).not.toMatch(/--create|mkfs|mount /);
  expect(machine.has('etc/rempart/array.env')).toBe(false);
});

test('it stops where the array does not start, and makes no new one of it', () => {
  disks({ sdf: 'member', sdg: 'member' });
  machine.write('refuses', '');
  machine.write('refuses-all', '');
  const { status, calls, output } = machine.run(script);
  expect(status).toBe(1);
  expect(output).toContain('expected an array of /dev/sdf /dev/sdg, got none that starts');
  expect(calls.join()).not.toMatch(/--create|mkfs/);
});

test('it stops where the volume cannot be mounted', () => {
  disks({ sdf: '', sdg: '' });
  machine.stub('mount', 'exit 32');
  expect(machine.run(script).status).not.toBe(0);
  expect(machine.has('etc/rempart/array.env')).toBe(false);
});

test('disks are found by the name in the NVMe device', () => {
  disks({ nvme0n1: 'xfs', 'nvme0n1.name': '/dev/xvda', nvme1n1: '', 'nvme1n1.name': 'sdg', nvme2n1: '', 'nvme2n1.name': '/dev/sdf' });
  const { status, calls } = machine.run(script);
  expect(status).toBe(0);
  expect(calls.join()).toContain('--raid-devices=2 /dev/nvme2n1 /dev/nvme1n1');
});

test('disks are waited for', () => {
  disks({ sdf: '' });
  machine.stub(
    'sleep',
    'count=$(wc -l <"$root/.slept" 2>/dev/null || echo 0); echo >>"$root/.slept"; if ((count >= 2)); then : >"$root/dev/sdg"; fi',
  );
  expect(machine.run(script).status).toBe(0);
});

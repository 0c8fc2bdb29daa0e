// How the server of the proof differs from one of the fleet: everything that the proof cannot show.

export interface Difference {
  readonly what: string;
  readonly fleet: string;
  readonly proof: string;
}

/** The one list; the tool prints it, and no other text repeats it. */
export const differences: readonly Difference[] = [
  {
    what: 'processor',
    fleet: 'Graviton (arm64)',
    proof:
      'x86_64, emulated in software: all waits are longer; array-watch.service may take 300 seconds instead of 45, ' +
      'packages.service 600 instead of 120',
  },
  { what: 'system', fleet: 'Amazon Linux 2023', proof: 'Debian 12; both have systemd 252 and mdadm 4.2' },
  { what: 'kernel', fleet: "Amazon Linux's default, 6.1 or newer", proof: "Debian's 6.1 for clouds" },
  { what: 'access control', fleet: 'SELinux, permissive', proof: 'none' },
  {
    what: 'packages',
    fleet: 'dnf, from the S3 buckets of Amazon Linux',
    proof:
      'part of the image; `dnf` is a stand-in that first fails at the lock of RPM, accepts the packages of the image and has no ' +
      'patches; `rpm` one with the packages of the list, and an SSH server until the boot removes it',
  },
  { what: 'Node', fleet: 'nodejs24 of Amazon Linux, for arm64', proof: 'Node 24 of npm, for x64, under the same name (/usr/bin/node-24)' },
  { what: 'AWS CLI', fleet: 'version 2 of Amazon Linux', proof: 'version 2.9 of Debian' },
  {
    what: 'disks',
    fleet: 'EBS as NVMe, linked as /dev/sdf by amazon-ec2-utils; writes are durable',
    proof: 'virtio, linked as /dev/sdf by a udev rule; writes that are not flushed are lost in a power cut, which is stricter',
  },
  {
    what: 'root disk',
    fleet: 'XFS, with partitions, mounted by an initramfs of dracut',
    proof: 'ext4, without, by one of initramfs-tools',
  },
  { what: 'user data', fleet: 'run by cloud-init', proof: 'run by a unit of the image, once per instance' },
  { what: 'settings of mdadm', fleet: '/etc/mdadm.conf', proof: "the same file, to which Debian's /etc/mdadm/mdadm.conf is linked" },
  {
    what: 'units of mdadm',
    fleet: 'mdmonitor.service, raid-check.timer',
    proof: 'mdmonitor.service; no raid-check.timer, which the boot does not require',
  },
  { what: 'SSH', fleet: 'sshd.service', proof: "Debian's ssh.service under that name" },
  { what: 'log agent', fleet: 'Amazon CloudWatch agent', proof: 'a stand-in that accepts its settings and sends nothing' },
  { what: 'session agent', fleet: 'amazon-ssm-agent', proof: 'a stand-in that starts, and admits nobody' },
  { what: 'audit', fleet: 'auditd runs, with audit.rules', proof: 'stand-ins of auditd and augenrules, which audit nothing' },
  {
    what: 'network',
    fleet: 'a subnet, its endpoints and security groups',
    proof: "qemu's user network; the stores are on the loopback interface of this machine",
  },
  {
    what: 'stores of the region',
    fleet: 'S3, Secrets Manager, Kinesis, CloudWatch, EC2 Auto Scaling and the metadata service',
    proof: 'stand-ins with their names and over TLS, which verify neither signatures nor policies',
  },
  { what: 'tool', fleet: 'no sign-in', proof: 'a shell on the second serial port, by which the tool reads the state' },
];

/** One line a difference. */
export const differencesText = (): string =>
  differences.map(({ what, fleet, proof }) => `${what.padEnd(22)}fleet: ${fleet}\n${''.padEnd(22)}proof: ${proof}`).join('\n');

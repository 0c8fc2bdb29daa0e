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
    proof: 'x86_64, emulated in software: every wait is longer, and array-watch.service may take 300 seconds in place of 45',
  },
  { what: 'system', fleet: 'Amazon Linux 2023', proof: 'Debian 12; both have systemd 252 and mdadm 4.2' },
  { what: 'kernel', fleet: "Amazon Linux's default, 6.1 or newer", proof: "Debian's 6.1 for clouds" },
  { what: 'access control', fleet: 'SELinux, permissive', proof: 'none' },
  {
    what: 'packages',
    fleet: 'dnf, from the S3 buckets of Amazon Linux',
    proof: 'in the image already; `dnf` is a stand-in that meets the lock of RPM first, and knows the packages that the image has',
  },
  { what: 'Node', fleet: 'nodejs24 of Amazon Linux, for arm64', proof: 'Node 24 of npm, for x64, under the same name (/usr/bin/node-24)' },
  { what: 'AWS CLI', fleet: 'version 2 of Amazon Linux', proof: 'version 2.9 of Debian' },
  {
    what: 'disks',
    fleet: 'EBS as NVMe, linked as /dev/sdf by amazon-ec2-utils; what is written is durable',
    proof: 'virtio, linked as /dev/sdf by a udev rule; what is not flushed is lost in a power cut, which is stricter',
  },
  {
    what: 'root disk',
    fleet: 'XFS, with partitions, mounted by an initramfs of dracut',
    proof: 'ext4, without, by one of initramfs-tools',
  },
  { what: 'user data', fleet: 'run by cloud-init', proof: 'run by a unit of the image, once an instance' },
  { what: 'settings of mdadm', fleet: '/etc/mdadm.conf', proof: "the same file, to which Debian's /etc/mdadm/mdadm.conf is linked" },
  {
    what: 'units of mdadm',
    fleet: 'mdmonitor.service, raid-check.timer',
    proof: 'mdmonitor.service; no raid-check.timer, which the boot does without',
  },
  { what: 'SSH', fleet: 'sshd.service', proof: "Debian's ssh.service under that name" },
  { what: 'log agent', fleet: 'Amazon CloudWatch agent', proof: 'a stand-in that takes its settings and sends nothing' },
  { what: 'audit', fleet: 'auditd runs', proof: 'not installed' },
  {
    what: 'network',
    fleet: 'a subnet, its endpoints and security groups',
    proof: "qemu's user network; stores stand on this machine's loopback",
  },
  {
    what: 'stores of the region',
    fleet: 'S3, Secrets Manager, Kinesis, CloudWatch, EC2 Auto Scaling and the metadata service',
    proof: 'stand-ins under their names and over TLS, which look at no signature and no policy',
  },
  { what: 'tool', fleet: 'nobody signs in', proof: 'a shell on the second serial port, by which the tool reads the state' },
];

/** One line a difference. */
export const differencesText = (): string =>
  differences.map(({ what, fleet, proof }) => `${what.padEnd(22)}fleet: ${fleet}\n${''.padEnd(22)}proof: ${proof}`).join('\n');

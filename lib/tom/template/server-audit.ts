// What the kernel of a server audits, and where the records are. (TOM-3.6, DSS-5.6.7)
import { shellUser } from './server-contract';

/** The file in which auditd writes the records. */
export const auditLog = '/var/log/audit/audit.log';

/** Files that decide who may sign in and as whom, what runs, and what is audited. */
const watched: Readonly<Record<string, readonly string[]>> = {
  identity: ['/etc/passwd', '/etc/group', '/etc/shadow', '/etc/gshadow', '/etc/sudoers', '/etc/sudoers.d', '/etc/pam.d'],
  server: ['/opt/rempart', '/etc/rempart', '/etc/systemd/system', '/etc/amazon/ssm'],
  packages: ['/var/lib/rpm'],
  audit: ['/etc/audit', '/var/log/audit'],
};

const everyCall = '-a always,exit -F arch=b64 -S';

/** Rules without which an audit has gaps, each as auditctl reads it. */
export const auditRules: readonly string[] = [
  '-D',
  ...Object.entries(watched).flatMap(([key, paths]) => paths.map((path) => `-w ${path} -p wa -k ${key}`)),
  `${everyCall} clock_settime,settimeofday -k time`,
  `${everyCall} init_module,finit_module,delete_module -k modules`,
  // Programs of people, and programs that run as root for another user.
  `${everyCall} execve,execveat -F uid=${shellUser} -k session`,
  `${everyCall} execve,execveat -C uid!=euid -F euid=0 -k elevated`,
  // Immutable until the server ends.
  '-e 2',
];

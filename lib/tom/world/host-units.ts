// The units of systemd on the servers (services/collector/host): every setting of each, as systemd reads them.
import { spoolFolder } from '../template/server-contract';
import { unitSections } from '../template/unit-file';
import { type Form, type FormLike, matches, textOf } from './form';

type Section = Readonly<Record<string, string | readonly string[]>>;

/** A section with exactly these settings; a setting with several values has each once, in this order. */
const section = (settings: Section): FormLike =>
  Object.fromEntries(Object.entries(settings).map(([name, value]) => [name, typeof value === 'string' ? [value] : value]));

interface Unit {
  readonly Unit: Section;
  readonly Service?: Section;
  readonly Timer?: Section;
  /** The target that starts the unit at boot. @default - another unit starts it */
  readonly startedBy?: string;
}

const description: FormLike = [matches(/[A-Z][\w ,.'-]{1,100}/, 'a description')];

function unit({ Unit, Service, Timer, startedBy }: Unit): Form {
  const form: FormLike = {
    Unit: { Description: description, ...(section(Unit) as Readonly<Record<string, FormLike>>) },
    ...(Service ? { Service: section(Service) } : {}),
    ...(Timer ? { Timer: section(Timer) } : {}),
    ...(startedBy === undefined ? {} : { Install: section({ WantedBy: startedBy }) }),
  };
  return textOf(form, 'a unit of systemd', unitSections);
}

const afterNetwork = { After: 'network-online.target', Wants: 'network-online.target' };

/** A service that reads the whole machine and writes nothing but what it names. */
const readOnly = { ProtectHome: 'yes', ProtectSystem: 'strict' };

const sockets = 'AF_INET AF_INET6 AF_UNIX AF_NETLINK';

/** What no service of root changes: the kernel, the clock and the name of the server. */
const kernel = {
  ProtectProc: 'invisible',
  ProtectClock: 'yes',
  ProtectHostname: 'yes',
  ProtectKernelLogs: 'yes',
  ProtectKernelModules: 'yes',
  ProtectKernelTunables: 'yes',
  ProtectControlGroups: 'yes',
};

/** A service of root without capabilities, devices and namespaces. (TOM-3.1) */
const confined = {
  NoNewPrivileges: 'yes',
  CapabilityBoundingSet: '',
  ...readOnly,
  PrivateTmp: 'yes',
  PrivateDevices: 'yes',
  ...kernel,
  RestrictAddressFamilies: sockets,
  RestrictNamespaces: 'yes',
  RestrictRealtime: 'yes',
  RestrictSUIDSGID: 'yes',
  LockPersonality: 'yes',
  SystemCallArchitectures: 'native',
  SystemCallFilter: ['@system-service', '~@privileged'],
  SystemCallErrorNumber: 'EPERM',
};

/** The collector with as little of the machine as it can do with. (TOM-3.1, TOM-6.2) */
const collector = unit({
  Unit: {
    Requires: 'spool-disks.service',
    After: 'spool-disks.service var-spool-collector.mount network-online.target',
    Wants: 'network-online.target',
    // Never on the root disk, which is not mirrored.
    AssertPathIsMountPoint: spoolFolder,
    StartLimitIntervalSec: '0',
  },
  Service: {
    User: 'collector',
    Group: 'collector',
    EnvironmentFile: ['/etc/rempart/collector.env', '/etc/rempart/array.env'],
    Environment: 'NODE_ENV=production',
    ExecStart: '/usr/bin/node-24 /opt/rempart/collector.cjs',
    Restart: 'always',
    RestartSec: '2',
    SuccessExitStatus: '3',
    KillMode: 'mixed',
    // Longer than STOP_SECONDS.
    TimeoutStopSec: '90',
    LimitNOFILE: '262144',
    LimitCORE: '0',
    UMask: '0077',
    NoNewPrivileges: 'yes',
    CapabilityBoundingSet: '',
    AmbientCapabilities: '',
    ...readOnly,
    ReadWritePaths: spoolFolder,
    PrivateTmp: 'yes',
    PrivateDevices: 'yes',
    PrivateMounts: 'yes',
    ...kernel,
    RestrictAddressFamilies: sockets,
    RestrictNamespaces: 'yes',
    RestrictRealtime: 'yes',
    RestrictSUIDSGID: 'yes',
    RemoveIPC: 'yes',
    LockPersonality: 'yes',
    // V8 compiles JavaScript to machine code while it runs.
    MemoryDenyWriteExecute: 'no',
    SystemCallArchitectures: 'native',
    SystemCallFilter: ['@system-service', '~@privileged'],
    SystemCallErrorNumber: 'EPERM',
  },
  startedBy: 'multi-user.target',
});

/** Brings up the mirror at every boot, before the collector. (TOM-6.2) */
const spoolDisks = unit({
  Unit: { After: 'local-fs.target', Before: 'collector.service' },
  Service: {
    Type: 'oneshot',
    RemainAfterExit: 'yes',
    ExecStart: '/opt/rempart/disks.sh',
    TimeoutStartSec: '300',
    // The mount is for the whole server: no option that gives the service file systems of its own.
    NoNewPrivileges: 'yes',
    CapabilityBoundingSet: 'CAP_SYS_ADMIN CAP_CHOWN CAP_DAC_OVERRIDE CAP_FOWNER CAP_MKNOD CAP_SYS_RAWIO',
    IPAddressDeny: 'any',
    RestrictAddressFamilies: 'AF_UNIX AF_NETLINK',
    RestrictNamespaces: 'yes',
    RestrictRealtime: 'yes',
    RestrictSUIDSGID: 'yes',
    LockPersonality: 'yes',
    SystemCallArchitectures: 'native',
    SystemCallFilter: ['@system-service @mount', '~@clock @cpu-emulation @debug @module @obsolete @reboot @swap'],
    SystemCallErrorNumber: 'EPERM',
  },
  startedBy: 'multi-user.target',
});

/** Measures the mirror every minute. (TOM-6.2) */
const arrayWatch = unit({
  Unit: { After: 'network-online.target spool-disks.service', Wants: 'network-online.target' },
  Service: {
    Type: 'oneshot',
    ExecStart: '/opt/rempart/array-watch.sh',
    TimeoutStartSec: '45',
    UMask: '0077',
    ...confined,
  },
});
const arrayWatchTimer = unit({
  Unit: {},
  Timer: { OnBootSec: '60', OnUnitActiveSec: '60', AccuracySec: '5' },
  startedBy: 'timers.target',
});

/** Completes the hooks of the server. (TOM-6.9) */
const lifecycle = unit({
  Unit: { ...afterNetwork, StartLimitIntervalSec: '0' },
  Service: {
    ExecStart: '/opt/rempart/lifecycle.sh',
    Restart: 'on-failure',
    RestartSec: '5',
    ...confined,
    ReadWritePaths: '/etc/rempart /var/lib/rempart',
  },
  startedBy: 'multi-user.target',
});

/** Writes the whole journal to the file that the agent sends. (TOM-3.6) */
const journalFile = unit({
  Unit: { After: 'systemd-journald.service' },
  Service: {
    ExecStart: '/usr/bin/journalctl --boot --lines=all --follow --output=short-iso --no-hostname',
    StandardOutput: 'append:/var/log/rempart/journal.log',
    StandardError: 'null',
    Restart: 'always',
    RestartSec: '5',
    UMask: '0077',
    ...confined,
    ReadWritePaths: '/var/log/rempart',
    PrivateNetwork: 'yes',
    IPAddressDeny: 'any',
    RestrictAddressFamilies: 'AF_UNIX',
  },
  startedBy: 'multi-user.target',
});

/** Compares the packages with the list. A reader of the database of packages opens it for writing too. (TOM-6.8) */
const packages = unit({
  Unit: afterNetwork,
  Service: {
    Type: 'oneshot',
    ExecStart: '/opt/rempart/packages.sh',
    TimeoutStartSec: '120',
    UMask: '0077',
    ...confined,
    ReadWritePaths: '-/var/lib/rpm',
  },
});
const packagesTimer = unit({
  Unit: {},
  Timer: { OnBootSec: '900', OnUnitActiveSec: '900', AccuracySec: '60' },
  startedBy: 'timers.target',
});

/** Installs security patches: packages write everywhere, and own what they write. (TOM-3.4) */
const patches = unit({
  Unit: afterNetwork,
  Service: {
    Type: 'oneshot',
    ExecStart: '/opt/rempart/patches.sh',
    TimeoutStartSec: '1800',
    NoNewPrivileges: 'yes',
    CapabilityBoundingSet: 'CAP_CHOWN CAP_DAC_OVERRIDE CAP_FOWNER CAP_FSETID CAP_SETFCAP CAP_SETGID CAP_SETUID CAP_AUDIT_WRITE',
    PrivateTmp: 'yes',
    PrivateDevices: 'yes',
    ...kernel,
    RestrictAddressFamilies: sockets,
    RestrictNamespaces: 'yes',
    RestrictRealtime: 'yes',
    LockPersonality: 'yes',
    SystemCallArchitectures: 'native',
    SystemCallFilter: '~@clock @cpu-emulation @debug @module @mount @obsolete @raw-io @reboot @swap',
    SystemCallErrorNumber: 'EPERM',
  },
});

/** Every night from 01:00 to 04:00 UTC, each server at a time of its own. (TOM-3.4) */
const patchesTimer = unit({
  Unit: {},
  Timer: { OnCalendar: '*-*-* 01:00:00 UTC', RandomizedDelaySec: '10800', AccuracySec: '60' },
  startedBy: 'timers.target',
});

/** The SSH server, where the deployment has one: its sessions have these limits too. (DSS-5.6.6) */
export const connectUnit = unit({
  Unit: { After: 'network-online.target auditd.service', Wants: 'network-online.target' },
  Service: {
    ExecStartPre: '/usr/sbin/sshd -t -f /opt/rempart/sshd.conf',
    ExecStart: '/usr/sbin/sshd -D -f /opt/rempart/sshd.conf',
    Restart: 'on-failure',
    RestartSec: '5',
    NoNewPrivileges: 'yes',
    CapabilityBoundingSet:
      'CAP_AUDIT_CONTROL CAP_AUDIT_WRITE CAP_CHOWN CAP_DAC_OVERRIDE CAP_FOWNER CAP_KILL CAP_NET_BIND_SERVICE CAP_SETGID CAP_SETUID' +
      ' CAP_SYS_CHROOT',
    ProtectSystem: 'full',
    ProtectHome: 'yes',
    ...kernel,
    RestrictAddressFamilies: sockets,
    RestrictNamespaces: 'yes',
    RestrictRealtime: 'yes',
    RestrictSUIDSGID: 'yes',
    LockPersonality: 'yes',
    SystemCallArchitectures: 'native',
    SystemCallFilter: '~@clock @cpu-emulation @debug @module @obsolete @raw-io @reboot @swap',
    SystemCallErrorNumber: 'EPERM',
  },
  startedBy: 'multi-user.target',
});

/** The units by their names on the server. */
export const hostUnits: Readonly<Record<string, Form>> = {
  'array-watch.service': arrayWatch,
  'array-watch.timer': arrayWatchTimer,
  'collector.service': collector,
  'journal-file.service': journalFile,
  'lifecycle.service': lifecycle,
  'packages.service': packages,
  'packages.timer': packagesTimer,
  'patches.service': patches,
  'patches.timer': patchesTimer,
  'spool-disks.service': spoolDisks,
};

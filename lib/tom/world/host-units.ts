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
    ProtectProc: 'invisible',
    ProtectClock: 'yes',
    ProtectHostname: 'yes',
    ProtectKernelLogs: 'yes',
    ProtectKernelModules: 'yes',
    ProtectKernelTunables: 'yes',
    ProtectControlGroups: 'yes',
    RestrictAddressFamilies: 'AF_INET AF_INET6 AF_UNIX AF_NETLINK',
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
  Service: { Type: 'oneshot', RemainAfterExit: 'yes', ExecStart: '/opt/rempart/disks.sh', TimeoutStartSec: '300' },
  startedBy: 'multi-user.target',
});

/** Measures the mirror every minute. (TOM-6.2) */
const arrayWatch = unit({
  Unit: { After: 'network-online.target spool-disks.service', Wants: 'network-online.target' },
  Service: {
    Type: 'oneshot',
    ExecStart: '/opt/rempart/array-watch.sh',
    TimeoutStartSec: '45',
    PrivateTmp: 'yes',
    NoNewPrivileges: 'yes',
    ...readOnly,
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
    PrivateTmp: 'yes',
    ...readOnly,
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
    NoNewPrivileges: 'yes',
    ...readOnly,
    ReadWritePaths: '/var/log/rempart',
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
  'spool-disks.service': spoolDisks,
};

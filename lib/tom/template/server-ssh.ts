// The SSH server of a deployment with `access.instanceConnect`: its files, its only configuration, its packages and
// the steps that start it. Without the setting a server has none of them. (DSS-5.6.6)
import { shellUser } from './server-contract';

/** The files of services/collector/instance-connect that a server fetches. */
export const connectFiles = { script: 'instance-connect.sh', unit: 'instance-connect.service', server: 'sshd.conf' } as const;

/** The packages of the SSH server, and of the command that reads keys from the metadata service. */
export const connectPackages = ['ec2-instance-connect', 'ec2-instance-connect-selinux', 'openssh', 'openssh-server'] as const;

/** The two lines of the only command that installs them. */
export const connectInstallLines = [
  'persist dnf --assumeyes --repo=amazonlinux --setopt=amazonlinux.gpgcheck=1 --setopt=install_weak_deps=False \\',
  `install ${connectPackages.join(' ')}`,
] as const;

/** Every line of the configuration: one user without root, keys of the metadata service, and a shell alone. */
export const sshdLines: readonly string[] = [
  'Port 22',
  'AddressFamily inet',
  'HostKey /etc/rempart/host-key',
  'PidFile none',
  `AllowUsers ${shellUser}`,
  'PermitRootLogin no',
  'AuthenticationMethods publickey',
  'PubkeyAuthentication yes',
  'AuthorizedKeysFile none',
  'AuthorizedKeysCommand /opt/aws/bin/eic_run_authorized_keys %u %f',
  'AuthorizedKeysCommandUser ec2-instance-connect',
  ...[
    'PasswordAuthentication',
    'PermitEmptyPasswords',
    'KbdInteractiveAuthentication',
    'GSSAPIAuthentication',
    'HostbasedAuthentication',
  ].map((name) => `${name} no`),
  'UsePAM yes',
  'LogLevel VERBOSE',
  'LoginGraceTime 30',
  'MaxAuthTries 3',
  'MaxSessions 1',
  'DisableForwarding yes',
  ...['AllowTcpForwarding', 'AllowStreamLocalForwarding', 'AllowAgentForwarding', 'X11Forwarding', 'PermitTunnel'].map(
    (name) => `${name} no`,
  ),
  ...['PermitUserEnvironment', 'PermitUserRC'].map((name) => `${name} no`),
  'ClientAliveInterval 60',
  'ClientAliveCountMax 3',
];

/** The steps by which sessions end in time, the user has a shell, and the server starts. (TOM-3.3) */
export const connectLines: readonly string[] = [
  'systemctl mask ec2-instance-connect-harvest-hostkeys.service',
  'install -m 0644 "$root/etc/rempart/sessions.conf" "$root/etc/systemd/logind.conf.d/rempart.conf" &&',
  'systemctl restart systemd-logind.service',
  `persist usermod --shell /bin/bash ${shellUser} &&`,
  'systemctl enable --now instance-connect.service',
];

/** The file of settings by which logind ends idle sessions, and its text. (TOM-3.3) */
export const sessionsFile = 'sessions.conf';
export const sessionsText = (idleMinutes: number): string => `[Login]\nStopIdleSessionSec=${idleMinutes * 60}\nKillUserProcesses=yes`;

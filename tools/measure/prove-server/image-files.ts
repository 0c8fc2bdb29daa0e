// Files that the image has besides its packages: what stands in for Amazon Linux, and the tool's own way in. None of
// them is a unit or a script of services/collector/host: those come with the user data alone.

/** Where the disk of a run is mounted (seed.ts). */
export const seedFolder = '/prove';

/** Certificates that the system trusts. */
const store = '/etc/ssl/certs/ca-certificates.crt';

/** What a file holds, and its mode. */
export interface ImageFile {
  readonly text: string;
  readonly mode?: number;
}

const script = (text: string): ImageFile => ({ text: `#!/bin/bash\n${text}`, mode: 0o755 });

/** The update of another agent holds RPM's lock for the first calls, as often as the run requires. */
const dnf = script(`set -euo pipefail
count=0
if [[ " $* " == *' install '* ]]; then
  count=$(cat /var/lib/prove/dnf 2>/dev/null || echo 0)
  echo $((count + 1)) >/var/lib/prove/dnf
fi
if [[ " $* " == *' install '* ]] && ((count < $(<${seedFolder}/dnf-refusals))); then
  echo "RPM: error: can't create transaction lock on /var/lib/rpm/.rpm.lock (Resource temporarily unavailable)" >&2
  exit 1
fi
for argument in "$@"; do
  case $argument in
    --assumeyes | --repo=amazonlinux | --setopt=amazonlinux.gpgcheck=1 | --setopt=install_weak_deps=False | install) ;;
    --quiet | --releasever=latest | --security | '--exclude=kernel*' | upgrade | check-update) ;;
    nodejs24) test -x /usr/bin/node-24 ;;
    amazon-cloudwatch-agent) test -x /opt/aws/amazon-cloudwatch-agent/bin/amazon-cloudwatch-agent-ctl ;;
    amazon-ssm-agent) test -e /etc/systemd/system/amazon-ssm-agent.service ;;
    mdadm | xfsprogs | logrotate) dpkg --status "$argument" >/dev/null ;;
    *) echo "dnf: expected what the image has, got $argument; add it to tools/measure/prove-server/image.ts" >&2 && exit 1 ;;
  esac
done
`);

/** The packages of the list, and an SSH server until it is removed. */
const rpm = script(`set -euo pipefail
case $1 in
  --query)
    grep -v '^#' /opt/rempart/packages.list
    [[ -e /var/lib/prove/removed ]] || echo openssh-server
    ;;
  --erase) [[ $* == '--erase --allmatches openssh-server' ]] && : >/var/lib/prove/removed ;;
  *) echo "rpm: expected --query or --erase, got $1" >&2 && exit 1 ;;
esac
`);

/** Does of cloud-init what the servers use of it: the user data, once an instance. */
const userData = script(`set -euo pipefail
address=http://169.254.169.254/latest
token=$(curl --silent --fail --retry 5 --retry-connrefused --request PUT --header 'X-aws-ec2-metadata-token-ttl-seconds: 60' "$address/api/token")
curl --silent --fail --header "X-aws-ec2-metadata-token: $token" --output /var/lib/prove/user-data "$address/user-data"
chmod 0700 /var/lib/prove/user-data
: >/var/lib/prove/user-data-ran
exec /var/lib/prove/user-data
`);

/**
 * Runs the commands of the tool and answers in one line: number, status, output in base64. It reads the state of the
 * server, no more.
 */
const shell = script(`stty -F /dev/ttyS1 raw -echo
exec 3<>/dev/ttyS1
while read -r number command <&3; do
  output=$(base64 --decode <<<"$command" | timeout 120 /bin/bash 2>&1)
  status=$?
  echo "$number $status $(base64 --wrap=0 <<<"$output")" >&3
done
`);

const unit = (description: string, body: string): ImageFile => ({ text: `[Unit]\nDescription=${description}\n${body}` });

/** By path. */
export const imageFiles: Readonly<Record<string, ImageFile>> = {
  '/etc/hostname': { text: 'prove\n' },
  '/etc/fstab': { text: `LABEL=root / ext4 defaults 0 1\nLABEL=prove ${seedFolder} ext4 ro 0 0\n` },
  '/etc/resolv.conf': { text: 'nameserver 127.0.0.1\noptions timeout:1 attempts:1\n' },
  '/etc/systemd/network/20-wired.network': { text: '[Match]\nName=en* eth*\n\n[Network]\nDHCP=ipv4\n\n[DHCPv4]\nUseDNS=no\n' },
  // The stand-ins of the region have a certificate of the run, which the system's store takes (seed.ts).
  '/etc/systemd/system.conf.d/prove.conf': { text: `[Manager]\nDefaultEnvironment=NODE_EXTRA_CA_CERTS=${store} AWS_CA_BUNDLE=${store}\n` },
  // The AWS CLI takes a second on a server of the fleet, and up to a minute on an emulated processor.
  '/etc/systemd/system/array-watch.service.d/prove.conf': { text: '[Service]\nTimeoutStartSec=300\n' },
  '/etc/systemd/system/packages.service.d/prove.conf': { text: '[Service]\nTimeoutStartSec=600\n' },
  // As amazon-ec2-utils names the volumes of EBS.
  '/etc/udev/rules.d/70-prove.rules': {
    text: 'SUBSYSTEM=="block", ENV{DEVTYPE}=="disk", ENV{ID_SERIAL}=="sd[f-p]", SYMLINK+="$env{ID_SERIAL}"\n',
  },
  '/usr/local/bin/dnf': dnf,
  '/usr/local/bin/rpm': rpm,
  '/usr/local/bin/augenrules': script('test "$1" = --load && test -s /etc/audit/rules.d/rempart.rules\n'),
  '/etc/audit/rules.d/image.rules': { text: '-a never,task\n' },
  '/opt/aws/amazon-cloudwatch-agent/bin/amazon-cloudwatch-agent-ctl': script('settings=${@: -1}\ntest -s "${settings#file:}"\n'),
  '/usr/local/lib/prove/user-data': userData,
  '/usr/local/lib/prove/shell': shell,
  '/var/lib/prove/.keep': { text: '' },
  [`${seedFolder}/.keep`]: { text: '' },
  '/etc/systemd/system/amazon-ssm-agent.service': unit(
    'Stands in for the agent of sessions',
    '\n[Service]\nType=oneshot\nRemainAfterExit=yes\nExecStart=/bin/true\n\n[Install]\nWantedBy=multi-user.target\n',
  ),
  '/etc/systemd/system/auditd.service': unit(
    'Stands in for auditd',
    '\n[Service]\nType=oneshot\nRemainAfterExit=yes\nExecStart=/bin/true\n\n[Install]\nWantedBy=multi-user.target\n',
  ),
  '/etc/systemd/system/prove-seed.service': unit(
    'What the run brings',
    `DefaultDependencies=no
After=local-fs.target
Before=network-pre.target
Wants=network-pre.target

[Service]
Type=oneshot
RemainAfterExit=yes
ExecStart=/bin/bash ${seedFolder}/setup

[Install]
WantedBy=multi-user.target
`,
  ),
  '/etc/systemd/system/prove-user-data.service': unit(
    'The user data, once an instance',
    `After=network-online.target prove-seed.service
Wants=network-online.target
ConditionPathExists=!/var/lib/prove/user-data-ran

[Service]
Type=oneshot
RemainAfterExit=yes
TimeoutStartSec=infinity
ExecStart=/usr/local/lib/prove/user-data

[Install]
WantedBy=multi-user.target
`,
  ),
  '/etc/systemd/system/prove-shell.service': unit(
    'Answers the tool',
    `DefaultDependencies=no
After=local-fs.target

[Service]
ExecStart=/usr/local/lib/prove/shell
Restart=always

[Install]
WantedBy=multi-user.target
`,
  ),
};

/** Units that the image starts, and those of Debian that would only take time. */
export const enabledUnits = ['prove-seed.service', 'prove-user-data.service', 'prove-shell.service', 'systemd-networkd.service'];
export const maskedUnits = [
  'apt-daily.timer',
  'apt-daily-upgrade.timer',
  'dpkg-db-backup.timer',
  'e2scrub_all.timer',
  'e2scrub_reap.service',
  'fstrim.timer',
  'systemd-timesyncd.service',
  'getty@tty1.service',
  'serial-getty@ttyS0.service',
];

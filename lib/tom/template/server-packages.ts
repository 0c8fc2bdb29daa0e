// The packages of a server: a declared list, from the core repository of Amazon Linux, with their signatures checked.
// (TOM-6.8)

/** Node.js, the mirror, its file system, the logs, and the agent of sessions; with what they depend on. */
export const serverPackages = ['nodejs24', 'mdadm', 'xfsprogs', 'logrotate', 'amazon-cloudwatch-agent', 'amazon-ssm-agent'] as const;

/** The two lines of the only command that installs packages, whatever the image configures. */
export const installLines = [
  'persist dnf --assumeyes --repo=amazonlinux --setopt=amazonlinux.gpgcheck=1 --setopt=install_weak_deps=False \\',
  `install ${serverPackages.join(' ')}`,
] as const;

/** The packages that no server has: a way in besides the agent of sessions. (TOM-3.1) */
export const excludedPackages = /^(?:openssh|ec2-instance-connect|telnet|dropbear)/;

/** The options of dnf for security patches: the newest release, from the same repository with the same check. */
export const patchOptions =
  'release=(--assumeyes --repo=amazonlinux --setopt=amazonlinux.gpgcheck=1 --setopt=install_weak_deps=False --releasever=latest)';

/** The two calls of dnf with these options: they install the patches, and look for missing ones. */
export const patchLines = [
  `dnf "\${release[@]}" --security --exclude='kernel*' upgrade && return 0`,
  'dnf "${release[@]}" --quiet --security check-update || missing=1',
] as const;

/** The command of the boot that removes every package that is not in the list, and the list. */
export const exclusionLine = 'persist "$here/packages.sh" exclude';
export const packageList = 'packages.list';

/** The names in a list of packages. */
export const packageNames = (text: string): readonly string[] => text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));

/** Programs that bring software or other content to a server. */
export const installers = /\b(?:dnf|microdnf|yum|rpm|rpm2cpio|pip3?|npm|npx|curl|wget|snap|dnf5)\b/;

// The packages of a server: a declared list, from the core repository of Amazon Linux, with their signatures checked.
// (TOM-6.8)

/** Node.js, the mirror, its file system, the logs, and the agent of sessions; with what they depend on. */
const serverPackages = ['nodejs24', 'mdadm', 'xfsprogs', 'logrotate', 'amazon-cloudwatch-agent', 'amazon-ssm-agent'] as const;

/** The two lines of the only command that installs packages, whatever the image configures. */
export const installLines = [
  'persist dnf --assumeyes --repo=amazonlinux --setopt=amazonlinux.gpgcheck=1 --setopt=install_weak_deps=False \\',
  `install ${serverPackages.join(' ')}`,
] as const;

/** Programs that bring software or other content to a server. */
export const installers = /\b(?:dnf|microdnf|yum|rpm|rpm2cpio|pip3?|npm|npx|curl|wget|snap|dnf5)\b/;

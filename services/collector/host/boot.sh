#!/bin/bash
# Sets up a server on a new Amazon Linux 2023: the user data sources it once, after it has fetched and verified every
# file of this folder. The shell is that of fetch.sh, which repeats temporary failures (persist) and gives up the
# server if a step fails. All packages come from the repositories of Amazon Linux, which are S3 buckets of the region:
# no internet access is needed.
set -euo pipefail
root=${REMPART_ROOT:-}
here="$root/opt/rempart"
units="$root/etc/systemd/system"

say() { echo "boot: $*"; }

# First, so that a server whose boot fails completes its termination hook: a server that does not is retained.
install_units() {
  local unit
  chmod 0755 "$here"/*.sh
  for unit in "$here"/*.service "$here"/*.timer; do install -m 0644 "$unit" "$units/"; done
  mkdir -p "$root/var/lib/rempart" "$root/var/log/rempart"
  systemctl daemon-reload
  systemctl enable --now lifecycle.service
}

# There is no key pair and no SSH server, whose package is removed too (packages.list). Sessions of Systems Manager are
# the only shells. (TOM-3.1)
close_shells() {
  systemctl disable --now sshd.service
  systemctl mask sshd.service
}

# Only from the core repository, and only packages with its signature, whatever the image configures ("Managing
# repositories in AL2023").
install_packages() {
  persist dnf --assumeyes --repo=amazonlinux --setopt=amazonlinux.gpgcheck=1 --setopt=install_weak_deps=False \
    install nodejs24 mdadm xfsprogs logrotate amazon-cloudwatch-agent amazon-ssm-agent
}

# A server takes no hits without the security patches of its day; it does if they cannot be had, which raises an alarm.
# (TOM-3.4)
install_patches() {
  systemctl enable --now patches.timer
  systemctl start patches.service || say "expected patches.service to succeed, it failed; the next attempt is at night"
}

# What the image has besides, and nothing that another package requires. A difference that remains raises an alarm: a
# fleet that cannot grow would lose hits. (TOM-6.8)
exclude_packages() {
  persist "$here/packages.sh" exclude
  systemctl enable --now packages.timer
}

make_users() {
  id -u collector >/dev/null 2>&1 ||
    persist useradd --system --no-create-home --home-dir /nonexistent --shell /usr/sbin/nologin collector
  # Sessions of people run as this user, without root: it reads the journal, and nobody signs in with it.
  id -u shell >/dev/null 2>&1 ||
    persist useradd --system --no-create-home --home-dir /nonexistent --shell /usr/sbin/nologin --groups systemd-journal shell
}

# The only way in. An agent that ran before refuses sessions until their user exists. (TOM-3.1)
admit_sessions() {
  systemctl enable --now amazon-ssm-agent.service
}

# Instead of the rules of the image, which audit no system call. The user of sessions exists, whom they name. (TOM-3.6)
audit() {
  rm -f "$root"/etc/audit/rules.d/*.rules
  install -m 0600 "$here/audit.rules" "$root/etc/audit/rules.d/rempart.rules"
  systemctl enable --now auditd.service
  persist augenrules --load
}

# The journal is written to a file, which the agent sends; logrotate limits its size. (TOM-3.6)
send_logs() {
  install -m 0644 "$here/journal.logrotate" "$root/etc/logrotate.d/rempart-journal"
  systemctl enable --now journal-file.service logrotate.timer
  persist "$root/opt/aws/amazon-cloudwatch-agent/bin/amazon-cloudwatch-agent-ctl" \
    -a fetch-config -m ec2 -s -c "file:$root/etc/rempart/amazon-cloudwatch-agent.json"
}

start() {
  local unit
  systemctl enable --now spool-disks.service
  # These only detect failures sooner than array-watch.timer, which runs every minute: their failure is not fatal.
  for unit in mdmonitor.service raid-check.timer; do
    systemctl enable --now "$unit" || say "expected $unit to start, it did not; the array is watched every minute"
  done
  systemctl enable --now array-watch.timer
  # The boot runs once: its files must survive a power failure before the first hit.
  sync
  systemctl enable --now collector.service
}

say "begins"
install_units
close_shells
install_packages
install_patches
exclude_packages
make_users
audit
send_logs
admit_sessions
start
say "done"

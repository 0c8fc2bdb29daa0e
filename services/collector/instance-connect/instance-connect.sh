#!/bin/bash
# Starts an SSH server for EC2 Instance Connect, on servers of a deployment with access.instanceConnect alone: the
# user data sources it after boot.sh, in the shell of fetch.sh. Only the metadata service has keys, for 60 seconds
# after a person sends one. A server takes hits without it, so a failure stops nothing. (DSS-5.6.6)
set -euo pipefail
root=${REMPART_ROOT:-}

say() { echo "instance-connect: $*"; }

# sshd.service, which would read the configuration of the image, stays masked (boot.sh). The package's sender of host
# keys has no way to its service, and stays off.
install_server() {
  systemctl mask ec2-instance-connect-harvest-hostkeys.service
  persist dnf --assumeyes --repo=amazonlinux --setopt=amazonlinux.gpgcheck=1 --setopt=install_weak_deps=False \
    install ec2-instance-connect ec2-instance-connect-selinux openssh openssh-server
}

# logind ends idle sessions, and with a session each of its processes. (TOM-3.3)
limit_sessions() {
  mkdir -p "$root/etc/systemd/logind.conf.d" &&
    install -m 0644 "$root/etc/rempart/sessions.conf" "$root/etc/systemd/logind.conf.d/rempart.conf" &&
    systemctl restart systemd-logind.service
}

# The user of sessions, whom the audit follows, has a shell now. The host key stays on the server.
admit_keys() {
  persist usermod --shell /bin/bash shell &&
    ssh-keygen -q -t ed25519 -N '' -f "$root/etc/rempart/host-key" &&
    systemctl enable --now instance-connect.service
}

say "begins"
if install_server && limit_sessions && admit_keys; then say "done"; else
  say "expected the SSH server to start, it did not; Session Manager has shells of this server"
fi

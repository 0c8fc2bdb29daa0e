#!/bin/bash
# Installs the security patches of the newest release of Amazon Linux 2023: at boot, and every night in a window
# (patches.timer). Programs that run keep what they have loaded: the fleet replaces each server within two weeks. A new
# kernel needs a server from the image of a new deployment: until then it counts as missing, as does an upgrade that
# failed. (TOM-3.4)
set -euo pipefail
root=${REMPART_ROOT:-}
# shellcheck source=/dev/null
. "$root/etc/rempart/host.env"

say() { echo "patches: $*"; }

# Signed packages of the core repository only, as at the installation.
release=(--assumeyes --repo=amazonlinux --setopt=amazonlinux.gpgcheck=1 --setopt=install_weak_deps=False --releasever=latest)

# Another agent may hold the lock of RPM, for which dnf does not wait.
upgrade() {
  local turn
  for turn in 1 2 3; do
    dnf "${release[@]}" --security --exclude='kernel*' upgrade && return 0
    say "expected the upgrade to succeed, got an error at attempt $turn of 3"
    sleep 10
  done
  return 1
}

missing=0
upgrade || missing=1
# 100: there are further ones; 1: an error (dnf, check-update).
dnf "${release[@]}" --quiet --security check-update || missing=1
if ((missing == 1)); then say "expected every security patch, got those above without, or an error; deploy the collection stack again"; fi
aws cloudwatch put-metric-data --namespace "$NAMESPACE" --metric-data \
  "MetricName=PatchesMissing,Value=$missing,Unit=Count,Dimensions=[{Name=AutoScalingGroupName,Value=$GROUP}]"

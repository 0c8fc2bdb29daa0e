#!/bin/bash
# Compares the installed packages with packages.list, every 15 minutes (packages.timer), and publishes how many differ:
# those that are not in the list, and those of the list that are not installed. `packages.sh exclude`, of the boot,
# first removes what is not in the list. A package that one of the list requires stays, and counts. (TOM-6.8)
set -euo pipefail
export LC_ALL=C
root=${REMPART_ROOT:-}
# shellcheck source=/dev/null
. "$root/etc/rempart/host.env"

say() { echo "packages: $*"; }

declared() { grep -v '^#' "$root/opt/rempart/packages.list" | sort -u; }

# A kernel has its series in its name, except that of the first release.
installed() { rpm --query --all --queryformat '%{NAME}\n' | sed -E 's/^kernel[0-9]+\.[0-9]+$/kernel/' | sort -u; }

others=()
missing=()
# In files: a failed command in a process substitution has no effect on the script.
compare() {
  local folder
  folder=$(mktemp -d)
  declared >"$folder/declared"
  installed >"$folder/installed"
  mapfile -t others < <(comm -13 "$folder/declared" "$folder/installed")
  mapfile -t missing < <(comm -23 "$folder/declared" "$folder/installed")
  rm -r "$folder"
}

# In one transaction. rpm refuses it as a whole if a package of the list requires one of the others: each then goes by
# itself, those before it that required it, until nothing changes. Nothing that another package requires is removed.
exclude() {
  local name count=0
  ((${#others[@]} > 0)) || return 0
  say "removes ${others[*]}"
  if ! rpm --erase --allmatches "${others[@]}"; then
    say "expected all of them to go at once, got a refusal; removes one at a time"
  fi
  compare
  while ((${#others[@]} > 0 && ${#others[@]} != count)); do
    count=${#others[@]}
    for name in "${others[@]}"; do rpm --erase --allmatches "$name" || true; done
    compare
  done
}

compare
if [[ ${1:-} == exclude ]]; then exclude; fi
for name in "${others[@]}"; do say "expected the packages of packages.list, got $name too"; done
for name in "${missing[@]}"; do say "expected $name of packages.list, it is not installed"; done
# A boot does not depend on CloudWatch: the timer publishes.
if [[ ${1:-} == exclude ]]; then exit 0; fi
aws cloudwatch put-metric-data --namespace "$NAMESPACE" --metric-data \
  "MetricName=PackagesDiffer,Value=$((${#others[@]} + ${#missing[@]})),Unit=Count,Dimensions=[{Name=AutoScalingGroupName,Value=$GROUP}]"

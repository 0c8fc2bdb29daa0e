# Start of a server's user data: fetches files from the deployment's bucket and verifies their SHA-256.
set -euo pipefail
umask 022
export AWS_RETRY_MODE=standard AWS_MAX_ATTEMPTS=3 AWS_METADATA_SERVICE_NUM_ATTEMPTS=5 AWS_METADATA_SERVICE_TIMEOUT=2
program_folder=${REMPART_ROOT:-}/opt/rempart
settings_folder=${REMPART_ROOT:-}/etc/rempart
mkdir -p "$program_folder" "$settings_folder"

# Number of waits of the whole boot for temporary failures, ten seconds each: less than the timeout of the launch hook,
# ten minutes.
waits=20

# persist <command...>: repeats a command while waits are left. Temporary failures are a lock of RPM during the update
# of another agent, for which dnf does not wait (amazonlinux/amazon-linux-2023#397), a lock of /etc/passwd, and new
# credentials or a new policy.
persist() {
  local status
  while :; do
    "$@" && return 0
    status=$?
    ((waits > 0)) || return "$status"
    waits=$((waits - 1))
    echo "boot: expected $1 to succeed, got status $status; tries again, $waits more waits" >&2
    sleep 10
  done
}

# Trap of the fetch and the boot. A server whose set-up fails has accepted no hits: it abandons the launch hook at
# once, instead of after the timeout, and completes the termination hook in place of lifecycle.sh: a server that does
# not is retained. A server that has accepted hits is terminated by lifecycle.sh only, after it is drained.
give_up() {
  local status=$? token instance turn address=http://169.254.169.254/latest
  set +e
  trap - EXIT
  systemctl disable --now collector.service 2>/dev/null
  [[ ! -e "${REMPART_ROOT:-}/var/lib/rempart/took-hits" ]] || exit "$status"
  # shellcheck source=/dev/null
  . "$settings_folder/host.env"
  for ((turn = 0; turn < 120; turn++)); do
    token=$(curl --silent --fail --max-time 2 --request PUT --header 'X-aws-ec2-metadata-token-ttl-seconds: 60' "$address/api/token")
    instance=$(curl --silent --fail --max-time 2 --header "X-aws-ec2-metadata-token: $token" "$address/meta-data/instance-id")
    answer "$LAUNCH_HOOK" ABANDON
    answer "$TERMINATION_HOOK" CONTINUE && break
    sleep 10
  done
  exit "$status"
}

# answer <hook> <result>
answer() {
  aws autoscaling complete-lifecycle-action --auto-scaling-group-name "$GROUP" --lifecycle-hook-name "$1" --instance-id "$instance" \
    --lifecycle-action-result "$2" 2>/dev/null
}
trap give_up EXIT

# fetch <bucket> <key> <sha256> <file>
fetch() {
  local part="$program_folder/.$4.part"
  persist aws s3api get-object --bucket "$1" --key "$2" "$part" >/dev/null
  if ! printf '%s  %s\n' "$3" "$part" | sha256sum --check --status; then
    echo "fetch: expected $4 with SHA-256 $3, got $(sha256sum "$part" | cut -d' ' -f1); deploy the collection stack again" >&2
    rm -f "$part"
    exit 1
  fi
  mv "$part" "$program_folder/$4"
}

# keep <file>: writes its input to a file of settings
keep() {
  cat >"$settings_folder/.$1.part"
  mv "$settings_folder/.$1.part" "$settings_folder/$1"
}

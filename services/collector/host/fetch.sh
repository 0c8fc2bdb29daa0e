# Begins the user data of a server: brings files from the deployment's bucket and believes none whose SHA-256 is another.
set -euo pipefail
umask 022
export AWS_RETRY_MODE=standard AWS_MAX_ATTEMPTS=3 AWS_METADATA_SERVICE_NUM_ATTEMPTS=5 AWS_METADATA_SERVICE_TIMEOUT=2
program_folder=${REMPART_ROOT:-}/opt/rempart
settings_folder=${REMPART_ROOT:-}/etc/rempart
mkdir -p "$program_folder" "$settings_folder"

# How often the whole boot waits for what passes, ten seconds each: less than the patience of the launch hook, ten minutes.
waits=20

# persist <command...>: repeats a command while the boot may wait. A lock of RPM that the update of another agent holds, which dnf does not
# wait for (amazonlinux/amazon-linux-2023#397), one of /etc/passwd, and credentials or a policy that are seconds old all pass.
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

# Guards the fetch and the boot. A server that cannot be set up took no hits, and will take none: it gives its place back at once rather
# than after the patience of the launch hook, and answers the hook of its leaving as long as lifecycle.sh is not there to do so: a server
# that does not answer is kept. One that took hits after all leaves by lifecycle.sh alone, when it is drained.
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

# keep <file>: what it reads from its input becomes a file of settings
keep() {
  cat >"$settings_folder/.$1.part"
  mv "$settings_folder/.$1.part" "$settings_folder/$1"
}

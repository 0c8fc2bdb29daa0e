#!/bin/bash
# Completes the lifecycle hooks of the server: launch when its collector is healthy, termination when the stream has
# every accepted hit. ("Retrieve the target lifecycle state through instance metadata"; "Complete a lifecycle action in
# an Auto Scaling group") A server that cannot be drained abandons the hook and is retained with its disks for an
# operator (the group's instance lifecycle policy): no hit with a 2xx response is lost.
set -euo pipefail
root=${REMPART_ROOT:-}
# shellcheck source=/dev/null
. "$root/etc/rempart/host.env"
# shellcheck source=/dev/null
. "$root/opt/rempart/metadata.sh"
poll=${POLL_SECONDS:-5}
# Longer than the deregistration delay of the load balancer and the start of the hook after it.
hook_patience=${HOOK_PATIENCE_SECONDS:-180}
# Time for a restarted collector to send: longer than its wait for sites at the start, during which a stop ends it at
# once.
sending=${SENDING_SECONDS:-30}
# Only tests limit the turns.
turns=${LIFECYCLE_TURNS:--1}
# Marker from before the first hit: a server without it has never accepted a hit.
taken="$root/var/lib/rempart/took-hits"

say() { echo "lifecycle: $*"; }

# Seconds since the boot: SECONDS of bash follows the clock of the day, which can be set. (proc(5), /proc/uptime)
uptime() {
  local seconds
  read -r seconds _ </proc/uptime
  echo "${seconds%.*}"
}

# act <verb> <hook> [option...]: fails with 2 if no such hook is active, and with 1 if the call failed
act() {
  local verb=$1 hook=$2 instance answer
  shift 2
  instance=$(metadata instance-id) || return 1
  if answer=$(aws autoscaling "$verb" --auto-scaling-group-name "$GROUP" --lifecycle-hook-name "$hook" --instance-id "$instance" "$@" 2>&1); then
    return 0
  fi
  say "$verb $hook: $answer"
  if [[ $answer == *'No active Lifecycle Action'* ]]; then return 2; fi
  return 1
}

complete() { act complete-lifecycle-action "$1" --lifecycle-action-result "$2"; }

arrived=''
asked=''
arrive() {
  local outcome=0
  [[ $arrived == "$1" ]] && return 0
  curl --silent --fail --max-time 2 --output /dev/null "$HEALTH_URL" || return 0
  # On the disk before the launch hook is completed: without it, a server that is terminated after a power failure
  # would not be drained.
  if [[ $1 == InService && ! -e $taken ]]; then
    : >"$taken"
    sync --file-system "$taken"
  fi
  asked=${asked:-$(uptime)}
  complete "$LAUNCH_HOOK" CONTINUE || outcome=$?
  # Either the hook has not started yet, as for a fast server of the warm pool; or there is none, as after a reboot.
  if ((outcome == 1 || (outcome == 2 && $(uptime) - asked < hook_patience))); then return 0; fi
  arrived=$1
  asked=''
  say "ready for $1"
}

# The collector exits with 0 if its spool is empty, and 3 otherwise (services/collector/env.ts, STOP_SECONDS). For a
# running collector systemd returns 0.
is_drained() {
  local answer
  mountpoint -q "$SPOOL_FOLDER" || return 1
  answer=$(systemctl show collector.service --property=ActiveState --property=ExecMainStartTimestampMonotonic --property=ExecMainStatus) || return 1
  [[ $answer =~ ActiveState=(inactive|failed) ]] || return 1
  [[ $answer =~ ExecMainStatus=0($|[[:space:]]) && ! $answer =~ ExecMainStartTimestampMonotonic=0($|[[:space:]]) ]]
}

heartbeat() { act record-lifecycle-action-heartbeat "$TERMINATION_HOOK"; }

# The target state changes at the start of the termination, the hook starts after the deregistration from the load
# balancer ("How lifecycle hooks work in Auto Scaling groups"): until then requests can arrive. The wait is limited,
# because the calls can fail.
wait_for_hook() {
  local began
  began=$(uptime)
  until heartbeat; do
    (($(uptime) - began < hook_patience)) || return 0
    sleep "$poll"
  done
}

# Stops the collector, which then sends its spool; a restarted collector continues with the rest. Succeeds when the
# hook is completed: a completion before the start of the hook has no effect, and the server would be retained.
leave() {
  local began
  if [[ ! -e $taken ]]; then
    say "leaves, and took no hits"
    complete "$TERMINATION_HOOK" CONTINUE
    return
  fi
  wait_for_hook
  began=$(uptime)
  while :; do
    systemctl stop collector.service || true
    if is_drained; then
      say "drained"
      complete "$TERMINATION_HOOK" CONTINUE
      return
    fi
    if (($(uptime) - began >= DRAIN_SECONDS)); then break; fi
    systemctl start collector.service || true
    sleep "$sending"
    heartbeat || true
  done
  say "expected an empty spool after $DRAIN_SECONDS seconds, got hits that are left; the server is kept"
  aws cloudwatch put-metric-data --namespace "$NAMESPACE" \
    --metric-data "MetricName=HitsLeft,Value=1,Unit=Count,Dimensions=[{Name=AutoScalingGroupName,Value=$GROUP}]" || true
  # The collector continues to send, without metrics: the fleet would scale with the age of this spool.
  sed -i '/^METRICS_NAMESPACE=/d' "$root/etc/rempart/collector.env" || true
  systemctl start collector.service || true
  complete "$TERMINATION_HOOK" ABANDON
}

while ((turns != 0)); do
  turns=$((turns - 1))
  # No value: outside a group, or the service does not respond; the next turn repeats the request.
  target=$(metadata autoscaling/target-lifecycle-state) || target=''
  case $target in
    Terminated | Warmed:Terminated)
      if leave; then exit 0; fi
      ;;
    InService | Warmed:Stopped | Warmed:Running) arrive "$target" ;;
    *) ;;
  esac
  sleep "$poll"
done

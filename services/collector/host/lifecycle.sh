#!/bin/bash
# Speaks to the fleet for the server: "ready" when its collector is healthy, "drained" when the stream has every hit that it took.
# ("Retrieve the target lifecycle state through instance metadata"; "Complete a lifecycle action in an Auto Scaling group")
# A server that cannot be drained abandons the hook and is kept, with its disks, for people to look at (the group's instance lifecycle
# policy): what was answered 2xx is not thrown away.
set -euo pipefail
root=${REMPART_ROOT:-}
# shellcheck source=/dev/null
. "$root/etc/rempart/host.env"
# shellcheck source=/dev/null
. "$root/opt/rempart/metadata.sh"
poll=${POLL_SECONDS:-5}
# More than the load balancer takes to let a server go: its deregistration delay, and what the fleet needs to say so.
hook_patience=${HOOK_PATIENCE_SECONDS:-180}
# How long a collector that is started again is left to send: more than it waits for sites at its start, when a stop would just end it.
sending=${SENDING_SECONDS:-30}
# Only tests end.
turns=${LIFECYCLE_TURNS:--1}
# There from before the first hit: a server without it never took one.
taken="$root/var/lib/rempart/took-hits"

say() { echo "lifecycle: $*"; }

# act <verb> <hook> [option...]: fails with 2 where no such hook waits for an answer, and with 1 where it was not heard
act() {
  local verb=$1 hook=$2 instance told
  shift 2
  instance=$(metadata instance-id) || return 1
  if told=$(aws autoscaling "$verb" --auto-scaling-group-name "$GROUP" --lifecycle-hook-name "$hook" --instance-id "$instance" "$@" 2>&1); then
    return 0
  fi
  say "$verb $hook: $told"
  if [[ $told == *'No active Lifecycle Action'* ]]; then return 2; fi
  return 1
}

complete() { act complete-lifecycle-action "$1" --lifecycle-action-result "$2"; }

arrived=''
asked=''
arrive() {
  local outcome=0
  [[ $arrived == "$1" ]] && return 0
  curl --silent --fail --max-time 2 --output /dev/null "$HEALTH_URL" || return 0
  # On its disk before the fleet hears that the server is ready: without it, one that leaves after a power cut would not be drained.
  if [[ $1 == InService && ! -e $taken ]]; then
    : >"$taken"
    sync --file-system "$taken"
  fi
  asked=${asked:-$SECONDS}
  complete "$LAUNCH_HOOK" CONTINUE || outcome=$?
  # Either the hook has not begun yet, as where a server of the warm pool is quick; or none comes, as after a reboot.
  if ((outcome == 1 || (outcome == 2 && SECONDS - asked < hook_patience))); then return 0; fi
  arrived=$1
  asked=''
  say "ready for $1"
}

# The collector ends with 0 when its spool is empty, and 3 when something is left (services/collector/env.ts, STOP_SECONDS). One that runs
# has no status yet, for which systemd says 0.
is_drained() {
  local told
  mountpoint -q "$SPOOL_FOLDER" || return 1
  told=$(systemctl show collector.service --property=ActiveState --property=ExecMainStartTimestampMonotonic --property=ExecMainStatus) || return 1
  [[ $told =~ ActiveState=(inactive|failed) ]] || return 1
  [[ $told =~ ExecMainStatus=0($|[[:space:]]) && ! $told =~ ExecMainStartTimestampMonotonic=0($|[[:space:]]) ]]
}

heartbeat() { act record-lifecycle-action-heartbeat "$TERMINATION_HOOK"; }

# The target state changes when the server begins to leave, the hook begins when the load balancer has let it go ("How lifecycle hooks work
# in Auto Scaling groups"): until then requests may still come. Not for ever: the fleet may not be heard at all.
wait_for_hook() {
  local began=$SECONDS
  until heartbeat; do
    ((SECONDS - began < hook_patience)) || return 0
    sleep "$poll"
  done
}

# Stops the collector, which sends what it has; started again, it takes up what is left. Succeeds when the fleet has heard the answer: one
# that comes before the hook begins is not kept for it, and the server would be.
leave() {
  local began
  if [[ ! -e $taken ]]; then
    say "leaves, and took no hits"
    complete "$TERMINATION_HOOK" CONTINUE
    return
  fi
  wait_for_hook
  began=$SECONDS
  while :; do
    systemctl stop collector.service || true
    if is_drained; then
      say "drained"
      complete "$TERMINATION_HOOK" CONTINUE
      return
    fi
    if ((SECONDS - began >= DRAIN_SECONDS)); then break; fi
    systemctl start collector.service || true
    sleep "$sending"
    heartbeat || true
  done
  say "expected an empty spool after $DRAIN_SECONDS seconds, got hits that are left; the server is kept"
  aws cloudwatch put-metric-data --namespace "$NAMESPACE" \
    --metric-data "MetricName=HitsLeft,Value=1,Unit=Count,Dimensions=[{Name=AutoScalingGroupName,Value=$GROUP}]" || true
  # It goes on sending, and no longer speaks for the fleet, which would grow with the age of what is left here.
  sed -i '/^METRICS_NAMESPACE=/d' "$root/etc/rempart/collector.env" || true
  systemctl start collector.service || true
  complete "$TERMINATION_HOOK" ABANDON
}

while ((turns != 0)); do
  turns=$((turns - 1))
  # Nothing there: outside a group, or the service does not answer; asked again.
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

#!/bin/bash
# Tells CloudWatch whether the mirror is whole: every minute (array-watch.timer), and when mdadm sees a disk fail. (TOM-6.2)
# Says 1 for an array that lacks a disk, and for a server that has no array at all.
set -euo pipefail
root=${REMPART_ROOT:-}
# shellcheck source=/dev/null
. "$root/etc/rempart/host.env"
# shellcheck source=/dev/null
. "$root/opt/rempart/metadata.sh"

degraded=0
found=0
# An array that was taken up and not yet written to is `read-auto`, and takes writes (Linux kernel, admin-guide/md): so it is after each boot.
for folder in "$root"/sys/block/md*/md; do
  [[ -d $folder ]] || continue
  found=1
  state=$(<"$folder/array_state")
  lacking=$(<"$folder/degraded")
  disks=$(<"$folder/raid_disks")
  if ((lacking > 0 || disks < 2)) || [[ ! $state =~ ^(clean|active|active-idle|write-pending|read-auto)$ ]]; then
    degraded=1
    echo "array-watch: expected $disks disks, lacking $lacking; array is $state"
  fi
done
if ((found == 0)); then
  degraded=1
  echo "array-watch: expected an array, got none"
fi

instance=$(metadata instance-id)
# In the unit of the collector's own watch: an alarm over two units behaves unpredictably ("PutMetricAlarm", Unit).
group="{Name=AutoScalingGroupName,Value=$GROUP}"
aws cloudwatch put-metric-data --namespace "$NAMESPACE" --metric-data \
  "MetricName=ArrayDegraded,Value=$degraded,Unit=Count,Dimensions=[$group]" \
  "MetricName=ArrayDegraded,Value=$degraded,Unit=Count,Dimensions=[$group,{Name=InstanceId,Value=$instance}]"

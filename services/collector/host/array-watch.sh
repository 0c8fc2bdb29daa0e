#!/bin/bash
# Publishes the state of the mirror to CloudWatch: every minute (array-watch.timer), and when mdadm detects a failed
# disk. The value is 1 if the array lacks a disk, or if the server has no array. (TOM-6.2)
set -euo pipefail
root=${REMPART_ROOT:-}
# shellcheck source=/dev/null
. "$root/etc/rempart/host.env"
# shellcheck source=/dev/null
. "$root/opt/rempart/metadata.sh"

degraded=0
found=0
# After each boot, until its first write, an assembled array is `read-auto`, and accepts writes (Linux kernel,
# admin-guide/md).
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
# The unit of the collector's metric: an alarm on metrics with different units is unpredictable ("PutMetricAlarm",
# Unit).
group="{Name=AutoScalingGroupName,Value=$GROUP}"
aws cloudwatch put-metric-data --namespace "$NAMESPACE" --metric-data \
  "MetricName=ArrayDegraded,Value=$degraded,Unit=Count,Dimensions=[$group]" \
  "MetricName=ArrayDegraded,Value=$degraded,Unit=Count,Dimensions=[$group,{Name=InstanceId,Value=$instance}]"

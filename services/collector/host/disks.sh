#!/bin/bash
# Prepares the mirrored disk of the spool at every boot: assembles an existing array or creates one of blank volumes,
# and mounts it by label. A degraded array is assembled too, and array-watch.sh reports it. A missing or unknown disk
# at the first boot stops the server, which is then replaced. (TOM-6.2)
set -euo pipefail
root=${REMPART_ROOT:-}
# shellcheck source=/dev/null
. "$root/etc/rempart/host.env"
: "${DISKS:?expected the names of the data disks, as in sdf sdg}" "${SPOOL_FOLDER:?expected the folder of the spool}"
patience=${DISK_PATIENCE_SECONDS:-60}
array="$root/dev/md/spool"

say() { echo "disks: $*"; }
stop() {
  echo "disks: $*" >&2
  exit 1
}

# The device of a disk by its name in the launch template. On Nitro a disk is an NVMe device with another number;
# Amazon Linux links the name to it (amazon-ec2-utils), and the device returns the name. ("Map Amazon EBS volumes to
# NVMe device names")
device_of() {
  local device
  if [[ -e "$root/dev/$1" ]]; then
    readlink -f "$root/dev/$1"
    return
  fi
  for device in "$root"/dev/nvme*n1; do
    [[ -e $device ]] || continue
    if [[ "$(ebsnvme-id -b "$device" 2>/dev/null | sed 's|^/dev/||')" == "$1" ]]; then
      echo "$device"
      return
    fi
  done
  return 1
}

present=()
missing=()
look() {
  local name device
  present=()
  missing=()
  for name in $DISKS; do
    if device=$(device_of "$name"); then present+=("$device"); else missing+=("$name"); fi
  done
}

# Volumes are attached during the boot.
wait_for_disks() {
  local waited=0
  look
  while ((${#missing[@]} > 0 && waited < patience)); do
    sleep 1
    waited=$((waited + 1))
    look
  done
}

is_blank() { [[ -z "$(wipefs --noheadings "$1")" ]]; }

members=()
find_members() {
  local device
  for device in "${present[@]}"; do
    if mdadm --examine "$device" >/dev/null 2>&1; then members+=("$device"); fi
  done
}

take_up() {
  ((${#missing[@]} == 0)) || say "expected the disks $DISKS, missing ${missing[*]}; the array is taken up without"
  # The system may have assembled it already; or it waits for a missing half.
  [[ -e $array ]] || mdadm --assemble --run "$array" "${members[@]}" || mdadm --incremental --run --scan || true
  # udev creates the name of the array, possibly later.
  udevadm settle --timeout=30 || true
  [[ -e $array ]] || stop "expected an array of ${members[*]}, got none that starts; the server is kept for people to look at"
}

# New volumes read as zeros, so both halves are equal and need no initial synchronisation, which would slow them for an
# hour.
make_array() {
  local device level=1
  ((${#missing[@]} == 0)) || stop "expected the disks $DISKS, missing ${missing[*]}; the server is replaced"
  for device in "${present[@]}"; do
    is_blank "$device" || stop "expected a blank disk, got one with $(wipefs --noheadings "$device" | head -n 1) at $device; the server is replaced"
  done
  if ((${#present[@]} == 4)); then level=10; fi
  say "makes a RAID $level of ${present[*]}"
  mdadm --create "$array" --run --homehost=any --name=spool --metadata=1.2 --bitmap=internal --assume-clean \
    --level="$level" --raid-devices="${#present[@]}" "${present[@]}"
}

make_file_system() {
  if is_blank "$array"; then mkfs.xfs -q -L spool "$array"; fi
}

# `nofail`: a server without its spool boots, accepts no hits (collector.service asserts the mount) and logs it.
mount_spool() {
  local line="LABEL=spool $SPOOL_FOLDER xfs noatime,nodev,nosuid,noexec,nofail,x-systemd.device-timeout=30s 0 2"
  mkdir -p "$SPOOL_FOLDER"
  if ! grep -qF "$line" "$root/etc/fstab"; then
    echo "$line" >>"$root/etc/fstab"
    systemctl daemon-reload
  fi
  # At a later boot systemd also mounts it by fstab, as soon as the array exists; the second mount finds it mounted.
  mountpoint -q "$SPOOL_FOLDER" || mount "$SPOOL_FOLDER" || mountpoint -q "$SPOOL_FOLDER"
  chown collector:collector "$SPOOL_FOLDER"
  chmod 0700 "$SPOOL_FOLDER"
}

# Settings for the next boot: the array and the program that mdadm starts when a disk fails, and the folder from which
# the collector reads the state of the array.
write_settings() {
  local device
  device=$(basename "$(readlink -f "$array")")
  {
    echo "PROGRAM /opt/rempart/array-watch.sh"
    mdadm --detail --scan
  } >"$root/etc/mdadm.conf.part"
  mv "$root/etc/mdadm.conf.part" "$root/etc/mdadm.conf"
  echo "ARRAY_FOLDER=/sys/block/$device/md" >"$root/etc/rempart/array.env"
}

wait_for_disks
((${#present[@]} > 0)) || stop "expected the disks $DISKS, got none; the server is replaced"
find_members
if ((${#members[@]} > 0)); then take_up; else make_array; fi
make_file_system
mount_spool
write_settings
say "the spool is on $(basename "$(readlink -f "$array")")"

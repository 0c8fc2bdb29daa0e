// The shell scripts and lists of the servers (services/collector/host). The lines that keep a promise are stated here;
// a digest holds the rest of the code, so that no line is added, removed or changed without a change of this file.
import type { Json } from '../template/assembly';
import { digestOf, scriptCode } from '../template/script-code';
import { auditRules } from '../template/server-audit';
import { exclusionLine, installLines, patchLines, patchOptions, serverPackages } from '../template/server-packages';
import { connectFiles, connectInstallLines, connectLines, connectPackages, sshdLines } from '../template/server-ssh';
import type { Deviation, Form, Place } from './form';

export interface HostScript {
  /** Name in services/collector/host. */
  readonly file: string;
  /** Lines that keep promises, as code without indentation, each of which occurs once; with the clauses. */
  readonly promises: Readonly<Record<string, string>>;
  /**
   * SHA-256 of the code, in which each promise is replaced by its number. A finding has the digest of a changed
   * script.
   */
  readonly rest: string;
}

/** A text with the code of a script; comments and indentation are free. */
export function scriptForm(script: HostScript): Form {
  return {
    deviations(place) {
      place.leaf?.(place.path, 'closed');
      const { value } = place;
      if (typeof value !== 'string') return [deviation(place, 'code', value, `the code of ${script.file}`)];
      const code = scriptCode(value);
      const missing = Object.entries(script.promises).flatMap(([line, clauses]) => {
        const count = code.filter((candidate) => candidate === line).length;
        return count === 1 ? [] : [deviation(place, line, count, `once the line "${line}" (${clauses})`)];
      });
      return missing.length > 0 ? missing : restDeviations(place, script, code);
    },
  };
}

function restDeviations(place: Place, { file, promises, rest }: HostScript, code: readonly string[]): readonly Deviation[] {
  const stated = Object.keys(promises);
  const digest = digestOf(code.map((line) => (stated.includes(line) ? String(stated.indexOf(line)) : line)));
  if (digest === rest) return [];
  return [deviation(place, 'rest', digest, `the code of ${file} with the digest ${rest}; review the change and enter the digest found`)];
}

const deviation = ({ path }: Place, part: string, found: Json | undefined, required: string): Deviation => ({
  path: `${path}.${part}`,
  found,
  required,
});

/** Beginning of the user data: fetches files and verifies their SHA-256. */
export const fetchScript: HostScript = {
  file: 'fetch.sh',
  promises: {
    '#!/bin/bash': 'TOM-6.8',
    'set -euo pipefail': 'TOM-6.8',
    'umask 022': 'TOM-6.8',
    'persist aws s3api get-object --bucket "$1" --key "$2" "$part" >/dev/null': 'TOM-6.8',
    'if ! printf \'%s  %s\\n\' "$3" "$part" | sha256sum --check --status; then': 'TOM-6.8',
    'mv "$part" "$program_folder/$4"': 'TOM-6.8',
  },
  rest: '153af84a3a012f80d6f4fe88f12d6e25999a265941cc463b0410b53b8cc275d7',
};

/** Every other script, by its name on the server. */
export const hostScripts: readonly HostScript[] = [
  {
    file: 'array-watch.sh',
    promises: {
      'if ((lacking > 0 || disks < 2)) || [[ ! $state =~ ^(clean|active|active-idle|write-pending|read-auto)$ ]]; then': 'TOM-6.2',
      'if ((found == 0)); then': 'TOM-6.2',
      'aws cloudwatch put-metric-data --namespace "$NAMESPACE" --metric-data \\': 'TOM-6.2',
      '"MetricName=ArrayDegraded,Value=$degraded,Unit=Count,Dimensions=[$group]" \\': 'TOM-6.2',
      '"MetricName=ArrayDegraded,Value=$degraded,Unit=Count,Dimensions=[$group,{Name=InstanceId,Value=$instance}]"': 'TOM-6.2',
    },
    rest: '147f32b2f5d5ee9adb53f229280c4ee592f1dba3bce7e97d43abc0c7452b3a29',
  },
  {
    file: 'boot.sh',
    promises: {
      'systemctl disable --now sshd.service': 'TOM-3.1',
      'systemctl mask sshd.service': 'TOM-3.1',
      [installLines[0]]: 'TOM-6.8',
      [installLines[1]]: 'TOM-6.8',
      'persist useradd --system --no-create-home --home-dir /nonexistent --shell /usr/sbin/nologin collector': 'TOM-3.1',
      'persist useradd --system --no-create-home --home-dir /nonexistent --shell /usr/sbin/nologin --groups systemd-journal shell':
        'TOM-3.1',
      'systemctl enable --now amazon-ssm-agent.service': 'TOM-3.1',
      [exclusionLine]: 'TOM-6.8',
      'systemctl enable --now packages.timer': 'TOM-6.8',
      'systemctl enable --now patches.timer': 'TOM-3.4',
      'rm -f "$root"/etc/audit/rules.d/*.rules': 'TOM-3.6',
      'install -m 0600 "$here/audit.rules" "$root/etc/audit/rules.d/rempart.rules"': 'TOM-3.6',
      'systemctl enable --now auditd.service': 'TOM-3.6',
      'persist augenrules --load': 'TOM-3.6',
      'install -m 0644 "$here/journal.logrotate" "$root/etc/logrotate.d/rempart-journal"': 'TOM-3.6',
      'systemctl enable --now journal-file.service logrotate.timer': 'TOM-3.6',
      '-a fetch-config -m ec2 -s -c "file:$root/etc/rempart/amazon-cloudwatch-agent.json"': 'TOM-3.6',
      'systemctl enable --now lifecycle.service': 'TOM-6.9',
      'systemctl enable --now spool-disks.service': 'TOM-6.2',
      'systemctl enable --now array-watch.timer': 'TOM-6.2',
      'systemctl enable --now collector.service': 'TOM-5.1',
    },
    rest: '32ad44ddf391bd6337af8035b93cd80ee371eee44d0701f2576337509c740640',
  },
  {
    file: 'disks.sh',
    promises: {
      'make_array() {': 'TOM-6.2',
      'local device level=1': 'TOM-6.2',
      'if ((${#present[@]} == 4)); then level=10; fi': 'TOM-6.2',
      'mdadm --create "$array" --run --homehost=any --name=spool --metadata=1.2 --bitmap=internal --assume-clean \\': 'TOM-6.2',
      '--level="$level" --raid-devices="${#present[@]}" "${present[@]}"': 'TOM-6.2',
      'local line="LABEL=spool $SPOOL_FOLDER xfs noatime,nodev,nosuid,noexec,nofail,x-systemd.device-timeout=30s 0 2"': 'TOM-6.2',
      'chown collector:collector "$SPOOL_FOLDER"': 'TOM-4.2',
      'chmod 0700 "$SPOOL_FOLDER"': 'TOM-4.2',
      'echo "PROGRAM /opt/rempart/array-watch.sh"': 'TOM-6.2',
    },
    rest: '5a4bd9d7c4ced5701a6ac476ce2ecd6a24416c01453b58df4a4979ebee0b9630',
  },
  {
    file: 'lifecycle.sh',
    promises: {
      ': >"$taken"': 'TOM-6.9',
      'sync --file-system "$taken"': 'TOM-6.9',
      'complete "$LAUNCH_HOOK" CONTINUE || outcome=$?': 'TOM-6.9',
      'mountpoint -q "$SPOOL_FOLDER" || return 1': 'TOM-6.9',
      '[[ $answer =~ ExecMainStatus=0($|[[:space:]]) && ! $answer =~ ExecMainStartTimestampMonotonic=0($|[[:space:]]) ]]': 'TOM-6.9',
      'if is_drained; then': 'TOM-6.9',
      'complete "$TERMINATION_HOOK" ABANDON': 'TOM-6.9',
    },
    rest: '5a2847abc04b760228b456590cb1d2f851a4af11a7329c01a71461b90eb1659d',
  },
  {
    file: 'metadata.sh',
    promises: { 'metadata_address=http://169.254.169.254/latest': 'TOM-3.5' },
    rest: '1eccda82858458f2f5a73ec20d165e60a9994c9d2d3867e3ccd4450607761bb9',
  },
  {
    file: 'packages.sh',
    promises: {
      'declared() { grep -v \'^#\' "$root/opt/rempart/packages.list" | sort -u; }': 'TOM-6.8',
      "installed() { rpm --query --all --queryformat '%{NAME}\\n' | sed -E 's/^kernel[0-9]+\\.[0-9]+$/kernel/' | sort -u; }": 'TOM-6.8',
      'if ! rpm --erase --allmatches "${others[@]}"; then': 'TOM-6.8',
      'if [[ ${1:-} == exclude ]]; then exclude; fi': 'TOM-6.8',
      '"MetricName=PackagesDiffer,Value=$((${#others[@]} + ${#missing[@]})),Unit=Count,Dimensions=[{Name=AutoScalingGroupName,Value=$GROUP}]"':
        'TOM-6.8',
    },
    rest: '7f4616ab02013cb5327fcee433a1786858df897aaa002c73796d8a60cd112328',
  },
  {
    file: 'patches.sh',
    promises: {
      [patchOptions]: 'TOM-3.4',
      [patchLines[0]]: 'TOM-3.4',
      [patchLines[1]]: 'TOM-3.4',
      '"MetricName=PatchesMissing,Value=$missing,Unit=Count,Dimensions=[{Name=AutoScalingGroupName,Value=$GROUP}]"': 'TOM-3.4',
    },
    rest: 'b5f9f6769ab447ca127d7eb75b976c93ff84efcd75cc35804444bacdcb240502',
  },
  {
    file: 'audit.rules',
    promises: Object.fromEntries(auditRules.map((line) => [line, 'TOM-3.6'])),
    rest: '5f336f76f80f2d0c67ec534705e17186832e1a6098252fa2376e1cd7438de210',
  },
  {
    file: 'packages.list',
    promises: Object.fromEntries(serverPackages.map((name) => [name, 'TOM-6.8'])),
    rest: '25cb99b68d8273a990866456fb3e5c859371dd7499308fa25f6e093c6c07ae69',
  },
];

const promised = (lines: readonly string[], clauses: string): Readonly<Record<string, string>> =>
  Object.fromEntries(lines.map((line) => [line, clauses]));

/** The files of a server with EC2 Instance Connect that no other has, or has otherwise. (DSS-5.6.6) */
export const connectScripts: readonly HostScript[] = [
  {
    file: connectFiles.script,
    promises: { ...promised(connectInstallLines, 'TOM-6.8'), ...promised(connectLines, 'TOM-3.3, DSS-5.6.6') },
    rest: '191befd80e12bb684362ce3710256391e5e814daffc5c901ac1d15dc3864e703',
  },
  {
    file: connectFiles.server,
    promises: promised(sshdLines, 'DSS-5.6.6'),
    rest: 'c8c1b7bc157fa497e8dcb8b07c17cb840b8b3c42bef52a65a03c314f6791f73d',
  },
  {
    file: 'packages.list',
    promises: promised([...serverPackages, ...connectPackages], 'TOM-6.8'),
    rest: '962edb3c10f3e5c8960df5215179f990c43729e071b6bf1241cefba0f2bd0ab3',
  },
];

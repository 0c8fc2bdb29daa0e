// TOM-6.7, DSS-5.4.3: a database cannot be deleted by mistake, leaves a snapshot if it is, and keeps its own backups for 30 days.

import { type Finding, finding, guard, type Rule, remove, replace } from '../../rule';
import { clusterType } from '../../template/resource-types';

const days = 30;

export const databaseRetention: Rule = {
  name: 'database-retention',
  requires: `every database cluster keeps backups for ${days} days, leaves a snapshot and is protected from deletion`,
  types: [clusterType],
  check(cluster) {
    const findings: Finding[] = [];
    if (cluster.at('BackupRetentionPeriod') !== days) {
      findings.push(finding(cluster, 'days', 'Properties.BackupRetentionPeriod', String(days), 'Take it from backup.retentionDays.'));
    }
    if (cluster.at('DeleteAutomatedBackups') !== false) {
      const fix = 'Set deleteAutomatedBackups: false.';
      findings.push(finding(cluster, 'kept', 'Properties.DeleteAutomatedBackups', 'false', fix));
    }
    if (cluster.at('CopyTagsToSnapshot') !== true) {
      findings.push(
        finding(cluster, 'tags', 'Properties.CopyTagsToSnapshot', 'true', 'Set copyTagsToSnapshot: true: a snapshot is labelled too.'),
      );
    }
    for (const policy of ['DeletionPolicy', 'UpdateReplacePolicy'] as const) {
      if (cluster.json[policy] === 'Snapshot' || cluster.json[policy] === 'Retain') continue;
      findings.push(finding(cluster, policy, policy, 'Snapshot', 'Set removalPolicy: RemovalPolicy.SNAPSHOT.'));
    }
    if (cluster.at('DeletionProtection') !== true) {
      const fix = 'Set deletionProtection: true.';
      findings.push(finding(cluster, 'protection', 'Properties.DeletionProtection', 'true', fix));
    }
    return findings;
  },
  guards: [
    guard(clusterType, 'Properties.BackupRetentionPeriod', remove, replace(1), replace(35)),
    guard(clusterType, 'Properties.DeleteAutomatedBackups', remove, replace(true)),
    guard(clusterType, 'Properties.CopyTagsToSnapshot', remove, replace(false)),
    guard(clusterType, 'DeletionPolicy', remove, replace('Delete')),
    guard(clusterType, 'UpdateReplacePolicy', remove, replace('Delete')),
    guard(clusterType, 'Properties.DeletionProtection', remove, replace(false)),
  ],
};

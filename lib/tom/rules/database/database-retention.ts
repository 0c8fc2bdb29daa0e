// TOM-6.7, DSS-5.4.3: a database is protected from deletion, leaves a snapshot and keeps backups for 30 days.

import { backupDays } from '../../figures';
import { type Finding, finding, guard, type Rule, remove, replace } from '../../rule';
import { clusterType } from '../../template/resource-types';

export const databaseRetention: Rule = {
  name: 'database-retention',
  requires: `every database cluster keeps backups for ${backupDays} days, leaves a snapshot and is protected from deletion`,
  types: [clusterType],
  check(cluster) {
    const findings: Finding[] = [];
    if (cluster.at('BackupRetentionPeriod') !== backupDays) {
      findings.push(
        finding(
          cluster,
          'days',
          'Properties.BackupRetentionPeriod',
          `${backupDays} days`,
          'Set backup.retentionDays in the configuration.',
        ),
      );
    }
    if (cluster.at('DeleteAutomatedBackups') !== false) {
      const fix = 'Set deleteAutomatedBackups: false on the cluster.';
      findings.push(finding(cluster, 'kept', 'Properties.DeleteAutomatedBackups', 'false', fix));
    }
    if (cluster.at('CopyTagsToSnapshot') !== true) {
      findings.push(finding(cluster, 'tags', 'Properties.CopyTagsToSnapshot', 'true', 'Set copyTagsToSnapshot: true on the cluster.'));
    }
    for (const policy of ['DeletionPolicy', 'UpdateReplacePolicy'] as const) {
      if (cluster.json[policy] === 'Snapshot' || cluster.json[policy] === 'Retain') continue;
      findings.push(finding(cluster, policy, policy, 'Snapshot', 'Set removalPolicy: RemovalPolicy.SNAPSHOT on the cluster.'));
    }
    if (cluster.at('DeletionProtection') !== true) {
      const fix = 'Set deletionProtection: true on the cluster.';
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

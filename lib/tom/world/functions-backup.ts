// The function of the backup stack that examines the backups, with its alarms.
import type { BackupFreshnessEnvironment } from '../../../lambda/backup/backup-freshness/env';
import { backupAge, probeMetrics } from '../../config/metrics';
import { backedUpDataBuckets } from '../../config/names';
import { longestBackupAge } from '../figures';
import { longestGap } from '../rules/backup/backup-freshness';
import { hasCopies } from '../template/copies';
import { alarm, type Metric, none, one } from './alarms-form';
import { identifierOf } from './database';
import type { Declaration } from './declaration';
import { by } from './form';
import { hourlyRetries } from './functions-access';
import { controlFunction } from './functions-family';
import { firstRun, scheduled } from './functions-triggers';

const hour = 3600;

const vault = (region: string, name: string): string => `arn:aws:backup:${region}:\${AWS::AccountId}:backup-vault:<deployment>-${name}`;
const buckets = backedUpDataBuckets.map((use) => `arn:aws:s3:::<deployment>-${use}-\${AWS::AccountId}-<region>`);

/** Dimensions of the figures of a run. */
const run = [
  { Name: 'Deployment', Value: '<deployment>' },
  { Name: 'Probe', Value: 'backup-freshness' },
];
const reported = (name: string): Metric => ({
  ...{ namespace: probeMetrics.namespace, name, statistic: 'Maximum', dimensions: run },
});
const ageIn = (use: string): Metric => ({
  ...{ namespace: probeMetrics.namespace, name: backupAge, statistic: 'Maximum' },
  dimensions: [
    { Name: 'Deployment', Value: '<deployment>' },
    { Name: 'Vault', Value: `<deployment>-${use}` },
  ],
});

/** Every hour, over every store and both vaults. (DSS-5.5.2, DSS-5.4.3) */
export const backupFunctions: readonly Declaration[] = [
  ...controlFunction<BackupFreshnessEnvironment>({
    ...{ stack: 'backup', id: 'FreshnessFunction', control: 'backup-freshness', memory: [256, 1024], timeout: [60, 300] },
    functionAfter: ['BackupsVault'],
    variables: {
      DEPLOYMENT: '<deployment>',
      STORES: by(({ facts }) => [`arn:aws:rds:<region>:\${AWS::AccountId}:cluster:${identifierOf(facts)}`, ...buckets].join()),
      VAULTS: by(({ facts }) => [vault('<region>', 'backups'), ...(hasCopies(facts) ? [vault('<copyRegion>', 'copies')] : [])].join()),
      KEYS: '${data/DataKey.Arn}',
      METRIC_NAMESPACE: probeMetrics.namespace,
    },
  }),
  ...scheduled({
    ...{ stack: 'backup', id: 'Freshness', group: 'backup-freshness', expression: 'rate(1 hour)', retries: hourlyRetries },
  }),
  firstRun('backup', 'Freshness', {
    metric: { Namespace: probeMetrics.namespace, MetricName: probeMetrics.completed, Statistic: 'Maximum', Dimensions: run },
  }),
  alarm({
    ...{ id: 'BackupOverdue', of: 'Freshness', severity: 'page', silence: 'unchanged', every: hour },
    ...{ metric: ageIn('backups'), raised: { above: longestBackupAge } },
  }),
  alarm({
    ...{ id: 'BackupCopyOverdue', of: 'Freshness', severity: 'page', silence: 'unchanged', every: hour },
    ...{ metric: ageIn('copies'), raised: { above: longestBackupAge }, when: hasCopies },
  }),
  alarm({
    ...{ id: 'BackupsUnsound', of: 'Freshness', severity: 'ticket', silence: 'fine', every: hour },
    ...{ metric: reported(probeMetrics.findings), raised: { above: none } },
  }),
  alarm({
    ...{ id: 'BackupWatchOverdue', of: 'Freshness', severity: 'ticket', silence: 'failure', every: hour, periods: longestGap / hour },
    ...{ metric: reported(probeMetrics.completed), raised: { below: one }, dependsOn: ['${backup/FreshnessFirstRun}'] },
  }),
];

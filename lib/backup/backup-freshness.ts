// Examines the backups every hour: their age in both regions against 24 hours, and their retention.
import { Metric, Stats } from 'aws-cdk-lib/aws-cloudwatch';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import { ArnFormat, Duration, Stack } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { calls } from '../../lambda/backup/backup-freshness/calls';
import type { BackupFreshnessEnvironment } from '../../lambda/backup/backup-freshness/env';
import { alarmAbove, alarmOnSilence } from '../alarms/alarm';
import { backupAge, probeMetrics } from '../config/metrics';
import { backedUpDataBuckets, dataBucketName, databaseIdentifier, type VaultUse, vaultName } from '../config/names';
import type { Site } from '../config/site';
import { callStatements } from '../functions/call-statements';
import { ControlFunction } from '../functions/control-function';
import type { FirstDatapoints } from '../functions/first-datapoint';
import { scheduleFunction } from '../functions/schedule';
import { acknowledgeWildcard } from '../labels/exceptions';
import { serves } from '../labels/labels';
import type { BackupVault } from './backup-vault';
import { vaultArn } from './vault-arn';

export interface BackupFreshnessProps {
  readonly site: Site;
  /** Encrypts environment, log and dead letters. (TOM-5.5) */
  readonly key: IKey;
  /** Encrypts the database, and its snapshots in the region of the site. */
  readonly dataKey: IKey;
  /** The vault of the backups, which the function reads. */
  readonly backups: BackupVault;
  readonly firstDatapoints: FirstDatapoints;
  /** Notifies people. (TOM-3.4) */
  readonly alarmTopic: ITopic;
  /** Region of the vault that receives the copies. @default - no copies */
  readonly copiesTo?: string;
}

/** Name of the function. */
const control = 'backup-freshness';
/** Hours of data that may be lost. (DSS-5.5.2) */
const longestAge = 24;

/**
 * The function has the list of stores from the template, so that a store that vanishes, or loses its tag, is
 * reported: AWS Backup itself lists only what it has backed up. It reads lists and settings, and no data.
 *
 * The age counts from the instant of the data, and includes what it was between two runs. A point that is not
 * complete, under another key or with another retention does not count. (DSS-5.5.2, DSS-5.4.3)
 */
export class BackupFreshness extends Construct {
  constructor(scope: Construct, id: string, props: BackupFreshnessProps) {
    super(scope, id);
    serves(this, 'DSS-5.4.3', 'DSS-5.5.2', 'TOM-6.7');
    const { site, key } = props;
    const lambda = this.controlFunction(props);
    lambda.function.node.addDependency(props.backups.vault);
    scheduleFunction(this, {
      ...{ site, key, control: lambda, name: control, starts: 'the examination of backups' },
      description: 'Hourly examination of the age and the retention of backups',
      expression: 'rate(1 hour)',
      retries: { attempts: 5, age: Duration.hours(1) },
    });
    this.ageAlarms(props);
    this.probeAlarms(props, lambda);
  }

  private controlFunction({ site, key, dataKey, copiesTo }: BackupFreshnessProps): ControlFunction {
    const vaults = [vaultArn(this, site, 'backups', site.region), ...(copiesTo ? [vaultArn(this, site, 'copies', copiesTo)] : [])];
    const environment: BackupFreshnessEnvironment = {
      DEPLOYMENT: site.deployment,
      STORES: this.stores(site).join(),
      VAULTS: vaults.join(),
      KEYS: dataKey.keyArn,
      METRIC_NAMESPACE: probeMetrics.namespace,
    };
    const lambda = new ControlFunction(this, 'Function', {
      ...{ site, control, key, environment: { ...environment } },
      description: 'Reports the age of the newest backup of each store, and backups that are kept too long or gone too early',
      permissions: callStatements(this, calls, { site, ...(copiesTo ? { mode: 'copies', values: { copyRegion: copiesTo } } : {}) }),
      timeout: Duration.minutes(5),
    });
    acknowledgeWildcard(lambda.permissions, {
      resource: '*',
      reason: 'The actions only read lists, and what a restore test leaves, or a manual snapshot, can have any name.',
    });
    return lambda;
  }

  /** ARNs of the stores that the plans select, derived from their names: some are in stacks that come later. */
  private stores(site: Site): readonly string[] {
    const stack = Stack.of(this);
    const cluster = { service: 'rds', resource: 'cluster', resourceName: databaseIdentifier(site) };
    const bucket = (name: string) => stack.formatArn({ service: 's3', region: '', account: '', resource: name });
    return [
      stack.formatArn({ ...cluster, arnFormat: ArnFormat.COLON_RESOURCE_NAME }),
      ...backedUpDataBuckets.map((use) => bucket(dataBucketName(site, use, stack.account))),
    ];
  }

  private ageAlarms({ site, alarmTopic, copiesTo }: BackupFreshnessProps): void {
    const ageIn = (use: VaultUse) =>
      new Metric({
        ...{ namespace: probeMetrics.namespace, metricName: backupAge, statistic: Stats.MAXIMUM, period: Duration.hours(1) },
        dimensionsMap: { Deployment: site.deployment, Vault: vaultName(site, use) },
      });
    const common = { site, alarmTopic, above: longestAge, severity: 'page', keepsState: true } as const;
    alarmAbove(this, 'BackupOverdue', {
      ...{ ...common, metric: ageIn('backups') },
      description: `The newest usable backup of a store is more than ${longestAge} hours old (DSS-5.5.2).`,
    });
    if (copiesTo === undefined) return;
    alarmAbove(this, 'BackupCopyOverdue', {
      ...{ ...common, metric: ageIn('copies') },
      description: `The newest usable copy of a backup of a store is more than ${longestAge} hours old (DSS-5.5.2).`,
    });
  }

  private probeAlarms({ site, firstDatapoints, alarmTopic }: BackupFreshnessProps, lambda: ControlFunction): void {
    const metric = (metricName: string) =>
      new Metric({
        ...{ namespace: probeMetrics.namespace, metricName, statistic: Stats.MAXIMUM, period: Duration.hours(1) },
        dimensionsMap: { Deployment: site.deployment, Probe: control },
      });
    alarmAbove(this, 'BackupsUnsound', {
      ...{ site, alarmTopic, metric: metric(probeMetrics.findings), above: 0, severity: 'ticket' },
      description:
        'A backup is kept too long, gone too early or under a wrong key; or a store lacks a setting that its backups need (DSS-5.4.3).',
    });
    const completed = metric(probeMetrics.completed);
    alarmOnSilence(this, 'BackupWatchOverdue', {
      ...{ site, alarmTopic, metric: completed, below: 1, periods: 3, severity: 'ticket' },
      firstDatapoint: firstDatapoints.of(this, 'FirstRun', { metric: completed, invokes: lambda }),
      description: 'The examination of backups has not completed for 3 hours: a missing backup would go unnoticed (DSS-5.5.2).',
    });
  }
}

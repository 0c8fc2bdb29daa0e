// The backups of every store that has the tag `rempart:backup`, with a copy in the other region.
import { CfnBackupPlan, CfnBackupSelection } from 'aws-cdk-lib/aws-backup';
import type { IRole } from 'aws-cdk-lib/aws-iam';
import { ArnFormat, Duration, Stack } from 'aws-cdk-lib/core';
import { Construct, type IDependable } from 'constructs';
import { backupHours } from '../config/settings/backup-hours';
import type { Site } from '../config/site';
import { backupTag, dailyBackup, deploymentTag } from '../labels/backup';
import { declareNotMet } from '../labels/exceptions';
import { serves } from '../labels/labels';
import type { BackupVault } from './backup-vault';
import { vaultArn } from './vault-arn';

export interface BackupPlanProps {
  readonly site: Site;
  /** Receives the recovery points. Changing it leaves older ones in the former vault. */
  readonly backups: BackupVault;
  /** Reads the stores. (TOM-3.5) */
  readonly role: IRole;
  /** Without them, AWS Backup could not begin. */
  readonly permissions: IDependable;
  /** Region of the vault that receives the copies. Changing it ends copies to the former one. @default - no copies */
  readonly copiesTo?: string;
}

/** What a plan backs up, and how. */
interface Stores {
  /** Part of names and ids. */
  readonly id: 'Databases' | 'Buckets';
  /** Pattern of the ARNs, of which those with the tags are backed up. */
  readonly resources: string;
  readonly rules: (daily: CfnBackupPlan.BackupRuleResourceTypeProperty) => CfnBackupPlan.BackupRuleResourceTypeProperty[];
  readonly advancedBackupSettings?: CfnBackupPlan.AdvancedBackupSettingResourceTypeProperty[];
}

/** A job that has not started within 5 hours has failed; the next one is in time for 24 hours. */
const startWindow = Duration.hours(5);

/**
 * A job that has not ended an hour before the next one has failed, and the watch over the age of backups reports it.
 */
const completionWindow = Duration.hours(11);

/**
 * Two plans, because continuous backups are for buckets alone: Aurora keeps its own point in time of 30 days, and
 * with continuous backups AWS Backup would take over its retention and its backup window ("Continuous backups and
 * point-in-time restore"). Of the database it takes a snapshot twice a day, which is copied whole: the next one is
 * there before the newest is 24 hours old, with the time that a start, a snapshot and a copy take.
 *
 * A bucket has a continuous backup, from which any second of 30 days can be restored, and two a day, which are copied:
 * AWS Backup copies no continuous backup. It requires versions and events to EventBridge, which each bucket has
 * (data-bucket.ts). Access lists are left out, because a bucket whose owner owns every object accepts none at a
 * restore.
 *
 * The schedule is in UTC: a change of daylight time moves no backup. (DSS-5.4.2, DSS-5.5.2, TOM-6.7)
 */
export class BackupPlan extends Construct {
  constructor(scope: Construct, id: string, props: BackupPlanProps) {
    super(scope, id);
    serves(this, 'DSS-5.4.2', 'TOM-6.7');
    for (const stores of this.stores(props)) this.addPlan(stores, props);
    if (props.copiesTo !== undefined) return;
    const reason = 'home is gone: no region receives copies until backup.homeAnswers is set.';
    declareNotMet(this, { clause: 'DSS-5.4.2', rule: 'copied-backups', reason });
  }

  private stores({ site }: BackupPlanProps): readonly Stores[] {
    const stack = Stack.of(this);
    const clusters = stack.formatArn({
      ...{ service: 'rds', resource: 'cluster', resourceName: '*', arnFormat: ArnFormat.COLON_RESOURCE_NAME },
    });
    const buckets = stack.formatArn({ service: 's3', region: '', account: '', resource: `${site.deployment}-*` });
    return [
      { id: 'Databases', resources: clusters, rules: (daily) => [daily] },
      {
        id: 'Buckets',
        resources: buckets,
        rules: (daily) => [daily, continuous(daily)],
        advancedBackupSettings: [{ resourceType: 'S3', backupOptions: { BackupACLs: 'disabled', BackupObjectTags: 'enabled' } }],
      },
    ];
  }

  private addPlan(
    { id, resources, rules, advancedBackupSettings }: Stores,
    { site, backups, role, permissions, copiesTo }: BackupPlanProps,
  ): void {
    const name = `${site.deployment}-${id.toLowerCase()}`;
    const plan = new CfnBackupPlan(this, `${id}Plan`, {
      backupPlan: {
        backupPlanName: name,
        backupPlanRule: rules(this.daily(site, backups, copiesTo)),
        ...(advancedBackupSettings ? { advancedBackupSettings } : {}),
      },
    });
    new CfnBackupSelection(this, `${id}Selection`, {
      backupPlanId: plan.attrBackupPlanId,
      backupSelection: {
        selectionName: name,
        iamRoleArn: role.roleArn,
        resources: [resources],
        // Both tags: another deployment can be in the account. (TOM-7.3)
        conditions: {
          StringEquals: [
            { ConditionKey: `aws:ResourceTag/${backupTag}`, ConditionValue: dailyBackup },
            { ConditionKey: `aws:ResourceTag/${deploymentTag}`, ConditionValue: site.deployment },
          ],
        },
      },
    }).node.addDependency(permissions);
  }

  private daily(site: Site, backups: BackupVault, copiesTo: string | undefined): CfnBackupPlan.BackupRuleResourceTypeProperty {
    const { hour, retentionDays } = site.settings.backup;
    const lifecycle = { deleteAfterDays: retentionDays };
    const copies = copiesTo === undefined ? [] : [{ destinationBackupVaultArn: vaultArn(this, site, 'copies', copiesTo), lifecycle }];
    return {
      ruleName: 'daily',
      targetBackupVault: backups.vault.ref,
      scheduleExpression: `cron(0 ${backupHours(hour).join()} * * ? *)`,
      scheduleExpressionTimezone: 'Etc/UTC',
      startWindowMinutes: startWindow.toMinutes(),
      completionWindowMinutes: completionWindow.toMinutes(),
      lifecycle,
      ...(copies.length === 0 ? {} : { copyActions: copies }),
    };
  }
}

function continuous({ copyActions, ...daily }: CfnBackupPlan.BackupRuleResourceTypeProperty): CfnBackupPlan.BackupRuleResourceTypeProperty {
  return { ...daily, ruleName: 'continuous', enableContinuousBackup: true };
}

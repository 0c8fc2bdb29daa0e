// Daily backups of every store: the locked vault, the plans, and the role with which AWS Backup reads the stores.
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import { Stack, type StackProps } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import { BackupPlan } from '../backup/backup-plan';
import { BackupRole } from '../backup/backup-role';
import { BackupVault } from '../backup/backup-vault';
import { copyRegion, type Site } from '../config/site';
import { VaultKey } from '../encryption/vault-key';
import type { FirstDatapoints } from '../functions/first-datapoint';

export interface BackupStackProps extends StackProps {
  readonly site: Site;
  readonly account: {
    /** Encrypts the registry of the VPN, and environment, log and dead letters of functions. (TOM-5.5) */
    readonly key: IKey;
    /** Notifies people. (TOM-3.4) */
    readonly alarmTopic: ITopic;
  };
  readonly data: {
    /** Encrypts the stores of customers' data. (TOM-5.5) */
    readonly dataKey: IKey;
    /** Waits for the first datapoints of alarms on silence. (TOM-3.4) */
    readonly firstDatapoints: FirstDatapoints;
  };
}

export class BackupStack extends Stack {
  /** Receives the recovery points of every store. (DSS-5.4.2) */
  readonly backups: BackupVault;
  /** Encrypts them. (DSS-5.4.3) */
  readonly backupsKey: IKey;

  constructor(scope: Construct, id: string, { site, account, data, ...props }: BackupStackProps) {
    super(scope, id, props);
    const region = copyRegion(site);
    const copies = region === undefined ? {} : { copiesTo: region };
    this.backupsKey = new VaultKey(this, 'BackupsKey', { site, use: 'backups' });
    this.backups = new BackupVault(this, 'Backups', { site, use: 'backups', key: this.backupsKey, ...copies });
    const { role, permissions } = new BackupRole(this, 'BackupRole', {
      ...{ site, key: account.key, dataKey: data.dataKey, backupsKey: this.backupsKey },
      ...copies,
    });
    new BackupPlan(this, 'Plan', { site, backups: this.backups, role, permissions, ...copies });
  }
}

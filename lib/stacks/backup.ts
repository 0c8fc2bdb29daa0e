// Daily backups of every store: the locked vault, the plans, and the role with which AWS Backup reads the stores.
import type { IVpc, SubnetSelection } from 'aws-cdk-lib/aws-ec2';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import { Stack, type StackProps } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import { BackupFreshness } from '../backup/backup-freshness';
import { BackupPlan } from '../backup/backup-plan';
import { BackupRole } from '../backup/backup-role';
import { BackupVault } from '../backup/backup-vault';
import { RestoreNetwork } from '../backup/restore-network';
import { RestoreTests } from '../backup/restore-tests';
import { RestoreValidation } from '../backup/restore-validation';
import { copyRegion, type Site } from '../config/site';
import type { FirstDatapoints } from '../functions/first-datapoint';

export interface BackupStackProps extends StackProps {
  readonly site: Site;
  readonly account: {
    /** Encrypts the registry of the VPN, and environment, log and dead letters of functions. (TOM-5.5) */
    readonly key: IKey;
    /** Encrypts the backups. (DSS-5.4.3) */
    readonly backupsKey: IKey;
    /** Notifies people. (TOM-3.4) */
    readonly alarmTopic: ITopic;
  };
  readonly data: {
    /** Encrypts the stores of customers' data. (TOM-5.5) */
    readonly dataKey: IKey;
    /** Waits for the first datapoints of alarms on silence. (TOM-3.4) */
    readonly firstDatapoints: FirstDatapoints;
  };
  readonly network: {
    readonly vpc: IVpc;
    /** Subnets of databases only. (TOM-4.2) */
    readonly isolatedSubnets: SubnetSelection;
    /** Subnets of functions that use the database. (TOM-4.2) */
    readonly functionSubnets: SubnetSelection;
  };
}

export class BackupStack extends Stack {
  /** Receives the recovery points of every store. (DSS-5.4.2) */
  readonly backups: BackupVault;

  constructor(scope: Construct, id: string, { site, account, data, network, ...props }: BackupStackProps) {
    super(scope, id, props);
    const region = copyRegion(site);
    const copies = region === undefined ? {} : { copiesTo: region };
    this.backups = new BackupVault(this, 'Backups', { site, use: 'backups', key: account.backupsKey, ...copies });
    const { role, permissions } = new BackupRole(this, 'BackupRole', {
      ...{ site, key: account.key, dataKey: data.dataKey, backupsKey: account.backupsKey },
      ...copies,
    });
    new BackupPlan(this, 'Plan', { site, backups: this.backups, role, permissions, ...copies });
    new BackupFreshness(this, 'Freshness', { site, backups: this.backups, ...account, ...data, ...copies });
    this.addRestoreTests({ site, account, data, network });
  }

  private addRestoreTests({ site, account, data, network: { vpc, isolatedSubnets, functionSubnets } }: BackupStackProps): void {
    const network = new RestoreNetwork(this, 'RestoreNetwork', { site, vpc, isolatedSubnets, functionSubnets });
    const { key, alarmTopic } = account;
    const { dataKey, firstDatapoints } = data;
    const common = { site, dataKey, network };
    const tests = new RestoreTests(this, 'RestoreTests', { ...common, backups: this.backups });
    new RestoreValidation(this, 'RestoreValidation', { ...common, tests, key, firstDatapoints, alarmTopic });
  }
}

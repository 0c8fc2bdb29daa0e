// Daily restore tests of the database: the plan, its selection, and the role with which AWS Backup restores.
import { CfnRestoreTestingPlan, CfnRestoreTestingSelection } from 'aws-cdk-lib/aws-backup';
import { ManagedPolicy, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { ArnFormat, Stack } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { databaseIdentifier, restoreTestsName } from '../config/names';
import { restoreTestCalls } from '../config/restore-calls';
import type { Site } from '../config/site';
import { callStatements } from '../functions/call-statements';
import { accountInFindings, acknowledgeWildcard } from '../labels/exceptions';
import { serves } from '../labels/labels';
import type { BackupVault } from './backup-vault';
import type { RestoreNetwork } from './restore-network';

export interface RestoreTestsProps {
  readonly site: Site;
  /** Holds the recovery points. Changing it tests those of the new vault. */
  readonly backups: BackupVault;
  /** Encrypts the restored cluster. (TOM-5.5) */
  readonly dataKey: IKey;
  readonly network: RestoreNetwork;
}

/** Hours within which AWS Backup begins the restores. */
const startWindowHours = 1;

/** Days back in which the newest recovery point is chosen: more than a day and the hours above. */
const selectionWindowDays = 2;

/** Hours after a backup, which begins within five hours and is a snapshot. */
const afterBackup = 8;

/** Hours that AWS Backup keeps the restored cluster for its validation. After the result it deletes the cluster. */
export const validationWindowHours = 8;

/**
 * Each day the newest snapshot is restored into a cluster without instances, in the isolated subnets, with a group
 * that only the reader reaches; `RestoreValidation` adds an instance and reads it. Without these overrides AWS Backup
 * would use the default VPC and its default group, and nobody could sign in by token ("Restore testing inferred
 * metadata"). (DSS-5.5.1, TOM-6.10)
 *
 * The role has no condition on the account of the source: the documentation names none for restore testing. A role
 * cannot be passed to a service of another account, so AWS Backup assumes it for this account alone.
 */
export class RestoreTests extends Construct {
  readonly plan: CfnRestoreTestingPlan;

  constructor(scope: Construct, id: string, props: RestoreTestsProps) {
    super(scope, id);
    serves(this, 'DSS-5.5.1', 'TOM-6.10');
    const { site, backups } = props;
    const hour = (site.settings.backup.hour + afterBackup) % 24;
    this.plan = new CfnRestoreTestingPlan(this, 'Plan', {
      restoreTestingPlanName: restoreTestsName(site),
      scheduleExpression: `cron(0 ${hour} * * ? *)`,
      scheduleExpressionTimezone: 'Etc/UTC',
      startWindowHours,
      recoveryPointSelection: {
        algorithm: 'LATEST_WITHIN_WINDOW',
        recoveryPointTypes: ['SNAPSHOT'],
        includeVaults: [backups.vault.attrBackupVaultArn],
        selectionWindowDays,
      },
    });
    const selection = this.selection(props, this.role(props));
    selection.node.addDependency(props.network.ready);
  }

  private role({ site, dataKey, network }: RestoreTestsProps): Role {
    const role = new Role(this, 'Role', {
      description: `Allows AWS Backup to restore the database of ${site.deployment} for a test`,
      assumedBy: new ServicePrincipal('backup.amazonaws.com'),
    });
    const policy = new ManagedPolicy(this, 'Permissions', {
      description: `Permissions of the restore tests of ${site.deployment}`,
      roles: [role],
      statements: callStatements(this, restoreTestCalls, {
        site,
        arns: { 'data/DataKey.Arn': dataKey.keyArn, 'backup/RestoreNetworkSubnets': network.subnets.ref },
      }),
    });
    acknowledgeNames(policy, site);
    return role;
  }

  private selection({ site, dataKey, network }: RestoreTestsProps, role: Role): CfnRestoreTestingSelection {
    const resourceName = databaseIdentifier(site);
    const cluster = Stack.of(this).formatArn({
      service: 'rds',
      resource: 'cluster',
      resourceName,
      arnFormat: ArnFormat.COLON_RESOURCE_NAME,
    });
    return new CfnRestoreTestingSelection(this, 'Database', {
      restoreTestingPlanName: this.plan.ref,
      restoreTestingSelectionName: 'database',
      protectedResourceType: 'Aurora',
      protectedResourceArns: [cluster],
      iamRoleArn: role.roleArn,
      validationWindowHours,
      restoreMetadataOverrides: {
        dbSubnetGroupName: network.subnets.ref,
        // A list is JSON text.
        vpcSecurityGroupIds: `["${network.restored.securityGroupId}"]`,
        enableIamDatabaseAuthentication: 'true',
        kmsKeyId: dataKey.keyArn,
      },
    });
  }
}

/** Names that AWS generates. */
function acknowledgeNames(policy: ManagedPolicy, site: Site): void {
  const named = (name: string): string => `arn:aws:rds:${site.region}:${accountInFindings(site)}:${name}`;
  const reasons: Readonly<Record<string, string>> = {
    '*': 'The actions only read, and a restored cluster has no name before.',
    [named('cluster:awsbackup-restore-test-*')]: 'AWS Backup names restored clusters, all with this prefix.',
    [named('cluster-snapshot:awsbackup:*')]: 'AWS Backup names its snapshots, and restores any of them.',
    [named('cluster-pg:default.*')]: 'RDS takes the default parameters of the version of the snapshot.',
    [named('og:default:*')]: 'RDS takes the default options of the version of the snapshot.',
  };
  for (const [resource, reason] of Object.entries(reasons)) acknowledgeWildcard(policy, { resource, reason });
}

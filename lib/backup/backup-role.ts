// The role with which AWS Backup reads the stores, and makes, copies and expires their recovery points.
import { ManagedPolicy, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import { Stack } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { backupBoundaryName, backupRoleName } from '../config/names';
import { backupCalls } from '../config/service-calls';
import type { Site } from '../config/site';
import { callStatements } from '../functions/call-statements';
import { backupBoundaryStatements } from '../identity/backup-boundary';
import { boundBy } from '../identity/permissions-boundary';
import { serves } from '../labels/labels';

export interface BackupRoleProps {
  readonly site: Site;
  /** Key of the vault. (TOM-5.5) */
  readonly backupsKey: IKey;
  /** Keys of the stores. (TOM-5.5) */
  readonly dataKey: IKey;
  readonly key: IKey;
  /** The archive, whose changes the boundary denies. (TOM-3.6) */
  readonly auditArchive: IBucket;
  /** Region of the vault that receives the copies. @default - no copies */
  readonly copiesTo?: string;
}

/**
 * The managed policies of AWS for backups admit every store, key and rule of the account, and change without a
 * deployment. This role has the actions that they have for clusters and buckets, on the stores of the deployment
 * (service-calls.ts). AWS Backup alone assumes it, for this account ("Cross-service confused deputy prevention").
 *
 * It has a boundary of its own. The boundary of every other role admits neither rules of EventBridge nor changes of
 * buckets, and AWS Backup needs both to follow a bucket. (DSS-5.4.2, TOM-3.5)
 */
export class BackupRole extends Construct {
  readonly role: Role;

  constructor(scope: Construct, id: string, props: BackupRoleProps) {
    super(scope, id);
    serves(this, 'DSS-5.4.2', 'TOM-3.5');
    const { site, auditArchive } = props;
    const stack = Stack.of(this);
    const boundary = new ManagedPolicy(this, 'Boundary', {
      managedPolicyName: backupBoundaryName(site),
      description: `Maximum permissions of the backups of ${site.deployment}; grants none`,
      statements: backupBoundaryStatements(stack, site, auditArchive),
    });
    this.role = new Role(this, 'Role', {
      roleName: backupRoleName(site),
      description: `Allows AWS Backup to back up the stores of ${site.deployment}`,
      assumedBy: new ServicePrincipal('backup.amazonaws.com', { conditions: { StringEquals: { 'aws:SourceAccount': stack.account } } }),
    });
    boundBy(this.role, backupBoundaryName(site));
    this.role.node.addDependency(boundary);
    this.permissions(props);
  }

  private permissions({ site, backupsKey, dataKey, key, copiesTo }: BackupRoleProps): ManagedPolicy {
    return new ManagedPolicy(this, 'Permissions', {
      description: `Permissions of the backups of ${site.deployment}`,
      roles: [this.role],
      statements: callStatements(this, backupCalls, {
        site,
        arns: { 'data/DataKey.Arn': dataKey.keyArn, 'account/DeploymentKey.Arn': key.keyArn, 'backup/BackupsKey.Arn': backupsKey.keyArn },
        ...(copiesTo === undefined ? {} : { mode: 'copies', values: { copyRegion: copiesTo } }),
      }),
    });
  }
}

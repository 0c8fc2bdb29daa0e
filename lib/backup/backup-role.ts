// The role with which AWS Backup reads the stores, and makes, copies and expires their recovery points.
import { ManagedPolicy, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { Stack } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { backedUpDataBuckets, backupBoundaryName, backupRoleName, dataBucketName } from '../config/names';
import { backupCalls } from '../config/service-calls';
import type { Site } from '../config/site';
import { callStatements } from '../functions/call-statements';
import { boundBy } from '../labels/boundary';
import { accountInFindings, acknowledgeWildcard } from '../labels/exceptions';
import { serves } from '../labels/labels';

export interface BackupRoleProps {
  readonly site: Site;
  /** Key of the vault. (TOM-5.5) */
  readonly backupsKey: IKey;
  /** Keys of the stores. (TOM-5.5) */
  readonly dataKey: IKey;
  readonly key: IKey;
  /** Region of the vault that receives the copies. @default - no copies */
  readonly copiesTo?: string;
}

/**
 * The managed policies of AWS for backups admit every store, key and rule of the account, and change without a
 * deployment. This role has the actions that they have for clusters and buckets, on the stores of the deployment
 * (service-calls.ts). AWS Backup alone assumes it, for this account ("Cross-service confused deputy prevention").
 *
 * It has a boundary of its own (role-boundary.ts). (DSS-5.4.2, TOM-3.5)
 */
export class BackupRole extends Construct {
  readonly role: Role;
  readonly permissions: ManagedPolicy;

  constructor(scope: Construct, id: string, props: BackupRoleProps) {
    super(scope, id);
    serves(this, 'TOM-3.5');
    const { site } = props;
    this.role = new Role(this, 'Role', {
      roleName: backupRoleName(site),
      description: `Allows AWS Backup to back up the stores of ${site.deployment}`,
      assumedBy: new ServicePrincipal('backup.amazonaws.com', {
        conditions: { StringEquals: { 'aws:SourceAccount': Stack.of(this).account } },
      }),
    });
    boundBy(this.role, backupBoundaryName(site));
    this.permissions = this.policy(props);
  }

  private policy({ site, backupsKey, dataKey, key, copiesTo }: BackupRoleProps): ManagedPolicy {
    const policy = new ManagedPolicy(this, 'Permissions', {
      description: `Permissions of the backups of ${site.deployment}`,
      roles: [this.role],
      statements: callStatements(this, backupCalls, {
        site,
        arns: { 'data/DataKey.Arn': dataKey.keyArn, 'account/DeploymentKey.Arn': key.keyArn, 'account/BackupsKey.Arn': backupsKey.keyArn },
        ...(copiesTo === undefined ? {} : { mode: 'copies', values: { copyRegion: copiesTo } }),
      }),
    });
    acknowledgeNames(policy, site, copiesTo);
    return policy;
  }
}

/** What AWS names: recovery points, rules of AWS Backup, objects; and reads that cannot be limited to a resource. */
function acknowledgeNames(policy: ManagedPolicy, site: Site, copiesTo: string | undefined): void {
  const account = accountInFindings(site);
  const acknowledge = (reason: string, ...resources: readonly string[]) => {
    for (const resource of resources) acknowledgeWildcard(policy, { resource, reason });
  };
  acknowledge('The actions only read, and support no resource, or name no store before its backup.', '*');
  acknowledge('AWS Backup chooses the names of its rules.', `arn:aws:events:${site.region}:${account}:rule/AwsBackupManagedRule*`);
  const buckets = backedUpDataBuckets.map((use) => dataBucketName(site, use, account));
  acknowledge('A backup has every object of the bucket.', ...buckets.map((bucket) => `arn:aws:s3:::${bucket}/*`));
  for (const region of copiesTo === undefined ? [site.region] : [site.region, copiesTo]) {
    const points = [`rds:${region}:${account}:cluster-snapshot:awsbackup:*`, `backup:${region}:${account}:recovery-point:*`];
    acknowledge('AWS Backup chooses the names of its recovery points.', ...points.map((name) => `arn:aws:${name}`));
  }
  const key = 'A condition limits it to the key with the alias of the copies, whose id is in the other region.';
  if (copiesTo !== undefined) acknowledge(key, `arn:aws:kms:${copiesTo}:${account}:key/*`);
}

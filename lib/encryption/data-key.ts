// The key of the database and the customers' files: apart from the deployment's, so that one right does not open both.
import { ArnPrincipal, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { Construct, IDependable } from 'constructs';
import { databaseIdentifiers, databaseLogPrefix, databaseProxyName, proxyLogGroupName } from '../config/names';
import type { Site } from '../config/site';
import { classify, serves } from '../labels/labels';
import { RotatedKey } from './rotated-key';

/** The role that starts servers, as this concern sees it. */
export interface FleetRole extends IDependable {
  readonly arn: string;
}

export interface DataKeyProps {
  readonly site: Site;
}

/**
 * Encrypts the database, its snapshots, logs and secrets, and the buckets of customers' files. Every function of the
 * deployment may use the deployment's key, for its own environment and log; this one only what handles customers'
 * data. (TOM-5.5, TOM-7.2)
 *
 * No principal of another account is admitted, so a snapshot cannot be opened there even if it were shared (TOM-7.4;
 * "Sharing a DB cluster snapshot": the key of a shared snapshot must be shared too).
 */
export class DataKey extends RotatedKey {
  constructor(scope: Construct, id: string, { site }: DataKeyProps) {
    super(scope, id, { alias: `${site.deployment}-data`, description: `Encrypts the customers' data of ${site.deployment}` });
    // The log of a database that was replaced by a restored one is kept, and stays readable. (TOM-3.6)
    const ofDatabase = databaseIdentifiers(site).map((identifier) => `${databaseLogPrefix(identifier)}/*`);
    this.admitLogGroups('LogGroupsOfTheDatabase', ...ofDatabase);
    this.admitLogGroups('LogGroupOfTheProxy', proxyLogGroupName(databaseProxyName(site)));
    serves(this, 'TOM-5.5', 'TOM-7.2', 'TOM-7.4');
    classify(this, 'personal');
  }
  /**
   * Lets EC2 Auto Scaling start servers whose disks this key encrypts. The grants are for EBS, which attaches the
   * disk; the role has none for itself to give. ("Required AWS KMS key policy for use with encrypted volumes")
   * (TOM-5.5, TOM-7.4)
   */
  admitFleet(role: FleetRole): void {
    const principals = [new ArnPrincipal(role.arn)];
    this.addToResourcePolicy(
      new PolicyStatement({
        sid: 'FleetEncryptsDisks',
        principals,
        actions: ['kms:Decrypt', 'kms:DescribeKey', 'kms:Encrypt', 'kms:GenerateDataKey*', 'kms:ReEncrypt*'],
        resources: ['*'],
      }),
    );
    this.addToResourcePolicy(
      new PolicyStatement({
        sid: 'FleetAttachesDisks',
        principals,
        actions: ['kms:CreateGrant'],
        resources: ['*'],
        conditions: { Bool: { 'kms:GrantIsForAWSResource': 'true' } },
      }),
    );
    // The policy names the role, which does not follow from a reference; KMS refuses one that names a role made
    // seconds before.
    this.node.addDependency(role);
  }
}

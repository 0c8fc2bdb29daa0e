// The key of the database and of customers' files, separate from the deployment's: one permission does not open both.
import { ArnPrincipal, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { Construct, IDependable } from 'constructs';
import { databaseIdentifiers, databaseLogPrefix, databaseProxyName, proxyLogGroupName } from '../config/names';
import type { Site } from '../config/site';
import { classify, serves } from '../labels/labels';
import { RotatedKey } from './rotated-key';

/** The service-linked role that launches servers. */
export interface FleetRole extends IDependable {
  readonly arn: string;
}

export interface DataKeyProps {
  readonly site: Site;
}

/**
 * Encrypts the database, its snapshots, logs and secrets, and the buckets of customers' files. Every function of the
 * deployment uses the deployment's key, for its environment and log; only functions that handle customers' data use
 * this one. (TOM-5.5, TOM-7.2)
 *
 * The policy allows no principal of another account, so another account could not restore a shared snapshot (TOM-7.4;
 * "Sharing a DB cluster snapshot": the key of a shared snapshot must be shared too).
 */
export class DataKey extends RotatedKey {
  constructor(scope: Construct, id: string, { site }: DataKeyProps) {
    super(scope, id, { alias: `${site.deployment}-data`, description: `Encrypts the customers' data of ${site.deployment}` });
    // The log of a database that a restored one replaced is retained and stays readable. (TOM-3.6)
    const ofDatabase = databaseIdentifiers(site).map((identifier) => `${databaseLogPrefix(identifier)}/*`);
    this.admitLogGroups('LogGroupsOfTheDatabase', ...ofDatabase);
    this.admitLogGroups('LogGroupOfTheProxy', proxyLogGroupName(databaseProxyName(site)));
    serves(this, 'TOM-5.5', 'TOM-7.2', 'TOM-7.4');
    classify(this, 'personal');
  }
  /**
   * Allows EC2 Auto Scaling to launch servers whose disks this key encrypts. It creates grants for EBS only, which
   * attaches the disks. ("Required AWS KMS key policy for use with encrypted volumes") (TOM-5.5, TOM-7.4)
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
    // // The policy names the role without a reference; KMS refuses a policy that names a role created seconds before.
    this.node.addDependency(role);
  }
}

// The key of the audit records: its policy allows the services that write them; readers are allowed by IAM policies.
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Stack } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import { logGroupName, sessionPrefix, trailName } from '../config/names';
import type { Site } from '../config/site';
import { classify, serves } from '../labels/labels';
import { onlyADeploymentEnds } from './key-statements';
import { RotatedKey } from './rotated-key';

export interface AuditKeyProps {
  readonly site: Site;
}

/**
 * Encrypts the audit archive and the log group of the trail. The policy names the trail instead of referring to it:
 * the trail depends on the archive, and the archive on this key. For the same reason it names the archive by the
 * beginning of its name, which is that of the deployment. (TOM-3.6, TOM-5.5)
 *
 * Locked records are lost without their key. The policy therefore denies the deletion of the key and the end of its
 * rotation to every principal except the deployment role, including the root user. Administrators of the account can
 * still change the policy itself. KMS refuses a policy that its author could not change afterwards ("PutKeyPolicy",
 * lockout safety check), and evaluates conditions in a way that it does not document: a denial could fail the first
 * deployment, and would be permanent where the deployment role no longer exists. A deletion therefore takes two steps,
 * both recorded in the trail, and at least seven days. Workloads have neither permission (boundary-statements.ts).
 */
export class AuditKey extends RotatedKey {
  constructor(scope: Construct, id: string, { site }: AuditKeyProps) {
    super(scope, id, { alias: `${site.deployment}-audit`, description: `Encrypts the audit records of ${site.deployment}` });
    this.admitTrail(site);
    this.admitLogDelivery();
    this.admitSessions(site);
    this.admitLogGroups('LogGroupOfTheTrail', logGroupName(site, 'trail'));
    this.addToResourcePolicy(onlyADeploymentEnds(this));
    serves(this, 'TOM-3.6', 'TOM-5.5', 'TOM-7.4');
    classify(this, 'confidential');
  }

  /** Source: "Configure AWS KMS key policies for CloudTrail". */
  private admitTrail(site: Site): void {
    const stack = Stack.of(this);
    const trail = (region: string, name: string): string =>
      stack.formatArn({ service: 'cloudtrail', region, resource: 'trail', resourceName: name });
    const ofTheTrail = { 'aws:SourceArn': trail(stack.region, trailName(site)) };
    const principals = [new ServicePrincipal('cloudtrail.amazonaws.com')];
    this.addToResourcePolicy(
      new PolicyStatement({
        sid: 'TrailEncrypts',
        principals,
        actions: ['kms:GenerateDataKey*'],
        resources: ['*'],
        conditions: { StringEquals: ofTheTrail, StringLike: { 'kms:EncryptionContext:aws:cloudtrail:arn': trail('*', '*') } },
      }),
    );
    this.addToResourcePolicy(
      new PolicyStatement({
        sid: 'TrailDescribesTheKey',
        principals,
        actions: ['kms:DescribeKey'],
        resources: ['*'],
        conditions: { StringEquals: ofTheTrail },
      }),
    );
  }

  /**
   * Flow logs of this account and region. Source: "Required key policy for use with SSE-KMS" of the VPC user guide.
   */
  private admitLogDelivery(): void {
    const stack = Stack.of(this);
    this.addToResourcePolicy(
      new PolicyStatement({
        sid: 'LogDeliveryEncrypts',
        principals: [new ServicePrincipal('delivery.logs.amazonaws.com')],
        actions: ['kms:Encrypt', 'kms:Decrypt', 'kms:ReEncrypt*', 'kms:GenerateDataKey*', 'kms:DescribeKey'],
        resources: ['*'],
        conditions: {
          StringEquals: { 'aws:SourceAccount': stack.account },
          ArnLike: { 'aws:SourceArn': stack.formatArn({ service: 'logs', resource: '*' }) },
        },
      }),
    );
  }

  /**
   * The export of sessions to the archive. S3 names the object in the encryption context ("Encryption context" of
   * SSE-KMS). Source: "Export log data to Amazon S3 using the AWS CLI", key policy, which has no condition.
   */
  private admitSessions({ deployment }: Site): void {
    this.addToResourcePolicy(
      new PolicyStatement({
        sid: 'SessionExportEncrypts',
        principals: [new ServicePrincipal(`logs.${Stack.of(this).region}.amazonaws.com`)],
        actions: ['kms:Decrypt', 'kms:GenerateDataKey*'],
        resources: ['*'],
        conditions: {
          StringLike: { 'kms:EncryptionContext:aws:s3:arn': `arn:${Stack.of(this).partition}:s3:::${deployment}-*/${sessionPrefix}/*` },
        },
      }),
    );
  }
}

// The key of the audit records: only the services that write them are admitted, readers through IAM.
import { AnyPrincipal, Effect, PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Stack } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import { deploymentRoleName, logGroupName, trailName } from '../config/names';
import type { Site } from '../config/site';
import { classify, serves } from '../labels/labels';
import { RotatedKey } from './rotated-key';

export interface AuditKeyProps {
  readonly site: Site;
}

/**
 * Encrypts the audit archive, and the trail's log group. The trail is admitted by its name rather than by reference:
 * the trail needs the archive, and the archive needs this key. (TOM-3.6, TOM-5.5)
 *
 * Records that no lock lets anybody delete are as lost without their key, so nobody but a deployment ends it or stops
 * its rotation, the root user included. The policy itself stays in the hands of the account's administrators: KMS
 * refuses a policy under which its author could not write the next one ("PutKeyPolicy", lockout safety check),
 * weighing conditions in a way it does not document, so that a denial here could make the first deployment impossible;
 * and it would leave no way back where the deployment role is gone. What remains takes two steps, both in the trail,
 * and seven days at least. Workloads have neither (boundary-statements.ts).
 */
export class AuditKey extends RotatedKey {
  constructor(scope: Construct, id: string, { site }: AuditKeyProps) {
    super(scope, id, { alias: `${site.deployment}-audit`, description: `Encrypts the audit records of ${site.deployment}` });
    this.admitTrail(site);
    this.admitLogDelivery();
    this.admitLogGroups('LogGroupOfTheTrail', logGroupName(site, 'trail'));
    this.denyEnding();
    serves(this, 'TOM-3.6', 'TOM-5.5', 'TOM-7.4');
    classify(this, 'confidential');
  }

  private denyEnding(): void {
    const stack = Stack.of(this);
    const resourceName = deploymentRoleName(stack.account, stack.region);
    this.addToResourcePolicy(
      new PolicyStatement({
        sid: 'OnlyADeploymentEndsIt',
        effect: Effect.DENY,
        principals: [new AnyPrincipal()],
        actions: ['kms:DeleteImportedKeyMaterial', 'kms:DisableKey', 'kms:DisableKeyRotation', 'kms:ScheduleKeyDeletion'],
        resources: ['*'],
        conditions: {
          ArnNotLike: { 'aws:PrincipalArn': stack.formatArn({ service: 'iam', region: '', resource: 'role', resourceName }) },
        },
      }),
    );
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
}

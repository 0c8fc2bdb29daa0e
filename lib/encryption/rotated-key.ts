// A customer managed key with automatic rotation, retained when its stack is deleted.
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Key } from 'aws-cdk-lib/aws-kms';
import { ArnFormat, Duration, RemovalPolicy, Stack } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import { onlyServicesGrant } from './key-statements';

export interface RotatedKeyProps {
  /** Name of the key after `alias/`. Changing it replaces the alias, not the key. */
  readonly alias: string;
  /** Description of the encrypted data. Changing it updates the key. */
  readonly description: string;
}

/**
 * Rotates every 365 days, has a waiting period of 30 days before a deletion, and is retained in every environment:
 * data that a deleted key encrypted is lost, including locked audit records outside production. (TOM-5.5)
 *
 * IAM policies of the account allow its administration and use ("Default key policy" of the KMS developer guide:
 * without that statement a key can become unmanageable). The key policy allows each service separately, for the
 * resources that it encrypts.
 */
export class RotatedKey extends Key {
  constructor(scope: Construct, id: string, props: RotatedKeyProps) {
    super(scope, id, {
      alias: props.alias,
      description: props.description,
      enableKeyRotation: true,
      rotationPeriod: Duration.days(365),
      pendingWindow: Duration.days(30),
      removalPolicy: RemovalPolicy.RETAIN,
    });
    this.addToResourcePolicy(onlyServicesGrant());
  }

  /**
   * Allows CloudWatch Logs of this region to use the key for the named log groups of this account only. `*` matches
   * the rest of a name. Source: "Encrypt log data in CloudWatch Logs using AWS Key Management Service".
   */
  protected admitLogGroups(sid: string, ...logGroups: readonly string[]): void {
    const stack = Stack.of(this);
    const arns = logGroups.map((resourceName) =>
      stack.formatArn({ service: 'logs', resource: 'log-group', resourceName, arnFormat: ArnFormat.COLON_RESOURCE_NAME }),
    );
    this.addToResourcePolicy(
      new PolicyStatement({
        sid,
        principals: [new ServicePrincipal(`logs.${stack.region}.amazonaws.com`)],
        actions: ['kms:Encrypt', 'kms:Decrypt', 'kms:ReEncrypt*', 'kms:GenerateDataKey*', 'kms:DescribeKey'],
        resources: ['*'],
        conditions: { ArnLike: { 'kms:EncryptionContext:aws:logs:arn': arns.length === 1 ? arns[0] : arns } },
      }),
    );
  }
}

// A customer managed key with automatic rotation, retained when its stack is deleted.
import { AnyPrincipal, Effect, PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Key } from 'aws-cdk-lib/aws-kms';
import { ArnFormat, Duration, RemovalPolicy, Stack } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';

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
    this.denyGrants();
  }

  /**
   * A grant is a permission that no policy contains, and its grantee can be in any account. Only AWS services create
   * grants, for their resources: with the credentials of a caller, as for disks (EBS, EC2 Auto Scaling), the database
   * (RDS) and the variables of functions (Lambda), or as service principals ("AWS KMS condition keys",
   * kms:GrantIsForAWSResource; the Control Tower control CT.KMS.PV.1 excepts the same two). Kinesis, Firehose, S3,
   * SQS, SNS, Secrets Manager, RDS Proxy, EventBridge Scheduler and CloudWatch Logs create none here: they use the key
   * with the credentials of the caller or of a role, or the policy allows them.
   *
   * The principal is `{"AWS": "*"}`, which means principals of all accounts. (TOM-5.5, TOM-7.4)
   */
  private denyGrants(): void {
    this.addToResourcePolicy(
      new PolicyStatement({
        sid: 'OnlyServicesGrant',
        effect: Effect.DENY,
        principals: [new AnyPrincipal()],
        actions: ['kms:CreateGrant'],
        resources: ['*'],
        conditions: { Bool: { 'kms:GrantIsForAWSResource': 'false', 'aws:PrincipalIsAWSService': 'false' } },
      }),
    );
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

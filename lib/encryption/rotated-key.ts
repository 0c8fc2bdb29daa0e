// A customer-managed key that rotates by itself and outlives the stack that made it.
import { AnyPrincipal, Effect, PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Key } from 'aws-cdk-lib/aws-kms';
import { ArnFormat, Duration, RemovalPolicy, Stack } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';

export interface RotatedKeyProps {
  /** Name of the key after `alias/`. Changing it replaces the alias, not the key. */
  readonly alias: string;
  /** What the key encrypts. Changing it updates the key. */
  readonly description: string;
}

/**
 * Rotates every 365 days, waits 30 days before it is deleted, and is retained in every environment: what a deleted key
 * encrypted is lost, locked audit records outside production included. (TOM-5.5)
 *
 * The account's own IAM policies decide who administers and uses it ("Default key policy" of the KMS developer guide:
 * without that statement a key can become unmanageable); services are admitted one by one, each by what it encrypts.
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
   * A grant is a right that no policy shows, and it can be given to any account. What is left are grants that an AWS
   * service makes for a resource: those that it makes in a caller's name, as for disks (EBS, EC2 Auto Scaling), the
   * database (RDS) and the variables of functions (Lambda), and those that it makes as itself ("AWS KMS condition
   * keys", kms:GrantIsForAWSResource; the Control Tower control CT.KMS.PV.1 leaves out the same two). Kinesis,
   * Firehose, S3, SQS, SNS, Secrets Manager, RDS Proxy, EventBridge Scheduler and CloudWatch Logs make none here: they
   * use the key in the name of who calls, or of a role, or are admitted by the policy.
   *
   * Everybody is `{"AWS": "*"}`, which every reader of policies takes for principals of all accounts. (TOM-5.5,
   * TOM-7.4)
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
   * Lets CloudWatch Logs of this region use the key, for the named log groups of this account alone. `*` stands for
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

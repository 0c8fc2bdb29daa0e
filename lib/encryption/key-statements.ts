// Denials in the policies of keys, which no permission of a role overrides.
import { AnyPrincipal, Effect, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { Stack } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import { deploymentRoleName } from '../config/names';

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
export const onlyServicesGrant = (): PolicyStatement =>
  denial('OnlyServicesGrant', ['kms:CreateGrant'], {
    Bool: { 'kms:GrantIsForAWSResource': 'false', 'aws:PrincipalIsAWSService': 'false' },
  });

/** Denies the end of a key, and of its rotation, to every principal except the deployment role. */
export function onlyADeploymentEnds(scope: Construct): PolicyStatement {
  const stack = Stack.of(scope);
  const resourceName = deploymentRoleName(stack.account, stack.region);
  return denial(
    'OnlyADeploymentEndsIt',
    ['kms:DeleteImportedKeyMaterial', 'kms:DisableKey', 'kms:DisableKeyRotation', 'kms:ScheduleKeyDeletion'],
    { ArnNotLike: { 'aws:PrincipalArn': stack.formatArn({ service: 'iam', region: '', resource: 'role', resourceName }) } },
  );
}

/** Denies the signatures of a key to every principal except those with these ARNs. */
export const onlySign = (arns: readonly string[]): PolicyStatement =>
  denial('OnlyTheAuthoritySigns', ['kms:Sign'], { ArnNotLike: { 'aws:PrincipalArn': [...arns] } });

function denial(sid: string, actions: string[], conditions: Record<string, Record<string, unknown>>): PolicyStatement {
  return new PolicyStatement({ sid, effect: Effect.DENY, principals: [new AnyPrincipal()], actions, resources: ['*'], conditions });
}

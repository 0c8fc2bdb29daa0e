// Policies of the VPC endpoints: they allow this account's principals, and where possible only this account's
// resources.
import { AnyPrincipal, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { Aws } from 'aws-cdk-lib/core';

/** The resources that an endpoint allows, by their owner. */
export type Reach =
  /** Those of this account only: data cannot reach another account's key, secret or stream. */
  | 'own-resources'
  /** Any: the service has public parameters or documents, which AWS owns, or actions without a resource. */
  | 'any-resource';

/**
 * Allows a service to the principals of this account, and to no anonymous request. `prefix` is the service's prefix in
 * IAM.
 */
export function ownPrincipals(prefix: string, reach: Reach): PolicyStatement {
  return new PolicyStatement({
    principals: [new AnyPrincipal()],
    actions: [`${prefix}:*`],
    resources: ['*'],
    conditions: {
      StringEquals: { 'aws:PrincipalAccount': Aws.ACCOUNT_ID },
      // IfExists: a request without a resource, as for a random number, has no such key.
      ...(reach === 'own-resources' ? { StringEqualsIfExists: { 'aws:ResourceAccount': Aws.ACCOUNT_ID } } : {}),
    },
  });
}

/**
 * The buckets of AWS that a server reads at boot and during patching: package repositories of Amazon Linux 2023, the
 * agents and baselines of Systems Manager, the CloudWatch agent, and image layers of the container registry; and the
 * one to which custom resources write their responses. (Amazon Linux 2023 User Guide, "Updating AL2023"; AWS Systems
 * Manager User Guide, "SSM Agent communications with AWS managed S3 buckets"; Amazon ECR User Guide, "Minimum Amazon
 * S3 bucket permissions for Amazon ECR".)
 */
export function awsBuckets(region: string): PolicyStatement[] {
  const readable = [
    `al2023-repos-${region}-de612dc2`,
    `amazon-ssm-${region}`,
    `amazon-ssm-packages-${region}`,
    `amazoncloudwatch-agent-${region}`,
    `aws-patch-manager-${region}-*`,
    `aws-ssm-${region}`,
    `aws-ssm-document-attachments-${region}`,
    `patch-baseline-snapshot-${region}`,
    `prod-${region}-starport-layer-bucket`,
    `${region}-birdwatcher-prod`,
  ];
  return [
    new PolicyStatement({
      // Any principal: package managers send requests without credentials.
      principals: [new AnyPrincipal()],
      actions: ['s3:GetObject'],
      resources: readable.map((bucket) => `arn:${Aws.PARTITION}:s3:::${bucket}/*`),
    }),
    new PolicyStatement({
      principals: [new AnyPrincipal()],
      actions: ['s3:PutObject'],
      resources: [`arn:${Aws.PARTITION}:s3:::cloudformation-custom-resource-response-${region.replaceAll('-', '')}/*`],
    }),
  ];
}

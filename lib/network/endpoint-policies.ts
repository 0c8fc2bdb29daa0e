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
 * The buckets of AWS that programs of the deployment use: servers install packages of Amazon Linux 2023 from one
 * (Amazon Linux 2023 User Guide, "Updating AL2023"), custom resources write their responses to the other. Their names
 * are whole: AWS owns them, and a bucket name belongs to one account. Nothing else of AWS is admitted: no program
 * fetches agents, baselines or image layers, and a pattern of names would admit a bucket that anybody creates.
 */
export function awsBuckets(region: string): PolicyStatement[] {
  return [
    new PolicyStatement({
      // Any principal: package managers send requests without credentials.
      principals: [new AnyPrincipal()],
      actions: ['s3:GetObject'],
      resources: [`arn:${Aws.PARTITION}:s3:::al2023-repos-${region}-de612dc2/*`],
    }),
    new PolicyStatement({
      principals: [new AnyPrincipal()],
      actions: ['s3:PutObject'],
      resources: [`arn:${Aws.PARTITION}:s3:::cloudformation-custom-resource-response-${region.replaceAll('-', '')}/*`],
    }),
  ];
}

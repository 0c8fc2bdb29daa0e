// Statements of resource policies. A policy document is the set of its statements: none is missing and none is added.
import { type FormLike, set } from './form';

/** The account of the deployment. */
export const ownAccount = '${AWS::AccountId}';

/**
 * Role that CloudFormation alone can assume, for any qualifier of the CDK bootstrap template ("Customize AWS CDK
 * bootstrapping").
 */
export const deploymentRole = `arn:aws:iam::${ownAccount}:role/cdk-*-cfn-exec-role-${ownAccount}-<region>`;

/** Everyone, in the notation of a policy that is not of SNS or SQS. */
const everyone = { AWS: '*' } as const;

/** A policy document with exactly these statements. IAM does not read their order. */
export const policyDocument = (...statements: readonly FormLike[]): FormLike => ({ Statement: set(...statements), Version: '2012-10-17' });

/** What a statement admits or denies. */
export interface Grant {
  readonly actions: string | readonly string[];
  readonly resources: string | readonly string[];
  readonly conditions?: FormLike;
  readonly sid?: string;
}

/** Statement that admits an AWS service. `conditions` state for which resource or account the service acts. */
export const admitsService = (service: string, grant: Grant): FormLike => statement('Allow', { Service: service }, grant);

export const admitsPrincipal = (principal: string, grant: Grant): FormLike => statement('Allow', { AWS: principal }, grant);

export const deniesEveryone = (grant: Grant): FormLike => statement('Deny', everyone, grant);

export function statement(effect: 'Allow' | 'Deny', principal: FormLike, { actions, resources, conditions, sid }: Grant): FormLike {
  return {
    Action: actions,
    ...(conditions === undefined ? {} : { Condition: conditions }),
    Effect: effect,
    Principal: principal,
    Resource: resources,
    ...(sid === undefined ? {} : { Sid: sid }),
  };
}

/** Condition: the service acts for a resource of the deployment's account and region. */
export const fromOwn = (service: string, resource: string): FormLike => ({
  StringEquals: { 'aws:SourceAccount': ownAccount },
  ArnLike: { 'aws:SourceArn': `arn:aws:${service}:<region>:${ownAccount}:${resource}` },
});

/**
 * Statement for the vended logs of a region, with the condition of "Logs that require additional permissions":
 * deliveries of the account in the region.
 */
export const admitsLogDelivery = (grant: Omit<Grant, 'conditions'>): FormLike =>
  admitsService('delivery.logs.amazonaws.com', { ...grant, conditions: fromOwn('logs', '*') });

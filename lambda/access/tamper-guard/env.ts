// Environment contract between construct and handler.
import { deploymentName, type Forms, metricNamespace, readVariables, type Variables } from '../../../runtime/environment';

/** Environment of the function `tamper-guard`. */
export interface TamperGuardEnvironment {
  /** The deployment, as in `production`. */
  readonly DEPLOYMENT: string;
  /** The account, in digits. */
  readonly ACCOUNT: string;
  /** The region of the site. */
  readonly REGION: string;
  /** Name of the audit trail. */
  readonly TRAIL: string;
  /** Name of the log group of the trail. */
  readonly TRAIL_LOG: string;
  /** ARN of the bucket of the audit archive. */
  readonly ARCHIVE: string;
  /** ARN of the permissions boundary. */
  readonly BOUNDARY: string;
  /** Name of the role by which CloudFormation deploys, of the CDK bootstrap. */
  readonly EXECUTION_ROLE: string;
  /** ARN of the boundary that this role bears. */
  readonly EXECUTION_BOUNDARY: string;
  /** ARNs of the deployment's keys, separated by commas. */
  readonly KEYS: string;
  /** Id of the VPC whose flow logs are guarded. */
  readonly VPC: string;
  /** CloudWatch namespace of the probes' metrics. */
  readonly METRIC_NAMESPACE: string;
}

const key = 'arn:[a-z-]+:kms:[a-z0-9-]+:\\d{12}:key/[\\w-]+';

const forms: Forms<TamperGuardEnvironment> = {
  DEPLOYMENT: deploymentName,
  ACCOUNT: [/^\d{12}$/, 'an account of 12 digits'],
  REGION: [/^[a-z]{2}(?:-[a-z]+)+-\d$/, 'a region'],
  TRAIL: [/^[\w.-]{3,128}$/, 'the name of a trail'],
  TRAIL_LOG: [/^\/[\w./-]+$/, 'the name of a log group'],
  ARCHIVE: [/^arn:[a-z-]+:s3:::[a-z0-9][a-z0-9.-]{2,62}$/, 'the ARN of a bucket'],
  BOUNDARY: [/^arn:[a-z-]+:iam::\d{12}:policy\/[\w-]+-boundary-[a-z0-9-]+$/, 'the ARN of a permissions boundary'],
  EXECUTION_ROLE: [/^cdk-[a-z0-9]+-cfn-exec-role-\d{12}-[a-z0-9-]+$/, 'the name of the execution role of the CDK bootstrap'],
  EXECUTION_BOUNDARY: [/^arn:[a-z-]+:iam::\d{12}:policy\/cdk-[a-z0-9]+-execution-boundary-\d{12}-[a-z0-9-]+$/, 'the ARN of its boundary'],
  KEYS: [new RegExp(`^${key}(,${key})*$`), 'ARNs of keys separated by commas'],
  VPC: [/^vpc-[0-9a-f]+$/, 'the id of a VPC'],
  METRIC_NAMESPACE: metricNamespace,
};

/** Reads the contract from the environment of the process; throws where it is broken. */
export const readEnvironment = (from: Variables): TamperGuardEnvironment => readVariables(from, forms, 'deploy the access stack again');

// Environment contract between construct and handler.
import { deploymentName, type Forms, metricNamespace, readVariables, type Variables } from '../../../runtime/environment';

/** Environment of the function `password-policy`. */
export interface PasswordPolicyEnvironment {
  /** The deployment, as in `production`. */
  readonly DEPLOYMENT: string;
  /** ARN of the permissions boundary of the deployment at this site, whose tag holds its claim to the policy. */
  readonly BOUNDARY: string;
  /** Least number of characters of a password, in digits. */
  readonly MINIMUM_LENGTH: string;
  /** Days after which a password must be changed, in digits. */
  readonly MAXIMUM_AGE_DAYS: string;
  /** Number of former passwords that may not be used again, in digits. */
  readonly REUSE_PREVENTION: string;
  /** CloudWatch namespace of the probes' metrics. */
  readonly METRIC_NAMESPACE: string;
}

const forms: Forms<PasswordPolicyEnvironment> = {
  DEPLOYMENT: deploymentName,
  BOUNDARY: [/^arn:[a-z-]+:iam::\d{12}:policy\/[\w-]+-boundary-[a-z0-9-]+$/, 'the ARN of a permissions boundary'],
  // The ranges of IAM ("UpdateAccountPasswordPolicy"), above the figures of the clauses.
  MINIMUM_LENGTH: [/^(?:1\d|[2-9]\d|1[01]\d|12[0-8])$/, 'a number from 10 to 128'],
  MAXIMUM_AGE_DAYS: [/^(?:[1-9]|[1-8]\d|90)$/, 'a number from 1 to 90'],
  REUSE_PREVENTION: [/^(?:[1-9]|1\d|2[0-4])$/, 'a number from 1 to 24'],
  METRIC_NAMESPACE: metricNamespace,
};

/** Reads the contract from the environment of the process; throws where it is broken. */
export const readEnvironment = (from: Variables): PasswordPolicyEnvironment => readVariables(from, forms, 'deploy the access stack again');

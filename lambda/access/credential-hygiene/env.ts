// Environment contract between construct and handler.
import { deploymentName, type Forms, metricNamespace, readVariables, type Variables } from '../../../runtime/environment';

/** Environment of the function `credential-hygiene`. */
export interface CredentialHygieneEnvironment {
  /** The deployment, as in `production`. */
  readonly DEPLOYMENT: string;
  /** Ages in days at which the owner of a password or access key is warned, separated by commas. */
  readonly WARN_DAYS: string;
  /** Age in days at which an access key is disabled and a password is removed. */
  readonly LIMIT_DAYS: string;
  /** Age in days at which a disabled access key is deleted. */
  readonly DELETE_DAYS: string;
  /**
   * Exempt users with the last day of their exemption, as in `break-glass/2027-06-30`, separated by commas; `none` if
   * no user is exempt. A name of a user has no slash.
   */
  readonly EXEMPT_USERS: string;
  /** ARN of the topic that notifies people. */
  readonly TOPIC: string;
  /** CloudWatch namespace of the probes' metrics. */
  readonly METRIC_NAMESPACE: string;
}

const days: readonly [RegExp, string] = [/^[1-9]\d{0,2}$/, 'a number of days'];
const exempt = '[\\w+=.@-]{1,64}/\\d{4}-\\d{2}-\\d{2}';

const forms: Forms<CredentialHygieneEnvironment> = {
  DEPLOYMENT: deploymentName,
  WARN_DAYS: [/^[1-9]\d{0,2}(?:,[1-9]\d{0,2})*$/, 'numbers of days, separated by commas'],
  LIMIT_DAYS: days,
  DELETE_DAYS: days,
  EXEMPT_USERS: [new RegExp(`^(?:none|${exempt}(?:,${exempt})*)$`), 'none, or users with dates, separated by commas'],
  TOPIC: [/^arn:[a-z-]+:sns:[a-z0-9-]+:\d{12}:[\w-]+$/, 'the ARN of a topic'],
  METRIC_NAMESPACE: metricNamespace,
};

/** Reads the contract from the environment of the process; throws where it is broken. */
export const readEnvironment = (from: Variables): CredentialHygieneEnvironment =>
  readVariables(from, forms, 'deploy the access stack again');

// Environment contract between construct and handler.
import { deploymentName, environmentName, type Forms, metricNamespace, readVariables, type Variables } from '../../../runtime/environment';

/** Environment of the function `account-environments`. */
export interface AccountEnvironmentsEnvironment {
  /** The deployment, as in `production`. */
  readonly DEPLOYMENT: string;
  /** Purpose of the deployment: `production`, `staging` or `development`. */
  readonly ENVIRONMENT: string;
  /** ARN of the permissions boundary of the deployment at this site, whose tag is its marker. */
  readonly BOUNDARY: string;
  /** Regions whose VPCs are read, separated by commas. */
  readonly REGIONS: string;
  /** CloudWatch namespace of the probes' metrics. */
  readonly METRIC_NAMESPACE: string;
}

const region = '[a-z]{2}(-[a-z]+)+-\\d';

const forms: Forms<AccountEnvironmentsEnvironment> = {
  DEPLOYMENT: deploymentName,
  ENVIRONMENT: environmentName,
  BOUNDARY: [/^arn:[a-z-]+:iam::\d{12}:policy\/[\w-]+-boundary-[a-z0-9-]+$/, 'the ARN of a permissions boundary'],
  REGIONS: [new RegExp(`^${region}(,${region})*$`), 'regions separated by commas'],
  METRIC_NAMESPACE: metricNamespace,
};

/** Reads the contract from the environment of the process; throws where it is broken. */
export const readEnvironment = (from: Variables): AccountEnvironmentsEnvironment =>
  readVariables(from, forms, 'deploy the account stack again');

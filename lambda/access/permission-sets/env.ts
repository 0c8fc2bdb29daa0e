// Environment contract between construct and handler.
import { deploymentName, type Forms, metricNamespace, readVariables, type Variables } from '../../../runtime/environment';

/** Environment of the function `permission-sets`. */
export interface PermissionSetsEnvironment {
  /** The deployment, as in `production`. */
  readonly DEPLOYMENT: string;
  /** The account, in digits. */
  readonly ACCOUNT: string;
  /** Names of the permission sets of people, separated by commas; `*` stands for any characters of a name. */
  readonly SETS: string;
  /** ARN of the boundary of each set; `*` stands for any characters of a name. */
  readonly BOUNDARY: string;
  /** CloudWatch namespace of the probes' metrics. */
  readonly METRIC_NAMESPACE: string;
}

const set = '[a-z][a-z-]*(?:_(?:[a-z0-9-]+|\\*))?';

const forms: Forms<PermissionSetsEnvironment> = {
  DEPLOYMENT: deploymentName,
  ACCOUNT: [/^\d{12}$/, 'an account of 12 digits'],
  SETS: [new RegExp(`^${set}(?:,${set})*$`), 'names of permission sets separated by commas'],
  BOUNDARY: [/^arn:[a-z-]+:iam::\d{12}:policy\/(?:[a-z0-9-]+|\*)-boundary-\*$/, 'the ARN of permissions boundaries'],
  METRIC_NAMESPACE: metricNamespace,
};

/** Reads the contract from the environment of the process; throws where it is broken. */
export const readEnvironment = (from: Variables): PermissionSetsEnvironment => readVariables(from, forms, 'deploy the access stack again');

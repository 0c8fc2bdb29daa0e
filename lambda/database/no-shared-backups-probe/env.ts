// Environment contract between construct and handler.
import { deploymentName, type Forms, metricNamespace, readVariables, type Variables } from '../../../runtime/environment';

/** Environment of the function `no-shared-backups-probe`. */
export interface NoSharedBackupsProbeEnvironment {
  /** The deployment whose backups the probe reads, as in `production`. */
  readonly DEPLOYMENT: string;
  /** The only account that may have access to them, in digits. */
  readonly ACCOUNT: string;
  /** Regions with backups, separated by commas. */
  readonly REGIONS: string;
  /** ARNs of the deployment's keys in the function's region, separated by commas. */
  readonly KEYS: string;
  /** CloudWatch namespace of the probes' metrics. */
  readonly METRIC_NAMESPACE: string;
}

const region = '[a-z]{2}(-[a-z]+)+-\\d';
const key = 'arn:[a-z-]+:kms:[a-z0-9-]+:\\d{12}:key/[\\w-]+';

const forms: Forms<NoSharedBackupsProbeEnvironment> = {
  DEPLOYMENT: deploymentName,
  ACCOUNT: [/^\d{12}$/, 'an account of 12 digits'],
  REGIONS: [new RegExp(`^${region}(,${region})*$`), 'regions separated by commas'],
  KEYS: [new RegExp(`^${key}(,${key})*$`), 'ARNs of keys separated by commas'],
  METRIC_NAMESPACE: metricNamespace,
};

/** Reads the contract from the environment of the process; throws where it is broken. */
export const readEnvironment = (from: Variables): NoSharedBackupsProbeEnvironment =>
  readVariables(from, forms, 'deploy the data stack again');

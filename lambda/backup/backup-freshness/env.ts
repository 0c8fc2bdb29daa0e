// Environment contract between construct and handler.
import { deploymentName, type Forms, metricNamespace, readVariables, type Variables } from '../../../runtime/environment';

/** Environment of the function `backup-freshness`. */
export interface BackupFreshnessEnvironment {
  /** The deployment whose backups the function examines, as in `production`. */
  readonly DEPLOYMENT: string;
  /** ARNs of all stores that the plan backs up, separated by commas: clusters of Aurora and buckets of S3. */
  readonly STORES: string;
  /**
   * ARNs of the vault that receives the backups and, after a comma, of the vault that receives the copies. A recovered
   * site has no copies until its home region answers.
   */
  readonly VAULTS: string;
  /** ARNs of keys that encrypt recovery points besides the keys of the vaults, separated by commas. */
  readonly KEYS: string;
  /** CloudWatch namespace of the metrics. */
  readonly METRIC_NAMESPACE: string;
}

const store = 'arn:[a-z-]+:(rds:[a-z0-9-]+:\\d{12}:cluster:[\\w-]+|s3:::[a-z0-9.-]+)';
const vault = 'arn:[a-z-]+:backup:[a-z0-9-]+:\\d{12}:backup-vault:[\\w-]{2,50}';
const key = 'arn:[a-z-]+:kms:[a-z0-9-]+:\\d{12}:key/[\\w-]+';

const forms: Forms<BackupFreshnessEnvironment> = {
  DEPLOYMENT: deploymentName,
  STORES: [new RegExp(`^${store}(,${store})*$`), 'ARNs of clusters and buckets separated by commas'],
  VAULTS: [new RegExp(`^${vault}(,${vault})?$`), 'the ARN of a backup vault, or two separated by a comma'],
  KEYS: [new RegExp(`^${key}(,${key})*$`), 'ARNs of keys separated by commas'],
  METRIC_NAMESPACE: metricNamespace,
};

/** Reads the contract from the environment of the process; throws where it is broken. */
export const readEnvironment = (from: Variables): BackupFreshnessEnvironment => readVariables(from, forms, 'deploy the backup stack again');

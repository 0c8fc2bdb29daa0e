// Environment contract between construct and handler.
import { deploymentName, type Forms, keyArn, metricNamespace, readVariables, type Variables } from '../../../runtime/environment';

/** Environment of the function `restore-validation`. */
export interface RestoreValidationEnvironment {
  readonly DEPLOYMENT: string;
  /** ARN of the restore testing plan whose jobs are validated. */
  readonly PLAN_ARN: string;
  /** ARN of the key that encrypts the restored cluster. (TOM-5.5) */
  readonly DATA_KEY: string;
  /** Class of the instance that is added to a restored cluster. */
  readonly INSTANCE_CLASS: string;
  /** Name of the function that reads restored databases. */
  readonly READER: string;
  /** Whole hours after a restore in which it is to be validated, in digits. */
  readonly GIVE_UP_HOURS: string;
  /** Whole hours after a restore in which its result is reported, in digits. */
  readonly REPORT_HOURS: string;
  /** CloudWatch namespace of the probes' metrics. */
  readonly METRIC_NAMESPACE: string;
}

const forms: Forms<RestoreValidationEnvironment> = {
  DEPLOYMENT: deploymentName,
  PLAN_ARN: [/^arn:aws[\w-]*:backup:[a-z0-9-]+:\d{12}:restore-testing-plan:\w[\w-]*$/, 'the ARN of a restore testing plan'],
  DATA_KEY: keyArn,
  INSTANCE_CLASS: [/^db\.[a-z0-9]+\.[a-z0-9]+$/, 'a class of instances, as in db.t4g.medium'],
  READER: [/^[\w-]{1,64}$/, 'the name of a function'],
  GIVE_UP_HOURS: [/^([1-9]|1\d)$/, 'hours from 1 to 19'],
  REPORT_HOURS: [/^([1-9]|1\d)$/, 'hours from 1 to 19'],
  METRIC_NAMESPACE: metricNamespace,
};

/** Reads the contract from the environment of the process; throws where it is broken. */
export const readEnvironment = (from: Variables): RestoreValidationEnvironment =>
  readVariables(from, forms, 'deploy the backup stack again');

// Environment contract between construct and handler.
import { deploymentName, type Forms, metricNamespace, readVariables, type Variables } from '../../../runtime/environment';

/** Environment of the function `session-archive`. */
export interface SessionArchiveEnvironment {
  /** The deployment, as in `production`. */
  readonly DEPLOYMENT: string;
  /** ARN of the bucket of audit records. */
  readonly ARCHIVE: string;
  /** Days after its end within which a day is to be exported, in digits. */
  readonly LATE_DAYS: string;
  /** Days that are examined, in digits. */
  readonly REACH_DAYS: string;
  /** CloudWatch namespace of the probes' metrics. */
  readonly METRIC_NAMESPACE: string;
}

const forms: Forms<SessionArchiveEnvironment> = {
  DEPLOYMENT: deploymentName,
  ARCHIVE: [/^arn:aws:s3:::[a-z0-9][a-z0-9.-]+$/, 'the ARN of a bucket'],
  LATE_DAYS: [/^[1-9]$/, 'a number from 1 to 9'],
  REACH_DAYS: [/^[1-9]\d{1,2}$/, 'a number from 10 to 999'],
  METRIC_NAMESPACE: metricNamespace,
};

/** Reads the contract from the environment of the process; throws where it is broken. */
export const readEnvironment = (from: Variables): SessionArchiveEnvironment => readVariables(from, forms, 'deploy the access stack again');

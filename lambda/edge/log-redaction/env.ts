// Environment contract between construct and handler.
import { bucketName, type Form, type Forms, readVariables, type Variables } from '../../../runtime/environment';

/** Environment of the function `log-redaction`. */
export interface LogRedactionEnvironment {
  /** Bucket in which the load balancer lands its logs. */
  readonly LANDING_BUCKET: string;
  /** Bucket that keeps the redacted logs. */
  readonly LOG_BUCKET: string;
  /** Paths of the collectors, separated by commas, as in `/hit,/hits`. */
  readonly COLLECTION_PATHS: string;
}

const paths: Form = [/^\/[\w./-]+(,\/[\w./-]+)*$/, 'paths that begin with /, separated by commas'];

const forms: Forms<LogRedactionEnvironment> = { LANDING_BUCKET: bucketName, LOG_BUCKET: bucketName, COLLECTION_PATHS: paths };

/** Reads the contract from the environment of the process; throws where it is broken. */
export const readEnvironment = (from: Variables): LogRedactionEnvironment => readVariables(from, forms, 'deploy the account stack again');

// Environment contract between construct and handler.
import {
  bucketName,
  type DatabaseEnvironment,
  databaseForms,
  type Forms,
  readVariables,
  type Variables,
} from '../../../runtime/environment';

/** Environment of the function `ingest`. */
export interface IngestEnvironment extends DatabaseEnvironment<'rempart_application'> {
  /** Bucket that keeps records which could not be stored. */
  readonly DEAD_LETTERS_BUCKET: string;
}

const forms: Forms<IngestEnvironment> = { ...databaseForms('rempart_application'), DEAD_LETTERS_BUCKET: bucketName };

/** Reads the contract from the environment of the process; throws where it is broken. */
export const readEnvironment = (from: Variables): IngestEnvironment => readVariables(from, forms, 'deploy the collection stack again');

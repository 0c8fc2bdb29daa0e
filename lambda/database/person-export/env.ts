// Environment contract between construct and handler.
import {
  bucketName,
  type DatabaseEnvironment,
  databaseForms,
  type Forms,
  iamRoleArn,
  readVariables,
  type Variables,
} from '../../../runtime/environment';

/** Environment of the function `person-export`. */
export interface PersonExportEnvironment extends DatabaseEnvironment<'rempart_application'> {
  /** Bucket that receives the exports, and holds the lake. */
  readonly ARCHIVE_BUCKET: string;
  /** ARN of the role `lake-reader`, whose sessions read the objects of one site. */
  readonly LAKE_ROLE: string;
}

const forms: Forms<PersonExportEnvironment> = {
  ...databaseForms('rempart_application'),
  ARCHIVE_BUCKET: bucketName,
  LAKE_ROLE: iamRoleArn,
};

/** Reads the contract from the environment of the process; throws where it is broken. */
export const readEnvironment = (from: Variables): PersonExportEnvironment => readVariables(from, forms, 'deploy the data stack again');

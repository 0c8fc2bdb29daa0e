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

/** Environment of the function `lake-export`. */
export interface LakeExportEnvironment extends DatabaseEnvironment<'rempart_maintenance'> {
  /** Bucket of the lake. */
  readonly ARCHIVE_BUCKET: string;
  /** ARN of the role `lake-writer`, whose sessions write the objects of one site. */
  readonly LAKE_ROLE: string;
  /** `held`: the database was restored and is not repaired yet, so that runs do what an operator requests alone. */
  readonly LAKE: 'runs' | 'held';
  /** Whole days after its end from which on a day of hits is due for the lake, in digits: 8 to 30. */
  readonly LAKE_AFTER_DAYS: string;
}

const forms: Forms<LakeExportEnvironment> = {
  ...databaseForms('rempart_maintenance'),
  ARCHIVE_BUCKET: bucketName,
  LAKE_ROLE: iamRoleArn,
  LAKE: [/^(?:runs|held)$/, 'runs or held'],
  // The stream keeps hits for 7 days, and a day leaves the window after 32 at the earliest.
  LAKE_AFTER_DAYS: [/^([89]|[12]\d|30)$/, 'a number of days from 8 to 30'],
};

/** Reads the contract from the environment of the process; throws where it is broken. */
export const readEnvironment = (from: Variables): LakeExportEnvironment => readVariables(from, forms, 'deploy the data stack again');

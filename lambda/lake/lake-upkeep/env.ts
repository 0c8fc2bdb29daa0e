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

/** Environment of the function `lake-upkeep`. */
export interface LakeUpkeepEnvironment extends DatabaseEnvironment<'rempart_maintenance'> {
  /** Bucket of the lake. */
  readonly ARCHIVE_BUCKET: string;
  /** ARN of the role `lake-writer`, whose sessions write the objects of one site. */
  readonly LAKE_ROLE: string;
  /** `held`: the database was restored and is not repaired yet, so that runs do what an operator requests alone. */
  readonly LAKE: 'runs' | 'held';
  /** Whole months that hits are kept after their own month, in digits: 2 or more. */
  readonly KEEP_MONTHS: string;
  /** Hours after which an erasure that has not ended in the lake is late, in digits: from 6 to 23. */
  readonly LATE_HOURS: string;
}

const forms: Forms<LakeUpkeepEnvironment> = {
  ...databaseForms('rempart_maintenance'),
  ARCHIVE_BUCKET: bucketName,
  LAKE_ROLE: iamRoleArn,
  LAKE: [/^(?:runs|held)$/, 'runs or held'],
  KEEP_MONTHS: [/^([2-9]|[1-9]\d{1,2})$/, 'a number of months from 2 to 999'],
  LATE_HOURS: [/^([6-9]|1\d|2[0-3])$/, 'a number of hours from 6 to 23'],
};

/** Reads the contract from the environment of the process; throws where it is broken. */
export const readEnvironment = (from: Variables): LakeUpkeepEnvironment => readVariables(from, forms, 'deploy the data stack again');

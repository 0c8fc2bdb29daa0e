// Environment contract between construct and handler.
import { type DatabaseEnvironment, databaseForms, type Forms, readVariables, type Variables } from '../../../runtime/environment';

/** Environment of the function `database-upkeep`. */
export interface DatabaseUpkeepEnvironment extends DatabaseEnvironment<'rempart_maintenance'> {
  /** Whole days that hits stay in the window after their day, in digits: 32 to 400. */
  readonly HOT_DAYS: string;
  /** Whole months that hits are kept after their own month, in digits: 2 or more. */
  readonly KEEP_MONTHS: string;
}

const forms: Forms<DatabaseUpkeepEnvironment> = {
  ...databaseForms('rempart_maintenance'),
  HOT_DAYS: [/^(3[2-9]|[4-9]\d|[123]\d\d|400)$/, 'a number of days from 32 to 400'],
  KEEP_MONTHS: [/^([2-9]|[1-9]\d{1,2})$/, 'a number of months from 2 to 999'],
};

/** Reads the contract from the environment of the process; throws where it is broken. */
export const readEnvironment = (from: Variables): DatabaseUpkeepEnvironment => readVariables(from, forms, 'deploy the data stack again');

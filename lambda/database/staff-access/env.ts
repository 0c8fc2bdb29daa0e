// Environment contract between construct and handler.
import { readVariables, type StaffEnvironment, staffForms, type Variables } from '../../../runtime/environment';

/** Environment of the function `staff-access`. */
export type StaffAccessEnvironment = StaffEnvironment;

/** Reads the contract from the environment of the process; throws where it is broken. */
export const readEnvironment = (from: Variables): Required<StaffAccessEnvironment> =>
  readVariables(from, staffForms, 'deploy the data stack again');

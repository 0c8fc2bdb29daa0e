// Environment contract between construct and handler.
import { readVariables, type StaffEnvironment, staffForms, type Variables } from '../../../runtime/environment';

/** Environment of the function `staff-reads`. */
export type StaffReadsEnvironment = StaffEnvironment;

/** Reads the contract from the environment of the process; throws where it is broken. */
export const readEnvironment = (from: Variables): Required<StaffReadsEnvironment> =>
  readVariables(from, staffForms, 'deploy the data stack again');

// Environment contract between construct and handler.
import { readVariables, type Variables } from '../../../runtime/environment';
import { type StaffEnvironment, staffForms } from '../../../runtime/staff/sign-in';

/** Reads the contract from the environment of the process; throws where it is broken. */
export const readEnvironment = (from: Variables): Required<StaffEnvironment> =>
  readVariables(from, staffForms, 'deploy the data stack again');

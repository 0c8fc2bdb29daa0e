// Environment contract between construct and handler.
import { type DatabaseEnvironment, databaseForms, readVariables, type Variables } from '../../../runtime/environment';

/** Environment of the function `person-erase`. */
export type PersonEraseEnvironment = DatabaseEnvironment<'rempart_application'>;

/** Reads the contract from the environment of the process; throws where it is broken. */
export const readEnvironment = (from: Variables): PersonEraseEnvironment =>
  readVariables(from, databaseForms('rempart_application'), 'deploy the data stack again');

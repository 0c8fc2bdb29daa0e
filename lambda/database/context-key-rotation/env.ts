// Environment contract between construct and handler.
import { type MasterEnvironment, masterForms, readVariables, type Variables } from '../../../runtime/environment';

/** Environment of the function `context-key-rotation`, which signs in as the master user, past the proxy. */
export type ContextKeyRotationEnvironment = MasterEnvironment;

/** Reads the contract from the environment of the process; throws where it is broken. */
export const readEnvironment = (from: Variables): ContextKeyRotationEnvironment =>
  readVariables(from, masterForms, 'deploy the data stack again');

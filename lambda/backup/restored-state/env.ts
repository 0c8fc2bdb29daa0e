// Environment contract between construct and handler.
import { endpointForms, type Forms, masterForms, readVariables, type Variables } from '../../../runtime/environment';

/** Environment of the function `restored-state`. */
export interface RestoredStateEnvironment {
  /** Port of restored clusters, in digits. */
  readonly DATABASE_PORT: string;
  readonly DATABASE_NAME: string;
  /** File with Amazon's root certificates. */
  readonly DATABASE_CA_FILE: string;
}

const forms: Forms<RestoredStateEnvironment> = {
  DATABASE_PORT: endpointForms.DATABASE_PORT,
  DATABASE_NAME: endpointForms.DATABASE_NAME,
  DATABASE_CA_FILE: masterForms.DATABASE_CA_FILE,
};

/** Reads the contract from the environment of the process; throws where it is broken. */
export const readEnvironment = (from: Variables): RestoredStateEnvironment => readVariables(from, forms, 'deploy the backup stack again');

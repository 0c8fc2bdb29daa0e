// Environment contract between construct and handler.
import {
  type ContextKeyEnvironment,
  contextKeyForms,
  environmentName,
  type Forms,
  type MasterEnvironment,
  masterForms,
  readVariables,
  type Variables,
} from '../../../runtime/environment';

/** Environment of the function `migrations`. */
export interface MigrationsEnvironment extends MasterEnvironment, ContextKeyEnvironment {
  /** Resource id of the cluster, which RDS never changes, as in `cluster-ABCDEFGHIJKL01234`. */
  readonly DATABASE_CLUSTER: string;
  readonly ENVIRONMENT: 'production' | 'staging' | 'development';
  /** Folder of the SQL files in the function's bundle. */
  readonly MIGRATIONS_FOLDER: string;
}

const forms: Forms<MigrationsEnvironment> = {
  ...masterForms,
  ...contextKeyForms,
  DATABASE_CLUSTER: [/^[\w-]{1,100}$/, 'the resource id of a cluster'],
  ENVIRONMENT: environmentName,
  MIGRATIONS_FOLDER: [/^\S+$/, 'a folder'],
};

/** Reads the contract from the environment of the process; throws where it is broken. */
export const readEnvironment = (from: Variables): MigrationsEnvironment => readVariables(from, forms, 'deploy the data stack again');

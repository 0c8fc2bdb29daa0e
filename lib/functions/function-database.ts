// Access of a function to the database: the interface for other concerns.
import type { IDependable } from 'constructs';
import type { FunctionNetwork } from './control-function';

/** The roles of the database that functions sign in as. (TOM-4.1) */
export type FunctionDatabaseUser = 'rempart_application' | 'rempart_maintenance';

export interface FunctionDatabase {
  /** The schema, and the proxy with its targets: a function that runs during a deployment depends on them. */
  readonly ready: IDependable;
  /** Network from which functions reach the database. (TOM-4.2) */
  readonly network: FunctionNetwork;
  /** The variables of `DatabaseEnvironment` in the contracts of the handlers. */
  environment<User extends FunctionDatabaseUser>(
    user: User,
  ): { readonly [Name in 'DATABASE_HOST' | 'DATABASE_PORT' | 'DATABASE_NAME' | 'CONTEXT_KEY_SECRET']: string } & {
    readonly DATABASE_USER: User;
  };
  /** ARNs that the calls of `databaseCalls` name. (TOM-3.5) */
  readonly arns: Readonly<Record<string, string>>;
}

// What a function gets to use the database, as a concern sees it that is not the database's.
import type { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { IDependable } from 'constructs';
import type { FunctionNetwork } from './control-function';

/** The roles of the database that functions sign in as. (TOM-4.1) */
export type FunctionDatabaseUser = 'rempart_application' | 'rempart_maintenance';

export interface FunctionDatabase {
  /** The schema and the way to it: a function that runs while stacks are deployed depends on them. */
  readonly ready: IDependable;
  /** Where in the VPC the database is reached from. (TOM-4.2) */
  readonly network: FunctionNetwork;
  /** The variables that `DatabaseEnvironment` of the handlers' contracts names. */
  environment<User extends FunctionDatabaseUser>(
    user: User,
  ): { readonly [Name in 'DATABASE_HOST' | 'DATABASE_PORT' | 'DATABASE_NAME' | 'CONTEXT_KEY_SECRET']: string } & {
    readonly DATABASE_USER: User;
  };
  /** Signing in as the users, and reading the context key. (TOM-3.5) */
  permissions(...users: readonly FunctionDatabaseUser[]): PolicyStatement[];
}

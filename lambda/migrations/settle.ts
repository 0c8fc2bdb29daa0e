// What a deployment tells its database besides the schema: what it is for, and the key that proves site contexts.
import type { DatabaseClient } from '../../runtime/database-connection';
import type { ContextKey } from '../../runtime/site-context';

export const environments = ['production', 'staging', 'development'] as const;
export type Environment = (typeof environments)[number];

export interface Deployment {
  /** Production stays production; only the others may hold generated data. (TOM-7.4) */
  readonly environment: Environment;
  /** A new version is added to those before it; the same version with another key is refused. (TOM-4.1) */
  readonly contextKey: ContextKey;
}

/** Writes both in one transaction, as the owner of the tables. Doing it again changes nothing. */
export async function settle(client: DatabaseClient, { environment, contextKey }: Deployment): Promise<void> {
  await client.query('begin');
  try {
    await client.query('set local role rempart_owner');
    await client.query(
      `insert into rempart_private.deployment (environment) values ($1)
       on conflict (only_row) do update set environment = excluded.environment where deployment.environment <> excluded.environment`,
      [environment],
    );
    await client.query('select rempart_private.install_context_key($1, $2)', [contextKey.version, contextKey.key]);
    await client.query('commit');
  } catch (error) {
    await client.query('rollback');
    throw error;
  }
}

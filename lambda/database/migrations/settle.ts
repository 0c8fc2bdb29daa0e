// What a deployment tells its database besides the schema: what it is for, the key that proves site contexts, and months for hits.
import type { DatabaseClient } from '../../../runtime/database-connection';
import type { ContextKey } from '../../../runtime/site-context';

export const environments = ['production', 'staging', 'development'] as const;
export type Environment = (typeof environments)[number];

export interface Deployment {
  /** Production stays production; only the others may hold generated data. (TOM-7.4) */
  readonly environment: Environment;
  /** What RDS calls the cluster, once and for all; a restored cluster is another one. */
  readonly cluster: string;
  /**
   * Told for the first time, it leaves the version right before it, which processes may still hold, and no other. The same version with
   * another key is refused, but for a restored database: its keys are those of the one before, and it forgets them all. (TOM-4.1, TOM-3.10)
   */
  readonly contextKey: ContextKey;
}

/** Last month for what is late, this one, and three ahead, as the daily upkeep makes them; a restored database may be months old. */
const months = { first: -1, last: 3 } as const;

/** Writes all of it in one transaction, as the owners. Doing it again changes nothing. */
export async function settle(client: DatabaseClient, { environment, cluster, contextKey }: Deployment): Promise<void> {
  await client.query('begin');
  try {
    await client.query('set local role rempart_owner');
    const { rows: before } = await client.query<{ cluster: string | null }>('select cluster from rempart_private.deployment for update');
    await client.query(
      `insert into rempart_private.deployment (environment, cluster) values ($1, $2)
       on conflict (only_row) do update set environment = excluded.environment, cluster = excluded.cluster
       where (deployment.environment, deployment.cluster) is distinct from (excluded.environment, excluded.cluster)`,
      [environment, cluster],
    );
    const restored = before.some(({ cluster: known }) => known !== null && known !== cluster);
    if (restored) await client.query('delete from rempart_private.context_keys');
    await tellKey(client, contextKey);
    // As itself: the master user has the rights of both owners (0001_roles.sql).
    await client.query('set local role none');
    await client.query(
      `select rempart.create_hit_month((now() at time zone 'UTC' + make_interval(months => ahead))::date)
       from generate_series($1::integer, $2::integer) as ahead`,
      [months.first, months.last],
    );
    await client.query('commit');
  } catch (error) {
    // The connection may be gone; the error that counts is the first.
    await client.query('rollback').catch(() => undefined);
    throw error;
  }
}

async function tellKey(client: DatabaseClient, { version, key }: ContextKey): Promise<void> {
  const known = await client.query('select from rempart_private.context_keys where version = $1', [version]);
  await client.query('select rempart_private.install_context_key($1, $2)', [version, key]);
  // A version that is known may have a newer one beside it, which a rotation has told and not yet put to use.
  if (known.rows.length === 0)
    await client.query('delete from rempart_private.context_keys where version not in ($1::integer, $1::integer - 1)', [version]);
}

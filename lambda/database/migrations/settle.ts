// The settings of a deployment in its database: environment, cluster, key of site contexts, and days for hits.
import type { DatabaseClient } from '../../../runtime/database-connection';
import { daysAhead, daysBehind } from '../../../runtime/hit-days';
import type { ContextKey } from '../../../runtime/site-context';

export const environments = ['production', 'staging', 'development'] as const;
export type Environment = (typeof environments)[number];

export interface Deployment {
  /** Production cannot change; only the other environments may contain generated data. (TOM-7.4) */
  readonly environment: Environment;
  /** Resource id of the cluster, which RDS never changes; a restored cluster has another one. */
  readonly cluster: string;
  /**
   * A new version replaces all except the previous one, which processes may still use. The same version with another
   * key is rejected, except in a restored database: it has the keys of the previous database, and all are deleted.
   * (TOM-4.1, TOM-3.10)
   */
  readonly contextKey: ContextKey;
}

/** Days for hits, as the daily upkeep creates them. A restored database can be months old. */
const days = { first: -daysBehind, last: daysAhead } as const;

/**
 * Makes all days of the window due for the lake. The catalogue is that of the snapshot: of objects that were replaced
 * since, it has the former ones, which are deleted, and a day must not leave the window for a file that is gone.
 */
const exportAgain = `update rempart.hit_days set state = 'changed' where state <> 'changed'`;

/** Writes the settings in one transaction, as the owner roles. A repetition changes nothing. */
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
    const isRestored = before.some(({ cluster: known }) => known !== null && known !== cluster);
    if (isRestored) await client.query('delete from rempart_private.context_keys');
    await installKey(client, contextKey);
    // As the master user, who has the privileges of both owners (0001_roles.sql).
    await client.query('set local role none');
    if (isRestored) await client.query(exportAgain);
    await client.query(
      `select rempart.create_hit_day((now() at time zone 'UTC')::date + ahead) from generate_series($1::integer, $2::integer) as ahead`,
      [days.first, days.last],
    );
    await client.query('commit');
  } catch (error) {
    // The connection may have ended; the first error is thrown.
    await client.query('rollback').catch(() => undefined);
    throw error;
  }
}

async function installKey(client: DatabaseClient, { version, key }: ContextKey): Promise<void> {
  const installed = await client.query('select from rempart_private.context_keys where version = $1', [version]);
  await client.query('select rempart_private.install_context_key($1, $2)', [version, key]);
  // An installed version may have a newer one beside it, which a rotation has installed and not yet promoted.
  if (installed.rows.length === 0)
    await client.query('delete from rempart_private.context_keys where version not in ($1::integer, $1::integer - 1)', [version]);
}

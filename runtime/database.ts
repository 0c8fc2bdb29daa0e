// The only access to the database: work on one site, in one transaction, with the name of its actor (TOM-4.1, 4.8).
import type { PoolClient } from 'pg';
import { ConnectionPool } from './connection-pool';
import { clientConfig, type DatabaseAddress } from './database-connection';
import { Session } from './database-session';
import { type Reject, rejectColumns } from './reject';
import { type Actor, checkActor, type SiteId } from './site';
import { type ContextKey, done, type Outcome, proveContext } from './site-context';

export interface DatabaseOptions extends DatabaseAddress {
  /** The key of site contexts, from Secrets Manager; called once per transaction, so cache the key. */
  readonly contextKey: () => Promise<ContextKey>;
  /** Maximum number of connections. @default 4 */
  readonly connections?: number;
}

export interface Limits {
  /** Time limit of the work and of each statement, in milliseconds. @default 30000 */
  readonly milliseconds?: number;
  /** Ends the work and its transaction. */
  readonly signal?: AbortSignal;
}

/** Functions of the database that the upkeep role can call outside any site, without other SQL. */
const upkeepCalls = {
  createSite: 'select rempart.create_site($1, $2, $3, $4, $5) as value',
  siteByKey: 'select rempart.site_id($1) as value',
  collectionSites: 'select rempart.collection_sites() as value',
  sitesWithDueErasures: 'select rempart.sites_with_due_erasures() as value',
  sitesWithOldRejects: 'select rempart.sites_with_old_rejects() as value',
  sitesWithOldIds: 'select rempart.sites_with_old_ids() as value',
  createHitDay: 'select rempart.create_hit_day($1) as value',
  hitPartitions: 'select to_jsonb(p) as value from rempart.hit_partitions() as p',
  listHitDays: 'select rempart.list_hit_days($1) as value',
  detachHitPartition: 'select rempart.detach_hit_partition($1, $2) as value',
  markLakeLacks: 'select rempart.mark_lake_lacks($1) as value',
  dropHitPartition: 'select rempart.drop_hit_partition($1) as value',
  sitesWithLakeDaysDue: 'select rempart.sites_with_lake_days_due($1) as value',
  longestLakeWait: 'select rempart.longest_lake_wait($1) as value',
  sitesWithLakeErasures: 'select rempart.sites_with_lake_erasures() as value',
  sitesWithExpiredLakeDays: 'select rempart.sites_with_expired_lake_days($1) as value',
  sitesWithLakeDeletions: 'select rempart.sites_with_lake_deletions() as value',
  oldestLakeErasure: 'select to_jsonb(o) as value from rempart.oldest_lake_erasure() as o',
  oldestWindowErasure: 'select to_jsonb(o) as value from rempart.oldest_window_erasure() as o',
  askLakeDays: 'select rempart.ask_lake_days($1) as value',
  sitesWithDaysToExamine: 'select rempart.sites_with_days_to_examine() as value',
  sitesToReconcile: 'select rempart.sites_to_reconcile() as value',
  sitesWithErasuresSince: 'select rempart.sites_with_erasures_since($1) as value',
  removeOldStrays: 'select rempart.remove_old_strays() as value',
  recordNight: 'select rempart.record_night() as value',
  partitionsToCount: 'select rempart.partitions_to_count() as value',
  countPartition: 'select rempart.count_partition($1) as value',
} as const;

/**
 * A pool of connections of one role. Callers receive a session inside {@link Database.withSite}, never a connection.
 */
export class Database {
  private readonly pool: ConnectionPool;

  constructor(private readonly options: DatabaseOptions) {
    this.pool = new ConnectionPool(clientConfig(options), options.connections ?? 4);
  }

  /**
   * Runs work on one site and commits all of it or nothing. The entry of the access log is part of the transaction,
   * and the result is returned after the commit only: no data that was read without an entry leaves this function.
   * Failed work is logged as failed, with its SQLSTATE or error name, in a separate transaction. (TOM-4.8)
   *
   * @throws TypeError for an actor that cannot be logged; the error of the work; or an error of the database.
   */
  async withSite<T>(site: SiteId, actor: Actor, work: (session: Session) => Promise<T>, limits: Limits = {}): Promise<T> {
    checkActor(actor);
    try {
      return await this.inTransaction((client, mark) => this.enter(client, mark, site, actor, done, limits), work, limits);
    } catch (error) {
      await this.logFailure(site, actor, error);
      throw error;
    }
  }

  /** Calls one function of the upkeep role. Returns one value per row. */
  async upkeep(name: keyof typeof upkeepCalls, ...values: readonly (string | number | boolean)[]): Promise<unknown[]> {
    const { rows } = await this.pool.once((client) => client.query<{ value: unknown }>(upkeepCalls[name], [...values]));
    return rows.map(({ value }) => value);
  }

  /**
   * As {@link Database.upkeep}, and the server cancels the call after a time.
   *
   * @throws error with the SQLSTATE 57014
   */
  async upkeepWithin(milliseconds: number, name: keyof typeof upkeepCalls, ...values: readonly string[]): Promise<unknown[]> {
    return this.pool.once(async (client) => {
      await client.query(`begin; set local statement_timeout = ${Math.ceil(milliseconds)}`);
      try {
        const { rows } = await client.query<{ value: unknown }>(upkeepCalls[name], [...values]);
        await client.query('commit');
        return rows.map(({ value }) => value);
      } catch (error) {
        await client.query('rollback').catch(() => undefined);
        throw error;
      }
    });
  }

  /** Stores records without a live site; the application role can insert them and cannot read them. */
  async keepStrays(rejects: readonly Reject[]): Promise<void> {
    if (rejects.length === 0) return;
    const columns = rejectColumns(rejects);
    await this.pool.once((client) =>
      client.query(
        `insert into rempart.stray_records (digest, reason, detail, record, record_length)
         select * from unnest($1::bytea[], $2::text[], $3::text[], $4::bytea[], $5::integer[]) on conflict do nothing`,
        columns,
      ),
    );
  }

  /** Ends all connections after their work. */
  close(): Promise<void> {
    return this.pool.close();
  }

  private async inTransaction<T>(
    enter: (client: PoolClient, mark: string) => Promise<void>,
    work: (session: Session) => Promise<T>,
    limits: Limits,
  ): Promise<T> {
    limits.signal?.throwIfAborted();
    const { client, answer: mark } = await this.pool.begin(openTransaction);
    const session = new Session(client);
    let broken = true;
    try {
      await enter(client, mark);
      const result = await withTimeLimit(limits, () => work(session));
      await session.close();
      // `leave` resets the session, as `clean_session` does after a failure.
      await client.query('select rempart.leave(); commit');
      broken = false;
      return result;
    } catch (error) {
      const isRunning = session.abandon();
      broken =
        isRunning ||
        !(await client.query(abandonTransaction).then(
          () => true,
          () => false,
        ));
      throw error;
    } finally {
      this.pool.release(client, broken);
    }
  }

  private async enter(client: PoolClient, mark: string, site: SiteId, actor: Actor, outcome: Outcome, limits: Limits): Promise<void> {
    const proof = proveContext(await this.options.contextKey(), mark, site, actor, outcome);
    const milliseconds = Math.ceil(limits.milliseconds ?? defaultMilliseconds);
    await client.query({
      text: 'select rempart.enter($1, $2, $3, $4, $5, $6, $7, $8)',
      values: [site, actor.name, actor.from, actor.doing, outcome.outcome, outcome.detail, proof, milliseconds],
    });
  }

  private async logFailure(site: SiteId, actor: Actor, failure: unknown): Promise<void> {
    const detail =
      failure instanceof Error && 'code' in failure ? String(failure.code) : failure instanceof Error ? failure.name : 'unknown';
    const outcome = { outcome: 'failed', detail: detail.slice(0, 100) } as const;
    const record = (client: PoolClient, mark: string) => this.enter(client, mark, site, actor, outcome, {});
    await this.inTransaction(record, async () => undefined, {}).catch((cause) => {
      throw new AggregateError(
        [failure, cause],
        `access log: expected to record that "${actor.doing}" failed (${detail}), got another failure`,
      );
    });
  }
}

const defaultMilliseconds = 30_000;

/** Begins a transaction and returns its mark. It writes nothing, so it can be repeated on another connection. */
async function openTransaction(client: PoolClient): Promise<string> {
  const started = await client.query('begin; select rempart.transaction_mark() as mark');
  return (Array.isArray(started) ? started[1] : started).rows[0].mark;
}

/**
 * Rolls back and cleans the session. Then the session reports its counters: `leave` reads those of its transaction,
 * and they would include the attempts of this one.
 */
const abandonTransaction = 'rollback; select rempart.clean_session(), pg_stat_force_next_flush()';

async function withTimeLimit<T>({ milliseconds = defaultMilliseconds, signal }: Limits, work: () => Promise<T>): Promise<T> {
  const deadline = AbortSignal.timeout(milliseconds);
  const ending = signal ? AbortSignal.any([deadline, signal]) : deadline;
  // A signal that was aborted while the transaction was opened does not notify a later listener.
  ending.throwIfAborted();
  let stop = () => {};
  const ended = new Promise<never>((_, reject) => {
    stop = () => reject(ending.reason);
    ending.addEventListener('abort', stop, { once: true });
  });
  try {
    return await Promise.race([work(), ended]);
  } finally {
    ending.removeEventListener('abort', stop);
  }
}

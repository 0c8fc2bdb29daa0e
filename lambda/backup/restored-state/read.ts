// Reads what a restored database says of itself, and counts hits of as many partitions as there is time for.
import { connectDirectly, type DatabaseAddress, type DirectConnection } from '../../../runtime/database-connection';
import { stopwatch } from '../../../runtime/stopwatch';
import { orderOn } from './order';

/** The role that signs in to restored databases, and may call two functions. (TOM-3.5) */
const validationUser = 'rempart_validation';

/** Time limits in milliseconds. */
export interface ReadLimits {
  /** Of all: the function has fifteen minutes. */
  readonly total: number;
  /** Of one statement: a partition that needs more leaves time to the others. */
  readonly statement: number;
}

const usual: ReadLimits = { total: 600_000, statement: 240_000 };

/** SQLSTATE of a statement that was canceled at its time limit. */
const canceled = '57014';

/** The host of a restored cluster, as RDS names it. */
const restoredHost = /^awsbackup-restore-test-[a-z0-9-]+\.cluster-[a-z0-9-]+\.[a-z0-9-]+\.rds\.amazonaws\.com(\.cn)?$/;

/** The host in an event. @throws Error for any that is no restored cluster */
export function hostIn(event: unknown): string {
  const host = typeof event === 'object' && event !== null && 'host' in event ? event.host : undefined;
  if (typeof host === 'string' && restoredHost.test(host)) return host;
  throw new Error(`restored state: expected the host of a restored cluster, got ${JSON.stringify(host)}; invoke restore-validation`);
}

/**
 * The answer of `rempart.restored_state`, and those of `rempart.restored_partition` by partition, in a connection of
 * their own. `notCounted` are partitions that have a count in the record, and none here for lack of time.
 *
 * @throws the error of the server
 */
export async function readState(
  address: Omit<DatabaseAddress, 'user'>,
  now: Date,
  { total, statement }: ReadLimits = usual,
): Promise<object> {
  const elapsed = stopwatch();
  const client = await connectDirectly({ ...address, user: validationUser });
  try {
    await limit(client, statement);
    const { rows } = await client.query<{ state: object }>('select rempart.restored_state() as state');
    const state = rows[0]?.state ?? {};
    const names = orderOn(now, countable(state));
    const counted: Record<string, unknown> = {};
    for (const name of names) {
      const left = Math.min(statement, total - elapsed());
      if (left < 1) break;
      const answer = await countWithin(client, left, name);
      if (answer !== undefined) counted[name] = answer;
    }
    return { ...state, counted, notCounted: names.filter((name) => !(name in counted)) };
  } finally {
    await client.end().catch(() => undefined);
  }
}

/** Partitions that are there and have a count of the source to compare with. */
function countable(state: object): readonly string[] {
  const { partitions = [], counts = {} } = state as { readonly partitions?: readonly string[]; readonly counts?: object };
  return partitions.filter((name) => name in counts);
}

const limit = (client: DirectConnection, milliseconds: number) => client.query(`set statement_timeout = ${Math.ceil(milliseconds)}`);

/** What a partition holds now; undefined if the count needs more time. */
async function countWithin(client: DirectConnection, milliseconds: number, name: string): Promise<unknown> {
  await limit(client, milliseconds);
  try {
    const { rows } = await client.query<{ partition: unknown }>('select rempart.restored_partition($1) as partition', [name]);
    return rows[0]?.partition ?? undefined;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === canceled) return undefined;
    throw error;
  }
}

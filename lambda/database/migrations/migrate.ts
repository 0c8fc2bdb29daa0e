// Brings a database to the state that a folder of SQL migrations describes: once, in order, all or nothing.
import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { runner } from 'node-pg-migrate';
import type { DatabaseClient } from '../../../runtime/database-connection';
import { prepareLedger } from './ledger';
import { splitStatements } from './statements';
import { limitTime } from './time-limit';

/** A migration that cannot be run or must not be: says which, why, and the statement. */
class MigrationError extends Error {
  override readonly name = 'MigrationError';
}

export interface MigrationRun {
  /** Names of the migrations that this run applied; empty when there was nothing to do. */
  readonly applied: readonly string[];
  /** Names of the migrations that the database is ahead by: a newer deployment applied them, and this one is its rollback. */
  readonly ahead: readonly string[];
}

const fileName = /^(\d{4})_[a-z0-9_]+\.sql$/;
/** Seconds to wait for another deployment's run, and for any table that a migration changes. */
const lockTimeoutSeconds = 60;

/**
 * Runs every migration of `folder` that `client`'s database has not had, in one transaction. Two runs at once take turns: the second
 * waits for the first and then finds nothing to do. (issue: TOM-4.1)
 *
 * A database that has had all of them and more is left as it is: when a deployment fails, CloudFormation calls the function before it
 * with the bundle before it, and a failure there would leave the stack in UPDATE_ROLLBACK_FAILED. So a migration must leave the
 * schema such that the deployment before it still works.
 *
 * node-pg-migrate brings the order, the transaction and the advisory lock; what it lacks is added here: checksums of what was
 * applied, forward-only files, and the failed statement in the error.
 *
 * @param remaining milliseconds that are left, asked once nothing else is waited for; the server ends what takes longer. @default no limit
 * @param mayBeEmpty whether the database may be one that had no migration yet; a deployment that had one must not get an empty one. @default true
 * @throws MigrationError when an applied migration was changed or is missing before the last, or a statement fails; the schema is then
 * as it was.
 */
export async function migrate(client: DatabaseClient, folder: string, remaining?: () => number, mayBeEmpty = true): Promise<MigrationRun> {
  const checksums = await readMigrations(folder);
  // A client that was killed must not hold the lock until its statement ends ("client_connection_check_interval", PostgreSQL).
  await client.query("set client_connection_check_interval = '1s'");
  await client.query(`set lock_timeout = '${lockTimeoutSeconds}s'`);
  const problems: string[] = [];
  try {
    return await withLock(client, async () => {
      if (remaining) await limitTime(client, remaining());
      if (!mayBeEmpty) await refuseEmpty(client);
      await prepareLedger(client, checksums);
      const ahead = await compareLedger(client, checksums);
      if (ahead.length > 0) return { applied: [], ahead };
      const applied = await run(client, folder, problems);
      return { applied, ahead: await compareLedger(client, checksums) };
    });
  } catch (error) {
    throw error instanceof MigrationError ? error : new MigrationError(explain(error, problems), { cause: error });
  }
}

async function refuseEmpty(client: DatabaseClient): Promise<void> {
  const { rows } = await client.query<{ ledger: string | null }>("select to_regclass('rempart_migrations.applied') as ledger");
  if (rows[0]?.ledger) return;
  throw new MigrationError(
    'database: expected the one of this deployment or a restored one, got an empty one; put data.restoreFrom back as it was, or delete the stack to begin anew',
  );
}

async function run(client: DatabaseClient, folder: string, problems: string[]): Promise<string[]> {
  const done = await runner({
    dbClient: client,
    dir: folder,
    direction: 'up',
    migrationsSchema: 'rempart_migrations',
    migrationsTable: 'applied',
    singleTransaction: true,
    checkOrder: true,
    // Held already, by this session, which may take it twice.
    advisoryLockMode: 'wait',
    lockValue: lockNumber,
    migrationLoaderStrategies: [{ extensions: ['.sql'], loader: loadStatements }],
    logger: { info: () => undefined, warn: () => undefined, error: (line: string) => void problems.push(line) },
  });
  return done.map(({ name }) => name);
}

/** Waits for another run, then keeps others waiting until the work is done. */
async function withLock<T>(client: DatabaseClient, work: () => Promise<T>): Promise<T> {
  await client.query('select pg_advisory_lock($1)', [lockNumber]);
  try {
    return await work();
  } finally {
    // A connection that is gone holds no lock, and its error is the one that counts.
    await client.query('select pg_advisory_unlock($1)', [lockNumber]).catch(() => undefined);
  }
}

/** The lock that all runs share; a number of our own, so that another program with the library's default does not block us. */
const lockNumber = 7233710421;

async function readMigrations(folder: string): Promise<Map<string, string>> {
  const files = (await readdir(folder)).filter((file) => !file.startsWith('.')).sort();
  // An empty bundle is a broken one; it would agree with every database.
  if (files.length === 0) throw new MigrationError('migrations: expected files, got none; build the function again');
  const checksums = new Map<string, string>();
  for (const [index, file] of files.entries()) {
    const number = fileName.exec(file)?.[1];
    if (number === undefined || Number(number) !== index + 1) {
      const expected = `${numberOf(index)}_<name>.sql`;
      throw new MigrationError(`migrations: expected ${expected} as the next file, got ${file}; number them without gaps`);
    }
    const text = (await readFile(join(folder, file), 'utf8')).replaceAll('\r\n', '\n');
    checksums.set(basename(file, '.sql'), createHash('sha256').update(text).digest('hex'));
  }
  return checksums;
}

async function loadStatements(paths: string[]) {
  return Promise.all(
    paths.map(async (path) => {
      const statements = splitStatements(await readFile(path, 'utf8'));
      return {
        id: path,
        filePaths: [path],
        actions: {
          up(builder: { sql(text: string): void }) {
            for (const statement of statements) builder.sql(statement);
          },
          down: false as const,
        },
      };
    }),
  );
}

/** Names of what was applied after all of the bundle; throws if what was applied is not the bundle from its beginning. */
async function compareLedger(client: DatabaseClient, checksums: ReadonlyMap<string, string>): Promise<string[]> {
  const { rows } = await client.query<{ name: string; checksum: string }>(
    'select name, checksum from rempart_migrations.applied order by id',
  );
  const bundled = [...checksums];
  for (const [index, { name, checksum }] of rows.entries()) {
    const [file, now] = bundled[index] ?? [];
    if (file === undefined ? !name.startsWith(`${numberOf(index)}_`) : file !== name) {
      const got = file ?? `it as number ${index + 1}`;
      throw new MigrationError(
        `migration ${name}: expected the file that was applied, got ${got}; put the files back, applied migrations stay in their order`,
      );
    }
    if (file !== undefined && now !== checksum) {
      throw new MigrationError(
        `migration ${name}: expected checksum ${checksum} as it was applied, got ${now}; undo the change and write a new migration`,
      );
    }
  }
  return rows.slice(bundled.length).map(({ name }) => name);
}

/** How the file at a place begins. */
const numberOf = (index: number) => String(index + 1).padStart(4, '0');

function explain(error: unknown, problems: readonly string[]): string {
  const reason = error instanceof Error ? error.message : String(error);
  const code = error instanceof Error && 'code' in error ? ` (SQLSTATE ${String(error.code)})` : '';
  const statement = problems.find((line) => line.includes('Error executing:'));
  const where = statement ? `\n${statement.trim()}` : '';
  return `migrations: expected every statement to succeed, got ${reason}${code}; nothing was changed${where}`;
}

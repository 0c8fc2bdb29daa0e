// Applies a folder of SQL migrations to a database: each once, in order, in one transaction.
import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { runner } from 'node-pg-migrate';
import type { DatabaseClient } from '../../../runtime/database-connection';
import { prepareLedger } from './ledger';
import { splitStatements } from './statements';
import { limitTime } from './time-limit';

/** Error of a migration, with its name, the reason and the statement. */
class MigrationError extends Error {
  override readonly name = 'MigrationError';
}

export interface MigrationRun {
  /** Names of the migrations that this run applied; empty if there were none. */
  readonly applied: readonly string[];
  /** Names of migrations that a newer deployment applied, of which this run is the rollback. */
  readonly ahead: readonly string[];
}

const fileName = /^(\d{4})_[a-z0-9_]+\.sql$/;
/** Timeout of locks, in seconds: of another deployment's run, and of each table that a migration changes. */
const lockTimeoutSeconds = 60;

/**
 * Applies every migration of `folder` that the database of `client` lacks, in one transaction. Of two concurrent runs
 * the second waits for the first and then applies nothing. (TOM-4.1)
 *
 * A database that has all of them and more is left unchanged: after a failed deployment CloudFormation invokes the
 * previous function with the previous bundle, and a failure there would leave the stack in UPDATE_ROLLBACK_FAILED.
 * Therefore the previous deployment must work with the schema of every migration.
 *
 * node-pg-migrate provides the order, the transaction and the advisory lock. Added here: checksums of applied
 * migrations, forward-only files, and the failed statement in the error.
 *
 * @param remaining remaining time in milliseconds, read after all waits; the server cancels longer work. @default no
 * limit
 * @param mayBeEmpty whether the database may lack every migration; an updated deployment must not get an empty
 * database.
 * @default true
 * @throws MigrationError if an applied migration was changed or is missing before the last, or if a statement fails;
 * the schema is then unchanged
 */
export async function migrate(client: DatabaseClient, folder: string, remaining?: () => number, mayBeEmpty = true): Promise<MigrationRun> {
  const checksums = await readMigrations(folder);
  // Otherwise a killed client would hold the lock until its statement ends ("client_connection_check_interval",
  // PostgreSQL).
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
    'database: expected the one of this deployment or a restored one, got an empty one; restore the previous data.restoreFrom, or delete the stack to start again',
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
    // This session already holds the lock and can take it twice.
    advisoryLockMode: 'wait',
    lockValue: lockNumber,
    migrationLoaderStrategies: [{ extensions: ['.sql'], loader: loadStatements }],
    logger: { info: () => undefined, warn: () => undefined, error: (line: string) => void problems.push(line) },
  });
  return done.map(({ name }) => name);
}

/** Waits for other runs, then runs the work while it holds the lock. */
async function withLock<T>(client: DatabaseClient, work: () => Promise<T>): Promise<T> {
  await client.query('select pg_advisory_lock($1)', [lockNumber]);
  try {
    return await work();
  } finally {
    // An ended connection holds no lock, and its error is thrown.
    await client.query('select pg_advisory_unlock($1)', [lockNumber]).catch(() => undefined);
  }
}

/** Number of the lock of all runs, not the library's default, which another program could hold. */
const lockNumber = 7233710421;

async function readMigrations(folder: string): Promise<Map<string, string>> {
  const files = (await readdir(folder)).filter((file) => !file.startsWith('.')).sort();
  // An empty bundle is broken; it would match every database.
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

/**
 * Names of applied migrations after those of the bundle. Throws if the applied migrations do not begin with the
 * bundle.
 */
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
        `migration ${name}: expected the file that was applied, got ${got}; restore the files: applied migrations keep their order`,
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

/** The number of the file at an index, as in `0001`. */
const numberOf = (index: number) => String(index + 1).padStart(4, '0');

function explain(error: unknown, problems: readonly string[]): string {
  const reason = error instanceof Error ? error.message : String(error);
  const code = error instanceof Error && 'code' in error ? ` (SQLSTATE ${String(error.code)})` : '';
  const statement = problems.find((line) => line.includes('Error executing:'));
  const where = statement ? `\n${statement.trim()}` : '';
  return `migrations: expected every statement to succeed, got ${reason}${code}; nothing was changed${where}`;
}

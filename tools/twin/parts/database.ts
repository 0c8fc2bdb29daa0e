// The twin's database: PostgreSQL with the real migrations and roles, in the twin's folder, at a fixed port.
import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { migrate } from '../../../lambda/database/migrations/migrate';
import { settle } from '../../../lambda/database/migrations/settle';
import { Database } from '../../../runtime/database';
import { connectDirectly, type DirectConnection } from '../../../runtime/database-connection';
import { type ContextKey, parseContextKey } from '../../../runtime/site-context';
import { createMaster, localPassword, masterUser, setTokenPasswords } from '../../local-database/aurora';
import { freePort } from '../../local-database/free-port';
import { programArguments } from '../../local-database/programs';
import { migrationsFolder } from '../../local-database/rempart';
import { type Child, startChild } from '../processes/child';
import type { Janitor } from '../processes/janitor';
import { supervise } from '../processes/supervised';
import { TwinError } from '../twin-error';

export interface TwinDatabase {
  readonly port: number;
  /** Whether the server's process runs. */
  alive(): boolean;
  /** Opens a connection pool of a role; the caller closes it. */
  open(user: 'rempart_application' | 'rempart_maintenance', connections?: number): Database;
  /** Queries as the superuser, who reads all sites; for the status page and the final comparison. */
  look<R extends object>(text: string, values?: readonly unknown[]): Promise<R[]>;
  /** Shuts the server down, ending every connection, and starts it again after `milliseconds`, as a failover does. */
  restart(milliseconds: number): Promise<void>;
  /** Ends the server without a shutdown and starts it again after `milliseconds`; it then recovers from its log. */
  crash(milliseconds: number): Promise<void>;
  stop(): Promise<void>;
}

export interface DatabasePlace {
  /** The twin's folder; the data is below it. */
  readonly folder: string;
  /** Whether the data is retained: writes then go to the disk. */
  readonly keep: boolean;
  readonly janitor: Janitor;
  /** Aborts a start. */
  readonly signal: AbortSignal;
  /** Called if the server cannot be restarted. */
  readonly lost: (error: unknown) => void;
}

/** The folder of PostgreSQL's files. */
export const databaseFolder = (folder: string): string => join(folder, 'database');

/** Longest shutdown of the server, in seconds. */
const stopSeconds = 20;

export async function startDatabase(place: DatabasePlace): Promise<TwinDatabase> {
  const port = await freePort();
  await mkdir(databaseFolder(place.folder), { recursive: true, mode: 0o755 });
  const shutDown = (child: Child) => child.stop('stdin', stopSeconds);
  const server = await supervise(() => startServer({ ...place, port }), place.lost);
  try {
    const contextKey = await contextKeyIn(place.folder);
    await bringUpToDate(port, contextKey);
    const superuser = superuserConnection(port);
    return {
      port,
      alive: server.alive,
      look: superuser.look,
      open: (user, connections = 2) => openDatabase(port, user, contextKey, connections),
      restart: (milliseconds) => server.away(milliseconds, shutDown),
      crash: (milliseconds) => server.away(milliseconds, crash),
      async stop() {
        await superuser.close();
        await server.stop(shutDown);
      },
    };
  } catch (error) {
    await server.stop(shutDown);
    throw error;
  }
}

/** PostgreSQL's immediate shutdown ("Shutting Down the Server"): a crash that also ends the child processes. */
function crash(child: Child): Promise<string> {
  const pid = Number(child.ready.pid);
  if (pid > 1) process.kill(pid, 'SIGQUIT');
  return pid > 1 ? child.gone : child.stop('stdin', stopSeconds);
}

async function startServer(place: DatabasePlace & { readonly port: number }): Promise<Child> {
  const { folder, keep, port, janitor, signal } = place;
  const script = require.resolve('../../local-database/server-process.ts');
  // Committed data must survive the end of the server; only a retained folder must also survive a crash of the
  // machine.
  const durable = ['synchronous_commit=on', ...(keep ? ['fsync=on', 'full_page_writes=on'] : [])];
  try {
    return await startChild({
      name: 'database',
      args: [...programArguments(script), '--folder', databaseFolder(folder), '--port', String(port), ...durable],
      ready: (line) => line.port === port,
      janitor,
      signal,
    });
  } catch (error) {
    throw error instanceof TwinError ? new TwinError(explainFailure(error.message)) : error;
  }
}

/** The error of PostgreSQL or its installer, with advice. */
export function explainFailure(message: string): string {
  const hints: readonly (readonly [RegExp, string])[] = [
    [
      /Failed to create and initialize a new user/,
      'PostgreSQL does not run as root: add a user (useradd postgres), or start the twin as another user',
    ],
    [/cannot be run as root|run as a root user/, 'PostgreSQL does not run as root: start the twin as another user'],
    [/No space left|ENOSPC/, 'no space left on the disk: free some space, or choose another folder with --folder'],
    [/shared memory/, 'no shared memory left: end other servers, or raise the limits of the machine'],
    [
      /EACCES|EPERM|[Pp]ermission denied/,
      'the user of the server cannot access the folder or the programs of node_modules: check both, or choose another --folder',
    ],
    [
      /pre-existing shared memory block|lock file "postmaster.pid" already exists/,
      'another server uses the folder: end it, or choose another --folder',
    ],
  ];
  const hint = hints.find(([pattern]) => pattern.test(message))?.[1];
  return hint === undefined ? message : `${message}\n${hint}`;
}

/**
 * The key of site contexts, which is in Secrets Manager in a deployed stack: created once and stored in the folder.
 */
export async function contextKeyIn(folder: string): Promise<ContextKey> {
  const file = join(folder, 'context-key.json');
  if (existsSync(file)) return parseContextKey(await readFile(file, 'utf8'));
  const secret = JSON.stringify({ version: 1, key: randomBytes(32).toString('base64') });
  await writeFile(file, secret, { mode: 0o600 });
  return parseContextKey(secret);
}

const connect = (port: number, user: string, database: string): Promise<DirectConnection> =>
  connectDirectly({ host: '127.0.0.1', port, user, database, credentials: { password: localPassword }, tls: 'off' });

/** The same migrations and roles as the deployed database, by a master user like Aurora's. */
async function bringUpToDate(port: number, contextKey: ContextKey): Promise<void> {
  const superuser = await connect(port, 'postgres', 'postgres');
  try {
    await createMaster(superuser);
    const { rows: databases } = await superuser.query("select from pg_database where datname = 'rempart'");
    if (databases.length === 0) await superuser.query(`create database rempart owner ${masterUser}`);
    const master = await connect(port, masterUser, 'rempart');
    try {
      await migrate(master, migrationsFolder);
      await settle(master, { environment: 'development', cluster: 'cluster-TWIN', contextKey });
    } finally {
      await master.end();
    }
    await setTokenPasswords(superuser);
  } finally {
    await superuser.end();
  }
}

/** Opens a connection pool of a role to the database at a port of this machine. */
export function openDatabase(
  port: number,
  user: 'rempart_application' | 'rempart_maintenance',
  contextKey: ContextKey,
  connections: number,
): Database {
  const address = { host: '127.0.0.1', port, database: 'rempart', user, credentials: { password: localPassword }, tls: 'off' } as const;
  return new Database({ ...address, connections, contextKey: async () => contextKey });
}

/** One connection of the superuser, opened again after an error. */
export function superuserConnection(port: number) {
  let connection: Promise<DirectConnection> | undefined;
  const drop = async () => {
    const dropped = connection;
    connection = undefined;
    await dropped?.then((client) => client.end()).catch(() => undefined);
  };
  return {
    async look<R extends object>(text: string, values: readonly unknown[] = []): Promise<R[]> {
      connection ??= connect(port, 'postgres', 'rempart');
      try {
        return (await (await connection).query<R>(text, [...values])).rows;
      } catch (error) {
        void drop();
        throw error;
      }
    },
    close: drop,
  };
}

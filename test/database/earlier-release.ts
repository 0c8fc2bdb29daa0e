// The database of an earlier release, which a deployment migrates.
import { cp, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Client } from 'pg';
import { migrate } from '../../lambda/database/migrations/migrate';
import { emptyDatabase, migrationsFolder } from '../../tools/local-database/rempart';
import { type LocalServer, startServer } from '../../tools/local-database/server';

export interface EarlierRelease {
  readonly server: LocalServer;
  /** Migrates. */
  readonly admin: Client;
  readonly superuser: Client;
  close(): Promise<void>;
}

/** Starts a server whose database has the migrations up to a number, as in `0016`. */
export async function startEarlierRelease(last: string): Promise<EarlierRelease> {
  const server = await startServer();
  const folder = await mkdtemp(join(tmpdir(), 'rempart-migrations-'));
  for (const file of await readdir(migrationsFolder))
    if (file.slice(0, 4) <= last) await cp(join(migrationsFolder, file), join(folder, file));
  const admin = await emptyDatabase(server);
  await migrate(admin, folder);
  const superuser = await server.connect('postgres', 'rempart');
  return {
    ...{ server, admin, superuser },
    close: async () => {
      await server.close();
      await rm(folder, { recursive: true });
    },
  };
}

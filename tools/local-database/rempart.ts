// A server with the real migrations and the real roles, and the two doors that functions use.
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { migrate } from '../../lambda/database/migrations/migrate';
import { type Environment, settle } from '../../lambda/database/migrations/settle';
import { Database, type DatabaseOptions } from '../../runtime/database';
import type { DirectConnection } from '../../runtime/database-connection';
import { type SiteId, siteId } from '../../runtime/site';
import { type ContextKey, proveContext } from '../../runtime/site-context';
import { localPassword, makeMaster, makeTokens, masterUser } from './aurora';
import { type LocalServer, startServer } from './server';

export const migrationsFolder = join(__dirname, '../../database/migrations');

export interface LocalDatabase {
  readonly server: LocalServer;
  readonly contextKey: ContextKey;
  /** The server's superuser: sees and changes everything, as no role of ours does. For arranging and checking. */
  readonly superuser: DirectConnection;
  /** Another door, which is closed with the server. */
  open(user: string, options?: Partial<DatabaseOptions>): Database;
  /** The door of the application, with four connections. */
  readonly application: Database;
  /** The door of upkeep. */
  readonly maintenance: Database;
  /** Makes a site and gives its id. */
  createSite(key: string): Promise<SiteId>;
  close(): Promise<void>;
}

/** Makes a database of the master user and signs in as it. */
export async function emptyDatabase(server: LocalServer, name = 'rempart'): Promise<DirectConnection> {
  const superuser = await server.connect('postgres', 'postgres');
  await makeMaster(superuser);
  await superuser.query(`create database ${name} owner ${masterUser}`);
  await superuser.end();
  return server.connect(masterUser, name);
}

export async function startDatabase(environment: Environment = 'development', ...settings: string[]): Promise<LocalDatabase> {
  const server = await startServer(...settings);
  const contextKey = { version: 1, key: randomBytes(32) };
  const migrating = await emptyDatabase(server);
  await migrate(migrating, migrationsFolder);
  await migrating.end();
  // A sign-in of its own: what the migrations did must not keep the master user out.
  const settling = await server.connect(masterUser, 'rempart');
  await settle(settling, { environment, cluster: 'cluster-LOCAL', contextKey });
  const superuser = await server.connect('postgres', 'rempart');
  await makeTokens(superuser);

  const doors: Database[] = [];
  const open: LocalDatabase['open'] = (user, options = {}) => {
    const address = {
      host: '127.0.0.1',
      port: server.port,
      database: 'rempart',
      user,
      credentials: { password: localPassword },
      tls: 'off',
    } as const;
    const door = new Database({ ...address, contextKey: async () => contextKey, ...options });
    doors.push(door);
    return door;
  };
  const maintenance = open('rempart_maintenance');
  return {
    server,
    contextKey,
    superuser,
    open,
    application: open('rempart_application'),
    maintenance,
    async createSite(key) {
      const [id] = await maintenance.upkeep('createSite', key, `Site ${key}`, false, 'test', 'jest');
      return siteId(id);
    },
    async close() {
      await Promise.all(doors.map((door) => door.close()));
      await server.close();
    },
  };
}

/** Who acts here. */
export const tester = { name: 'tester', from: '192.0.2.1', doing: 'test' };

/** Opens a genuine context on a bare connection, as `withSite` does, and gives its proof. */
export async function enterSite(client: DirectConnection, key: ContextKey, site: SiteId): Promise<string> {
  await client.query('begin');
  const proof = proveContext(key, (await client.query('select rempart.transaction_mark() as mark')).rows[0].mark, site, tester);
  const { name, from, doing } = tester;
  await client.query('select rempart.enter($1, $2, $3, $4, $5, $6, $7)', [site, name, from, doing, 'done', null, proof]);
  return proof;
}

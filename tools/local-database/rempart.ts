// A server with the real migrations and roles, and the two connection pools of the functions.
import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { chmod, mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { migrate } from '../../lambda/database/migrations/migrate';
import { type Environment, settle } from '../../lambda/database/migrations/settle';
import { Database, type DatabaseOptions } from '../../runtime/database';
import type { DirectConnection } from '../../runtime/database-connection';
import { type SiteId, siteId } from '../../runtime/site';
import { type ContextKey, proveContext } from '../../runtime/site-context';
import { createMaster, localPassword, masterUser, setTokenPasswords } from './aurora';
import { keepTemplate, migratedTemplate } from './data-template';
import { type LocalServer, startServer } from './server';

export const migrationsFolder = join(__dirname, '../../database/migrations');

export interface LocalDatabase {
  readonly server: LocalServer;
  readonly contextKey: ContextKey;
  /**
   * The superuser of the server, who reads and changes all rows, unlike any role of the deployment. For set-up and
   * checks.
   */
  readonly superuser: DirectConnection;
  /** Opens another connection pool, which is closed with the server. */
  open(user: string, options?: Partial<DatabaseOptions>): Database;
  /** The pool of the application, with four connections. */
  readonly application: Database;
  /** The pool of upkeep. */
  readonly maintenance: Database;
  /** Creates a site and returns its id. */
  createSite(key: string): Promise<SiteId>;
  close(): Promise<void>;
}

/** Creates a database of the master user and signs in as this user. */
export async function emptyDatabase(server: LocalServer, name = 'rempart'): Promise<DirectConnection> {
  const superuser = await server.connect('postgres', 'postgres');
  await createMaster(superuser);
  await superuser.query(`create database ${name} owner ${masterUser}`);
  await superuser.end();
  return server.connect(masterUser, name);
}

/** A server with the migrations: from a template if there is one, or a place for one. */
async function migratedServer(settings: readonly string[]): Promise<LocalServer> {
  const template = migratedTemplate();
  if (template === undefined) return migrated(await startServer(...settings));
  if (!existsSync(template)) await makeTemplate(template);
  return startServer('--template', template, ...settings);
}

async function migrated(server: LocalServer): Promise<LocalServer> {
  const migrating = await emptyDatabase(server);
  await migrate(migrating, migrationsFolder);
  await migrating.end();
  return server;
}

async function makeTemplate(template: string): Promise<void> {
  const folder = `${template}.made.${process.pid}`;
  await mkdir(folder, { recursive: true });
  await chmod(folder, 0o755);
  const server = await migrated(await startServer('--folder', folder));
  await server.close();
  await keepTemplate(join(folder, 'data'), template);
  await rm(folder, { recursive: true, force: true });
}

export async function startDatabase(environment: Environment = 'development', ...settings: string[]): Promise<LocalDatabase> {
  const server = await migratedServer(settings);
  const contextKey = { version: 1, key: randomBytes(32) };
  // A separate sign-in: the migrations must not prevent sign-ins of the master user.
  const settling = await server.connect(masterUser, 'rempart');
  await settle(settling, { environment, cluster: 'cluster-LOCAL', contextKey });
  const superuser = await server.connect('postgres', 'rempart');
  await setTokenPasswords(superuser);

  const pools: Database[] = [];
  const open: LocalDatabase['open'] = (user, options = {}) => {
    const address = {
      host: '127.0.0.1',
      port: server.port,
      database: 'rempart',
      user,
      credentials: { password: localPassword },
      tls: 'off',
    } as const;
    const pool = new Database({ ...address, contextKey: async () => contextKey, ...options });
    pools.push(pool);
    return pool;
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
      await Promise.all(pools.map((pool) => pool.close()));
      await server.close();
    },
  };
}

/** Actor of tests and benchmarks. */
export const tester = { name: 'tester', from: '192.0.2.1', doing: 'test' };

/** Opens a site context on a plain connection, as `withSite` does, and returns its proof. */
export async function enterSite(client: DirectConnection, key: ContextKey, site: SiteId): Promise<string> {
  await client.query('begin');
  const proof = proveContext(key, (await client.query('select rempart.transaction_mark() as mark')).rows[0].mark, site, tester);
  const { name, from, doing } = tester;
  await client.query('select rempart.enter($1, $2, $3, $4, $5, $6, $7)', [site, name, from, doing, 'done', null, proof]);
  return proof;
}

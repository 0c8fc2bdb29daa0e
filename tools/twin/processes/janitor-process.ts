// Waits until the twin has ended in any way; then ends its remaining processes and removes its temporary folder.
//
// A pipe closes at every end of the process at its other side, a kill included.
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout } from 'node:timers/promises';

const [database = '', temporary] = process.argv.slice(2);
const watched = new Set<number>();
/** Milliseconds for parts to end by themselves, as they do when their own pipe closes. */
const grace = 8000;
const pause = 50;

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return !isZombie(pid);
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

/** Ended, and not reaped by its parent, which in a container may never happen ("/proc/pid/stat", proc(5), field 3). */
function isZombie(pid: number): boolean {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return text.slice(text.lastIndexOf(')') + 2).startsWith('Z');
  } catch {
    return false;
  }
}

const livingProcesses = () => [...watched].filter(isAlive);

function end(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // The process ended meanwhile.
  }
}

/**
 * PostgreSQL's own process, whose parent is not the twin, from the first line of its lock file ("postmaster.pid").
 * After a crash the file in a kept folder may name an id that another program has now: the process counts if its
 * command line names the folder.
 */
async function watchDatabase(): Promise<void> {
  const folder = join(database, 'data');
  const text = await readFile(join(folder, 'postmaster.pid'), 'utf8').catch(() => '');
  const pid = Number.parseInt(text, 10);
  if (pid > 1 && (await commandOf(pid)).includes(folder)) watched.add(pid);
}

/** The command line of a process, from /proc or from ps(1). */
async function commandOf(pid: number): Promise<string> {
  if (process.platform === 'linux') return readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
  return new Promise((resolve) => execFile('ps', ['-o', 'args=', '-p', String(pid)], (_, output) => resolve(output ?? '')));
}

async function cleanUp(): Promise<void> {
  for (let waited = 0; livingProcesses().length > 0 && waited < grace; waited += pause) await setTimeout(pause);
  // PostgreSQL has ended by now, unless the process that ends it was killed.
  await watchDatabase();
  // SIGQUIT is PostgreSQL's immediate shutdown: its own children end too ("Shutting Down the Server").
  for (const pid of livingProcesses()) end(pid, 'SIGQUIT');
  for (let waited = 0; livingProcesses().length > 0 && waited < 2000; waited += pause) await setTimeout(pause);
  for (const pid of livingProcesses()) end(pid, 'SIGKILL');
  if (temporary) await rm(temporary, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
}

createInterface({ input: process.stdin })
  .on('line', (line) => {
    const pid = Number(line.slice(1));
    if (line.startsWith('+')) watched.add(pid);
    else watched.delete(pid);
  })
  .once('close', () => void cleanUp());

// Waits until the twin is gone, however it ended; then sees its processes end and removes its temporary folder.
//
// A pipe that closes tells of every end of the process at its other side, a kill included.
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout } from 'node:timers/promises';

const [database = '', temporary] = process.argv.slice(2);
const watched = new Set<number>();
/** Milliseconds that parts have to end by themselves, as they do when their own pipe closes. */
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

/** Ended, and not yet taken note of by its parent, which in a container may never do so ("/proc/pid/stat", proc(5), field 3). */
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
    // It ended meanwhile.
  }
}

/**
 * PostgreSQL's own process, whose parent is not the twin: as the first line of its lock file names it ("postmaster.pid"). A file that
 * a crash left in a kept folder may name what is another program's number by now: it counts if it is told of the folder.
 */
async function noteDatabase(): Promise<void> {
  const folder = join(database, 'data');
  const text = await readFile(join(folder, 'postmaster.pid'), 'utf8').catch(() => '');
  const pid = Number.parseInt(text, 10);
  if (pid > 1 && (await commandOf(pid)).includes(folder)) watched.add(pid);
}

/** The command line of a process; of the system's files where it has some, else of ps(1). */
async function commandOf(pid: number): Promise<string> {
  if (process.platform === 'linux') return readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
  return new Promise((resolve) => execFile('ps', ['-o', 'args=', '-p', String(pid)], (_, output) => resolve(output ?? '')));
}

async function clearAway(): Promise<void> {
  for (let waited = 0; livingProcesses().length > 0 && waited < grace; waited += pause) await setTimeout(pause);
  // Gone by now, unless what should have ended it was killed.
  await noteDatabase();
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
  .once('close', () => void clearAway());

// The janitor ends the remaining processes of the twin, and no other.
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startJanitor } from '../../../../tools/twin/processes/janitor';

let database = '';
interface Sleeper {
  readonly child: ChildProcess;
  readonly pid: number;
  readonly ended: Promise<string>;
}
const children: Sleeper[] = [];

/** A sleeping process, with these arguments after its own. */
function sleeper(...args: string[]): Sleeper {
  const child = spawn(process.execPath, ['-e', 'setTimeout(() => undefined, 60_000)', '--', ...args], { stdio: 'ignore' });
  const ended = new Promise<string>((resolve) => child.once('exit', (code, signal) => resolve(signal ?? String(code))));
  const started = { child, pid: child.pid ?? 0, ended };
  children.push(started);
  return started;
}

/** The first lines of PostgreSQL's lock file: its process id and its folder ("postmaster.pid"). */
const writeLock = (pid: number) => writeFileSync(join(database, 'data', 'postmaster.pid'), `${pid}\n${join(database, 'data')}\n`);

beforeEach(() => {
  database = mkdtempSync(join(tmpdir(), 'rempart-janitor-'));
  mkdirSync(join(database, 'data'));
});
afterEach(() => {
  for (const { child } of children.splice(0)) child.kill('SIGKILL');
  rmSync(database, { recursive: true, force: true });
});

test('the server of the twin is ended if the process that ends it was killed', async () => {
  const server = sleeper('-D', join(database, 'data'));
  writeLock(server.pid);
  await startJanitor(undefined, database).dismiss();
  expect(await server.ended).toBe('SIGQUIT');
});

test('another process with the id of an earlier server is not ended', async () => {
  const other = sleeper();
  writeLock(other.pid);
  await startJanitor(undefined, database).dismiss();
  expect(other.child.exitCode ?? other.child.signalCode).toBeNull();
});

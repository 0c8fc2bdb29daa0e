// The janitor ends what the twin left, and nothing else.
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

/** A process that sleeps, with these arguments behind its own. */
function sleeper(...args: string[]): Sleeper {
  const child = spawn(process.execPath, ['-e', 'setTimeout(() => undefined, 60_000)', '--', ...args], { stdio: 'ignore' });
  const ended = new Promise<string>((resolve) => child.once('exit', (code, signal) => resolve(signal ?? String(code))));
  const started = { child, pid: child.pid ?? 0, ended };
  children.push(started);
  return started;
}

/** What PostgreSQL writes first: its process id and its folder ("postmaster.pid"). */
const writeLock = (pid: number) => writeFileSync(join(database, 'data', 'postmaster.pid'), `${pid}\n${join(database, 'data')}\n`);

beforeEach(() => {
  database = mkdtempSync(join(tmpdir(), 'rempart-janitor-'));
  mkdirSync(join(database, 'data'));
});
afterEach(() => {
  for (const { child } of children.splice(0)) child.kill('SIGKILL');
  rmSync(database, { recursive: true, force: true });
});

test('the server of the twin is ended, when what should have ended it was killed', async () => {
  const server = sleeper('-D', join(database, 'data'));
  writeLock(server.pid);
  await startJanitor(undefined, database).dismiss();
  expect(await server.ended).toBe('SIGQUIT');
});

test('a process that got the number of a server that is long gone is left alone', async () => {
  const other = sleeper();
  writeLock(other.pid);
  await startJanitor(undefined, database).dismiss();
  expect(other.child.exitCode ?? other.child.signalCode).toBeNull();
});

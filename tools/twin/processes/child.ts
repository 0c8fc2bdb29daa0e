// A part of the twin that is a process of its own: started, waited for until it is ready, and ended, whatever happens to the twin.
import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { TwinError } from '../twin-error';
import type { Janitor } from './janitor';

/** What a part prints: one JSON object a line. */
export type Line = Readonly<Record<string, unknown>>;

export interface ChildOptions {
  /** The part's name in messages. */
  readonly name: string;
  /** Node's arguments: a script and its own. */
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** Whether a line says that the part is ready. */
  readonly ready: (line: Line) => boolean;
  readonly janitor: Janitor;
  /** Ends the start. */
  readonly signal?: AbortSignal;
}

/** Seconds in which a part must be ready; a slow machine needs a tenth of it. */
const startSeconds = 60;
/** Characters of what a part wrote before it ended that are shown. */
const shownErrors = 2000;

export interface Child {
  readonly pid: number;
  /** The line that said that it is ready. */
  readonly ready: Line;
  /** Resolves when the process is gone, with how it ended. */
  readonly gone: Promise<string>;
  readonly alive: () => boolean;
  /** Hears of every later line. */
  onLine(listener: (line: Line) => void): void;
  /** Asks it to end, by closing its standard input or by SIGTERM, and kills it when it has not after `seconds`. Gives how it ended. */
  stop(by: 'stdin' | 'SIGTERM', seconds: number): Promise<string>;
  /** Ends it at once (SIGKILL), as a crash would. */
  kill(): Promise<string>;
}

/** Starts a process and waits until it is ready. @throws TwinError when it ends before, with what it wrote, or is not ready in time */
export async function startChild({ name, args, env = {}, ready, janitor, signal }: ChildOptions): Promise<Child> {
  signal?.throwIfAborted();
  // In a process group of its own: Ctrl-C in a terminal goes to the whole group, and parts are stopped in order, by the twin.
  const child = spawn(process.execPath, [...args], {
    stdio: ['pipe', 'pipe', 'pipe'],
    detached: true,
    env: { ...process.env, AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true', ...env },
  });
  const started = observe(name, child, janitor);
  try {
    return { ...started.child, ready: await firstReady(name, started, ready, signal) };
  } catch (error) {
    await started.child.stop('stdin', 10);
    throw error;
  }
}

interface Observed {
  readonly child: Omit<Child, 'ready'>;
  readonly errors: () => string;
}

function observe(name: string, child: ChildProcess, janitor: Janitor): Observed {
  let errors = '';
  child.stderr?.on('data', (chunk) => {
    errors = `${errors}${chunk}`.slice(-shownErrors);
  });
  // A process that is gone takes no more input; its end is told by `gone`.
  child.stdin?.on('error', () => undefined);
  let ended = false;
  const gone = new Promise<string>((resolve) => {
    child.once('error', (error) => {
      errors += error.message;
      ended = true;
      resolve(`could not be started: ${error.message}`);
    });
    child.once('close', (code, by) => {
      ended = true;
      if (child.pid !== undefined) janitor.forget(child.pid);
      resolve(by ? `was ended by ${by}` : `ended with exit code ${code}`);
    });
  });
  if (child.pid !== undefined) janitor.watch(child.pid);
  return { child: handleOf(name, child, gone, () => !ended), errors: () => errors.trim() };
}

function handleOf(name: string, child: ChildProcess, gone: Promise<string>, alive: () => boolean): Omit<Child, 'ready'> {
  const listeners = new Set<(line: Line) => void>();
  if (child.stdout) {
    createInterface({ input: child.stdout }).on('line', (text) => {
      const line = parseLine(text);
      for (const listener of listeners) listener(line);
    });
  }
  return {
    pid: child.pid ?? 0,
    gone,
    alive,
    onLine: (listener) => void listeners.add(listener),
    async stop(by, seconds) {
      if (!alive()) return gone;
      if (by === 'SIGTERM') child.kill('SIGTERM');
      else child.stdin?.end();
      const timer = setTimeout(() => child.kill('SIGKILL'), seconds * 1000);
      const how = await gone;
      clearTimeout(timer);
      return `${name} ${how}`;
    },
    kill() {
      child.kill('SIGKILL');
      return gone;
    },
  };
}

function parseLine(text: string): Line {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null) return value as Line;
  } catch {
    // Told as text below: a part may print what is no JSON.
  }
  return { text };
}

function firstReady(name: string, { child, errors }: Observed, ready: (line: Line) => boolean, signal?: AbortSignal): Promise<Line> {
  return new Promise((resolve, reject) => {
    const said: string[] = [];
    const fail = (got: string) => {
      const words = [errors(), ...said.slice(-5)].filter(Boolean).join('\n');
      reject(new TwinError(`${name}: expected it to start, got one that ${got}${words ? `:\n${words}` : ''}`));
    };
    const timer = setTimeout(() => fail(`is not ready after ${startSeconds} s; see what keeps this machine busy`), startSeconds * 1000);
    const abort = () => reject(signal?.reason);
    signal?.addEventListener('abort', abort, { once: true });
    const over = () => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', abort);
    };
    child.onLine((line) => {
      said.push(JSON.stringify(line));
      if (!ready(line)) return;
      over();
      resolve(line);
    });
    void child.gone.then((how) => {
      over();
      fail(how);
    });
  });
}

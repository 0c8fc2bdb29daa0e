// A part of the twin in a process of its own: starts it, waits until it is ready, and ends it, whatever happens to the
// twin.
import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { TwinError } from '../twin-error';
import type { Janitor } from './janitor';

/** A line of a part's output: one JSON object. */
export type Line = Readonly<Record<string, unknown>>;

export interface ChildOptions {
  /** The part's name in messages. */
  readonly name: string;
  /** Arguments of Node: a script and its arguments. */
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** Whether a line reports that the part is ready. */
  readonly ready: (line: Line) => boolean;
  readonly janitor: Janitor;
  /** Aborts the start. */
  readonly signal?: AbortSignal;
}

/** Seconds in which a part must be ready; even a slow machine needs only a tenth of it. */
const startSeconds = 60;
/** Most characters of a part's error output in a message. */
const shownErrors = 2000;

export interface Child {
  readonly pid: number;
  /** The line that reported that the part is ready. */
  readonly ready: Line;
  /** Resolves when the process has ended, to a description of its end. */
  readonly gone: Promise<string>;
  readonly alive: () => boolean;
  /** Adds a listener for every later line. */
  onLine(listener: (line: Line) => void): void;
  /**
   * Closes its standard input or sends SIGTERM, and kills it after `seconds`. Resolves to a description of its end.
   */
  stop(by: 'stdin' | 'SIGTERM', seconds: number): Promise<string>;
  /** Ends it at once (SIGKILL), like a crash. */
  kill(): Promise<string>;
}

/**
 * Starts a process and waits until it is ready.
 * @throws TwinError with its output, if it ends before or is not ready in time
 */
export async function startChild({ name, args, env = {}, ready, janitor, signal }: ChildOptions): Promise<Child> {
  signal?.throwIfAborted();
  // In a process group of its own: a terminal sends Ctrl-C to the whole group, but the twin stops its parts in order.
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
  // A process that has ended reads no input; `gone` reports its end.
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
    // Returned as text below: a part may print lines that are no JSON.
  }
  return { text };
}

function firstReady(name: string, { child, errors }: Observed, ready: (line: Line) => boolean, signal?: AbortSignal): Promise<Line> {
  return new Promise((resolve, reject) => {
    const printed: string[] = [];
    const fail = (got: string) => {
      const output = [errors(), ...printed.slice(-5)].filter(Boolean).join('\n');
      reject(new TwinError(`${name}: expected it to start, got a process that ${got}${output ? `:\n${output}` : ''}`));
    };
    const timer = setTimeout(() => fail(`is not ready after ${startSeconds} s; check the load of this machine`), startSeconds * 1000);
    const abort = () => reject(signal?.reason);
    signal?.addEventListener('abort', abort, { once: true });
    const settle = () => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', abort);
    };
    child.onLine((line) => {
      printed.push(JSON.stringify(line));
      if (!ready(line)) return;
      settle();
      resolve(line);
    });
    void child.gone.then((how) => {
      settle();
      fail(how);
    });
  });
}

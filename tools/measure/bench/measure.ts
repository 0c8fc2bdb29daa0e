// Measures the cost of a command: wall time, and CPU time of its whole process tree.
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

export interface Cost {
  /** Wall time in seconds. */
  readonly wall: number;
  /** CPU seconds, user and system, of the command and of all descendants that it waited for. */
  readonly cpu: number;
}

export interface Measurement extends Cost {
  readonly status: number;
  /** Output of the command. */
  readonly output: string;
}

export interface Command {
  readonly command: string;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
}

/**
 * Runs the command with its output in the file `log`. Node has no CPU times of children; `times` of every POSIX shell
 * prints them.
 */
export function measure({ command, args, cwd, env }: Command, log: string): Measurement {
  const script = 'log=$1; shift; "$@" >"$log" 2>&1; status=$?; times; exit $status';
  const start = performance.now();
  const { status, stdout, error } = spawnSync('sh', ['-c', script, 'sh', log, command, ...args], { cwd, env, encoding: 'utf8' });
  const wall = (performance.now() - start) / 1000;
  if (error) throw error;
  return { wall, cpu: childSeconds(stdout), status: status ?? 1, output: readFileSync(log, 'utf8') };
}

/** The sum of the second line of `times`, which is for the children, as in `0m1.230s 0m0.310s`. */
export function childSeconds(times: string): number {
  const children = times.trim().split('\n').at(-1) ?? '';
  const parts = [...children.matchAll(/(\d+)m([\d.,]+)s/g)];
  if (parts.length !== 2) throw new Error(`times: expected two times as in 0m1.23s, got '${children}'; is sh a POSIX shell?`);
  return parts.reduce((sum, [, minutes, seconds]) => sum + Number(minutes) * 60 + Number(seconds?.replace(',', '.')), 0);
}

export interface Spread {
  readonly min: number;
  readonly median: number;
  readonly max: number;
}

/** Minimum, median and maximum of at least one value. */
export function spread(values: readonly number[]): Spread {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (index: number): number => sorted[index] ?? Number.NaN;
  const middle = (sorted.length - 1) / 2;
  return { min: at(0), median: (at(Math.floor(middle)) + at(Math.ceil(middle))) / 2, max: at(sorted.length - 1) };
}

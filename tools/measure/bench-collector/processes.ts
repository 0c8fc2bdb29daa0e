// Pins processes to a core, and reads their CPU time from the kernel.
import { execFileSync, spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';

/** Ticks of /proc/<pid>/stat a second: USER_HZ, which is 100 on every Linux that Node runs on (proc(5), time(7)). */
const ticksPerSecond = 100;

/** Binds processes with their threads to a core; threads and children that they start later are bound too. */
export function pin(pids: readonly number[], core: number): void {
  for (const pid of pids) execFileSync('taskset', ['-a', '-c', '-p', String(core), String(pid)], { stdio: 'ignore' });
}

/** CPU seconds that the processes have used, in user mode and in the kernel. */
export function cpuSeconds(pids: readonly number[]): { user: number; system: number } {
  const total = { user: 0, system: 0 };
  for (const pid of pids) {
    // The program's name may contain spaces; it ends with the last parenthesis.
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
      .replace(/^.*\) /s, '')
      .split(' ');
    total.user += Number(fields[11]) / ticksPerSecond;
    total.system += Number(fields[12]) / ticksPerSecond;
  }
  return total;
}

/** The children of a process. */
export function childrenOf(pid: number): number[] {
  return readdirSync(`/proc/${pid}/task`).flatMap((task) =>
    readFileSync(`/proc/${pid}/task/${task}/children`, 'utf8').split(' ').filter(Boolean).map(Number),
  );
}

/** Whether a program is on the path. */
export const isInstalled = (program: string, flag: string): boolean => spawnSync(program, [flag], { stdio: 'ignore' }).error === undefined;

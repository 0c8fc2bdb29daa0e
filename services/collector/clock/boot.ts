// Ages across restarts of the program: by the clock of the boot, which cannot be set; across boots by the time of day.
import { readFileSync } from 'node:fs';

/** A boot of the machine. */
export interface Boot {
  /** Eight hexadecimal digits that distinguish boots; undefined where the system has none. */
  readonly id: string | undefined;
  /** Milliseconds of a clock that all processes of the boot share (clock_gettime(2), CLOCK_MONOTONIC). */
  readonly now: () => number;
  /** Milliseconds since 1970, the only time that boots share. It can be set. */
  readonly wall: () => number;
}

/** The boot of this machine (Linux kernel, admin-guide/sysctl/kernel, "random": boot_id). */
export function machineBoot(file = '/proc/sys/kernel/random/boot_id'): Boot {
  return { id: readId(file), now: () => Number(process.hrtime.bigint() / 1_000_000n), wall: () => Date.now() };
}

function readId(file: string): string | undefined {
  try {
    return /^[0-9a-f]{8}/.exec(readFileSync(file, 'utf8'))?.[0];
  } catch {
    return undefined;
  }
}

// Waits for a condition, with a time limit for slow machines.
import { setTimeout as sleep } from 'node:timers/promises';

/** Waits until `condition` gives something, and gives it. */
export async function until<T>(
  condition: () => T | Promise<T>,
  what: string,
  milliseconds = 30_000,
): Promise<Exclude<T, false | null | undefined>> {
  for (const end = Date.now() + milliseconds; Date.now() < end; await sleep(20)) {
    const value = await condition();
    if (value) return value as Exclude<T, false | null | undefined>;
  }
  throw new Error(`expected ${what} within ${milliseconds} ms`);
}

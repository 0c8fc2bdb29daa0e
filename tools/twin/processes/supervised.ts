// A supervised process: restarted after it ended by itself, as systemd does on a server, or after a planned absence.
import { setTimeout } from 'node:timers/promises';
import type { Child } from './child';

export interface Supervised {
  /** The current process, or the last one. */
  current(): Child;
  alive(): boolean;
  /** Ends it with `how`, restarts it after `milliseconds`, and waits until it is ready. */
  away(milliseconds: number, how: (child: Child) => Promise<unknown>): Promise<void>;
  /** Ends it for good, after a pending start. */
  stop(how: (child: Child) => Promise<unknown>): Promise<void>;
}

/** Milliseconds between an unplanned end and the next start, and between two failed starts. */
const pause = 1000;
const attempts = 5;

/**
 * Starts a process and keeps it running.
 *
 * @param launch starts it and waits until it is ready
 * @param lost is called if the process cannot be restarted
 */
export async function supervise(launch: () => Promise<Child>, lost: (error: unknown) => void): Promise<Supervised> {
  let stopping = false;
  let wanted = false;
  let child = await launch();
  let returning: Promise<void> | undefined;

  const restart = async (milliseconds: number): Promise<void> => {
    await setTimeout(milliseconds);
    for (let attempt = 1; !stopping; attempt++) {
      try {
        child = await launch();
        watch(child);
        return;
      } catch (error) {
        if (attempt === attempts) throw error;
        await setTimeout(pause);
      }
    }
  };
  const watch = (watched: Child): void => {
    void watched.gone.then(async () => {
      if (stopping || wanted || watched !== child) return;
      returning = restart(pause);
      await returning.catch(lost);
    });
  };
  watch(child);

  return {
    current: () => child,
    alive: () => child.alive(),
    async away(milliseconds, how) {
      await returning?.catch(() => undefined);
      if (stopping) return;
      wanted = true;
      try {
        await how(child);
        returning = restart(milliseconds);
        await returning;
      } finally {
        wanted = false;
      }
    },
    async stop(how) {
      stopping = true;
      await returning?.catch(() => undefined);
      if (child.alive()) await how(child);
    },
  };
}

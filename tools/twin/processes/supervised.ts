// A process that comes back: started again after it ended by itself, as systemd does on a server, or after it was made to.
import { setTimeout } from 'node:timers/promises';
import type { Child } from './child';

export interface Supervised {
  /** The process that runs, or ran last. */
  current(): Child;
  alive(): boolean;
  /** Ends it as `how` does, leaves it away for `milliseconds`, and waits until it is back. */
  away(milliseconds: number, how: (child: Child) => Promise<unknown>): Promise<void>;
  /** Ends it for good, after a start that is under way. */
  stop(how: (child: Child) => Promise<unknown>): Promise<void>;
}

/** Milliseconds between an end that nobody asked for and the next start, and between two starts that fail. */
const pause = 1000;
const attempts = 5;

/**
 * Starts a process and keeps it running.
 *
 * @param launch starts it and waits until it is ready
 * @param lost is told when it could not be started again
 */
export async function supervise(launch: () => Promise<Child>, lost: (error: unknown) => void): Promise<Supervised> {
  let stopping = false;
  let wanted = false;
  let child = await launch();
  let returning: Promise<void> | undefined;

  const comeBack = async (milliseconds: number): Promise<void> => {
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
      returning = comeBack(pause);
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
        returning = comeBack(milliseconds);
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

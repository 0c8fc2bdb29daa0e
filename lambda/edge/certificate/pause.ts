// Delays between attempts; tests replace them.
import { setTimeout } from 'node:timers/promises';

/** Resolves after the given number of milliseconds. */
export type Pause = (milliseconds: number) => Promise<void>;

export const pause: Pause = async (milliseconds) => {
  await setTimeout(milliseconds);
};

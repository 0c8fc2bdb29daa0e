// Waiting, as what waits asks for it.
import { setTimeout } from 'node:timers/promises';

/** Resolves after so many milliseconds. */
export type Pause = (milliseconds: number) => Promise<void>;

export const pause: Pause = async (milliseconds) => {
  await setTimeout(milliseconds);
};

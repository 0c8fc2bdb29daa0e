// Refreshes the directory again and again, one refresh at a time.
import type { LiveDirectory } from './live-directory';

/** Refreshes every `seconds` after the last refresh ended. Gives what stops it. */
export function keepFresh(directory: Pick<LiveDirectory, 'refresh'>, seconds: number): () => void {
  let timer: NodeJS.Timeout | undefined;
  let stopped = false;
  const next = () => {
    if (stopped) return;
    timer = setTimeout(() => void directory.refresh().finally(next), seconds * 1000);
    timer.unref();
  };
  next();
  return () => {
    stopped = true;
    clearTimeout(timer);
  };
}

// Refreshes the directory periodically, one refresh at a time.
import type { LiveDirectory } from './live-directory';

/** Starts each refresh `seconds` after the end of the last. Returns a function that stops it. */
export function refreshPeriodically(directory: Pick<LiveDirectory, 'refresh'>, seconds: number): () => void {
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

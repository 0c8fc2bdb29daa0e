// Memory of rows, and of work on them.
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

function used(): number {
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

/** What `make` returns, and the bytes that are kept for it: on the heap and in buffers. */
export function kept<T>(make: () => T): { readonly value: T; readonly bytes: number } {
  collect();
  const before = used();
  const value = make();
  collect();
  return { value, bytes: used() - before };
}

/** The largest resident size of this process so far, in bytes. */
export const largest = (): number => process.resourceUsage().maxRSS * 1024;

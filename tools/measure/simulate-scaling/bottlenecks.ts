// What held hits back in a run, and since when.
import type { PathLimit } from './path';

export type Limit = PathLimit | 'servers: capacity' | 'servers: disks full';

export interface Bottleneck {
  readonly limit: Limit;
  /** The first second. */
  readonly second: number;
  readonly seconds: number;
}

export class Bottlenecks {
  private readonly found = new Map<Limit, { second: number; seconds: number }>();

  held(second: number, limits: readonly Limit[]): void {
    for (const limit of limits) {
      const known = this.found.get(limit);
      if (known) known.seconds++;
      else this.found.set(limit, { second, seconds: 1 });
    }
  }

  /** The first comes first. */
  get all(): readonly Bottleneck[] {
    return [...this.found].map(([limit, times]) => ({ limit, ...times })).sort((one, other) => one.second - other.second);
  }
}

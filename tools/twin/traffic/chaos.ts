// Kills and restarts parts of the twin at random, one after the other; the same seed gives the same order.
import { setTimeout } from 'node:timers/promises';
import { randomNumbers } from '../../../lambda/database/generated-data/generate';
import type { TwinCollector } from '../parts/collector';
import type { TwinDatabase } from '../parts/database';
import type { TwinFunctions } from '../parts/functions';
import type { StandIn } from '../parts/stand-in';

export interface Breakable {
  readonly collector: Pick<TwinCollector, 'crash'>;
  readonly functions: Pick<TwinFunctions, 'crash'>;
  readonly stream: Pick<StandIn, 'restart'>;
  readonly archive: Pick<StandIn, 'restart'>;
  readonly database: Pick<TwinDatabase, 'restart' | 'crash'>;
}

export interface Incident {
  /** Description for the output. */
  readonly what: string;
  /** Milliseconds before it, and milliseconds without the part. */
  readonly after: number;
  readonly away: number;
  readonly run: (parts: Breakable, away: number) => Promise<void>;
}

/** Each kind with its share of all incidents, and the longest absence of the part in milliseconds. */
const kinds: readonly { readonly share: number; readonly what: string; readonly longest: number; readonly run: Incident['run'] }[] = [
  { share: 4, what: 'the collector is killed', longest: 1500, run: ({ collector }, away) => collector.crash(away) },
  { share: 2, what: 'the stream goes away', longest: 4000, run: ({ stream }, away) => stream.restart(away) },
  { share: 2, what: 'the functions are killed while they work', longest: 3000, run: ({ functions }, away) => functions.crash(away) },
  { share: 1, what: 'the database restarts', longest: 3000, run: ({ database }, away) => database.restart(away) },
  { share: 1, what: 'the database crashes', longest: 2000, run: ({ database }, away) => database.crash(away) },
  { share: 1, what: 'the archive goes away', longest: 3000, run: ({ archive }, away) => archive.restart(away) },
];

/** An endless sequence of incidents; each kind once, then at random. */
export function* incidents(seed: number): Generator<Incident, never> {
  const random = randomNumbers(seed ^ 0x5eed);
  const waiting = [...kinds];
  for (;;) {
    const [first] = waiting.length > 0 ? waiting.splice(Math.floor(random() * waiting.length), 1) : [byShare(random())];
    if (!first) continue;
    yield { what: first.what, after: 1000 + Math.floor(random() * 2000), away: 200 + Math.floor(random() * first.longest), run: first.run };
  }
}

function byShare(point: number) {
  let left = point * kinds.reduce((sum, { share }) => sum + share, 0);
  for (const kind of kinds) {
    left -= kind.share;
    if (left < 0) return kind;
  }
  return undefined;
}

/**
 * Runs until the signal; finishes the current incident, so that every part runs at the end. Returns the number of
 * incidents.
 */
export async function playChaos(parts: Breakable, seed: number, report: (what: string) => void, signal: AbortSignal): Promise<number> {
  let count = 0;
  for (const { what, after, away, run } of incidents(seed)) {
    await setTimeout(after, undefined, { signal }).catch(() => undefined);
    if (signal.aborted) break;
    report(`${what}, for ${(away / 1000).toFixed(1)} s`);
    await run(parts, away);
    count++;
  }
  return count;
}

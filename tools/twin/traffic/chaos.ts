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
  /** What is done, for whoever watches. */
  readonly what: string;
  /** Milliseconds before it, and for which the part is away. */
  readonly after: number;
  readonly away: number;
  readonly run: (parts: Breakable, away: number) => Promise<void>;
}

/** How often each comes, as a share of all; and how long a part is away at most, in milliseconds. */
const kinds: readonly { readonly share: number; readonly what: string; readonly longest: number; readonly run: Incident['run'] }[] = [
  { share: 4, what: 'the collector is killed', longest: 1500, run: ({ collector }, away) => collector.crash(away) },
  { share: 2, what: 'the stream goes away', longest: 4000, run: ({ stream }, away) => stream.restart(away) },
  { share: 2, what: 'the functions are killed in their work', longest: 3000, run: ({ functions }, away) => functions.crash(away) },
  { share: 1, what: 'the database restarts', longest: 3000, run: ({ database }, away) => database.restart(away) },
  { share: 1, what: 'the database crashes', longest: 2000, run: ({ database }, away) => database.crash(away) },
  { share: 1, what: 'the archive goes away', longest: 3000, run: ({ archive }, away) => archive.restart(away) },
];

/** Incidents without end; each of the kinds once before any comes again by chance. */
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

/** Runs until the signal; the incident that is under way then is finished, so that every part is there at the end. */
export async function playChaos(parts: Breakable, seed: number, tell: (what: string) => void, signal: AbortSignal): Promise<number> {
  let count = 0;
  for (const { what, after, away, run } of incidents(seed)) {
    await setTimeout(after, undefined, { signal }).catch(() => undefined);
    if (signal.aborted) break;
    tell(`${what}, for ${(away / 1000).toFixed(1)} s`);
    await run(parts, away);
    count++;
  }
  return count;
}

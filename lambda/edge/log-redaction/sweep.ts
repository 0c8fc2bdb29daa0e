// The sweep of the landing bucket: it redacts the objects whose notice was lost or failed, and reports the oldest one.
import { type Counts, type Parts, redactObject, total } from './redact-object';
import type { LandedKey } from './stores';

export interface SweepParts extends Parts {
  readonly now: () => Date;
  /** Whether there is time to redact another object. */
  readonly timeLeft: () => boolean;
}

export interface Sweep {
  readonly counts: Counts;
  /** Age in seconds of the oldest object that is still in the landing bucket; 0 if there is none. */
  readonly oldestRawSeconds: number;
}

/** Milliseconds for which the notice of an object has its turn. */
const grace = 5 * 60_000;

/**
 * Redacts every object that is older than the grace, the oldest first, and continues after a failure: the age of what
 * remains is reported, and raises an alarm.
 */
export async function sweep({ now, timeLeft, ...parts }: SweepParts): Promise<Sweep> {
  const objects: LandedKey[] = [];
  for await (const object of parts.landing.list()) objects.push(object);
  objects.sort((one, other) => one.landed.getTime() - other.landed.getTime());
  const age = ({ landed }: LandedKey): number => now().getTime() - landed.getTime();
  const counts: Counts[] = [];
  const left: LandedKey[] = [];
  for (const object of objects) {
    const done = age(object) > grace && timeLeft() ? await redacted(object, parts) : undefined;
    if (done) counts.push(done);
    else left.push(object);
  }
  return { counts: total(counts), oldestRawSeconds: Math.max(0, ...left.slice(0, 1).map((object) => Math.round(age(object) / 1000))) };
}

async function redacted({ key }: LandedKey, parts: Parts): Promise<Counts | undefined> {
  try {
    return await redactObject(key, parts);
  } catch (error) {
    console.error('the object stays in the landing bucket', error);
    return undefined;
  }
}

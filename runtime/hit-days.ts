// Days of hits in UTC: until when the window accepts a hit, and for which days it has partitions.

/**
 * Whole days after the day of arrival at a collector until which a hit of the stream is accepted. An erasure removes
 * late hits of its person for 30 days, and then forgets the pseudonym: a hit that is stored after that would stay.
 * (DSS-4.2)
 */
export const acceptedDays = 28;

/**
 * Days before today that have partitions: a dead letter has hits of up to 30 days. The window keeps hits for longer:
 * `data.hotDays` is 32 or more.
 */
export const daysBehind = 31;

/** Days whose partitions are created in advance, so that ingestion continues for two weeks without upkeep. */
export const daysAhead = 14;

/** The day `offset` days from `now`, as in 2026-11-30. */
export const dayFrom = (now: Date, offset: number): string =>
  new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth(), now.getUTCDate() + offset)).toISOString().slice(0, 10);

/** The first day of the month `offset` months from `now`. */
export const monthFrom = (now: Date, offset: number): string =>
  new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + offset, 1)).toISOString().slice(0, 10);

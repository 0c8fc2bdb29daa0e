// Limits of the export of hits to the lake.

/** Limits of one object: rows, and characters of their texts. Together they bound the memory of the function. */
export const objectLimits = { rows: 100_000, characters: 96 * 2 ** 20 } as const;

/** Rows of one page of the database. */
export const pageSize = 5_000;

/** Time that an object in work needs at most, in milliseconds: no run begins one with less left. */
export const objectMilliseconds = 180_000;

/** Time limit of the record of a day, in milliseconds. */
export const mostRecordMilliseconds = 600_000;

/**
 * Time in milliseconds that the record of a day needs, whose rows the database counts: some 3 s for each million, here
 * twice that and a minute. No run begins it with less left: it would end in the middle of the count.
 */
export const recordMillisecondsOf = (rows: number): number => Math.min(mostRecordMilliseconds, 60_000 + (rows * 6) / 1000);
